"""Members in a few orders, for dialects that have no "in any order" but may hold many rules.

Few members come in any order: a rule for each set of those that are left. More of them come in the
order of the source, or the required ones first, as people write them. Others come last.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from compilers.ir import (
    EMPTY,
    NOTHING,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Unordered,
    choice,
    mapped,
    sequence,
    unused,
)
from compilers.uses import uses

MAX_FREE = 4  # members in any order: 2 ** MAX_FREE rules


def orders_of(required: Sequence[bool]) -> list[list[int]] | None:
    """The orders in which members may come, each as their numbers; None for any order at all."""
    if len(required) <= MAX_FREE:
        return None
    source = list(range(len(required)))
    first = sorted(source, key=lambda member: not required[member])
    return [source] if first == source else [source, first]


def few_orders(grammar: Grammar) -> Grammar:
    """A smaller language. An Unordered that is left is meant in the order that it has."""
    work = _Pass(grammar)
    for name, node in grammar.rules.items():
        work.rules[name] = work.rewritten(node) if uses(node).unordered else node
    return replace(grammar, rules=work.rules)


class _Pass:
    def __init__(self, grammar: Grammar) -> None:
        self.rules: dict[str, Node] = {}
        self._source = grammar.rules
        self._numbers = count()

    def rewritten(self, node: Node) -> Node:
        if isinstance(node, Literal | Regular | Ref):
            return node
        if not isinstance(node, Unordered):
            return mapped(node, self.rewritten)
        members = tuple((self._named(member), required) for member, required in node.members)
        inner = Unordered(members, self.rewritten(node.extra), node.separator, node.some)
        orders = orders_of([required for _, required in members])
        return self._any_order(inner) if orders is None else _in_orders(inner, orders)

    def _named(self, member: Node) -> Node:
        """Under a name, if it is more than a word: it is written in each of the orders."""
        inner = self.rewritten(member)
        if isinstance(inner, Literal | Ref) or inner == NOTHING:
            return inner
        name = unused(f"member{next(self._numbers)}", self._source)
        self.rules[name] = inner
        return Ref(name)

    def _any_order(self, node: Unordered) -> Node:
        """The rule of a set of members: what may follow when they are left, and others written."""
        separator, members = node.separator, node.members
        extras = EMPTY if node.extra == NOTHING else Repeat(sequence(separator, node.extra))
        number = next(self._numbers)
        whole = (1 << len(members)) - 1
        names = [unused(f"left{number}_{left}", self._source) for left in range(whole)]

        def complete(left: int) -> bool:
            return not any(left >> i & 1 and needed for i, (_, needed) in enumerate(members))

        def ways(left: int, heads: list[Node]) -> list[Node]:
            return [
                sequence(head, Ref(names[left & ~(1 << i)]))
                for i, head in enumerate(heads)
                if left >> i & 1
            ]

        first = [member for member, _ in members]
        later = [sequence(separator, member) for member in first]
        for left in range(whole - 1, -1, -1):
            end = [extras] if complete(left) else []
            self.rules[names[left]] = choice(*ways(left, later), *end)
        none = [sequence(node.extra, extras)] if complete(whole) else []
        none += [EMPTY] if complete(whole) and not node.some else []
        return choice(*ways(whole, first), *none)


def _in_orders(node: Unordered, orders: list[list[int]]) -> Node:
    ways = (tuple(node.members[member] for member in order) for order in orders)
    return choice(*(replace(node, members=members) for members in ways))
