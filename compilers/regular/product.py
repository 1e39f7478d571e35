"""From an expression to its automaton: the product of the automata of its parts.

A part without And and Not at its top is followed as a set of terms: what may be left of it behind a
text, each way by itself (Antimirov 1996, "Partial derivatives of regular expressions"). There are
about as many terms as letters are written in the part, and what may follow one is worked out once;
a state is the bits of a number, and the next one those of its terms together.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from itertools import count
from operator import or_
from typing import NamedTuple

from compilers import clock
from compilers.errors import TooLarge
from compilers.regular.automata import MAX_STATES, Dfa
from compilers.regular.bits import bits, numbers, union
from compilers.regular.constructors import times
from compilers.regular.derivatives import alphabet, derivative, first_sets
from compilers.regular.expressions import (
    EVERY,
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
from compilers.regular.letters import Ranges
from compilers.regular.texts import listed

MAX_WORK = 500_000
"""Terms on the way to the automaton of one part, each as many as there are classes of letters; one
of many parts counts as more."""

PARTS = 16  # of a term: reading so many takes about as long as a class of letters

_State = int
"""The terms of all parts that still have a say, as bits."""

# No text may follow; any text may.
_DEAD: _State = 0
_FREE: _State = -1

_Fates = tuple[bool | None, ...]
"""Of each part, whether any text may follow, or none; None where that depends on the text."""

_Formula = int | tuple[str, tuple["_Formula", ...]]
"""A part by its number, or "and", "or", "not" and what they join."""


def dfa(expr: Expr, limit: int = MAX_STATES) -> Dfa:
    """The automaton whose states are what may follow. TooLarge after `limit` states."""
    classes = alphabet(expr)
    product = _Product(expr, _Letters(classes))
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
        self._index: dict[tuple[Expr, ...], int] = {}
        self._letters = letters
        self._places = count()
        self._formula = self._read(expr)
        self._known: dict[_State, int] = {}
        self._rows: dict[_State, list[int]] = {}
        self._verdicts: dict[_Fates, bool | list[_Track]] = {}
        self.states: list[_State] = []
        self._numbers: dict[_State, int] = {}
        self._number(self._distinct(union(track.start for track in self._tracks)))

    def _read(self, expr: Expr) -> _Formula:
        """Those without And and Not that stand side by side are one part, as are all that are left
        out of an intersection."""
        if not expr.boolean or not isinstance(expr, And | Alt | Not):
            return self._track((expr,))
        if isinstance(expr, Not):
            return "not", (self._read(expr.part),)
        if isinstance(expr, Alt):
            plain = tuple(part for part in expr.parts if not part.boolean)
            found = [self._read(part) for part in expr.parts if part.boolean]
            return "or", (*found, *([self._track(plain)] if plain else []))
        words = tuple(p.part for p in expr.parts if isinstance(p, Not) and not p.part.boolean)
        found = [self._read(p) for p in expr.parts if not isinstance(p, Not) or p.part.boolean]
        return "and", (*found, *([("not", (self._track(words),))] if words else []))

    def _track(self, parts: tuple[Expr, ...]) -> int:
        number = self._index.setdefault(parts, len(self._tracks))
        if number == len(self._tracks):
            self._tracks.append(_Track(parts, self._letters, self._places))
        return number

    def row(self, number: int) -> list[int]:
        """The states after each letter."""
        state = self.states[number]
        if state in (_DEAD, _FREE):
            return [number] * self._letters.count
        last = self._tracks[-1]  # with most terms, where words are left out: few letters lead on
        afters = self._beside(state & ~last.terms).copy()
        for letter, terms in last.ways(state & last.terms).items():
            afters[letter] |= terms
        known = self._known
        for after in dict.fromkeys(afters):
            if after not in known:
                known[after] = self._number(self._distinct(after))
        return list(map(known.__getitem__, afters))

    def _beside(self, state: _State) -> list[int]:
        """The terms after each letter, of all parts but the last."""
        found = self._rows.get(state)
        if found is None:
            rows = (t.row(terms) for t in self._tracks[:-1] if (terms := state & t.terms))
            found = self._rows[state] = reduce(_united, rows, [0] * self._letters.count)
        return found

    def _number(self, state: _State) -> int:
        found = self._numbers.setdefault(state, len(self.states))
        if found == len(self.states):
            self.states.append(state)
        return found

    def ends(self, state: _State) -> bool:
        """Whether a text may end there."""
        if state in (_DEAD, _FREE):
            return state == _FREE
        return self._verdict(tuple([state & t.ends != 0 for t in self._tracks])) is True

    def _distinct(self, state: _State) -> _State:
        """The same for states that are certainly equal."""
        verdict = self._verdict(tuple([track.fate(state) for track in self._tracks]))
        if isinstance(verdict, bool):
            return _FREE if verdict else _DEAD
        for track in verdict:
            state &= ~track.terms
        return state

    def _verdict(self, fates: _Fates) -> "bool | list[_Track]":
        """What parts of these fates come to; which of them have no say where that is open."""
        found = self._verdicts.get(fates)
        if found is None:
            decided = self._decided(self._formula, fates)
            if isinstance(decided, bool):
                found = decided
            else:
                having = decided.union(i for i, fate in enumerate(fates) if fate)
                found = [track for i, track in enumerate(self._tracks) if i not in having]
            self._verdicts[fates] = found
        return found

    def _decided(self, formula: _Formula, fates: Sequence[bool | None]) -> bool | set[int]:
        """What a formula comes to; the parts that still have a say where it is open."""
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
    """The classes of letters that a product tells apart, by number."""

    def __init__(self, classes: list[Ranges]) -> None:
        self.count = len(classes)
        self._classes = classes
        found = sorted((low, i) for i, pairs in enumerate(classes) for low, _ in pairs)
        self._lows = [low for low, _ in found]
        self._numbers = [i for _, i in found]
        self._sets: dict[Ranges, set[int]] = {}

    def of(self, letters: Ranges) -> set[int]:
        """Those of a set of letters."""
        found = self._sets.get(letters)
        if found is None:
            found = self._sets[letters] = set()
            for low, high in letters:
                first, last = bisect_left(self._lows, low), bisect_right(self._lows, high)
                found.update(self._numbers[first:last])
        return found

    def number(self, letter: str) -> int:
        """The one that a letter is of, which is in some set."""
        return self._numbers[bisect_right(self._lows, ord(letter)) - 1]

    def parted(self, sets: frozenset[Ranges]) -> Iterator[tuple[int, Iterable[int]]]:
        """All of them in parts that none of these sets tells apart: one letter, and the numbers."""
        parts = [(1 << self.count) - 1]
        for each in sets:
            inside = bits(self.of(each))
            halves = ((part & inside, part & ~inside) for part in parts)
            parts = [half for pair in halves for half in pair if half]
        for part in parts:
            indexes = list(numbers(part))
            yield self._classes[indexes[0]][0][0], indexes


_Term = tuple[Expr, ...]
"""One after the other."""


class _Words(NamedTuple):
    """Any of these texts, in the order in which a part has them: one term, where as expressions
    each would be one, and each end of each another."""

    texts: tuple[str, ...]


class _Track:
    """The terms of some expressions side by side, found and followed as they are needed.

    `places`: where the bits of terms are free. `start`: the terms to begin with, `terms`: all that
    were found, `ends`: those with the empty text.
    """

    def __init__(self, parts: tuple[Expr, ...], letters: _Letters, places: Iterator[int]) -> None:
        self._letters = letters
        self._places = places
        self._work = 0
        self._bits: dict[_Term | _Words, int] = {}
        self._at: dict[int, _Term | _Words] = {}
        self._rows: dict[int, list[int]] = {}  # of terms together
        self._ways: dict[int, dict[int, int]] = {}
        self._every = 0  # the bit of EVERY, beside which no other counts
        self.terms = self.ends = 0
        words = {part: _words(part) for part in parts}
        start = union(self._bits_of(_term(part)) for part in parts if words[part] is None)
        spelled = dict.fromkeys(word for found in words.values() for word in found or ())
        self.start = self._alone(start | self._bits_of_words(tuple(spelled)))

    def fate(self, state: int) -> bool | None:
        """Whether any text may follow, or none; None where that depends on the text."""
        if not state & self.terms:
            return False
        return True if state & self._every else None

    def row(self, terms: int) -> list[int]:
        """The terms after each letter."""
        found = self._rows.get(terms)
        if found is None:
            places = list(numbers(terms))
            if len(places) > 1:
                self._worked(self._letters.count * len(places))
                found = reduce(_united, (self.row(1 << place) for place in places))
                found = list(map(self._alone, found)) if self._every else found
            else:
                found = [0] * self._letters.count
                for letter, after in self.ways(terms).items():
                    found[letter] = after
            self._rows[terms] = found
        return found

    def ways(self, terms: int) -> dict[int, int]:
        """The same, of the letters behind which anything is left."""
        found = self._ways.get(terms)
        if found is None:
            found = self._ways[terms] = self._all_ways(list(numbers(terms)))
        return found

    def _all_ways(self, places: list[int]) -> dict[int, int]:
        self._worked(self._letters.count * len(places))
        if len(places) == 1:
            term = self._at[1 << places[0]]
            found = self._spelled(term) if isinstance(term, _Words) else self._derived(term)
        else:
            found = {}
            for place in places:
                for letter, after in self.ways(1 << place).items():
                    found[letter] = found.get(letter, 0) | after
        if self._every:
            return {letter: self._alone(after) for letter, after in found.items()}
        return found

    def _worked(self, amount: int) -> None:
        self._work += amount
        if self._work > MAX_WORK:
            raise TooLarge("an automaton that takes too long to make", kind="states")

    def _derived(self, term: _Term) -> dict[int, int]:
        clock.check()
        found: dict[int, int] = {}
        for letters, after in self._ways_of_term(term):
            self._worked(len(after) // PARTS)
            new = self._bits_of(after)
            for letter in letters:
                found[letter] = found.get(letter, 0) | new
        return found

    def _ways_of_term(self, term: _Term) -> Iterator[tuple[Iterable[int], _Term]]:
        """The letters that a text may begin with, each time with what may follow."""
        for i, part in enumerate(term):
            rest = term[i + 1 :]
            if type(part) is Chars:
                yield self._letters.of(part.ranges), rest
            else:
                yield from self._ways_of(part, rest)
            if not part.nullable:
                break

    def _ways_of(self, expr: Expr, rest: _Term) -> Iterator[tuple[Iterable[int], _Term]]:
        """The same of one part, and the rest after it."""
        if isinstance(expr, Alt):
            for part in expr.parts:
                yield from self._ways_into(part, rest)
        elif isinstance(expr, Rep):
            high = None if expr.high is None else expr.high - 1
            more = times(expr.part, max(0, expr.low - 1), high)
            yield from self._ways_into(expr.part, _term(more) + rest)
        elif isinstance(expr, State):
            automaton = expr.automaton
            for pairs, state in zip(automaton.classes, automaton.steps[expr.state], strict=True):
                if state in automaton.alive:
                    yield self._letters.of(pairs), (State(automaton, state), *rest)
        else:
            for letter, letters in self._letters.parted(first_sets(expr)):
                if (after := derivative(expr, letter)) is not NEVER:
                    yield letters, _term(after) + rest

    def _ways_into(self, expr: Expr, rest: _Term) -> Iterator[tuple[Iterable[int], _Term]]:
        """The same, but that nothing of the rest is begun before a letter of the part."""
        for letters, after in self._ways_of_term(_term(expr)):
            yield letters, after + rest

    def _bits_of(self, term: _Term) -> int:
        found = self._bits.get(term)
        if found is None:
            found = self._bits[term] = self._new_bits(term)
        return found

    def _new_bits(self, term: _Term) -> int:
        only = term[0] if len(term) == 1 else None
        if isinstance(only, Alt):
            return union(self._bits_of(_term(each)) for each in only.parts)
        found = self._new_place(term, all(part.nullable for part in term))
        if only is EVERY:
            self._every = found
        return found

    def _new_place(self, term: "_Term | _Words", ends: bool) -> int:
        found = 1 << next(self._places)
        self._at[found] = term
        self.terms |= found
        if ends:
            self.ends |= found
        return found

    def _spelled(self, words: "_Words") -> dict[int, int]:
        clock.check()
        left: dict[int, list[str]] = {}
        for text in words.texts:
            if text:
                left.setdefault(self._letters.number(text[0]), []).append(text[1:])
        return {letter: self._bits_of_words(tuple(texts)) for letter, texts in left.items()}

    def _bits_of_words(self, texts: tuple[str, ...]) -> int:
        if not texts:
            return 0
        words = _Words(texts)
        found = self._bits.get(words)
        if found is None:
            found = self._bits[words] = self._new_place(words, "" in texts)
        return found

    def _alone(self, terms: int) -> int:
        """EVERY is left alone."""
        return self._every if terms & self._every else terms


def _term(expr: Expr) -> _Term:
    return expr.parts if isinstance(expr, Cat) else (expr,)


@lru_cache(maxsize=1_000)
def _words(expr: Expr) -> tuple[str, ...] | None:
    """All texts of what is written letter by letter; None for what has larger sets of letters."""
    ways = (len(each.parts) for each in (expr, *children(expr)) if isinstance(each, Alt))
    found = listed(expr, max(ways, default=1))
    return None if found is None else tuple(found)


def _united(one: list[int], two: list[int]) -> list[int]:
    return list(map(or_, one, two))
