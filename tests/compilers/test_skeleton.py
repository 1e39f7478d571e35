"""What may be read in two ways is refused, with an example; what may not is proven so, and soon."""

import time
from typing import Any

import pytest

import compilers
from compilers import ambiguity
from compilers.ambiguity import _pairs
from compilers.errors import Ambiguous, CompileError, Unsupported
from compilers.frontends.surface import Surface
from compilers.ir import (
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Special,
    choice,
    maybe,
    sequence,
)
from compilers.leaves import END, Leaf, Token, Value, Word
from compilers.oracle import recognises
from compilers.parses import Entry
from compilers.passes.apart import apart
from compilers.regular import chars, plus, star
from compilers.skeleton import skeleton
from compilers.values import Values
from tests.compilers.readings import readings
from tests.compilers.replies import CASES, free, hermes, many_tools

THINK = sequence(Literal("<think>"), free("reasoning", "</think>"), Literal("</think>"))
CALL = sequence(Literal("<call>"), free("arguments", "</call>"), Literal("</call>"))
WORD = Capture("word", Regular(star(chars("ab"))), "content")
A = Literal("a")

AMBIGUOUS = [
    sequence(maybe(THINK), free("content")),
    choice(free("content"), sequence(free("content"), CALL)),
    sequence(WORD, Capture("other", Regular(star(chars("bc"))), "content")),
    sequence(free("x"), free("y")),
    sequence(maybe(Capture("one", maybe(A))), A),
    Repeat(Capture("one", maybe(A))),
    choice(Capture("one", A), Capture("two", A)),
    choice(Capture("one", A), A),
    choice(Capture("one", Special("<t>")), Capture("two", Special("<t>"))),
    sequence(Repeat(Capture("one", A), 2, 5), Repeat(Capture("two", A), 0, 1)),
    sequence(free("x", "aa"), Literal("aa"), free("y")),
    sequence(maybe(A), Capture("one", A), Regular(plus(chars("ab")))),
]


@pytest.mark.parametrize("node", AMBIGUOUS)
def test_two_readings(node: Node) -> None:
    grammar = Grammar({"start": node})
    with pytest.raises(Ambiguous, match=r"is read in two ways: as .*, or as ") as caught:
        skeleton(grammar)
    example = caught.value.example
    assert len(readings(grammar, [Special("<t>")] if example == "<t>" else list(example))) > 1


CLEAR: list[Node] = [
    sequence(maybe(THINK), choice(free("content"), sequence(free("content"), CALL))),
    choice(sequence(THINK, free("content")), free("content")),
    sequence(free("x", "aa"), Literal("aa"), Capture("y", Regular(star(chars("b"))), "content")),
    Repeat(sequence(Capture("one", A), Literal(";")), 3, 900),
    sequence(Repeat(Capture("one", A), 3, 3), Repeat(Capture("two", A), 2, 2)),
    choice(sequence(WORD, Literal("!")), sequence(Capture("other", WORD.part), Literal("?"))),
    Repeat(Capture("one", A)),
]


@pytest.mark.parametrize("node", CLEAR)
def test_one_reading(node: Node) -> None:
    skeleton(apart(Grammar({"start": node})))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_dialects_have_one_reading(case: Any) -> None:
    skeleton(case.grammar)


def test_free_text_keeps_off_tags() -> None:
    """The seen leaks: a thought as content, half a call as text."""
    grammar = hermes(special=False)
    for text in ("<think> abc", "<think>", "<tool_call>junk", "a <tool_call>", "</think>x"):
        assert recognises(grammar, text) == (text == "</think>x"), text
    assert recognises(grammar, "<think>a <tool_call> b</think>\n\nx")
    assert recognises(grammar, "a <think>")
    spelled = hermes(special=True)
    for text in ("<think> abc", "<tool_call>junk"):
        assert recognises(spelled, text)


def test_white_space_before_a_tag_is_no_tag() -> None:
    node = choice(free("c"), sequence(free("c"), Literal("\n"), Literal("<call>"), free("d")))
    grammar = apart(Grammar({"start": node}))
    assert recognises(grammar, "a\nb")
    assert not recognises(grammar, "a<call>b")
    assert recognises(grammar, "a\n<call>b")


REFUSED: list[tuple[Grammar, str]] = [
    (
        Grammar(
            {"start": choice(A, sequence(Literal("("), Capture("x", Ref("start")), Literal(")")))}
        ),
        "captures in 'start', which holds itself",
    ),
]


