"""Whether a text has two parses that write different marks.

Two parses of one text are followed at once, and it is noted whether they have written the same. A
pair that has not and yet comes to the end is two readings of one text. There are finitely many
pairs, but for the depth of values, where depths beyond MAX_DEPTH are one. That may find an
ambiguity where there is none, never none where there is one: what is found is tried.

Two parses that stand in equal leaves write nothing until one of them leaves its own: so only the
places where a leaf may end are looked at, not each letter on the way there.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from compilers import clock
from compilers.errors import TooLarge
from compilers.leaves import (
    CLOSED,
    END,
    OUTSIDE,
    Leaf,
    Letters,
    Symbol,
    Token,
    Value,
    Word,
    fate,
    symbols,
)
from compilers.parses import Entry, Marks, Program
from compilers.regular import Expr, steps

MAX_DEPTH = 4
MAX_PAIRS = 30_000
MAX_TRIED = 20
FEW = 20  # places that are compared each with each
MAX_STATES = 3_000  # of a leaf whose ends are looked for at once

_Place = tuple[Leaf, int]
_Pair = tuple[int, int, bool]
"""The numbers of the places where the two parses stand, and whether they have written the same."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text with two readings, in words."""

    symbols: tuple[Symbol, ...]
    readings: tuple[str, str]


def ambiguity(program: Program) -> Found | None:
    """None: it is proven that there is none. TooLarge where that takes too long."""
    undecided = 0
    for text in _Search(program).run():
        ways = ways_of(program, text)
        if len(ways) > 1:
            return Found(text, _told_apart(program, text, ways[0], ways[1]))
        undecided += 1
        if undecided >= MAX_TRIED:
            break
    if undecided:
        raise TooLarge("it cannot be decided where values end", kind="skeleton")
    return None


def undecided(program: Program) -> tuple[Symbol, ...] | None:
    """A text behind which two parses differ in what they wrote before its last symbol; None: it is
    proven that there is none. TooLarge where that takes too long."""
    return next(_Search(program, at_once=True).run(), None)


