"""A regular language whose texts have so many letters and no more: a pattern with a maxLength.

Such a product has as many states as those of the pattern times the bound, too many to be derived
one by one. But each is a pair of a state and a count, and goes the way of both: so it is made in
layers, one for each count, and most layers are alike. Sets of states are the bits of a number.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from compilers.errors import TooLarge
from compilers.lookahead import first
from compilers.regular import (
    And,
    Cat,
    Chars,
    Dfa,
    Expr,
    Ranges,
    Rep,
    alphabet,
    both,
    dfa,
    minimise,
    normal,
    overlap,
    ranges,
)
from compilers.regular.bits import bits, numbers, union

MAX_PATTERN = 1_000  # states of the rest of such a language
MAX_PRODUCT = 30_000  # 2 MB of rules, two seconds to emit and to compile
AHEAD = 16  # letters of a token, mostly

_ASCII = ((0, 0x7F),)


@dataclass(frozen=True, slots=True)
class State:
    """`within`: letters that lead to a state of the same layer, `on`: to one of the next layer, as
    one letter of the text is complete; each with the number of that state. `ends`: the text behind
    the loop may follow. `free`: letters of which any AHEAD and fewer may follow, None for none.
    """

    number: int
    within: list[tuple[Chars, int]]
    on: list[tuple[Chars, int]]
    ends: bool
    free: Expr | None


Layer = list[State]


@dataclass(frozen=True, slots=True)
class Counted:
    """A language of bounded length: `before`, layers of states, `after`.

    A layer for each number of letters; those that are alike are the same object. A text begins in
    state `start` of the first one. No layers: there is no text. `size`: how many states may be
    reached, also of those from which no end can be.
    """

    before: str
    layers: list[Layer]
    start: int
    after: str
    size: int


def counted(expr: Expr) -> Counted | None:
    """None for a language of another form. Raises TooLarge."""
    parts = expr.parts if isinstance(expr, And) else ()
    found = [(part, loop) for part in parts if (loop := _loop(part)) is not None]
    if len(found) != 1:
        return None
    counting, loop = found[0]
    others = [part for part in parts if part != counting]
    if not others:
        return None
    pattern = minimise(dfa(both(*others), MAX_PATTERN))
    return _Product(pattern, loop, alphabet(expr)).run()


@dataclass(frozen=True, slots=True)
class _Loop:
    """`before`, `low` to `high` letters each spelled by `letter`, `after`."""

    before: str
    letter: Dfa
    low: int
    high: int
    after: str


def _loop(expr: Expr) -> _Loop | None:
    parts = expr.parts if isinstance(expr, Cat) else (expr,)
    loops = [part for part in parts if isinstance(part, Rep)]
    if len(loops) != 1 or loops[0].high is None:
        return None
    at = parts.index(loops[0])
    before, after = _literal(parts[:at]), _literal(parts[at + 1 :])
    if before is None or not after or overlap(first(loops[0].part), _single(after[0])):
        return None
    letter = minimise(dfa(loops[0].part, MAX_PATTERN))
    if any(letter.ends[s] and any(after in letter.alive for after in letter.steps[s])
           for s in range(len(letter.steps))):  # fmt: skip
        return None  # one letter may be the beginning of another
    return _Loop(before, letter, loops[0].low, loops[0].high, after)


def _literal(parts: tuple[Expr, ...]) -> str | None:
    each = [part.ranges for part in parts if isinstance(part, Chars)]
    if len(each) < len(parts) or any(found != _single(chr(found[0][0])) for found in each):
        return None
    return "".join(chr(found[0][0]) for found in each)


def _single(letter: str) -> Ranges:
    return ((ord(letter), ord(letter)),)


@dataclass(slots=True)
class _Place:
    """A state of the pattern, and where in a letter it stands: `within` and `on` are the places (or
    states) behind, each with the numbers of the classes of letters that lead there."""

    within: dict[int, list[int]] = field(default_factory=dict)
    on: dict[int, list[int]] = field(default_factory=dict)


class _Product:
    """Places have numbers: between two letters of a text that of the state of the pattern; within a
    letter, as in an escape, those behind."""

    def __init__(self, pattern: Dfa, loop: _Loop, classes: list[Ranges]) -> None:
        self._loop, self._classes = loop, classes
        self._distance = _distances(pattern)
        self._steps = _aligned(pattern, classes)
        self._letter = _aligned(loop.letter, classes)
        self._where = [(state, 0) for state in range(len(self._steps))]
        self._numbers = {where: number for number, where in enumerate(self._where)}
        self._places: dict[int, _Place] = {}
        self._behind: dict[int, tuple[int, int]] = {}
        self._unions: dict[tuple[int, ...], Chars] = {}
        self._loops: dict[int, Expr | None] = {}
        ends = (s for s in range(len(self._steps)) if self._is_end(s, pattern.ends))
        self._ends = bits(ends)  # where the text behind may follow

    def run(self) -> Counted:
        loop = self._loop
        start = self._along(0, loop.before)
        reached, size = self._reached(start)
        layers: list[Layer] = []
        known: dict[tuple[object, ...], Layer] = {}
        after = 0  # the states of the next layer from which an end can be reached
        for count in reversed(range(len(reached))):
            ends = self._ends if count >= loop.low else 0
            states = reached[count] & (self._before(after) | ends)
            room = loop.high - count - AHEAD
            free = bits(s for s in numbers(states) if self._distance.get(s, room + 1) <= room)
            key = states, after, ends, free
            if key not in known:
                known[key] = self._layer(*key)
            layers.append(known[key])
            after = states
        layers.reverse()
        while layers and not layers[-1]:
            layers.pop()
        return Counted(loop.before, layers if after else [], start, loop.after, size)

    def _along(self, state: int, text: str) -> int:
        """The state behind a text, -1 for none."""
        for letter in text:
            state = self._steps[state][self._classes.index(_single(letter))] if state >= 0 else -1
        return state

    def _is_end(self, state: int, ends: list[bool]) -> bool:
        end = self._along(state, self._loop.after)
        return end >= 0 and ends[end]

    # --- which places there are

    def _reached(self, start: int) -> tuple[list[int], int]:
        """The states that may be reached by each number of letters; how many places in all."""
        found: list[int] = []
        size = 0
        states = 1 << start if start >= 0 else 0
        known: dict[int, tuple[int, int]] = {}
        while states and len(found) <= self._loop.high:
            found.append(states)
            if states not in known:
                ways = [self._ways(state) for state in numbers(states)]
                known[states] = union(on for on, _ in ways), union(inner for _, inner in ways)
            on, inner = known[states]
            size += states.bit_count() + inner.bit_count()
            if size > MAX_PRODUCT:
                what = f"a pattern with a bounded length of more than {MAX_PRODUCT} states"
                raise TooLarge(what, kind="states")
            states = on
        return found, size

    def _before(self, states: int) -> int:
        """The states from which one letter leads to one of these."""
        everywhere = range(len(self._steps))
        return bits(s for s in everywhere if self._ways(s)[0] & states) if states else 0

    def _ways(self, number: int) -> tuple[int, int]:
        """The states behind what is left of a letter, and the places within it on the way there."""
        found = self._behind.get(number)
        if found is None:
            on, inner, todo = 0, 0, [number]
            while todo:
                place = self._place(todo.pop())
                on |= bits(place.on)
                todo += [each for each in place.within if not inner >> each & 1]
                inner |= bits(place.within)
            found = self._behind[number] = on, inner
        return found

    def _place(self, number: int) -> _Place:
        found = self._places.get(number)
        if found is None:
            found = self._places[number] = _Place()
            state, at = self._where[number]
            for letters, (inside, after) in enumerate(
                zip(self._letter[at], self._steps[state], strict=True)
            ):
                if inside >= 0 and after >= 0:
                    if self._loop.letter.ends[inside]:
                        found.on.setdefault(after, []).append(letters)
                    else:
                        place = self._number((after, inside))
                        found.within.setdefault(place, []).append(letters)
        return found

    def _number(self, where: tuple[int, int]) -> int:
        number = self._numbers.setdefault(where, len(self._where))
        if number == len(self._where):
            self._where.append(where)
        return number

    # --- layers

    def _layer(self, states: int, after: int, ends: int, free: int) -> Layer:
        """`after`: the states of the next layer."""
        inner = union(self._ways(state)[1] for state in numbers(states))
        inner = bits(place for place in numbers(inner) if self._ways(place)[0] & after)
        return [
            State(
                number,
                self._leading(self._place(number).within, inner),
                self._leading(self._place(number).on, after),
                bool(ends >> number & 1),
                self._letters_around(number) if free >> number & 1 else None,
            )
            for number in numbers(states | inner)
        ]

    def _leading(self, ways: dict[int, list[int]], there: int) -> list[tuple[Chars, int]]:
        """The ways that lead to one of those."""
        found = ((self._letters(tuple(each)), to) for to, each in ways.items() if there >> to & 1)
        return list(found)

    def _letters(self, numbers: tuple[int, ...]) -> Chars:
        if numbers not in self._unions:
            pairs = (pair for number in numbers for pair in self._classes[number])
            self._unions[numbers] = Chars(normal(pairs))
        return self._unions[numbers]

    def _letters_around(self, state: int) -> Expr | None:
        """By which the pattern stays where it is."""
        if state not in self._loops:
            found: list[tuple[int, int]] = []
            for number in self._place(state).on.get(state, []):
                found += overlap(self._classes[number], _ASCII)
            self._loops[state] = ranges(*normal(found)) if found else None
        return self._loops[state]


def _aligned(found: Dfa, classes: list[Ranges]) -> list[list[int]]:
    """Its steps by finer classes of letters; -1 where no end can be reached any more."""
    pairs = sorted((low, i) for i, pairs in enumerate(found.classes) for low, _ in pairs)
    lows = [low for low, _ in pairs]
    columns = [pairs[bisect_right(lows, letters[0][0]) - 1][1] for letters in classes]
    alive = found.alive
    return [[row[i] if row[i] in alive else -1 for i in columns] for row in found.steps]


def _distances(pattern: Dfa) -> dict[int, int]:
    """From each state, how many letters a text needs at least to its end."""
    before: dict[int, set[int]] = {}
    for state, row in enumerate(pattern.steps):
        for after in row:
            before.setdefault(after, set()).add(state)
    found = {state: 0 for state, end in enumerate(pattern.ends) if end}
    todo = list(found)
    for state in todo:
        for each in before.get(state, set()) - found.keys():
            found[each] = found[state] + 1
            todo.append(each)
    return found