@pytest.mark.parametrize(("grammar", "message"), REFUSED)
def test_refused(grammar: Grammar, message: str) -> None:
    with pytest.raises(Unsupported, match=message):
        skeleton(grammar)


VALUES: list[tuple[Any, str]] = [
    ({"type": "object"}, "{"),
    ({"type": "object", "properties": {"a": {"pattern": "^[{]"}}}, "{"),
    ({"type": ["object", "array"]}, "[{"),
    ({"enum": [{"a": "}"}, [1]]}, "[{"),
    ({"type": "string"}, '"'),
    ({"type": "string", "pattern": '^"?$', "maxLength": 5}, '"'),
    ({"type": "integer"}, ""),
    ({"type": ["object", "null"]}, ""),
    (
        {
            "$ref": "#/$defs/t",
            "$defs": {"t": {"type": "object", "additionalProperties": {"$ref": "#"}}},
        },
        "{",
    ),
    ({"type": "object", "properties": {"a": {"type": "integer", "multipleOf": 77}}}, "{"),
    ({}, ""),
]


@pytest.mark.parametrize(("schema", "opens"), VALUES)
def test_values(schema: Any, opens: str) -> None:
    grammar = compilers.json_schema(schema)
    assert Values(grammar).opens(grammar.rules[grammar.start]) == opens
    assert grammar.values.get(grammar.start, "") in ("", opens)


def test_values_by_hand() -> None:
    def opens(node: Node) -> str:
        return Values(Grammar({"start": node})).opens(node)

    rest = FreeText(("}",))
    assert opens(sequence(Literal("{"), Regular(star(chars("ab"))), Literal("}"))) == "{"
    assert opens(sequence(Literal("{"), rest, Literal("}"))) == ""  # may hold a bracket
    assert opens(sequence(Literal("{}"), Literal("{}"))) == ""
    assert opens(sequence(Literal("{}"), maybe(Literal(" ")))) == ""
    assert opens(Literal("{]")) == "{"  # brackets are counted, not matched
    assert opens(Literal('{"}"')) == ""


def test_recursion_that_is_no_json_is_told_by_its_letters() -> None:
    """( 1 + ( 2 ) ) and then a tag that none of its letters can spell."""
    sums = choice(Literal("1"), sequence(Literal("("), Ref("sum"), Literal(")")))
    node = sequence(Capture("sum", Ref("sum"), "content"), Literal("</s>"), free("content"))
    skeleton(Grammar({"start": node, "sum": sums}))


@pytest.mark.parametrize("special", [False, True])
def test_a_hundred_tools(special: bool) -> None:
    grammar = many_tools(special)
    begin = time.process_time()
    skeleton(grammar)
    assert time.process_time() - begin < 0.5


def test_a_hundred_tools_whose_arguments_are_parameters() -> None:
    """Names that begin alike, each with a value of a type of its own."""
    kinds = ("string", "integer", "object", "boolean", "array")
    surface = Surface(
        call="<tool_call>\n<function={name}>\n{arguments}</function>\n</tool_call>",
        parameter="<parameter={key}>\n{value}\n</parameter>\n",
    )
    tools = [
        {
            "type": "function",
            "function": {
                "name": f"tool_{i}",
                "parameters": {
                    "type": "object",
                    "properties": {f"p{i}_{k}": {"type": kinds[(i + k) % 5]} for k in range(6)},
                },
            },
        }
        for i in range(100)
    ]
    grammar = compilers.tools(tools, surface=surface, reasoning="may")
    begin = time.process_time()
    skeleton(grammar)
    assert time.process_time() - begin < 2


def test_many_places_are_compared_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    leaves: list[Leaf] = [
        Word("abc"),
        Word("ab"),
        Word("abc", 1),
        Word("b"),
        Token("<x>"),
        Value("["),
        END,
    ]
    leaves += [Word("ab" * i + "c") for i in range(30)]
    row = tuple(Entry(leaf, rest, ()) for rest in range(2) for leaf in leaves)
    found = list(_pairs(row, row))
    monkeypatch.setattr(ambiguity, "FEW", 1000)
    assert found == list(_pairs(row, row))


def test_hopeless_input_is_refused_in_time() -> None:
    """Counters that multiply, and a hundred optional captures."""
    part: Node = Capture("x", Regular(star(chars("ab"))), "content")
    for _ in range(4):
        part = sequence(Repeat(part, 0, 50), maybe(part))
    begin = time.process_time()
    with pytest.raises(CompileError):
        skeleton(Grammar({"start": part}))
    assert time.process_time() - begin < 20
