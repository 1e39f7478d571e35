"""All parses of a text with what each captures, by trying everything: the oracle of the extractor.

A reading is a row of symbols and of marks: ("open", name) and ("close", name). As in
compilers.parses, an iteration of a repetition that takes no symbol is not followed by another one.
"""

from collections.abc import Iterator, Sequence

from compilers.ir import Capture, Choice, Grammar, Node, Ref, Repeat, Special, walk
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

    def of(self, node: Node, at: int) -> Iterator[tuple[int, Reading]]:
        if isinstance(node, Cat):
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
            assert len(list(walk(node))) == 1
            for end in self._table._ends(node, at):
                yield end, tuple(self._symbols[at:end])

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
