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


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """`within`: letters that lead to a state of the same layer, `on`: to one of the next layer, as
    one letter of the text is complete; each with the number of that state. `ends`: the text behind
    the loop may follow. `free`: letters of which any AHEAD and fewer may follow, None for none.

    The same one may be in many layers.
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
    states) behind, each with the numbers of the classes of letters that lead there; `inside` and
    `beyond` are those places as bits."""

    within: dict[int, list[int]] = field(default_factory=dict)
    on: dict[int, list[int]] = field(default_factory=dict)
    inside: int = 0
    beyond: int = 0


class _Product:
    """Places have numbers: between two letters of a text that of the state of the pattern; within a
    letter, as in an escape, those behind."""

    def __init__(self, pattern: Dfa, loop: _Loop, classes: list[Ranges]) -> None:
        self._loop, self._classes = loop, classes
        self._near = _near(pattern)
        self._steps = _aligned(pattern, classes)
        self._letter = _aligned(loop.letter, classes)
        self._where = [(state, 0) for state in range(len(self._steps))]
        self._numbers = {where: number for number, where in enumerate(self._where)}
        self._places: dict[int, _Place] = {}
        self._behind: dict[int, tuple[int, int]] = {}
        self._unions: dict[tuple[int, ...], Chars] = {}
        self._loops: dict[int, Expr | None] = {}
        self._known_before: dict[int, int] = {}
        self._states: dict[tuple[int, int, int, bool, bool], State] = {}
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
            key = states, after, ends, states & self._free(loop.high - count - AHEAD)
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
            if states not in known:
                ways = [self._ways(state) for state in numbers(states)]
                known[states] = union(on for on, _ in ways), union(inner for _, inner in ways)
            on, inner = known[states]
            # Once two layers have the same states, so have all that are left.
            layers = self._loop.high + 1 - len(found) if on == states else 1
            size += layers * (states.bit_count() + inner.bit_count())
            if size > MAX_PRODUCT:
                what = f"a pattern with a bounded length of more than {MAX_PRODUCT} states"
                raise TooLarge(what, kind="states")
            found += [states] * layers
            states = on
        return found, size

    def _before(self, states: int) -> int:
        """The states from which one letter leads to one of these."""
        found = self._known_before.get(states)
        if found is None:
            ways = (state for state in range(len(self._steps)) if self._ways(state)[0] & states)
            found = self._known_before[states] = bits(ways) if states else 0
        return found

    def _free(self, room: int) -> int:
        """The states from which an end is so many letters away at most."""
        return self._near[min(room, len(self._near) - 1)] if room >= 0 else 0

    def _ways(self, number: int) -> tuple[int, int]:
        """The states behind what is left of a letter, and the places within it on the way there."""
        found = self._behind.get(number)
        if found is None:
            on, inner, todo = 0, 0, [number]
            while todo:
                place = self._place(todo.pop())
                on |= place.beyond
                todo += numbers(place.inside & ~inner)
                inner |= place.inside
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
            found.inside, found.beyond = bits(found.within), bits(found.on)
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
            self._state(number, inner, after, bool(ends >> number & 1), bool(free >> number & 1))
            for number in numbers(states | inner)
        ]

    def _state(self, number: int, inner: int, after: int, ends: bool, free: bool) -> State:
        place = self._place(number)
        within, on = place.inside & inner, place.beyond & after
        key = number, within, on, ends, free
        found = self._states.get(key)
        if found is None:
            around = self._letters_around(number) if free else None
            ways = self._leading(place.within, within), self._leading(place.on, on)
            found = self._states[key] = State(number, *ways, ends, around)
        return found

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


def _near(pattern: Dfa) -> list[int]:
    """The states from which an end is so many letters away at most: none, one, and so on."""
    before = list(map(bits, pattern.before()))
    found = [bits(state for state, end in enumerate(pattern.ends) if end)]
    new = found[0]
    while new := union(before[state] for state in numbers(new)) & ~found[-1]:
        found.append(found[-1] | new)
    return found
