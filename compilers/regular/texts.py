"""Which texts a language has: whether any, how long, which is the shortest, or all of them.

is_empty(expr), lengths(expr)
listed(expr, 9)     ['""', '"a"'], None for more than nine
shortest(expr)      Shortest(2, b'""')
shortest(NEVER)     None
"""

from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from compilers import clock
from compilers.errors import TooLarge
from compilers.regular.automata import MAX_STATES
from compilers.regular.derivatives import accepts, derivative, moves, steps
from compilers.regular.expressions import (
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    State,
    children,
)
from compilers.regular.letters import n_letters

MAX_SEARCHED = 5_000  # states, on the way to a shortest text
MAX_KNOWN = 50_000
MAX_TRIED = 40  # texts of a part, each of which is looked up in the others


def is_empty(expr: Expr, limit: int = MAX_STATES) -> bool:
    """Exact, or TooLarge after `limit` states. Without And and Not only NEVER itself is empty."""
    if expr is NEVER or expr.nullable or not expr.boolean:
        return expr is NEVER
    words = _one_of_few(expr)
    if words is not None:
        return not any(all(_holds(part, word) for part in children(expr)) for word in words)
    return not _is_endless(expr) and not _has_text(expr, limit)


def _one_of_few(expr: Expr) -> list[str] | None:
    """Texts, one of which is that of an intersection if it has any; None if there are many."""
    parts = expr.parts if isinstance(expr, And) else ()
    found = (listed(part, MAX_TRIED) for part in parts if not part.boolean)
    return next((words for words in found if words is not None), None)


def _holds(expr: Expr, word: str) -> bool:
    clock.check()
    return not accepts(expr.part, word) if isinstance(expr, Not) else accepts(expr, word)


def listed(expr: Expr, most: int) -> list[str] | None:
    """All texts, those twice that are written twice; None if there may be more than `most`."""
    if isinstance(expr, Chars):
        if n_letters(expr.ranges) > most:
            return None
        return [chr(code) for low, high in expr.ranges for code in range(low, high + 1)]
    if isinstance(expr, Alt):
        return _listed_of_any(expr, most)
    if expr.word is not None:
        return [expr.word]
    return _listed_in_a_row(expr, most) if isinstance(expr, Cat) else None


def _listed_of_any(expr: Alt, most: int) -> list[str] | None:
    found: list[str] = []
    for part in expr.parts:
        words = listed(part, most - len(found))
        if words is None:
            return None
        found += words
    return found


