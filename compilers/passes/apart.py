"""Free text kept apart from the tags around it.

Where tags are plain text, `FreeText` could spell one: an optional `<think>` might be the first word
of the reply, a call that is not valid might pass as prose. So it must neither begin with a tag that
could stand in its place, nor hold one that could follow it. A tag is a whole `Literal`: keep what
may be forbidden in a node of its own (`<tool_call>`, not `<tool_call>\\n{"name": `).

What the places around a hole are is computed for the grammar as a whole, references included, so a
rule that is used twice keeps away from the tags of both places.
"""

from collections.abc import Iterable
from dataclasses import replace

from compilers.ir import FreeText, Grammar, Literal, Node, Regular, rewritten
from compilers.passes.places import Places
from compilers.regular import EVERY, both, cat, other_than, text, without


def apart(grammar: Grammar) -> Grammar:
    """The grammar with each FreeText restricted to what is no tag where it stands."""
    around = _Around(grammar)
    rules = {name: rewritten(node, around.guarded) for name, node in grammar.rules.items()}
    return replace(grammar, rules=rules)


class _Around:
    """What may stand in the place of a hole, and behind it."""

    def __init__(self, grammar: Grammar) -> None:
        places = Places(grammar)
        self._leaves, self._after = places.leaves, places.after
        self._places = [places.first, *places.after.values()]

    def guarded(self, hole: Node) -> Node:
        """No text of a hole is what may stand beside it, or behind it or a hole in its place; other
        leaves are left as they are."""
        if not isinstance(hole, FreeText):
            return hole
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
