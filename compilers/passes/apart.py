"""Free text kept apart from the tags around it.

Where tags are plain text, `FreeText` could spell one: an optional `<think>` might be the first word
of the reply, a call that is not valid might pass as prose. So it must neither begin with a tag that
could stand in its place, nor hold one that could follow it. A tag is a whole `Literal`: keep what
may be forbidden in a node of its own (`<tool_call>`, not `<tool_call>\\n{"name": `).

What the places around a hole are is computed for the grammar as a whole, references included, so a
rule that is used twice keeps away from the tags of both places.
"""

from collections.abc import Callable, Iterable
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
    choice,
    sequence,
)
from compilers.regular import EVERY, both, cat, other_than, text, without


def apart(grammar: Grammar) -> Grammar:
    """The grammar with each FreeText restricted to what is no tag where it stands."""
    around = _Around(grammar)
    rules = {name: _rewritten(node, around.guarded) for name, node in grammar.rules.items()}
    return replace(grammar, rules=rules)


def _rewritten(node: Node, change: Callable[[FreeText], Node]) -> Node:
    def go(part: Node) -> Node:
        return _rewritten(part, change)

    if isinstance(node, Sequence):
        return sequence(*map(go, node.parts))
    if isinstance(node, Choice):
        return choice(*map(go, node.parts))
    if isinstance(node, Repeat | Capture):
        return replace(node, part=go(node.part))
    if isinstance(node, Unordered):
        members = tuple((go(member), required) for member, required in node.members)
        return Unordered(members, go(node.extra), go(node.separator))
    return change(node) if isinstance(node, FreeText) else node


_Leaves = frozenset[int]
"""Leaves by id(): two holes that look the same may stand at different places."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """The leaves that a node's texts may begin and end with, and whether it has the empty text."""

    first: _Leaves = frozenset()
    last: _Leaves = frozenset()
    empty: bool = True


class _Around:
    """Which leaves may stand at one place, and which one after the other (Glushkov's sets)."""

    def __init__(self, grammar: Grammar) -> None:
        self._leaves: dict[int, Node] = {}
        self._after: dict[int, set[int]] = {}
        self._ends = dict.fromkeys(grammar.rules, _Ends(empty=False))
        while True:
            found = {name: self._of(node) for name, node in grammar.rules.items()}
            if found == self._ends:
                break
            self._ends = found
        self._places = [self._ends[grammar.start].first, *self._after.values()]

    def guarded(self, hole: FreeText) -> Node:
        """No text is what may stand beside the hole, or behind it or a hole in its place."""
        beside = set().union(*(place for place in self._places if id(hole) in place))
        holes = {each for each in beside if isinstance(self._leaves[each], FreeText)}
        behind = set().union(*(self._after.get(each, set()) for each in {id(hole), *holes}))
        inside = self._tags(behind) - set(hole.stops)
        first = self._tags(beside) - inside - set(hole.stops)
        if not inside and not first:
            return hole
        expr = without((*hole.stops, *sorted(inside)))
        return Regular(both(expr, *(other_than(cat(text(tag), EVERY)) for tag in sorted(first))))

    def _tags(self, leaves: Iterable[int]) -> set[str]:
        """The literals among leaves; white space is none, but what stands behind it may be one."""
        todo = list(leaves)
        seen = set(todo)
        found = set()
        for each in todo:
            leaf = self._leaves[each]
            if isinstance(leaf, Literal) and leaf.text.strip():
                found.add(leaf.text)
            elif isinstance(leaf, Literal):
                new = self._after.get(each, set()) - seen
                seen |= new
                todo.extend(new)
        return found

    def _of(self, node: Node) -> _Ends:
        if isinstance(node, Sequence):
            return self._cat(map(self._of, node.parts))
        if isinstance(node, Choice):
            return _union(map(self._of, node.parts))
        if isinstance(node, Repeat):
            return self._repeat(self._of(node.part), node.low == 0, node.high == 1)
        if isinstance(node, Unordered):
            parts = (*(member for member, _ in node.members), node.extra, node.separator)
            return self._repeat(_union(map(self._of, parts)), True, False)
        if isinstance(node, Ref):
            return self._ends[node.name]
        if isinstance(node, Capture):
            return self._of(node.part)
        if isinstance(node, Literal) and not node.text:
            return _Ends()
        self._leaves[id(node)] = node
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

    def _follow(self, one: _Leaves, two: _Leaves) -> None:
        for leaf in one:
            self._after.setdefault(leaf, set()).update(two)


def _union(parts: Iterable[_Ends]) -> _Ends:
    found = list(parts)
    return _Ends(
        frozenset().union(*(each.first for each in found)),
        frozenset().union(*(each.last for each in found)),
        any(each.empty for each in found),
    )
