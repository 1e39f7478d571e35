"""The names of rules: whatever a grammar calls its own, what is made of it means the same."""

import pytest

import compilers
from compilers.ir import NOTHING, Grammar, Literal, Node, Ref, Unordered, sequence
from compilers.oracle import recognises
from compilers.passes.few_orders import few_orders
from compilers.passes.in_order import in_order
from tests.compilers.differential.recognisers import RECOGNISERS
from tests.compilers.differential.vocabulary import cut
from tests.compilers.test_tools import TOOLS

A_AND_B = Unordered(
    ((sequence(Literal("a"), Ref("0")), False), (Literal("b"), True)), Literal("x"), Literal(",")
)
F_OR_G = Unordered(((Literal("f"), False), (Literal("g"), False)), NOTHING, Literal(","))


def called(name: str) -> Grammar:
    """Members in any order, beside a rule of this name."""
    rules: dict[str, Node] = {
        "start": sequence(A_AND_B, Ref(name), F_OR_G),
        "0": Literal("0"),
        name: Literal("!"),
    }
    return Grammar(rules)


TAKEN = ["member0", "left1_1", "left1_0", "tail1", "tail2", "m0_start", "u0_start", "T0", "r_0"]


@pytest.mark.parametrize("name", TAKEN)
def test_what_a_pass_makes_has_a_name_of_its_own(name: str) -> None:
    for change in (few_orders, in_order):
        assert all(recognises(change(called(name)), text) for text in ("a0,b!f", "b,x!", "b!f,g"))


GBNF_NAMES = ["json-value", "Item", "T0", "a-b-", "0", "start", "_x", "shared_x"]


@pytest.mark.parametrize("dialect", RECOGNISERS)
@pytest.mark.parametrize("name", GBNF_NAMES)
def test_a_name_of_gbnf_in_every_dialect(name: str, dialect: str) -> None:
    grammar = compilers.gbnf_text(f'root ::= {name} "!"\n{name} ::= "x" | "(" {name} ")"')
    holds = RECOGNISERS[dialect].of(grammar)
    for text, wanted in (("((x))!", True), ("x!", True), ("(x!", False)):
        assert holds(tuple(text), cut(text.encode(), max)) == wanted, text


def test_names_that_differ_in_signs_only_stay_different() -> None:
    names = ["a-b", "A_B", "a_b", "a_b_"]
    rules = [f'{name} ::= "{i}" | "(" {name} ")"' for i, name in enumerate(names)]
    grammar = compilers.gbnf_text("\n".join([f"root ::= {' '.join(names)}", *rules]))
    assert len(grammar.rules) == 5
    assert recognises(grammar, "(0)1(2)3")
    assert not recognises(grammar, "0000")


# What every grammar of this style has under the same name, and names of people that begin like it.
ANY = "shared_any_2c20_3a20"
SHARED = [
    (f'start: {ANY} "!"\n{ANY}: "x" | "(" {ANY} ")"', "(x)!"),
    ('start: shared_a _shared_a\nshared_a: "1"\n_shared_a: "2"', "12"),
]


@pytest.mark.parametrize(("source", "text"), SHARED)
def test_a_name_that_looks_shared_is_not(source: str, text: str) -> None:
    """Beside the rules of tools, and beside a grammar of the same names."""
    other = compilers.lark_text(f'start: shared_a\nshared_a: {ANY}\n{ANY}: "thought"')
    content = compilers.lark_text(source)
    reply = compilers.tools(TOOLS, content=content, thinking=other, reasoning="must")
    assert recognises(reply, f"<think>thought</think>{text}")
    assert not recognises(reply, "<think>thought</think>thought")