class _Search:
    """`at_once`: parses that differ are looked for, whether they come to the end or not; to differ
    for no longer than it takes to tell them apart by one symbol does not count."""

    def __init__(self, program: Program, at_once: bool = False) -> None:
        self._program = program
        self._at_once = at_once
        self._came: dict[_Pair, tuple[_Pair | None, tuple[Symbol, ...]]] = {}
        self._todo: deque[_Pair] = deque()
        self._places: list[_Place] = []
        self._numbers: dict[_Place, int] = {}

    def run(self) -> Iterator[tuple[Symbol, ...]]:
        """The texts of pairs that come to the end without having written the same, or `at_once`."""
        start = self._program.enter(self._program.start)
        self._meet(start, start, True, None, ())
        while self._todo:
            clock.check()
            pair = self._todo.popleft()
            one, two, same = pair
            if one == two and not same:
                yield (*self._text(pair), *self._shortest(self._places[one]))
            elif self._at_once and not same:
                yield from self._both_go_on(pair)
            else:
                self._follow(pair)
            if len(self._came) > MAX_PAIRS:
                raise TooLarge("too many ways to read a text", kind="skeleton")

    def _both_go_on(self, pair: _Pair) -> Iterator[tuple[Symbol, ...]]:
        """The text of a pair with one more symbol that both parses take."""
        one, two = self._places[pair[0]], self._places[pair[1]]
        for symbol in _of_both(one[0], two[0]):
            if self._program.after(*one, symbol) and self._program.after(*two, symbol):
                yield (*self._text(pair), symbol)

    def _follow(self, pair: _Pair) -> None:
        number, other, same = pair
        one, two = self._places[number], self._places[other]
        leaf = one[0]
        ends = _ends(leaf) if leaf == two[0] else None
        if ends is not None:
            self._leave(pair, ends)
            return
        for word, beside in ((one, two), (two, one)):
            if isinstance(word[0], Word) and isinstance(beside[0], Word | Letters):
                self._spell(pair, word[0].left, word, beside)
                return
        for symbol in _of_both(leaf, two[0]):
            first = self._after(one, symbol)
            second = first if number == other else self._after(two, symbol)
            if first and second:
                self._meet(first, second, same, pair, (symbol,))

    def _leave(self, pair: _Pair, ends: "_Ends") -> None:
        """Both parses stand in equal leaves: at each of their ends one or both may leave them."""
        number, other, same = pair
        rests = [self._places[each][1] for each in (number, other)]
        after = [self._program.enter(rest) for rest in rests]
        for text, further in ends:
            one, two = after
            if further is not None:
                first, second = (Entry(further, rest, ()) for rest in rests)
                covered = self._pair(first, second, same)  # its ends are among these
                self._came.setdefault(covered, (pair, text))
                one, two = (first, *one), (second, *two)
            if number == other:
                two = one
            self._meet(one, two, same, pair, text)

    def _spell(self, pair: _Pair, left: str, word: _Place, beside: _Place) -> None:
        """One parse has a word before it: both are followed to where one leaves its leaf."""
        further: Leaf | None
        further, rest = beside
        n, ends = 0, False
        while further is not None and not ends and n < len(left):
            further, ends = further.step(ord(left[n]))
            n += 1
        first = self._program.behind(word, left[:n])
        second = self._program.enter(rest) if ends else ()
        if further is not None:
            second = (Entry(further, rest, ()), *second)
        self._meet(first, second, pair[2], pair, tuple(map(ord, left[:n])))

    def _meet(
        self,
        first: tuple[Entry, ...],
        second: tuple[Entry, ...],
        same: bool,
        origin: _Pair | None,
        text: tuple[Symbol, ...],
    ) -> None:
        for entry, further in _pairs(first, second):
            pair = self._pair(entry, further, same)
            if pair not in self._came:
                self._came[pair] = origin, text
                self._todo.append(pair)

    def _pair(self, one: Entry, two: Entry, same: bool) -> _Pair:
        first, second = self._number(one), self._number(two)
        return min(first, second), max(first, second), same and one.marks == two.marks

    def _number(self, entry: Entry) -> int:
        place = entry.leaf, entry.rest
        number = self._numbers.setdefault(place, len(self._places))
        if number == len(self._places):
            self._places.append(place)
        return number

    def _after(self, place: _Place, symbol: Symbol) -> tuple[Entry, ...]:
        leaf, rest = place
        found = self._program.after(leaf, rest, symbol)
        if not isinstance(leaf, Value) or leaf.opens or leaf.place != OUTSIDE:
            return found
        further = found[0].leaf
        if isinstance(further, Value) and further.depth > MAX_DEPTH:
            return (Entry(leaf, rest, ()),)
        if isinstance(further, Value) and leaf.depth == MAX_DEPTH > further.depth:
            return (*found, Entry(leaf, rest, ()))
        return found

    def _text(self, pair: _Pair | None) -> tuple[Symbol, ...]:
        found: list[tuple[Symbol, ...]] = []
        while pair is not None:
            pair, text = self._came[pair]
            found.append(text)
        return tuple(symbol for text in reversed(found) for symbol in text)

    def _shortest(self, place: _Place) -> tuple[Symbol, ...]:
        """A text from a place to the end."""
        seen = {place}
        todo: deque[tuple[_Place, tuple[Symbol, ...]]] = deque([(place, ())])
        while todo:
            clock.check()
            (leaf, rest), text = todo.popleft()
            if leaf is END:
                return text
            for symbol in symbols(leaf):
                for entry in self._program.after(leaf, rest, symbol):
                    if entry[:2] not in seen:
                        seen.add(entry[:2])
                        todo.append((entry[:2], (*text, symbol)))
            if len(seen) > MAX_PAIRS:
                raise TooLarge("too many ways to end a text", kind="skeleton")
        raise AssertionError("a place that has no end")


def _of_both(one: Leaf, two: Leaf) -> list[Symbol]:
    """A symbol of each class that both may go on with, and perhaps others."""
    for leaf in (one, two):
        if isinstance(leaf, Word):
            return [ord(leaf.text[leaf.at])]
        if isinstance(leaf, Token):
            return [leaf.name]
    return [] if END in (one, two) else symbols(one, two)


def _pairs(first: tuple[Entry, ...], second: tuple[Entry, ...]) -> Iterator[tuple[Entry, Entry]]:
    """Each with each, those of one row once, but for words that no text begins with both of."""
    if first is second and len(first) > FEW:
        yield from ((first[i], first[j]) for i, j in sorted(_of_many(first)))
        return
    for i, entry in enumerate(first):
        for further in second[i:] if first is second else second:
            if not _clash(entry.leaf, further.leaf):
                yield entry, further


