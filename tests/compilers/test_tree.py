"""A filled template is read back as fields."""

from typing import Any

import pytest

import compilers
from compilers.extract import Extraction, NoParse
from compilers.ir import Capture, FreeText, Grammar, Literal, sequence
from compilers.tree import Tree, fields
from tests.compilers.byte_engine import holds, tokens
from tests.compilers.test_template import SEED, filled

PLAN = """<plan>
  <goal>{goal}</goal>
  <step n="{n:int}">{what}<done>{done:bool}</done></step>
  <!-- add 0-3 more -->
  <cost>{low:number} to {high:number}</cost>
</plan>"""
STEP = '\n  <step n="{}">{}<done>{}</done></step>'


def plan(*steps: tuple[int, str, str]) -> str:
    written = "".join(STEP.format(*step) for step in steps)
    return f"<plan>\n  <goal>é</goal>{written}\n  <cost>-1.5 to 20</cost>\n</plan>"


ROWS: list[tuple[str, str, dict[str, Any]]] = [
    (
        SEED,
        filled("a", "b", "</b>"),
        {
            "problem_statement": "10 < 20 & so on",
            "action1": "a",
            "action2": ["b", "</b>"],
            "answer": "9",
        },
    ),
    (
        PLAN,
        plan((1, "a", "true"), (2, "", "false")),
        {
            "goal": "é",
            "step": [
                {"n": 1, "what": "a", "done": True},
                {"n": 2, "what": "", "done": False},
            ],
            "low": -1.5,
            "high": 20,
        },
    ),
    (PLAN, plan(), {"goal": "é", "step": [], "low": -1.5, "high": 20}),
    ("<a>{x:int}</a>", "<a>-12</a>", {"x": -12}),
    ("<a>{x:1|2}</a>", "<a>1</a>", {"x": "1"}),
    ("<a>{x:regex([0-9]+)}</a>", "<a>007</a>", {"x": "007"}),
    ("<a>{x}</a><a>{x}</a>", "<a>1</a><a></a>", {"x": ["1", ""]}),
    ("<a>Say it</a>", "<a>it</a>", {"a": "it"}),
    ("<a>{x} and {y}</a>", "<a>p and q</a>", {"x": "p", "y": "q"}),
    (
        "<a>{x}<b>{y}</b><!-- add 1-3 more --></a>",
        "<a>u<b>v</b><b>w</b></a>",
        {"x": "u", "y": ["v", "w"]},
    ),
    (
        "<r><a>{x}<b>{y}, {z:bool}</b><!-- add 1-2 more --></a><!-- add 1-2 more --></r>",
        "<r><a>u<b>v, true</b></a><a><b>, false</b><b>x, false</b></a></r>",
        {
            "a": [
                {"x": "u", "b": [{"y": "v", "z": True}]},
                {"x": "", "b": [{"y": "", "z": False}, {"y": "x", "z": False}]},
            ]
        },
    ),
    ("<a/>", "<a/>", {}),
]


@pytest.mark.parametrize(("template", "text", "tree"), ROWS)
def test_fields(template: str, text: str, tree: dict[str, Any]) -> None:
    grammar = compilers.template(template)
    found = fields(grammar, text)
    assert found == tree
    assert repr(found) == repr(tree)  # in order; 1 is not True
    assert holds(compilers.emit(grammar, "llguidance"), tokens(text))


@pytest.mark.parametrize("text", ["<a>1", "<a>x</a>", "", "<a>1</a> "])
def test_no_text_of_the_template(text: str) -> None:
    with pytest.raises(NoParse):
        fields(compilers.template("<a>{x:int}</a>"), text)


def test_one_channel_of_a_reply() -> None:
    """A template within the reasoning of a reply, as its text arrives."""
    template = compilers.template("<a>{x}</a>")
    thought = Capture("reasoning", template.rules["start"], "reasoning")
    answer = Capture("content", FreeText(), "content")
    grammar = Grammar({"start": sequence(thought, Literal("\n"), answer)})
    extractor = Extraction(grammar).extractor()
    thinking, reasoning = Tree(grammar, "thinking"), Tree(grammar, "reasoning")
    for byte in "<a>é</a>\nso".encode():
        events = extractor.feed(bytes([byte]))
        thinking.push(events)
        reasoning.push(events)
    assert thinking.value == {"x": "é"}
    assert reasoning.value == {"reasoning": "<a>é</a>"}


def test_a_cut_reply_has_what_was_closed() -> None:
    grammar = compilers.template(PLAN)
    extractor = Extraction(grammar).extractor()
    tree = Tree(grammar)
    tree.push(extractor.feed("<plan>\n  <goal>é</goal>\n  <step".encode()))
    tree.push(extractor.close())
    assert tree.value == {"goal": "é", "step": []}
