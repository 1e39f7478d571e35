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

MAX_PATTERN = 400  # states of the rest of such a language
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
        self._pattern, self._loop, self._classes = pattern, loop, classes
        self._of_pattern = _Classes(pattern.classes)
        self._of_letter = _Classes(loop.letter.classes)
        self._distance = _distances(pattern)

    def run(self) -> Counted:
        start: _Place = (0, _BEFORE, 0) if self._loop.before else (0, 0, 0)
        number, order = {start: 0}, [start]
        steps: list[list[int]] = []
        dead = -1
        while len(steps) < len(order):
            row = []
            for place in self._after(order[len(steps)]):
                if place is None:
                    row.append(dead)
                    continue
                if place not in number:
                    number[place] = len(order)
                    order.append(place)
                row.append(number[place])
            steps.append(row)
            if len(order) > MAX_PRODUCT:
                what = f"a pattern with a bounded length of more than {MAX_PRODUCT} states"
                raise TooLarge(what, kind="states")
        nowhere = len(order)
        whole = [[nowhere if s == dead else s for s in row] for row in steps]
        whole.append([nowhere] * len(self._classes))
        ends = [*map(self._is_end, order), False]
        return Counted(Dfa(self._classes, whole, ends), [*map(self._free, order), None])

    def _after(self, place: _Place) -> Iterator[_Place | None]:
        """The place behind a letter of each class; None: no text goes on there."""
        state, count, at = place
        alive = self._pattern.alive
        for letters in self._classes:
            next = self._pattern.steps[state][self._of_pattern.index(letters)]
            yield self._counted(next, count, at, letters) if next in alive else None

    def _counted(self, state: int, count: int, at: int, letters: Ranges) -> _Place | None:
        loop = self._loop
        if count == _BEFORE:
            if letters != _single(loop.before[at]):
                return None
            return (state, _BEFORE, at + 1) if at + 1 < len(loop.before) else (state, 0, 0)
        if count == _BEHIND:
            fits = at < len(loop.after) and letters == _single(loop.after[at])
            return (state, _BEHIND, at + 1) if fits else None
        if at == 0 and count >= loop.low and letters == _single(loop.after[0]):
            return (state, _BEHIND, 1)
        within = loop.letter.steps[at][self._of_letter.index(letters)]
        if count == loop.high or within not in loop.letter.alive:
            return None
        return (state, count + 1, 0) if loop.letter.ends[within] else (state, count, within)

    def _is_end(self, place: _Place) -> bool:
        state, count, at = place
        return self._pattern.ends[state] and count == _BEHIND and at == len(self._loop.after)

    def _free(self, place: _Place) -> Expr | None:
        """Letters by which the pattern stays where it is, if there is room for AHEAD of them."""
        state, count, at = place
        room = self._loop.high - count - AHEAD
        if count < 0 or at or room < self._distance.get(state, room + 1):
            return None
        found: list[tuple[int, int]] = []
        for letters in self._classes:
            stays = self._pattern.steps[state][self._of_pattern.index(letters)] == state
            if stays and self._is_letter(letters):
                found += overlap(letters, _ASCII)
        return ranges(*normal(found)) if found else None

    def _is_letter(self, letters: Ranges) -> bool:
        """Whether it spells one letter by itself."""
        letter = self._loop.letter
        return letter.ends[letter.steps[0][self._of_letter.index(letters)]]


class _Classes:
    """Where the letters of a finer class lie."""

    def __init__(self, classes: list[Ranges]) -> None:
        pairs = sorted((low, i) for i, found in enumerate(classes) for low, _ in found)
        self._lows = [low for low, _ in pairs]
        self._indices = [i for _, i in pairs]

    def index(self, letters: Ranges) -> int:
        return self._indices[bisect_right(self._lows, letters[0][0]) - 1]


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
