"""A regular language whose texts have so many letters and no more: a pattern with a maxLength.

Such a product has as many states as those of the pattern times the bound, too many to be derived
one by one; but each is a pair of a state and a count, and goes the way of both.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

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

MAX_PATTERN = 1_000  # states of the rest of such a language
MAX_PRODUCT = 30_000  # 2 MB of rules, two seconds to emit and to compile
AHEAD = 16  # letters of a token, mostly

_ASCII = ((0, 0x7F),)


@dataclass(frozen=True, slots=True)
class Counted:
    """The states of such a language, not minimal.

    `free[state]`: letters of which any AHEAD and fewer may follow there; None where few may.
    """

    automaton: Dfa
    free: list[Expr | None]


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


_Place = tuple[int, int, int]
"""A state of the pattern; the letters so far, -1 before the first and -2 behind the last; and where
in a letter it stands, or in the text before or behind."""

_BEFORE, _BEHIND = -1, -2


class _Product:
    def __init__(self, pattern: Dfa, loop: _Loop, classes: list[Ranges]) -> None:
        self._loop, self._classes, self._ends = loop, classes, pattern.ends
        self._distance = _distances(pattern)
        self._loops: dict[int, Expr | None] = {}
        self._steps = _aligned(pattern, classes)
        self._letter = _aligned(loop.letter, classes)
        self._before = [classes.index(_single(letter)) for letter in loop.before]
        self._behind = [classes.index(_single(letter)) for letter in loop.after]

    def run(self) -> Counted:
        start: _Place = (0, _BEFORE, 0) if self._before else (0, 0, 0)
        number, order = {start: 0}, [start]
        steps: list[dict[int, int]] = []  # by class
        for place in order:
            row: dict[int, int] = {}
            for letters, after in self._after(place):
                at = row[letters] = number.setdefault(after, len(order))
                if at == len(order):
                    order.append(after)
            steps.append(row)
            if len(order) > MAX_PRODUCT:
                what = f"a pattern with a bounded length of more than {MAX_PRODUCT} states"
                raise TooLarge(what, kind="states")
        nowhere = len(order)
        whole = [[row.get(i, nowhere) for i in range(len(self._classes))] for row in [*steps, {}]]
        ends = [*map(self._is_end, order), False]
        return Counted(Dfa(self._classes, whole, ends), [*map(self._free, order), None])

    def _after(self, place: _Place) -> Iterator[tuple[int, _Place]]:
        """The ways on, each with the number of its class of letters."""
        state, count, at = place
        ways = self._steps[state]
        if count == _BEFORE:
            if (state := ways[self._before[at]]) >= 0:
                last = at + 1 == len(self._before)
                yield self._before[at], (state, 0, 0) if last else (state, _BEFORE, at + 1)
            return
        behind = at if count == _BEHIND else 0 if at == 0 and count >= self._loop.low else None
        if behind is not None and behind < len(self._behind):
            letters = self._behind[behind]
            if ways[letters] >= 0:
                yield letters, (ways[letters], _BEHIND, behind + 1)
        if count == _BEHIND or count == self._loop.high:
            return
        for letters, within in enumerate(self._letter[at]):
            if within >= 0 and (after := ways[letters]) >= 0:
                complete = self._loop.letter.ends[within]
                yield letters, (after, count + 1, 0) if complete else (after, count, within)

    def _is_end(self, place: _Place) -> bool:
        state, count, at = place
        return self._ends[state] and count == _BEHIND and at == len(self._behind)

    def _free(self, place: _Place) -> Expr | None:
        """Letters by which the pattern stays where it is, if there is room for AHEAD of them."""
        state, count, at = place
        room = self._loop.high - count - AHEAD
        if count < 0 or at or room < self._distance.get(state, room + 1):
            return None
        if state not in self._loops:
            self._loops[state] = self._letters_around(state)
        return self._loops[state]

    def _letters_around(self, state: int) -> Expr | None:
        found: list[tuple[int, int]] = []
        for i, letters in enumerate(self._classes):
            within = self._letter[0][i]
            if self._steps[state][i] == state and within >= 0 and self._loop.letter.ends[within]:
                found += overlap(letters, _ASCII)
        return ranges(*normal(found)) if found else None


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
