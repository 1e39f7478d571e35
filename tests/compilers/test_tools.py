"""Replies that reason, speak and call tools, with tags as text and as special tokens."""

from typing import Any

import pytest

import compilers
from compilers.errors import Malformed, Unsupported
from compilers.frontends.surface import Surface
from compilers.frontends.tools import parse
from compilers.ir import Special
from compilers.oracle import recognises
from tests.compilers.byte_engine import END_THINK, THINK, holds, tokens


def tool(name: str, **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


CITY = {"properties": {"city": {"type": "string"}}, "required": ["city"], "type": "object"}
NOW: dict[str, Any] = {"type": "function", "function": {"name": "now"}}
TOOLS = [tool("weather", **CITY, additionalProperties=False), NOW]
WEATHER = '<tool_call>\n{"name": "weather", "arguments": {"city": "Hué"}}\n</tool_call>'
CLOCK = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'
WRONG = '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>'
AUTO = {
    "": True,
    "Hello <tool_cal": True,
    WEATHER: True,
    f"I look. {WEATHER}": True,
    f"{WEATHER}\n{CLOCK}": True,
    WRONG: False,
    f"a {WRONG}": False,
    f"{WEATHER} and more": False,
    "Hello <tool_call>": False,
    WEATHER.replace("weather", "wether"): False,
}


def both(grammar: compilers.Grammar, text: str) -> bool:
    held = recognises(grammar, text)
    assert holds(compilers.emit(grammar, "llguidance"), tokens(text)) == held
    return held


@pytest.mark.parametrize(("text", "expected"), AUTO.items())
def test_auto(text: str, expected: bool) -> None:
    assert both(parse(TOOLS), text) == expected


def test_each_tool_has_its_own_rules_whatever_annotations_hold() -> None:
    """What is no JSON has no content by which its rules could be named."""

    def of(kind: str) -> dict[str, Any]:
        at = {"properties": {"at": {"type": kind, "default": object()}}, "required": ["at"]}
        return {"properties": {"place": at}, "required": ["place"]}

    def call(name: str, at: str) -> str:
        arguments = f'{{"place": {{"at": {at}}}}}'
        return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'

    held = parse([tool("number", **of("integer")), tool("text", **of("string"))])
    calls = [call("number", "1"), call("number", '"1"'), call("text", "1"), call("text", '"1"')]
    assert [both(held, text) for text in calls] == [True, False, False, True]


def test_words_are_not_spelled_out_where_a_number_is() -> None:
    """The multiples of 7 are rules, letter by letter; words may begin with digits, too."""
    weeks = tool("wait", properties={"days": {"multipleOf": 7, "type": "integer"}, "n": {}})
    grammar = parse([weeks], reasoning="may")
    assert len(compilers.emit(grammar, "llguidance")) < 10_000
    for days, expected in ((14, True), (15, False)):
        call = f'{{"name": "wait", "arguments": {{"n": 15, "days": {days}}}}}'
        assert both(grammar, f"7 or 14? <tool_call>\n{call}\n</tool_call>") == expected


def test_choices() -> None:
    single = parse(TOOLS, parallel=False)
    required = parse(TOOLS, "required")
    none = parse(TOOLS, "none")
    assert both(single, f"x {CLOCK}")
    assert not both(single, f"{WEATHER}\n{CLOCK}")
    assert [both(required, text) for text in ("", "x", f"x {CLOCK}", CLOCK)] == [False] * 3 + [True]
    assert [both(none, text) for text in ("", "x", CLOCK)] == [True, True, False]
    for name in ("weather", {"type": "function", "function": {"name": "weather"}}):
        assert [both(parse(TOOLS, name), text) for text in (CLOCK, WEATHER)] == [False, True]


def test_without_tools_every_text_is_words() -> None:
    grammar = parse(None)
    assert both(grammar, WRONG)
    assert both(grammar, "<think>")


# a reply, and whether it is one where the model may reason, must, and is in the middle of it
PHASES = [
    ("hi", [True, False, False]),
    ("<think>\nabc\n</think>\n\nhi", [True, True, True]),
    ("\n<think>abc</think>hi", [True, True, True]),
    ("abc</think>hi", [True, False, True]),
    (f"abc</think>{WEATHER}", [True, False, True]),
    (f"<think>{WEATHER}</think>{WEATHER}", [True, True, True]),
    (f"<think>abc</think>{WRONG}", [False, False, False]),
    ("<think> abc", [False, False, False]),
    (WEATHER, [True, False, False]),
]


@pytest.mark.parametrize(("text", "expected"), PHASES)
def test_reasoning(text: str, expected: list[bool]) -> None:
    phases = ("may", "must", "inside")
    assert [both(parse(TOOLS, reasoning=each), text) for each in phases] == expected  # type: ignore[arg-type]


def test_words_and_reasoning_of_a_given_form() -> None:
    grammar = parse(
        TOOLS,
        reasoning="inside",
        content=compilers.json_schema({"type": "integer"}),
        thinking=compilers.regex("[a-z]+"),
    )
    assert both(grammar, "hm</think>42")
    assert both(grammar, f"hm</think>{WEATHER}")
    assert [both(grammar, text) for text in ("Hm</think>42", "hm</think>x", "42")] == [False] * 3


def test_tags_that_are_special_tokens() -> None:
    """The byte vocabulary knows <think> and </think>: here they are the tags of calls."""
    call = '<think>\n{"name": "{name}", "arguments": {arguments}}\n</think>'
    surface = Surface(call=call, reasoning=None, tags=("<think>", "</think>"))
    grammar = parse(TOOLS, surface=surface, special=["<think>", "</think>", "<|end|>"])
    body = '\n{"name": "weather", "arguments": {"city": ""}}\n'
    text = compilers.emit(grammar, "llguidance")
    for words in ("Hi", ""):
        assert recognises(grammar, [words, Special("<think>"), body, Special("</think>")])
        assert holds(text, [*tokens(words), THINK, *tokens(body), END_THINK])
    assert holds(text, tokens("Hi"))
    assert both(grammar, f"<think>{body}")  # spelled in letters it is text
    assert not holds(text, [*tokens("Hi"), THINK, *tokens("x")])


def test_a_special_token_that_is_not_spelled_in_angles_has_a_number() -> None:
    surface = Surface(call="[CALL]{name}: {arguments}", reasoning=None, tags=("[CALL]",))
    grammar = parse([NOW], surface=surface, special=["[CALL]"])
    assert recognises(grammar, [Special("[CALL]"), "now: {}"])
    text = compilers.emit(grammar, "llguidance", tokens={"[CALL]": THINK})
    assert holds(text, [*tokens("a"), THINK, *tokens("now: {}")])
    with pytest.raises(Unsupported, match=r"\[CALL\]"):
        compilers.emit(grammar, "llguidance")


TAGGED = Surface(
    call="<call={name}>\n{arguments}</call>",
    parameter="<{key}>\n{value}\n</p>\n",
    tags=("</call>",),
)
FORMS = tool(
    "f",
    type="object",
    properties={
        "text": {"type": "string", "maxLength": 9},
        "kind": {"enum": ["a", "b", 1]},
        "days": {"type": "integer", "minimum": 1},
        "list": {"type": "array", "items": {"$ref": "#/properties/days"}},
        "any": {},
        "maybe": {"type": ["string", "null"]},
    },
    required=["text"],
    additionalProperties=False,
)
# parameters, and whether they satisfy the tool's schema
PARAMETERS: list[tuple[dict[str, str], bool]] = [
    ({"text": "x"}, True),
    ({"text": ""}, True),
    ({"text": "a\n</p"}, True),
    ({"text": "ten letters"}, False),
    ({}, False),
    ({"days": "3", "text": "x"}, True),
    ({"text": "x", "days": "0"}, False),
    ({"text": "x", "kind": "b"}, True),
    ({"text": "x", "kind": "1"}, True),
    ({"text": "x", "kind": "c"}, False),
    ({"text": "x", "list": "[1, 2]"}, True),
    ({"text": "x", "list": "[0]"}, False),
    ({"text": "x", "any": '{"a": [null]}'}, True),
    ({"text": "x", "any": "{a}"}, False),  # it would read as an object
    ({"text": "x", "any": "-1.5e3"}, True),
    ({"text": "x", "any": "words\nand more"}, True),
    ({"text": "x", "maybe": "null"}, True),
    ({"text": "x", "maybe": "7"}, False),  # it would read as a number
    ({"text": "x", "other": "x"}, False),
]


@pytest.mark.parametrize(("parameters", "expected"), PARAMETERS)
def test_arguments_as_parameters(parameters: dict[str, str], expected: bool) -> None:
    body = "".join(f"<{key}>\n{value}\n</p>\n" for key, value in parameters.items())
    assert both(parse([FORMS], surface=TAGGED), f"<call=f>\n{body}</call>") == expected


def test_parameters_that_say_what_they_are() -> None:
    surface = Surface(
        call="({name} {arguments})", parameter="{key}={value};", json_parameter="{key}:{value};"
    )
    grammar = parse([tool("f", properties={"a": {}}, additionalProperties=False)], surface=surface)
    texts = {"(f a=7;)": True, "(f a:7;)": True, "(f a:x;)": False, "(f a:{};)": True, "(f )": True}
    assert {text: both(grammar, text) for text in texts} == texts


@pytest.mark.parametrize(
    ("tools", "error", "where"),
    [
        ([], Malformed, ""),
        ([{"type": "function"}], Malformed, "/0"),
        ([tool("a"), tool("a")], Malformed, "/1/function/name"),
        ([tool('a"')], Malformed, "/0/function/name"),
        ([tool("a", type="array")], Malformed, "/0/function/parameters/type"),
        (
            [tool("a", properties={"x": {"pattern": "(?<=a)b"}})],
            Unsupported,
            "/0/function/parameters/properties/x/pattern",
        ),
        ([tool("a", properties={"x": {"type": "text"}})], Malformed,
         "/0/function/parameters/properties/x/type"),
    ],
)  # fmt: skip
def test_refused(tools: Any, error: type[Exception], where: str) -> None:
    with pytest.raises(error) as caught:
        parse(tools)
    assert caught.value.where == where  # type: ignore[attr-defined]


@pytest.mark.parametrize("tools", [TOOLS, None])
def test_no_such_tool(tools: Any) -> None:
    with pytest.raises(Malformed, match="no tool 'x'" if tools else "no tools to choose"):
        parse(tools, "x")


SURFACES: list[tuple[dict[str, Any], str, str]] = [
    ({"call": "{name}"}, "call", "must hold {name} and {arguments} once"),
    ({"call": "{arguments} {name}"}, "call", "must hold {name} before {arguments}"),
    ({"call": "{name}{arguments}"}, "call", "needs some text between"),
    ({"also": ("{name} {name}: {arguments}",)}, "also", "once"),
    ({"calls": "[]"}, "calls", "must hold {calls} once"),
    ({"parameter": "{key}={value}"}, "parameter", "needs some text after {value}"),
    ({"json_parameter": "{key}={value};"}, "json_parameter", "stands for nothing"),
    ({"reasoning": "{reasoning}</think>"}, "reasoning", "needs a tag before"),
    ({"content": "{name}"}, "content", "must hold {content} once"),
    ({"tags": ("",)}, "tags", "must not be empty"),
]


@pytest.mark.parametrize(("fields", "where", "message"), SURFACES)
def test_a_surface_that_is_none(fields: dict[str, Any], where: str, message: str) -> None:
    with pytest.raises(Malformed, match=message) as caught:
        Surface(**fields)
    assert caught.value.where == where
