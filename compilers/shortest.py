"""The shortest text of a regular language, counted in the bytes of UTF-8.

shortest(expr)      Shortest(2, b'""')
shortest(NEVER)     None
"""

from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from compilers.errors import TooLarge
from compilers.regular import Alt, Cat, Chars, Expr, Rep, lengths, moves

MAX_STATES = 5_000
MAX_KNOWN = 50_000


class Shortest(NamedTuple):
    size: int
    text: bytes


EMPTY = Shortest(0, b"")

_found: dict[Expr, Shortest | None] = {}
"""Of languages that take a search: each on the way of one that was found is known, too."""


@lru_cache(maxsize=20_000)
def shortest(expr: Expr) -> Shortest | None:
    """A text of the fewest bytes, None where there is none. TooLarge after MAX_STATES states."""
    if expr.nullable:
        return EMPTY
    if expr.boolean:
        return _found[expr] if expr in _found else _search(expr)
    if isinstance(expr, Chars):
        return _letter(_first(expr))
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


def _first(expr: Chars) -> int:
    """The lowest code point has the fewest bytes; among those of one byte, one that prints."""
    ((letter, _), *_) = moves(expr)
    return letter


def _letter(letter: int) -> Shortest:
    text = chr(letter).encode()
    return Shortest(len(text), text)


def _search(expr: Expr) -> Shortest | None:
    """A* over derivatives; a language whose shortest text is known is a goal."""
    order = count()
    heap: list[tuple[int, int, int, Expr, bool]] = [(0, 0, 0, expr, False)]
    came: dict[Expr, tuple[int, Expr, int]] = {expr: (0, expr, 0)}  # size, state before, letter
    while heap:
        _, _, size, state, goal = heappop(heap)
        if goal:
            return _remember(expr, state, came)
        if size > came[state][0]:
            continue  # a shorter way to it was found
        if len(came) > MAX_STATES:
            raise TooLarge(f"no text of it among {MAX_STATES} states", kind="states")
        if state.nullable or not state.boolean or state in _found:
            if (rest := shortest(state)) is not None:
                heappush(heap, (size + rest.size, -next(order), size, state, True))
            continue
        for letter, after in moves(state):
            longer = size + len(chr(letter).encode())
            if after not in came or longer < came[after][0]:
                came[after] = longer, state, letter
                # Of those that are as promising, the one that has come furthest.
                heappush(heap, (longer + _least(after), -next(order), longer, after, False))
    for state in came:
        _keep(state, None)
    return None


@lru_cache(maxsize=50_000)
def _least(expr: Expr) -> int:
    """A bound on the size of its texts: the promise of a way through it."""
    return lengths(expr)[0]


def _remember(start: Expr, state: Expr, came: dict[Expr, tuple[int, Expr, int]]) -> Shortest:
    found = shortest(state)
    assert found is not None
    while state != start:
        _, state, letter = came[state]
        text = chr(letter).encode() + found.text
        found = Shortest(len(text), text)
        _keep(state, found)
    return found


def _keep(expr: Expr, found: Shortest | None) -> None:
    if len(_found) >= MAX_KNOWN:
        _found.clear()
    _found[expr] = found
