"""From an expression to its automaton: the product of the automata of its parts."""

from collections.abc import Sequence
from functools import lru_cache

from compilers import clock
from compilers.errors import TooLarge
from compilers.regular.automata import MAX_STATES, Dfa
from compilers.regular.bits import bits, numbers
from compilers.regular.derivatives import alphabet, derivative, first_sets
from compilers.regular.expressions import EVERY, NEVER, Alt, And, Cat, Expr, Not, children
from compilers.regular.letters import Ranges, holds

MAX_WORK = 100_000
"""Derivatives on the way to the automaton of one part, each as many as it has alternatives."""

_Tracks = tuple[int, ...]
"""The tracks of a product that still have a say, by number."""

_Places = tuple[int, ...]
"""Where each of those stands."""

_State = tuple[_Tracks, _Places]

# No text may follow; any text may.
_DEAD: _State = (), ()
_FREE: _State = (), (-1,)

_Fates = tuple[bool | None, ...]
"""Of each of those, whether any text may follow, or none; None where that depends on the text."""

_Formula = int | tuple[str, tuple["_Formula", ...]]
"""A track, or "and", "or", "not" and what they join."""

_OPERATORS: dict[type[Expr], str] = {And: "and", Alt: "or", Not: "not"}


def dfa(expr: Expr, limit: int = MAX_STATES) -> Dfa:
    """The automaton whose states are what may follow. TooLarge after `limit` states."""
    classes = alphabet(expr)
    product = _Product(expr, _Letters([letters[0][0] for letters in classes]))
    steps: list[list[int]] = []
    while len(steps) < len(product.states):
        clock.check()
        steps.append(product.row(len(steps)))
        if len(product.states) > limit:
            raise TooLarge(f"a regular language with more than {limit} states", kind="states")
    return Dfa(classes, steps, list(map(product.ends, product.states)))


class _Product:
    """The parts of a boolean expression side by side: its product automaton.

    A part stands in many places of the expression and is followed once. Where some parts have
    decided the whole, or what another could still say, the others are no longer told apart.
    `states` are numbered as they are met.
    """

    def __init__(self, expr: Expr, letters: "_Letters") -> None:
        self._tracks: list[_Track] = []
        self._index: dict[Expr, int] = {}
        self._letters = letters
        self._formula = self._read(expr)
        self._known: dict[_State, int] = {}
        self._verdicts: dict[tuple[_Tracks, _Fates], bool | _Tracks] = {}
        self.states: list[_State] = []
        self._numbers: dict[_State, int] = {}
        self._number((tuple(range(len(self._tracks))), (0,) * len(self._tracks)))

    def _read(self, expr: Expr) -> _Formula:
        kind = _OPERATORS.get(type(expr)) if expr.boolean else None
        if kind is not None:
            return kind, tuple(map(self._read, children(expr)))
        if expr not in self._index:
            self._index[expr] = len(self._tracks)
            self._tracks.append(_Track(expr, self._letters))
        return self._index[expr]

    def row(self, state: int) -> list[int]:
        """The states after each letter."""
        tracks, places = self.states[state]
        if not tracks:
            return [state] * self._letters.count
        rows = [self._tracks[i].row(place) for i, place in zip(tracks, places, strict=True)]
        afters = list(zip(*rows, strict=True))
        found = {each: self._number((tracks, each)) for each in dict.fromkeys(afters)}
        return [found[each] for each in afters]

    def _number(self, state: _State) -> int:
        found = self._known.get(state)
        if found is None:
            distinct = self._distinct(*state)
            found = self._known[state] = self._numbers.setdefault(distinct, len(self.states))
            if found == len(self.states):
                self.states.append(distinct)
        return found

    def ends(self, state: _State) -> bool:
        """Whether a text may end there."""
        tracks, places = state
        if not tracks:
            return state == _FREE
        ends = [False] * len(self._tracks)
        for i, place in zip(tracks, places, strict=True):
            ends[i] = self._tracks[i].states[place].nullable
        return self._decided(self._formula, ends) is True

    def _distinct(self, tracks: _Tracks, places: _Places) -> _State:
        """The same for states that are certainly equal."""
        at = zip(tracks, places, strict=True)
        fates = tuple([self._tracks[i].fates[place] for i, place in at])
        verdict = self._verdicts.get((tracks, fates))
        if verdict is None:
            verdict = self._verdicts[tracks, fates] = self._verdict(tracks, fates)
        if isinstance(verdict, bool):
            return _FREE if verdict else _DEAD
        if len(verdict) == len(tracks):
            return tracks, places
        left = dict(zip(tracks, places, strict=True))
        return verdict, tuple([left[i] for i in verdict])

    def _verdict(self, tracks: _Tracks, found: _Fates) -> bool | _Tracks:
        """What tracks of these fates come to, others being lost; which of them have a say where
        that is open."""
        fates: list[bool | None] = [False] * len(self._tracks)
        for i, fate in zip(tracks, found, strict=True):
            fates[i] = fate
        decided = self._decided(self._formula, fates)
        if isinstance(decided, bool):
            return decided
        return tuple([i for i in tracks if fates[i] or i in decided])

    def _decided(self, formula: _Formula, fates: Sequence[bool | None]) -> bool | set[int]:
        """What a formula comes to; the tracks that still have a say where it is open."""
        if isinstance(formula, int):
            fate = fates[formula]
            return {formula} if fate is None else fate
        kind, parts = formula
        decisive = kind == "or"  # one part that is so decides
        found: set[int] = set()
        for part in parts:
            decided = self._decided(part, fates)
            if kind == "not":
                return not decided if isinstance(decided, bool) else decided
            if decided is decisive:
                return decisive
            if not isinstance(decided, bool):
                found |= decided
        return found or not decisive


