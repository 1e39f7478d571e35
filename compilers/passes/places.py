"""Which leaves of a grammar may stand at one place, and which one after the other.

Glushkov's sets (1961), for the grammar as a whole: references are followed, so a rule that is used
twice stands at both places. Leaves go by id(): two that look the same may stand at two places.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Unordered,
)

Leaves = frozenset[int]


@dataclass(frozen=True, slots=True)
class _Ends:
    """The leaves that a node's texts may begin and end with, and whether it has the empty text."""

    first: Leaves = frozenset()
    last: Leaves = frozenset()
    empty: bool = True


class Places:
    """`first`: the leaves that a text may begin with; `after`: those that may follow each leaf.

    The empty literal is no leaf.
    """

    def __init__(self, grammar: Grammar) -> None:
        self.leaves: dict[int, Node] = {}
        self.after: dict[int, set[int]] = {}
        self._ends = dict.fromkeys(grammar.rules, _Ends(empty=False))
        while True:
            found = {name: self._of(node) for name, node in grammar.rules.items()}
            if found == self._ends:
                break
            self._ends = found
        self.first = self._ends[grammar.start].first

    def _of(self, node: Node) -> _Ends:
        if isinstance(node, Sequence):
            return self._cat(map(self._of, node.parts))
        if isinstance(node, Choice):
            return _union(map(self._of, node.parts))
        if isinstance(node, Repeat):
            return self._repeat(self._of(node.part), node.low == 0, node.high == 1)
        if isinstance(node, Unordered):
            parts = (*(member for member, _ in node.members), node.extra, node.separator)
            return self._repeat(_union(map(self._of, parts)), not node.some, False)
        if isinstance(node, Ref):
            return self._ends[node.name]
        if isinstance(node, Capture):
            return self._of(node.part)
        if isinstance(node, Literal) and not node.text:
            return _Ends()
        self.leaves[id(node)] = node
        leaf = frozenset([id(node)])
        empty = isinstance(node, FreeText) or (isinstance(node, Regular) and node.expr.nullable)
        return _Ends(leaf, leaf, empty)

    def _repeat(self, found: _Ends, none: bool, once: bool) -> _Ends:
        if not once:
            self._follow(found.last, found.first)
        return replace(found, empty=found.empty or none)

    def _cat(self, parts: Iterable[_Ends]) -> _Ends:
        found = _Ends()
        for part in parts:
            self._follow(found.last, part.first)
            first = found.first | part.first if found.empty else found.first
            last = found.last | part.last if part.empty else part.last
            found = _Ends(first, last, found.empty and part.empty)
        return found

    def _follow(self, one: Leaves, two: Leaves) -> None:
        for leaf in one:
            self.after.setdefault(leaf, set()).update(two)


def _union(parts: Iterable[_Ends]) -> _Ends:
    found = list(parts)
    return _Ends(
        frozenset().union(*(each.first for each in found)),
        frozenset().union(*(each.last for each in found)),
        any(each.empty for each in found),
    )
