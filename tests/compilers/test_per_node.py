"""What is worked out once for a node is so for that very node, and is not kept for ever."""

import copy

import compilers
from compilers import per_node
from compilers.ir import NOTHING, Grammar, Literal, Node, Ref, Regular, Unordered, sequence
from compilers.regular import text


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


# --- the rules of a grammar, of which llguidance's emitter keeps the texts

PAIR = sequence(Literal("a"), Regular(text("1")))
NESTED = sequence(
    Literal("["), Unordered(tuple((Literal(c), True) for c in "xyz"), NOTHING, Literal(","))
)


def of_two(start: str, member: Node) -> Grammar:
    """Two objects that share a member, as a node."""
    members = ((member, True), (Literal("b"), False), (Literal("c"), False))
    one = Unordered(members, NOTHING, Literal(","))
    other = Unordered(members[:2], NOTHING, Literal(";"))
    return Grammar({start: sequence(one, Ref("other")), "other": other}, start)


GRAMMARS = [of_two(start, member) for start in ("start", "top") for member in (PAIR, NESTED)]


def test_a_text_does_not_depend_on_what_was_printed_before() -> None:
    texts = [compilers.emit(grammar, "llguidance") for grammar in GRAMMARS]
    for grammar, known in reversed(list(zip(GRAMMARS, texts, strict=True))):
        assert compilers.emit(grammar, "llguidance") == known
        # The same in nodes of which nobody knows anything.
        assert compilers.emit(copy.deepcopy(grammar), "llguidance") == known


def test_each_rule_has_the_rules_that_its_members_need() -> None:
    found = compilers.emit(GRAMMARS[1], "llguidance")
    heads = [line.partition(":")[0] for line in found.splitlines()]
    assert len(heads) == len(set(heads))
    assert {"m0_start", "m1_start", "m0_other"} < set(heads)
