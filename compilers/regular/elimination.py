"""From an automaton back to an expression, by eliminating one state after the other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from compilers import clock
from compilers.errors import TooLarge
from compilers.regular.automata import MAX_STATES, Dfa
from compilers.regular.constructors import cat, either, ranges, star
from compilers.regular.expressions import EMPTY, NEVER, Chars, Expr
from compilers.regular.letters import LAST, normal, overlap

T = TypeVar("T")


@lru_cache(maxsize=20)
def transitions(automaton: Dfa) -> Mapping[tuple[int, int], Chars]:
    """The letters that lead from one state to the other, where an end can still be reached."""
    found: dict[tuple[int, int], Chars] = {}
    unions: dict[tuple[int, ...], Chars] = {}
    alive = automaton.alive
    for state, row in enumerate(automaton.steps):
        ways: dict[int, list[int]] = {}  # the classes of the letters that lead to each state
        for letters, after in enumerate(row):
            if after in alive:
                ways.setdefault(after, []).append(letters)
        for after, classes in ways.items():
            numbers = tuple(classes)
            if numbers not in unions:
                unions[numbers] = _union(automaton, numbers)
            found[state, after] = unions[numbers]
    return found


def _union(automaton: Dfa, numbers: tuple[int, ...]) -> Chars:
    return Chars(normal(pair for number in numbers for pair in automaton.classes[number]))


def to_expr(automaton: Dfa, limit: int = MAX_STATES) -> Expr:
    """An expression without And and Not, by eliminating states. TooLarge beyond `limit` states."""
    if len(automaton.steps) > limit:
        raise TooLarge(f"more than {limit} states to write out as a regex", kind="states")
    return _eliminated(transitions(automaton), automaton.ends, _EXPRESSIONS)


def to_factored_expr(
    automaton: Dfa, limit: int = MAX_STATES, max_letters: int | None = None
) -> Expr:
    """Like `to_expr`, but letters beyond ASCII are written once for each state they lead to.

    In bytes such a letter is an automaton of its own. Engines that do not minimise would carry one
    for every place where it is written. TooLarge also beyond `max_letters` sets of letters, which
    are counted before any is written.
    """
    if len(automaton.steps) > limit:
        raise TooLarge(f"more than {limit} states to write out as a regex", kind="states")
    edges: dict[tuple[int, int], Expr] = {}
    hubs: dict[tuple[Expr, int], int] = {}
    ends = list(automaton.ends)
    for (state, after), letters in transitions(automaton).items():
        ascii_only, beyond = _halves(letters)
        if ascii_only is not NEVER:
            edges[state, after] = ascii_only
        if beyond is not NEVER:
            hub = hubs.setdefault((beyond, after), len(automaton.steps) + len(hubs))
            edges[state, hub] = EMPTY
    edges.update(((hub, after), letters) for (letters, after), hub in hubs.items())
    ends += [False] * len(hubs)
    if max_letters is not None:
        counts = {edge: 0 if way is EMPTY else 1 for edge, way in edges.items()}
        if _eliminated(counts, ends, _COUNTS) > max_letters:
            raise TooLarge(f"a regex of more than {max_letters} letters", kind="states")
    return _eliminated(edges, ends, _EXPRESSIONS)


@lru_cache(maxsize=2_000)
def _halves(letters: Chars) -> tuple[Expr, Expr]:
    """Those of ASCII, and those beyond it."""
    ascii_only, beyond = ((0, 0x7F),), ((0x80, LAST),)
    return ranges(*overlap(letters.ranges, ascii_only)), ranges(*overlap(letters.ranges, beyond))


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """What is put together while states are eliminated: `way` is the old way beside one way after
    the other, the second being a loop, made by `star`."""

    never: T
    empty: T
    star: Callable[[T], T]
    way: Callable[[T, T, T, T], T]


_EXPRESSIONS: _Kind[Expr] = _Kind(
    NEVER, EMPTY, star, lambda old, first, loop, last: either(old, cat(first, loop, last))
)
_COUNTS: _Kind[int] = _Kind(
    0, 0, lambda loop: loop, lambda old, first, loop, last: old + first + loop + last
)
"""The sets of letters in such an expression; a few more, for it has no alternative twice."""


def _eliminated(found: Mapping[tuple[int, int], T], ends: list[bool], kind: _Kind[T]) -> T:
    """The texts that lead from state 0 to an end."""
    n = len(ends)
    start, end = n, n + 1
    into_end = {(state, end): kind.empty for state in range(n) if ends[state]}
    edges = {**found, (start, 0): kind.empty, **into_end}
    order = _elimination_order(edges, n)
    outof: dict[int, dict[int, T]] = {state: {} for state in range(n + 2)}
    into: dict[int, dict[int, None]] = {state: {} for state in range(n + 2)}
    for (a, b), expr in edges.items():
        outof[a][b] = expr
        into[b][a] = None
    for state in order:
        clock.check()
        after = outof.pop(state)
        loop = kind.star(after.pop(state, kind.never))
        before = [(a, outof[a].pop(state)) for a in into.pop(state) if a != state]
        for b, last in after.items():
            del into[b][state]
            for a, first in before:
                outof[a][b] = kind.way(outof[a].get(b, kind.never), first, loop, last)
                into[b][a] = None
    return outof[start].get(end, kind.never)


def _elimination_order(edges: Iterable[tuple[int, int]], n: int) -> list[int]:
    """States with few ways through them first: the expression stays small."""
    into, outof = [0] * (n + 2), [0] * (n + 2)
    for a, b in edges:
        outof[a] += 1
        into[b] += 1
    return sorted(range(n), key=lambda state: into[state] * outof[state])
