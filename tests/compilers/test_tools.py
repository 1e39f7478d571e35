"""Replies that may or must call tools, with tags as text and as special tokens."""

from typing import Any

import pytest

import compilers
from compilers.errors import Malformed, Unsupported
from compilers.frontends.tools import Surface, parse
from compilers.ir import Special
from compilers.oracle import recognises
from tests.compilers.byte_engine import END_THINK, THINK, holds, tokens


def tool(name: str, **parameters: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


CITY = {"properties": {"city": {"type": "string"}}, "required": ["city"], "type": "object"}
TOOLS = [
    tool("weather", **CITY, additionalProperties=False),
    {"type": "function", "function": {"name": 'now"'}},
]
WEATHER = '<tool_call>\n{"name": "weather", "arguments": {"city": "Hué"}}\n</tool_call>'
NOW = '<tool_call>\n{"name": "now\\"", "arguments": {}}\n</tool_call>'
WRONG = '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>'
AUTO = {
    "": True,
    "Hello <tool_cal": True,
    WEATHER: True,
    f"I look. {WEATHER}": True,
    f"{WEATHER}\n{NOW}": True,
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


def test_choices() -> None:
    single = parse(TOOLS, parallel=False)
    required = parse(TOOLS, "required")
    named = parse(TOOLS, "weather")
    assert both(single, f"x {NOW}")
    assert not both(single, f"{WEATHER}\n{NOW}")
    assert [both(required, text) for text in ("", "x", f"x {NOW}", NOW)] == [False] * 3 + [True]
    assert [both(named, text) for text in (NOW, WEATHER)] == [False, True]


def test_tags_that_are_special_tokens() -> None:
    """The byte vocabulary knows <think> and </think>: here they are the tags of calls."""
    grammar = parse(TOOLS, surface=Surface(open="<think>", close="</think>", special=True))
    body = '\n{"name": "weather", "arguments": {"city": ""}}\n'
    text = compilers.emit(grammar, "llguidance")
    assert recognises(grammar, ["Hi", Special("<think>"), body, Special("</think>")])
    assert holds(text, [*tokens("Hi"), THINK, *tokens(body), END_THINK])
    assert holds(text, tokens("Hi"))
    assert both(grammar, f"<think>{body}")  # spelled in letters it is text
    assert not holds(text, [*tokens("Hi"), THINK, *tokens("x")])


@pytest.mark.parametrize(
    ("tools", "error", "where"),
    [
        ([], Malformed, ""),
        ([{"type": "function"}], Malformed, "/0"),
        ([tool("a"), tool("a")], Malformed, "/1/function/name"),
        ([tool("a", type="array", uniqueItems=True)], Unsupported, "/0/function/parameters"),
        ([tool("a", properties={"x": {"type": "text"}})], Malformed,
         "/0/function/parameters/properties/x/type"),
    ],
)  # fmt: skip
def test_refused(tools: Any, error: type[Exception], where: str) -> None:
    with pytest.raises(error) as caught:
        parse(tools)
    assert caught.value.where == where  # type: ignore[attr-defined]


def test_no_such_tool() -> None:
    with pytest.raises(Malformed, match="no tool 'x'"):
        parse(TOOLS, "x")