def _listed_in_a_row(expr: Cat, most: int) -> list[str] | None:
    found, run = [""], ""  # the letters behind those
    for part in expr.parts:
        letter = one_letter(part)
        if letter is not None:
            run += letter
            continue
        words = listed(part, most // max(1, len(found)))
        if words is None:
            return None
        found, run = [one + run + other for one in found for other in words], ""
    return [each + run for each in found]


def one_letter(expr: Expr) -> str | None:
    """The only text of a language, if that is one letter."""
    if not isinstance(expr, Chars) or len(expr.ranges) > 1:
        return None
    ((low, high),) = expr.ranges
    return chr(low) if low == high else None


def _is_endless(expr: Expr) -> bool:
    """Whether a glance shows texts without end: those of one part, but some up to a length."""
    parts = expr.parts if isinstance(expr, And) else (expr,)
    wanted = [part for part in parts if not isinstance(part, Not)]
    unwanted = [part.part for part in parts if isinstance(part, Not)]
    if len(wanted) > 1 or any(part.boolean for part in wanted):
        return False
    endless = all(lengths(part)[1] is None for part in wanted)
    return endless and all(lengths(part)[1] is not None for part in unwanted)


def _has_text(expr: Expr, limit: int) -> bool:
    """Depth first: where there is a text, some text is found soon, if not a shortest."""
    seen, todo = {expr}, [expr]
    while todo:
        for _, after in steps(todo.pop()):
            if after.nullable or not after.boolean:
                return True
            if after not in seen:
                seen.add(after)
                todo.append(after)
        if len(seen) > limit:
            raise TooLarge(f"a regular language with more than {limit} states", kind="states")
    return False


@lru_cache(maxsize=10_000)
def lengths(expr: Expr) -> tuple[int, int | None]:
    """Bounds (not always tight) on the length of the texts of a language that is not empty."""
    if isinstance(expr, Chars):
        return 1, 1
    if isinstance(expr, Not | State):
        return 0, None
    if isinstance(expr, Rep):
        low, high = lengths(expr.part)
        return low * expr.low, None if expr.high is None or high is None else high * expr.high
    parts = [lengths(child) for child in children(expr)]
    lows, highs = [low for low, _ in parts], [high for _, high in parts]
    known = [high for high in highs if high is not None]
    if isinstance(expr, Cat):
        return sum(lows), sum(known) if len(known) == len(highs) else None
    if isinstance(expr, And):
        return max(lows), min(known) if known else None
    return min(lows, default=0), max(known, default=0) if len(known) == len(highs) else None


class Shortest(NamedTuple):
    """A text in UTF-8, and its size in bytes."""

    size: int
    text: bytes


_NOTHING = Shortest(0, b"")
_UNKNOWN = Shortest(-1, b"")

_found: dict[Expr, Shortest | None] = {}
"""Of languages that take a search: each on the way of one that was found is known, too."""


@lru_cache(maxsize=20_000)
def shortest(expr: Expr) -> Shortest | None:
    """A text of the fewest bytes, None where there is none. TooLarge after MAX_SEARCHED states."""
    if expr.nullable:
        return _NOTHING
    if expr.boolean:
        before = _found.get(expr, _UNKNOWN)
        return _search(expr) if before is _UNKNOWN else before
    if isinstance(expr, Chars):
        return _letter(_lowest(expr))
    if isinstance(expr, Alt):
        found = [each for part in expr.parts if (each := shortest(part)) is not None]
        return min(found, key=lambda each: each.size, default=None)
    if isinstance(expr, Rep):
        part = shortest(expr.part)
        return None if part is None else Shortest(part.size * expr.low, part.text * expr.low)
    assert isinstance(expr, Cat)
    parts = [shortest(part) for part in expr.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Shortest(sum(part.size for part in known), b"".join(part.text for part in known))


def _lowest(expr: Chars) -> int:
    """The lowest code point has the fewest bytes; among those of one byte, one that prints."""
    ((letter, _), *_) = moves(expr)
    return letter


def _letter(letter: int) -> Shortest:
    text = chr(letter).encode()
    return Shortest(len(text), text)


def _search(expr: Expr) -> Shortest | None:
    """A* over derivatives; a language whose shortest text is known is a goal.

    Of texts that are as short, the first in the order of their bytes: so what is known of others
    makes no difference to which it is.
    """
    order = count()
    heap: list[tuple[int, bytes, int, Expr, bool]] = [(0, b"", next(order), expr, False)]
    came = {expr: b""}  # the text that leads to each state
    while heap:
        _, text, _, state, goal = heappop(heap)
        if goal:
            return _remember(expr, text)
        if text != came[state]:
            continue  # a nearer way to it was found
        if len(came) > MAX_SEARCHED:
            raise TooLarge(f"no text of it among {MAX_SEARCHED} states", kind="states")
        if state.nullable or not state.boolean or state in _found:
            if (rest := shortest(state)) is not None:
                whole = text + rest.text
                heappush(heap, (len(whole), whole, next(order), state, True))
            continue
        for letter, after in moves(state):
            longer = text + chr(letter).encode()
            if after not in came or (len(longer), longer) < (len(came[after]), came[after]):
                came[after] = longer
                least = len(longer) + _least(after)
                heappush(heap, (least, longer, next(order), after, False))
    for state in came:
        _keep(state, None)
    return None


@lru_cache(maxsize=50_000)
def _least(expr: Expr) -> int:
    """A bound on the size of its texts: the promise of a way through it."""
    return lengths(expr)[0]


def _remember(expr: Expr, text: bytes) -> Shortest:
    """For each state on the way what is left of the text: no other is before that, either."""
    found = Shortest(len(text), text)
    _keep(expr, found)
    state = expr
    for letter in text.decode():
        text = text[len(letter.encode()) :]
        state = derivative(state, ord(letter))
        if not state.boolean:
            break
        _keep(state, Shortest(len(text), text))
    return found


def _keep(expr: Expr, found: Shortest | None) -> None:
    if len(_found) >= MAX_KNOWN:
        _found.clear()
    _found[expr] = found