class _Letters:
    """A letter of each class that a product tells apart; sets of them are bits."""

    def __init__(self, letters: list[int]) -> None:
        self.count = len(letters)
        self._letters = letters
        self._sets: dict[Ranges, int] = {}
        self._parts: dict[frozenset[Ranges], list[_Part]] = {}

    def parted(self, sets: frozenset[Ranges]) -> "list[_Part]":
        """The letters in parts that none of these sets tells apart; the part with the first letter
        first, and so on."""
        found = self._parts.get(sets)
        if found is None:
            parts = [(1 << self.count) - 1]
            for each in sets:
                inside = self._within(each)
                halves = ((part & inside, part & ~inside) for part in parts)
                parts = [half for pair in halves for half in pair if half]
            parts.sort(key=lambda part: part & -part)
            indexes = [list(numbers(part)) for part in parts]
            found = self._parts[sets] = [(self._letters[part[0]], part) for part in indexes]
        return found

    def _within(self, letters: Ranges) -> int:
        found = self._sets.get(letters)
        if found is None:
            pairs = enumerate(self._letters)
            found = self._sets[letters] = bits(i for i, letter in pairs if holds(letters, letter))
        return found


_Part = tuple[int, list[int]]
"""One of its letters, and the numbers of all of them."""


class _Track:
    """The states of a part, its derivatives, numbered and followed as they are needed.

    `fates`: whether any text may follow a state, or none; None where that depends on the text.
    """

    def __init__(self, expr: Expr, letters: _Letters) -> None:
        self._letters = letters
        self._work = 0
        self._numbers: dict[Expr, int] = {}
        self._rows: dict[int, list[int]] = {}
        self.states: list[Expr] = []
        self.fates: list[bool | None] = []
        self._number(expr)

    def row(self, place: int) -> list[int]:
        """The states after each letter."""
        found = self._rows.get(place)
        if found is None:
            state = self.states[place]
            self._work += self._letters.count * _alternatives(state)
            if self._work > MAX_WORK:
                raise TooLarge("an automaton that takes too long to make", kind="states")
            found = self._rows[place] = self._derived(state)
        return found

    def _derived(self, state: Expr) -> list[int]:
        """One derivative for all letters that no set tells apart in which the first one may be."""
        found = [0] * self._letters.count
        for letter, part in self._letters.parted(first_sets(state)):
            after = self._number(derivative(state, letter))
            for index in part:
                found[index] = after
        return found

    def _number(self, expr: Expr) -> int:
        found = self._numbers.setdefault(expr, len(self.states))
        if found == len(self.states):
            self.states.append(expr)
            self.fates.append(False if expr is NEVER else True if expr is EVERY else None)
        return found


@lru_cache(maxsize=20_000)
def _alternatives(expr: Expr) -> int:
    """How many parts a derivative looks at, roughly: of a row, up to one that may not be empty."""
    clock.check()
    if isinstance(expr, Cat):
        total = 0
        for part in expr.parts:
            total += _alternatives(part)
            if not part.nullable:
                break
        return max(1, total)
    return max(1, sum(map(_alternatives, children(expr))))
