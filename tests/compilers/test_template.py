"""Thinking templates: rows of (template, accept, reject), tried on the oracle and on llguidance."""

import pytest

import compilers
from compilers.errors import CompileError, Malformed
from compilers.oracle import recognises
from tests.compilers.byte_engine import holds, tokens

SEED = """
<chain_of_thought>
  <problem>{problem_statement}</problem>
  <steps>
    <step>{action1}</step>
    <step>{action2}</step>
    <!-- Add more steps as needed -->
  </steps>
  <answer>Provide the answer</answer>
</chain_of_thought>
"""


def filled(*steps: str, answer: str = "9") -> str:
    written = "".join(f"    <step>{step}</step>\n" for step in steps)
    return (
        "<chain_of_thought>\n  <problem>10 < 20 & so on</problem>\n  <steps>\n"
        f"{written}  </steps>\n  <answer>{answer}</answer>\n</chain_of_thought>"
    )


ROWS = [
    (
        SEED,
        [filled("a", "b"), filled("a", "", "é"), filled(*"ab" * 8), filled("<b>", "b", answer="")],
        [
            filled("a"),
            filled(*"ab" * 9),
            filled("a", "b", answer="</answer>"),
            filled("</step>", "b"),
        ],
    ),
    ("<a>{x:int}</a>", ["<a>0</a>", "<a>-12</a>"], ["<a>01</a>", "<a></a>", "<a>1.5</a>"]),
    ("<a>{x:celsius|fahrenheit}</a>", ["<a>celsius</a>"], ["<a>kelvin</a>"]),
    ("<a>{x:regex([a-z]{2,3}|<.*)}</a>", ["<a>ab</a>", "<a><x></a>"], ["<a>a</a>", "<a></a></a>"]),
    ("<a>{x:number} of {n:bool}!</a>", ["<a>1.5 of true!</a>"], ["<a>1.5 of true</a>"]),
    ("<a>{x} and {y}</a>", ["<a>p and q</a>", "<a> and  and </a>"], ["<a>p or q</a>", "<a>p</a>"]),
    ("<a>t<!-- add 2-3 more --></a>", [], []),
    ("<a/><!-- add 2-3 more -->", ["<a/><a/>", "<a/><a/><a/>"], ["<a/>", "<a/><a/><a/><a/>"]),
    ('<a k="{v:word}"><b>x y</b></a>', ['<a k="z"><b></b></a>'], ['<a k="z z"><b></b></a>']),
    ("<a>{x}, {y}</a>", ["<a>p, </b></a>"], ["<a></a>, q</a>"]),
    (
        "<a>{x}<b>{y}</b><!-- add more --></a>",
        ["<a>p<b></b></a>"],
        ["<a>p</a>", "<a></a><b></b></a>"],
    ),
    ("<a>{x:int}</a>", ["<a>" + "1" * 18 + "</a>"], ["<a>" + "1" * 19 + "</a>"]),
    ("<a>  <!-- a remark --><b>{x:line}</b></a>", ["<a>  <b>q</b></a>"], ["<a><b>q</b></a>"]),
]


@pytest.mark.parametrize(("template", "accept", "reject"), [row for row in ROWS if row[1]])
def test_rows(template: str, accept: list[str], reject: list[str]) -> None:
    grammar = compilers.template(template)
    assert [text for text in accept if not recognises(grammar, text)] == []
    assert [text for text in reject if recognises(grammar, text)] == []
    text = compilers.emit(grammar, "llguidance")
    assert [each for each in accept if not holds(text, tokens(each))] == []
    assert [each for each in reject if holds(text, tokens(each))] == []


REFUSED = [
    ("<a>{x}</b>", "</b> where </a> is due"),
    ("<a>", "never closed"),
    ("</a>", "closes nothing"),
    ("", "empty"),
    ("Think first.", "no tags: write it in tags, such as <plan>{plan}</plan>\nThink first."),
    ("{n:int}", "no tags"),
    ("First {x}", "no tags"),
    ("Think: <a>{x}</a>", "text before the first tag"),
    ("{x} <a>{y}</a>", "text before the first tag"),
    ("<a>{x:}</a>", "{x:}: a type is missing"),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>x</a>", "document types"),
    ("<a>{x:integer}</a>", "did you mean 'int'"),
    ("<a>{1:int}</a>", "needs a name"),
    ("<a>{x:regex((?<=a)b)}</a>", "look-behind"),
    ("<a>\n<!-- add more --></a>", "nothing before"),
    ("<a>t<!-- add 2-3 more --></a>", "nothing before"),
    ("<a>x</a><!-- add 9-2 more -->", "LOW-HIGH"),
    ("<a>{x}{y}</a>", "two holes with nothing between them"),
    ("<a>{x}<!-- and -->{y:int}</a>", "two holes with nothing between them"),
    ("<a>{x}<b/><!-- add 0-3 more --></a>", "right before an element that may be left out"),
    ("<a>" * 60 + "x" + "</a>" * 60, "deeper"),
    ("<1>x</1>", "not a tag"),
]


@pytest.mark.parametrize(("template", "message"), REFUSED)
def test_refused(template: str, message: str) -> None:
    with pytest.raises(CompileError, match=message.replace("(", r"\(")):
        compilers.template(template)


def test_errors_show_the_place() -> None:
    with pytest.raises(Malformed, match=r"line 2, column 4.*\n.*\n {3}\^"):
        compilers.template("<a>\n  x</b>\n</a>")
