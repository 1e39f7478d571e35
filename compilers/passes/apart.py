"""Free text kept apart from the tags around it.

Where tags are plain text, `FreeText` could spell one: an optional `<think>` might be the first word
of the reply, a call that is not valid might pass as prose. So it must neither begin with a tag that
could stand in its place, nor hold one that could follow it. A tag is a whole `Literal`: keep what
may be forbidden in a node of its own (`<tool_call>`, not `<tool_call>\\n{"name": `).

What the places around a hole are is computed for the grammar as a whole, references included, so a
rule that is used twice keeps away from the tags of both places.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Regular,
    Repeat,
    Sequence,
    Unordered,
    choice,
    sequence,
)
from compilers.passes.places import Places
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
        return Unordered(members, go(node.extra), go(node.separator), node.some)
    return change(node) if isinstance(node, FreeText) else node


class _Around:
    """What may stand in the place of a hole, and behind it."""

    def __init__(self, grammar: Grammar) -> None:
        places = Places(grammar)
        self._leaves, self._after = places.leaves, places.after
        self._places = [places.first, *places.after.values()]

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
