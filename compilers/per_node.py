"""What is worked out once for a node, as long as it is that very node.

The grammars of tools are kept (frontends/json_schema/kept.py), so the same rules come with every
request of an agent. Nodes are large, and slow to compare: they are known by identity here.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from compilers.ir import Node

MAX_KNOWN = 5_000  # nodes, of each function

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


def per_node(function: Callable[[Node, *Ts], T]) -> Callable[[Node, *Ts], T]:
    """The same function of a node, which keeps what it found; other arguments must be hashable."""
    known: OrderedDict[object, tuple[Node, T]] = OrderedDict()

    @wraps(function)
    def once(node: Node, *args: *Ts) -> T:
        key = (id(node), *args)
        found = known.get(key)
        if found is None:
            # The node is held beside what was found, so that no other can get its id.
            found = known[key] = node, function(node, *args)
            if len(known) > MAX_KNOWN:
                known.popitem(last=False)  # the oldest
        return found[1]

    return once
