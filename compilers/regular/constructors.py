"""Expressions made of others, and simplified as far as a glance shows."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, is_

from compilers import clock
from compilers.regular.expressions import (
    ANY,
    EMPTY,
    EVERY,
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    children,
)
from compilers.regular.letters import Ranges, normal, overlap

_SPELLING = attrgetter("spelling")


def ranges(*pairs: tuple[int, int]) -> Expr:
    """One letter of these ranges of code points, both ends included."""
    found = normal(pairs)
    return Chars(found) if found else NEVER


def chars(letters: str) -> Expr:
    """One of these letters."""
    if len(letters) == 1:
        return _letter_expr(letters)
    return ranges(*((ord(c), ord(c)) for c in letters))


@lru_cache(maxsize=4096)
def _letter_expr(letter: str) -> Expr:
    return ranges((ord(letter), ord(letter)))


def span(low: str, high: str) -> Expr:
    """One letter from `low` to `high`."""
    return ranges((ord(low), ord(high)))


@lru_cache(maxsize=8_000)
def text(letters: str) -> Expr:
    """Exactly this text."""
    found = tuple(map(_letter_expr, letters))
    if len(found) == 1:
        return found[0]
    if not letters.isascii() and NEVER in found:  # half a surrogate pair is no letter
        return NEVER
    if not found:
        return EMPTY
    made = Cat(found)
    made.word = letters
    return made


def cat(*parts: Expr) -> Expr:
    """Concatenation."""
    flat: list[Expr] = []
    for part in parts:
        if part is NEVER:
            return NEVER
        flat.extend(part.parts if isinstance(part, Cat) else (part,))
    return flat[0] if len(flat) == 1 else Cat(tuple(flat)) if flat else EMPTY


def either(*parts: Expr) -> Expr:
    """Union. Sets of letters melt into one."""
    flat: dict[Expr, None] = {}
    letters: list[tuple[int, int]] = []
    for part in parts:
        for each in part.parts if isinstance(part, Alt) else (part,):
            if isinstance(each, Chars):
                letters.extend(each.ranges)
            else:
                flat[each] = None
    if EVERY in flat:
        return EVERY
    found = ([Chars(normal(letters))] if letters else []) + list(flat)
    return found[0] if len(found) == 1 else Alt(tuple(found)) if found else NEVER


def both(*parts: Expr) -> Expr:
    """Intersection."""
    flat: dict[Expr, None] = {}
    letters: Ranges | None = None
    for part in parts:
        for each in part.parts if isinstance(part, And) else (part,):
            if each is NEVER:
                return NEVER
            if isinstance(each, Chars):
                letters = each.ranges if letters is None else overlap(letters, each.ranges)
            elif each is not EVERY:
                flat[each] = None
    if letters is not None:
        if not letters:
            return NEVER
        flat[Chars(letters)] = None
    found = sorted(flat, key=_SPELLING)
    return found[0] if len(found) == 1 else And(tuple(found)) if found else EVERY


def other_than(part: Expr) -> Expr:
    """Complement, among all texts."""
    if isinstance(part, Not):
        return part.part
    if part is NEVER:
        return EVERY
    return NEVER if part is EVERY else Not(similar(part))


def similar(part: Expr) -> Expr:
    """The same with its alternatives in an order that is not that of the source.

    Where nobody reads them: two that differ in that order only are then one. Of derivatives that
    are not similar there are finitely many (Brzozowski 1964, theorem 5.2).
    """
    if isinstance(part, Alt) and part.parts:
        return Alt(tuple(sorted(part.parts, key=_SPELLING)))
    return part


def times(part: Expr, low: int, high: int | None = None) -> Expr:
    """`low` to `high` times; None is any number."""
    if high == 0 or part is EMPTY:
        return EMPTY
    if part is NEVER:
        return EMPTY if low == 0 else NEVER
    if (low, high) == (1, 1):
        return part
    if isinstance(part, Rep) and part.low <= 1 and part.high is None and high is None:
        return Rep(part.part, min(part.low, low), None)
    return Rep(part, low, high)


def star(part: Expr) -> Expr:
    return times(part, 0, None)


def plus(part: Expr) -> Expr:
    return times(part, 1, None)


def maybe(part: Expr) -> Expr:
    return part if part.nullable else either(part, EMPTY)


def without(stops: Iterable[str]) -> Expr:
    """All text that holds none of the stops."""
    return both(EVERY, *(other_than(cat(EVERY, text(stop), EVERY)) for stop in stops))


def words_of(words: list[str]) -> Expr:
    """Sorted words as a tree: a letter costs the same, however many there are."""
    if len(words) <= 1:
        return text(words[0]) if words else NEVER
    common = common_prefix((words[0], words[-1]))
    rests = [word[common:] for word in words]
    branches = [words_of(list(group)) for _, group in groupby(rests, lambda rest: rest[:1])]
    return cat(text(words[0][:common]), either(*branches))


def common_prefix(rows: Sequence[Sequence[object]]) -> int:
    """How many items (or letters) all rows begin with."""
    shortest = min(map(len, rows))
    return next((i for i in range(shortest) if len({row[i] for row in rows}) > 1), shortest)


def nonempty(expr: Expr) -> Expr:
    """The same language but for the empty text; no And or Not is added where there was none."""
    if not expr.nullable:
        return expr
    if isinstance(expr, Cat):
        parts = expr.parts
        return either(*(cat(nonempty(p), *parts[i + 1 :]) for i, p in enumerate(parts)))
    if isinstance(expr, Alt):
        return either(*map(nonempty, expr.parts))
    if isinstance(expr, Rep):
        part = nonempty(expr.part)
        return cat(part, times(part, 0, None if expr.high is None else expr.high - 1))
    return both(expr, plus(ANY))


def substitute(
    expr: Expr, of: Callable[[Chars], Expr], universe: Expr, same: Callable[[str], object]
) -> Expr:
    """Every set of letters replaced by `of` it: the image of the language under a code.

    `of` must map disjoint sets to disjoint languages of which no text is a prefix of another, and
    `universe` be the image of all texts: then And and Not keep their meaning. `same`: whether all
    letters of a word are their own images.
    """
    if isinstance(expr, Chars):
        return of(expr)
    if expr.word is not None and same(expr.word):
        return expr
    clock.check()
    before = children(expr)
    parts = [of(p) if type(p) is Chars else substitute(p, of, universe, same) for p in before]
    if isinstance(expr, Cat | Alt) and all(map(is_, parts, before)):
        return expr  # most texts spell themselves
    if isinstance(expr, Cat):
        return cat(*parts)
    if isinstance(expr, Alt):
        return either(*parts)
    if isinstance(expr, And):
        return both(*parts)
    if isinstance(expr, Rep):
        return times(parts[0], expr.low, expr.high)
    return both(universe, other_than(parts[0]))
