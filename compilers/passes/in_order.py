"""Members in the order of the source, for dialects that cannot say "in any order"."""

from dataclasses import replace

from compilers.ir import (
    EMPTY,
    NOTHING,
    Grammar,
    Literal,
    Node,
    Ref,
    Repeat,
    Unordered,
    choice,
    mapped,
    maybe,
    sequence,
    unused,
)
from compilers.uses import uses


def in_order(grammar: Grammar) -> Grammar:
    """Each Unordered replaced. The language gets smaller."""
    work = _Pass(grammar)
    for name, node in grammar.rules.items():
        work.rules[name] = work.rewrite(node) if uses(node).unordered else node
    return replace(grammar, rules=work.rules)


class _Pass:
    def __init__(self, grammar: Grammar) -> None:
        self.rules: dict[str, Node] = {}
        self._source = grammar.rules
        self._count = 0

    def rewrite(self, node: Node) -> Node:
        return self._unordered(node) if isinstance(node, Unordered) else mapped(node, self.rewrite)

    def _unordered(self, node: Unordered) -> Node:
        """Those that are not required perhaps; then any number of others.

        Before the first required member a member brings the separator behind it, after it the one
        before it. Without any required member each place needs to know whether it is the first.
        """
        members = [(self.rewrite(member), required) for member, required in node.members]
        extra = self.rewrite(node.extra)
        more = Repeat(sequence(node.separator, extra)) if extra != NOTHING else EMPTY
        first = next((i for i, (_, required) in enumerate(members) if required), None)
        if first is None:
            return self._all_optional([member for member, _ in members], extra, more, node)
        before = [maybe(sequence(member, node.separator)) for member, _ in members[:first]]
        after = []
        for member, required in members[first + 1 :]:
            part = sequence(node.separator, member)
            after.append(part if required else maybe(part))
        return sequence(*before, members[first][0], *after, more)

    def _all_optional(self, members: list[Node], extra: Node, more: Node, node: Unordered) -> Node:
        tail = self._named(more)  # what may follow a member, the last one first
        heads: list[Node] = []
        for member in reversed(members):
            heads.append(sequence(member, tail))
            tail = self._named(sequence(maybe(sequence(node.separator, member)), tail))
        heads.reverse()
        if extra != NOTHING:
            heads.append(sequence(extra, more))
        return choice(*heads, *([] if node.some else [EMPTY]))

    def _named(self, node: Node) -> Node:
        """The node under a name of its own, so that it is written once."""
        if node == EMPTY or isinstance(node, Ref | Literal):
            return node
        self._count += 1
        name = unused(f"tail{self._count}", self._source)
        self.rules[name] = node
        return Ref(name)
