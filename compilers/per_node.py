"""What is worked out once for a node, as long as it is that very node.

The grammars of tools are kept (frontends/json_schema/kept.py), so the same rules come with every
request of an agent. Nodes are large, and slow to compare: they are known by identity here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Generic, TypeVar, TypeVarTuple

from compilers.ir import Node
from compilers.latest import Latest

MAX_KNOWN = 5_000  # nodes, of each function

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


class PerNode(Generic[T]):
    """What was found for nodes, and what else that depends on; the oldest goes first."""

    def __init__(self) -> None:
        self.known = Latest[object, tuple[Node, T]](MAX_KNOWN)

    def get(self, node: Node, *args: object) -> T | None:
        """What is known of this node with these arguments, which must be hashable."""
        found = self.known.get((id(node), *args))
        return None if found is None else found[1]

    def put(self, found: T, node: Node, *args: object) -> T:
        # The node is held beside what was found, so that no other can get its id.
        self.known.put((id(node), *args), (node, found))
        return found


def per_node(function: Callable[[Node, *Ts], T]) -> Callable[[Node, *Ts], T]:
    """The same function of a node, which keeps what it found; never None."""
    kept = PerNode[T]()

    @wraps(function)
    def once(node: Node, *args: *Ts) -> T:
        found = kept.known.get((id(node), *args))
        return kept.put(function(node, *args), node, *args) if found is None else found[1]

    return once