def _of_many(row: tuple[Entry, ...]) -> Iterator[tuple[int, int]]:
    """The same by their numbers, not in order. What a word begins stands right behind it, once the
    words are sorted."""
    words = sorted((e.leaf.left, i) for i, e in enumerate(row) if isinstance(e.leaf, Word))
    for at, (word, i) in enumerate(words):
        for longer, j in words[at:]:
            if not longer.startswith(word):
                break
            yield min(i, j), max(i, j)
    for i, entry in enumerate(row):
        if not isinstance(entry.leaf, Word):
            yield i, i
            yield from ((min(i, j), max(i, j)) for _, j in words)
            others = (j for j in range(i + 1, len(row)) if not isinstance(row[j].leaf, Word))
            yield from ((i, j) for j in others)


def _clash(one: Leaf, two: Leaf) -> bool:
    """Whether these are two words that no text begins with both of."""
    if not isinstance(one, Word) or not isinstance(two, Word):
        return False
    return not (one.left.startswith(two.left) or two.left.startswith(one.left))


_Ends = tuple[tuple[tuple[Symbol, ...], Leaf | None], ...]
"""Where a leaf may end: a text up to there, and the leaf that is left if it may also go on."""


def _ends(leaf: Leaf) -> _Ends | None:
    """None: they are too many, or nothing is known of them."""
    if isinstance(leaf, Word):
        return ((tuple(map(ord, leaf.left)), None),)
    if isinstance(leaf, Value):
        return ((tuple(map(ord, CLOSED[leaf.opens[0]])), None),) if leaf.opens else None
    return _ends_of(leaf.expr) if isinstance(leaf, Letters) else None


@lru_cache(maxsize=1000)
def _ends_of(expr: Expr) -> _Ends | None:
    found: list[tuple[tuple[Symbol, ...], Leaf | None]] = []
    texts: dict[Expr, tuple[Symbol, ...]] = {}  # the first state only if a text leads back to it
    order = [expr]
    for state in order:  # grows
        for letter, after in steps(state):
            if after in texts or not fate(after)[0]:
                continue
            texts[after] = (*texts.get(state, ()), letter)
            if after != expr:
                order.append(after)
            if after.nullable:
                found.append((texts[after], Letters(after) if fate(after)[1] else None))
        if len(order) > MAX_STATES:
            return None
    return tuple(found)


_Way = tuple[Marks, ...]
"""The marks before the first symbol, and behind each."""


def ways_of(program: Program, text: tuple[Symbol, ...]) -> list[_Way]:
    """What each parse of a text writes. Slow, for messages."""
    ways: dict[tuple[_Place, _Way], None] = {}
    for entry in program.enter(program.start):
        ways[entry[:2], (entry.marks,)] = None
    for symbol in text:
        further: dict[tuple[_Place, _Way], None] = {}
        for (leaf, rest), marks in ways:
            for entry in program.after(leaf, rest, symbol):
                further[entry[:2], (*marks, entry.marks)] = None
        ways = further
    return list(dict.fromkeys(marks for (leaf, _), marks in ways if leaf is END))


def _told_apart(
    program: Program, text: tuple[Symbol, ...], one: _Way, two: _Way
) -> tuple[str, str]:
    """Two parses in words, with places where the words alone are the same."""
    for places in (False, True):
        first, second = (_told(program, text, way, places) for way in (one, two))
        if first != second:
            break
    return first, second


def _told(program: Program, text: tuple[Symbol, ...], way: _Way, places: bool) -> str:
    """The captures of one parse: content 'abc', tool_calls 'x'."""
    found: list[str] = []
    opened: list[int] = []
    for i, marks in enumerate(way):
        for mark in marks:
            if mark % 2 == 0:
                opened.append(i)
                continue
            name, _ = program.captures[mark // 2]
            start = opened.pop()
            shown = "".join(s if isinstance(s, str) else chr(s) for s in text[start:i])
            found.append(f"{name} {shown!r}" + (f" (from {start})" if places else ""))
    return ", ".join(found) or "nothing that is captured"
