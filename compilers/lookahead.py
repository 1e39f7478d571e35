"""What a glance tells about a regular language: how its texts begin, how large it is, what one must
keep in mind to read it."""

from functools import lru_cache, reduce

from compilers.regular import (
    ANY_LETTER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Ranges,
    Rep,
    children,
    normal,
    overlap,
)


@lru_cache(maxsize=10_000)
def first(expr: Expr) -> Ranges:
    """The letters that texts begin with; of And and Not perhaps too many."""
    if isinstance(expr, Chars):
        return expr.ranges
    if isinstance(expr, Not):
        return ANY_LETTER
    if isinstance(expr, And):
        return reduce(overlap, map(first, expr.parts))
    found: list[tuple[int, int]] = []
    for part in children(expr):
        found.extend(first(part))
        if isinstance(expr, Cat) and not part.nullable:
            break
    return normal(found)


@lru_cache(maxsize=10_000)
def size(expr: Expr) -> int:
    """How many nodes it has, written out."""
    return 1 + sum(map(size, children(expr)))


@lru_cache(maxsize=10_000)
def repeats(expr: Expr) -> int:
    """The greatest product of the counts that stand one within the other."""
    parts = [part for part in children(expr) if type(part) is not Chars]
    inner = max(map(repeats, parts), default=1)
    return inner * max(expr.low, expr.high or 1) if isinstance(expr, Rep) else inner


@lru_cache(maxsize=10_000)
def counters(expr: Expr) -> int:
    """How many numbers may have to be kept at once to count what is counted; perhaps too many.

    One for a count that is deterministic; for `([ab]{1,9}c?){1,9}` each way to split the text so
    far has its own: 81.
    """
    if deterministic(expr):
        return 1
    if isinstance(expr, Alt | And | Not):
        return sum(map(counters, children(expr)))
    return repeats(expr)


def deterministic(expr: Expr) -> bool:
    """Whether each letter of a text can belong to one place of the expression only.

    Without And and Not: of those it says no.
    """
    return _follow(expr) is not None


@lru_cache(maxsize=10_000)
def _follow(expr: Expr) -> Ranges | None:
    """The letters that may follow a whole text within a deterministic expression; None: it is not.

    In such an expression they can be read off its parts.
    """
    if isinstance(expr, Chars):
        return ()
    if isinstance(expr, Cat):
        return _follow_cat(expr)
    if isinstance(expr, Alt):
        return _follow_alt(expr)
    inner = _follow(expr.part) if isinstance(expr, Rep) else None
    if inner is None or not isinstance(expr, Rep):
        return None
    if (expr.low, expr.high) == (0, 1):
        return normal([*inner, *first(expr)])
    # A count with room (x{2,5}) is deterministic, too: each x belongs to the earliest place.
    if overlap(inner, first(expr.part)) or expr.part.nullable:
        return None
    again = first(expr) if expr.low == 0 or expr.high != expr.low else ()
    return normal([*inner, *again])


def _follow_cat(expr: Cat) -> Ranges | None:
    after: Ranges = ()  # of the parts so far
    for part in expr.parts:
        inner = _follow(part)
        if inner is None or overlap(after, first(part)):
            return None
        after = normal([*inner, *first(part), *after]) if part.nullable else inner
    return after


def _follow_alt(expr: Alt) -> Ranges | None:
    found: list[tuple[int, int]] = []
    begun: Ranges = ()
    for part in expr.parts:
        inner = _follow(part)
        if inner is None or overlap(begun, first(part)):
            return None
        begun = normal([*begun, *first(part)])
        found.extend(inner)
    if sum(part.nullable for part in expr.parts) > 1:
        return None
    return normal([*found, *(begun if expr.nullable else ())])
