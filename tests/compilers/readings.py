"""All parses of a text with what each captures, by trying everything: the oracle of the extractor.

A reading is a row of symbols and of marks: ("open", name) and ("close", name). As in
compilers.parses, an iteration of a repetition that takes no symbol is not followed by another one.
"""

from collections.abc import Iterator, Sequence

from compilers.ir import (
    NOTHING,
    Capture,
    Choice,
    Grammar,
    Node,
    Ref,
    Repeat,
    Special,
    Unordered,
    walk,
)
from compilers.ir import Sequence as Cat
from compilers.oracle import _Table

Reading = tuple[object, ...]


def readings(grammar: Grammar, symbols: Sequence[str | Special]) -> set[Reading]:
    found = _Readings(grammar, list(symbols)).of(grammar.rules[grammar.start], 0)
    return {reading for end, reading in found if end == len(symbols)}


class _Readings:
    def __init__(self, grammar: Grammar, symbols: list[str | Special]) -> None:
        self._rules = grammar.rules
        self._symbols = symbols
        self._table = _Table(grammar, symbols)
        self._marked = _marked(grammar)

    def of(self, node: Node, at: int) -> Iterator[tuple[int, Reading]]:
        if not _marks(node, self._marked):
            for end in self._table._ends(node, at):
                yield end, tuple(self._symbols[at:end])
        elif isinstance(node, Cat):
            yield from self._cat(node.parts, at)
        elif isinstance(node, Choice):
            for part in node.parts:
                yield from self.of(part, at)
        elif isinstance(node, Repeat):
            yield from self._repeat(node, at)
        elif isinstance(node, Ref):
            yield from self.of(self._rules[node.name], at)
        elif isinstance(node, Capture):
            for end, inner in self.of(node.part, at):
                yield end, (("open", node.name), *inner, ("close", node.name))
        else:
            assert isinstance(node, Unordered)
            yield from self._unordered(node, at, frozenset())

    def _cat(self, parts: Sequence[Node], at: int) -> Iterator[tuple[int, Reading]]:
        if not parts:
            yield at, ()
            return
        for end, first in self.of(parts[0], at):
            for last, others in self._cat(parts[1:], end):
                yield last, (*first, *others)

    def _repeat(self, node: Repeat, at: int) -> Iterator[tuple[int, Reading]]:
        if node.low == 0:
            yield at, ()
        if node.high == 0:
            return
        others = Repeat(
            node.part, max(node.low - 1, 0), None if node.high is None else node.high - 1
        )
        for end, first in self.of(node.part, at):
            if end == at and others == node:
                yield end, first
                continue
            for last, further in self._repeat(others, end):
                yield last, (*first, *further)

    def _unordered(
        self, node: Unordered, at: int, used: frozenset[int]
    ) -> Iterator[tuple[int, Reading]]:
        """`used`: the members so far; the extra one, -1, may come again."""
        required = {i for i, (_, needed) in enumerate(node.members) if needed}
        if required <= used and (used or not node.some):
            yield at, ()
        options = [(i, member) for i, (member, _) in enumerate(node.members) if i not in used]
        options += [] if node.extra == NOTHING else [(-1, node.extra)]
        for start, separator in self.of(node.separator, at) if used else [(at, ())]:
            for i, member in options:
                for end, inner in self.of(member, start):
                    for last, others in self._unordered(node, end, used | {i}):
                        yield last, (*separator, *inner, *others)


def _marked(grammar: Grammar) -> set[str]:
    """The rules that hold captures."""
    found: set[str] = set()
    while True:
        more = {name for name, node in grammar.rules.items() if _marks(node, found)}
        if more == found:
            return found
        found = more


def _marks(node: Node, marked: set[str]) -> bool:
    return any(
        isinstance(each, Capture) or (isinstance(each, Ref) and each.name in marked)
        for each in walk(node)
    )
