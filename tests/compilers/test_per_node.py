"""What is worked out once for a node is so for that very node, and is not kept for ever."""

from compilers import per_node
from compilers.ir import Literal, Node


def test_once_for_each_node_and_argument() -> None:
    asked: list[tuple[Node, str]] = []

    @per_node.per_node
    def named(node: Node, name: str) -> str:
        asked.append((node, name))
        return f"{name}: {node}"

    one, equal = Literal("a"), Literal("a")
    assert named(one, "x") == named(one, "x") == "x: Literal(text='a')"
    named(one, "y")
    named(equal, "x")
    assert len(asked) == 3


def test_the_oldest_go_first() -> None:
    asked: list[Node] = []

    @per_node.per_node
    def noted(node: Node) -> int:
        asked.append(node)
        return len(asked)

    nodes = [Literal(str(i)) for i in range(per_node.MAX_KNOWN + 1)]
    assert [noted(node) for node in nodes] == list(range(1, len(nodes) + 1))
    assert noted(nodes[-1]) == len(nodes)
    assert noted(nodes[0]) == len(nodes) + 1
