"""The parses of a text, one symbol at a time.

A `Program` holds a skeleton (compilers.skeleton) as numbered items. A parse stands at a leaf
(compilers.leaves), with the list of items that must come after it, its `rest`; lists share their
tails and have numbers, too. What a parse writes is a row of marks: a capture opens or closes,
between two symbols.

    program.enter(rest)                    the leaves at which a parse may stand that goes on there
    program.after(leaf, rest, symbol)      ... after one more symbol
"""

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from compilers import clock
from compilers.errors import TooLarge
from compilers.leaves import END, Leaf, Letters, Symbol, Word, fate

MAX_ENTERED = 20_000  # steps between two symbols
MAX_ROW = 5_000  # items one after the other, all in one list

Marks = tuple[int, ...]
"""Capture i opens: 2 * i; it closes: 2 * i + 1."""


class Entry(NamedTuple):
    """Where a parse stands, and the marks that it wrote on its way there from the last symbol."""

    leaf: Leaf
    rest: int
    marks: Marks


class Program:
    """Items of six kinds, and the lists of them. Equal items have one number.

    leaf LEAF · sequence (ITEM, ...) · choice (ITEM, ...) · repeat (ITEM, low, high)
    capture (CAPTURE, ITEM) · mark MARK
    """

    def __init__(self) -> None:
        self._items: list[tuple[str, Any]] = []
        self._numbers: dict[tuple[str, Hashable], int] = {}
        self._rests: list[tuple[int, int]] = [(-1, -1)]  # rest 0: nothing more
        self._rest_numbers: dict[tuple[int, int], int] = {}
        self._entered: dict[int, tuple[Entry, ...]] = {}
        self.captures: list[tuple[str, str]] = []
        self.start = 0

    def begin(self, item: int) -> None:
        """What the whole text is."""
        self.start = self.rest(item, 0)

    # --- items

    def leaf(self, leaf: Leaf) -> int:
        return self._item("leaf", leaf)

    def sequence(self, parts: Iterable[int]) -> int:
        """Flat, unless it is long: of rules that are each twice the next, it would double, too."""
        given = tuple(parts)
        flat: list[int] = []
        for part in given:
            flat += self.parts(part)
            if len(flat) > MAX_ROW:
                return self._item("sequence", given)
        return flat[0] if len(flat) == 1 else self._item("sequence", tuple(flat))

    def choice(self, parts: Iterable[int]) -> int:
        found = tuple(dict.fromkeys(parts))
        return found[0] if len(found) == 1 else self._item("choice", found)

    def repeat(self, part: int, low: int, high: int | None) -> int:
        return self.sequence(()) if high == 0 else self._item("repeat", (part, low, high))

    def capture(self, name: str, channel: str, part: int) -> int:
        if (name, channel) not in self.captures:
            self.captures.append((name, channel))
        return self._item("capture", (self.captures.index((name, channel)), part))

    def mark(self, number: int) -> int:
        return self._item("mark", number)

    def parts(self, item: int) -> tuple[int, ...]:
        """What stands one after the other in it."""
        kind, body = self._items[item]
        return body if kind == "sequence" else (item,)

    def what(self, item: int) -> tuple[str, Any]:
        return self._items[item]

    def _item(self, kind: str, body: Hashable) -> int:
        number = self._numbers.setdefault((kind, body), len(self._items))
        if number == len(self._items):
            self._items.append((kind, body))
        return number

    # --- rests

    def rest(self, item: int, below: int) -> int:
        """The list of an item and, below it, another list."""
        number = self._rest_numbers.setdefault((item, below), len(self._rests))
        if number == len(self._rests):
            self._rests.append((item, below))
        return number

    def head(self, rest: int) -> tuple[str, Any, int]:
        """The first item of a list, its kind and its body, and the list below it."""
        item, below = self._rests[rest]
        return *self._items[item], below

    def unrolled(self, part: int, low: int, high: int | None, below: int) -> int:
        """An iteration of a repetition, then the others."""
        others = self.repeat(part, max(low - 1, 0), None if high is None else high - 1)
        return self.rest(part, self.rest(others, below))

    def captured(self, capture: int, part: int, below: int) -> int:
        close = self.rest(self.mark(2 * capture + 1), below)
        return self.rest(self.mark(2 * capture), self.rest(part, close))

    # --- parses

    def enter(self, rest: int) -> tuple[Entry, ...]:
        """The places at which a parse may stand before the first symbol of `rest`."""
        found = self._entered.get(rest)
        if found is None:
            found = self._entered[rest] = _Entering(self).run(rest)
        return found

    def after(self, leaf: Leaf, rest: int, symbol: Symbol) -> tuple[Entry, ...]:
        """The places behind one more symbol."""
        further, ends = leaf.step(symbol)
        found = self.enter(rest) if ends else ()
        return found if further is None else (Entry(further, rest, ()), *found)

    def behind(self, word: tuple[Leaf, int], text: str) -> tuple[Entry, ...]:
        """The places behind what a word begins with."""
        leaf, rest = word
        assert isinstance(leaf, Word)
        if leaf.left == text:
            return self.enter(rest)
        return (Entry(Word(leaf.text, leaf.at + len(text)), rest, ()),)


class _Entering:
    """All ways from a list of items to the leaves that are next.

    A way knows the repetitions that it began since the last symbol: an iteration that takes no
    symbol is not followed by another one.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._todo: list[tuple[int, Marks, frozenset[int]]] = []
        self._seen: set[tuple[int, Marks, frozenset[int]]] = set()

    def run(self, rest: int) -> tuple[Entry, ...]:
        found: dict[Entry, None] = {}
        self._push(rest, (), frozenset())
        while self._todo:
            clock.check()
            rest, marks, begun = self._todo.pop()
            if rest == 0:
                found[Entry(END, 0, marks)] = None
                continue
            kind, body, below = self._program.head(rest)
            if kind == "leaf":
                self._leaf(found, Entry(body, below, marks), begun)
            else:
                self._open(rest, marks, begun)
        return tuple(found)

    def _push(self, rest: int, marks: Marks, begun: frozenset[int]) -> None:
        state = rest, marks, begun
        if state not in self._seen:
            self._seen.add(state)
            self._todo.append(state)
        if len(self._seen) > MAX_ENTERED:
            raise TooLarge("too many ways to go on without any text", kind="skeleton")

    def _leaf(self, found: dict[Entry, None], entry: Entry, begun: frozenset[int]) -> None:
        leaf = entry.leaf
        if not isinstance(leaf, Letters) or fate(leaf.expr)[1]:
            found[entry] = None
        if isinstance(leaf, Letters) and leaf.expr.nullable:
            self._push(entry.rest, entry.marks, begun)

    def _open(self, rest: int, marks: Marks, begun: frozenset[int]) -> None:
        """One item that is no leaf."""
        program = self._program
        kind, body, below = program.head(rest)
        if kind == "sequence":
            for part in reversed(body):
                below = program.rest(part, below)
            self._push(below, marks, begun)
        elif kind == "choice":
            for part in body:
                self._push(program.rest(part, below), marks, begun)
        elif kind == "capture":
            self._push(program.captured(body[0], body[1], below), marks, begun)
        elif kind == "mark":
            self._push(below, (*marks, body), begun)
        else:
            part, low, high = body
            if low == 0:
                self._push(below, marks, begun)
            if rest not in begun:
                self._push(program.unrolled(part, low, high, below), marks, begun | {rest})
