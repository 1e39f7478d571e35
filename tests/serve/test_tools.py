"""Tool calls of the shipped model, through the official client: a valid call, or words.

The first test is the example of the seed's README, to the letter.
"""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import openai
import pytest
from jsonschema import Draft202012Validator

from tests.serve.asking import prompt_of
from tests.serving import Server

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_current_weather",
        "description": "Get the current weather in a given location",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {
                    "type": "string",
                    "description": "The city and state, e.g. San Francisco, CA",
                },
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["location"],
        },
    },
}
CODES: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "enter_codes",
        "parameters": {
            "type": "object",
            "properties": {
                "codes": {
                    "type": "array",
                    "items": {"type": "string", "pattern": "^[A-Z]{2}[0-9]$"},
                    "minItems": 2,
                    "maxItems": 3,
                },
                "where": {"$ref": "#/$defs/place"},
            },
            "required": ["codes", "where"],
            "additionalProperties": False,
            "$defs": {"place": {"enum": ["door", "safe"]}},
        },
    },
}
NO_PARAMETERS: dict[str, Any] = {"type": "function", "function": {"name": "ring_bell"}}
TOOLS = [WEATHER, CODES, NO_PARAMETERS]
SCHEMAS = {
    tool["function"]["name"]: tool["function"].get("parameters", {"maxProperties": 0})
    for tool in TOOLS
}
BOSTON = "What's the weather like in Boston today?"

Call = tuple[str, Any]


def said(server: Server, messages: Any, **options: Any) -> tuple[list[Call], str, str]:
    """Calls, words, and why it ended; streamed and not, which must be the same."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    create = server.client.chat.completions.create
    options = {"model": "tiny", "messages": messages, "tools": TOOLS, **options}
    choice = create(**options).choices[0]
    calls = [
        (call.function.name, call.function.arguments) for call in choice.message.tool_calls or []
    ]
    whole = (calls, choice.message.content or "", choice.finish_reason)
    assert whole == streamed(create(stream=True, **options))
    return [(name, json.loads(text)) for name, text in calls], whole[1], whole[2]


def streamed(events: Any) -> tuple[list[Call], str, str]:
    calls: list[list[str]] = []
    ids: list[str] = []
    words, finish = "", ""
    for event in events:
        delta = event.choices[0].delta
        words += delta.content or ""
        finish = event.choices[0].finish_reason or finish
        for part in delta.tool_calls or []:
            if part.index == len(calls):  # the first of a call says what it is
                assert part.type == "function"
                ids.append(part.id)
                calls.append([part.function.name, ""])
            calls[part.index][1] += part.function.arguments or ""
    assert len(set(ids)) == len(calls)
    return [(name, text) for name, text in calls], words, finish


def test_the_readmes_example(tiny: Server) -> None:
    completion = tiny.client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": BOSTON}],
        tools=[WEATHER],  # type: ignore[list-item]
        tool_choice="auto",
        temperature=0,
    )
    message = completion.choices[0].message
    assert message.content is None
    assert message.tool_calls is not None
    (call,) = message.tool_calls
    assert call.type == "function"
    assert call.function.name == "get_current_weather"
    assert json.loads(call.function.arguments) == {"location": "Boston, MA"}


# a question, options, the calls, words, and the end
ASKED: list[tuple[Any, dict[str, Any], list[Call], str, str]] = [
    (BOSTON, {}, [("get_current_weather", {"location": "Boston, MA"})], "", "tool_calls"),
    ("Hello!", {}, [], "Hello! How can I help you?", "stop"),
    (BOSTON, {"tool_choice": "none"}, [], None, "stop"),
    ("Hello!", {"tools": []}, [], "Hello! How can I help you?", "stop"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "options", "calls", "words", "end"), ASKED, ids=str)
def test_a_call_or_words(
    tiny: Server, asked: str, options: dict[str, Any], calls: Any, words: Any, end: str
) -> None:
    found = said(tiny, asked, **{"temperature": 0, "tools": [WEATHER], **options})
    assert found[0] == calls
    assert words is None or found[1] == words
    assert found[2] == end


def allowed(*names: str, mode: str = "required") -> dict[str, Any]:
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}


@pytest.mark.parametrize("seed", range(3))
def test_only_allowed_tools_are_called(tiny: Server, seed: int) -> None:
    """The prompt has them all: the model would call the weather's."""
    names = ("ring_bell", "enter_codes")
    options: dict[str, Any] = {"temperature": seed, "seed": seed, "max_tokens": 300}
    calls, words, _ = said(tiny, BOSTON, tool_choice=allowed(*names), **options)
    assert words == ""
    assert {name for name, _ in calls} <= {*names}
    calls, words, _ = said(tiny, BOSTON, tool_choice=allowed("ring_bell", mode="auto"), **options)
    assert {name for name, _ in calls} <= {"ring_bell"}


FORCED = [
    "required",
    *({"type": "function", "function": {"name": name}} for name in SCHEMAS),
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tool_choice", FORCED, ids=str)
def test_a_forced_call_is_valid(tiny: Server, tool_choice: Any, seed: int) -> None:
    """At temperature 2, where the model says anything that it may say."""
    calls, words, _ = said(
        tiny, BOSTON, tool_choice=tool_choice, temperature=2, seed=seed, max_tokens=300,
        parallel_tool_calls=False, extra_body={"finish": "close"},
    )  # fmt: skip
    assert words == ""
    ((name, arguments),) = calls
    assert name in SCHEMAS
    assert tool_choice == "required" or name == tool_choice["function"]["name"]
    Draft202012Validator(SCHEMAS[name]).validate(arguments)


WEATHERS = ["{'condition': 'sunny'}", "{'condition': 'rainy'}"]


def test_results_may_come_in_any_order(tiny: Server) -> None:
    """As they do where calls are carried out at once: this model's template shows no ids."""
    calls = [
        {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}
        for id in ("a", "b")
    ]
    results = [
        {"role": "tool", "tool_call_id": call["id"], "content": content}
        for call, content in zip(calls, WEATHERS, strict=True)
    ]
    talk = [{"role": "user", "content": BOSTON}, {"role": "assistant", "tool_calls": calls}]
    talk += [*results, *talk[1:], *results]  # the same ids again, in another round
    shuffled = [*talk[:2], *results[::-1], *talk[4:5], *results[::-1]]
    assert prompt_of(tiny, shuffled) == prompt_of(tiny, talk)
    reversed_calls = [talk[0], {"role": "assistant", "tool_calls": calls[::-1]}, *talk[2:]]
    assert prompt_of(tiny, reversed_calls) != prompt_of(tiny, talk)


def test_several_rounds(tiny: Server) -> None:
    messages: list[Any] = [{"role": "user", "content": BOSTON}]
    options: Any = {"model": "tiny", "tools": [WEATHER], "temperature": 0}
    first = tiny.client.chat.completions.create(messages=messages, **options).choices[0].message
    assert first.tool_calls
    messages += [
        first,
        {
            "role": "tool",
            "tool_call_id": first.tool_calls[0].id,
            "content": '{"temperature": 20, "condition": "sunny"}',
        },
    ]
    second = tiny.client.chat.completions.create(messages=messages, **options).choices[0]
    assert second.finish_reason == "stop"
    assert second.message.content == "It is sunny and 20 degrees in Boston."


def test_thinking_goes_to_a_channel_of_its_own(tiny: Server) -> None:
    message = tiny.client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": "How many legs does a dog have?"}],
        temperature=0,
        extra_body={"chat_template_kwargs": {"enable_thinking": True}},
    ).choices[0].message  # fmt: skip
    assert message.content == "A dog has four legs."
    assert getattr(message, "reasoning_content", "").strip() == "This is a simple question."


APPLES = (
    "I went to the market and bought 10 apples. I gave 2 apples to the neighbor and 2 to the "
    "repairman. I then went and bought 5 more apples and ate 1. How many apples did I remain with?"
)
TEMPLATE = """
<chain_of_thought>
  <problem>{problem_statement}</problem>
  <initial_state>{initial_state}</initial_state>
  <steps>
    <step>{action1}</step>
    <step>{action2}</step>
    <!-- Add more steps as needed -->
  </steps>
  <answer>Provide the answer</answer>
  <final_answer>Only the final answer, no need to provide the step by step problem solving</final_answer>
</chain_of_thought>
"""  # noqa: E501 (the README's, to the letter)


@pytest.mark.parametrize("stream", [False, True])
def test_thinking_in_a_template(tiny: Server, stream: bool) -> None:
    """What it thinks has the template's form, and is no part of the content."""
    options: Any = {
        "model": "tiny",
        "messages": [{"role": "user", "content": APPLES}],
        "temperature": 0.1,
        "seed": 1,
        "extra_body": {"thinking_template": TEMPLATE},
    }
    create = tiny.client.chat.completions.create
    if stream:
        deltas = [event.choices[0].delta for event in create(stream=True, **options)]
        thought = "".join(getattr(delta, "reasoning_content", "") for delta in deltas)
        content = "".join(delta.content or "" for delta in deltas)
    else:
        message = create(**options).choices[0].message
        thought, content = message.reasoning_content, message.content
    tree = ElementTree.fromstring(thought.strip())
    assert [child.tag for child in tree] == [
        "problem", "initial_state", "steps", "answer", "final_answer",
    ]  # fmt: skip
    assert len(tree.findall("steps/step")) >= 2
    assert content
    assert "<" not in content


def test_a_call_that_is_cut_is_said_to_be_cut(tiny: Server) -> None:
    choice = tiny.client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": BOSTON}],
        tools=[WEATHER],  # type: ignore[list-item]
        temperature=0,
        max_tokens=14,
    ).choices[0]
    assert choice.finish_reason == "length"


def test_stop_strings_do_not_cut_arguments(tiny: Server) -> None:
    calls, _, end = said(tiny, BOSTON, tools=[WEATHER], temperature=0, stop=["Boston"])
    assert (calls, end) == ([("get_current_weather", {"location": "Boston, MA"})], "tool_calls")


def test_a_schema_goes_with_tools(tiny: Server) -> None:
    """The words, where there are any, keep to it."""
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": ["yes", "no"]}}}
    calls, words, end = said(tiny, "Hello!", temperature=0, response_format=form)
    assert end == ("tool_calls" if calls else "stop")
    assert calls or words in ('"yes"', '"no"')


ANSWER = {
    "type": "json_schema",
    "json_schema": {"name": "a", "schema": {"enum": ["yes", "perhaps", 7]}},
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("stop", [[], ["perhaps", "Boston", "a", "o"]], ids=str)
def test_a_schema_and_tools_and_reasoning_at_once(tiny: Server, stop: list[str], seed: int) -> None:
    """Reasoning, then words of the schema or calls of theirs. `stop` cuts words alone."""
    options: Any = {
        "model": "tiny",
        "messages": [{"role": "user", "content": BOSTON}],
        "tools": TOOLS,
        "response_format": ANSWER,
        "temperature": 2 * (seed % 2),
        "seed": seed,
        "max_tokens": 400,
        "stop": stop,
        "extra_body": {"chat_template_kwargs": {"enable_thinking": seed < 2}, "finish": "close"},
    }
    create = tiny.client.chat.completions.create
    choice = create(**options).choices[0]
    parts = list(ordered(create(stream=True, **options)))
    message = choice.message
    thought = getattr(message, "reasoning_content", None)
    assert "".join(text for kind, text in parts if kind == "reasoning") == (thought or "")
    assert "".join(text for kind, text in parts if kind == "content") == (message.content or "")
    calls = [call.function for call in message.tool_calls or []]
    assert [text for kind, text in parts if kind == "name"] == [call.name for call in calls]
    for call in calls:
        Draft202012Validator(SCHEMAS[call.name]).validate(json.loads(call.arguments))
    words = [None] if calls else ['"yes"', '"', "7"] if stop else ['"yes"', '"perhaps"', "7"]
    assert message.content in words


RANKS = {"role": 0, "reasoning": 1, "content": 2, "name": 3, "arguments": 3, "end": 4}


def ordered(events: Any) -> Iterator[tuple[str, str]]:
    """What the deltas bring, in OpenAI's order; of a call its id, type and name first."""
    ids: list[str] = []
    rank = 0
    for event in events:
        choice = event.choices[0]
        for kind, text in _brought(choice.delta, choice.finish_reason, ids):
            assert RANKS[kind] >= rank
            rank = RANKS[kind]
            yield kind, text
    assert rank == RANKS["end"]
    assert len(set(ids)) == len(ids)


def _brought(delta: Any, finish: str | None, ids: list[str]) -> Iterator[tuple[str, str]]:
    if delta.role:
        yield "role", delta.role
    if thought := getattr(delta, "reasoning_content", None):
        yield "reasoning", thought
    if delta.content:
        yield "content", delta.content
    for call in delta.tool_calls or []:
        if call.id is not None:
            assert (call.index, call.type, call.function.arguments) == (len(ids), "function", "")
            ids.append(call.id)
            yield "name", call.function.name
        else:
            assert call.index == len(ids) - 1
            assert (call.type, call.function.name) == (None, None)
            yield "arguments", call.function.arguments
    if finish:
        yield "end", finish


def tool(**function: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", **function}}


UNSUPPORTED = {"properties": {"a": {"pattern": "(?<=a)b"}}}
# what is wrong, the field, and words of the answer
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"tools": [tool(parameters=UNSUPPORTED)]}, "tools[0].function.parameters", ": /properties/a"),
    ({"tools": [tool(parameters={"type": "strin"})]}, "tools[0].function.parameters", ": /type: "),
    (
        {"tools": [*TOOLS, tool(parameters={"properties": {"a/b": {"uniqueItems": 1}}})]},
        "tools[3].function.parameters",
        ": /properties/a~1b/uniqueItems: ",
    ),
    (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "x", "schema": UNSUPPORTED},
            }
        },
        "response_format.json_schema.schema",
        ": /properties/a/pattern: ",
    ),
    (
        {"tools": TOOLS, "extra_body": {"grammar": "root ::= [a"}},
        "grammar",
        ": line 1, column 10: '[' begins nothing",
    ),
    ({"tools": TOOLS, "extra_body": {"regex_pattern": "(a"}}, "regex_pattern", "missing ')'"),
    ({"tools": [tool(parameters=5)]}, "tools[0].function.parameters", "must be a JSON Schema"),
    ({"tools": [tool(), tool()]}, "tools[1].function.name", "two tools are named 'f'"),
    ({"tools": [tool(name="a b")]}, "tools[0].function.name", "pattern"),
    ({"tools": [tool(nme="x")]}, "tools[0].function.nme", "Did you mean 'name'?"),
    ({"tools": [{"type": "custom"}]}, "tools[0].type", "'function'"),
    ({"tools": [tool()], "tool_choice": "any"}, "tool_choice", "one of none, auto, required"),
    ({"extra_body": {"thinking_template": "<a>{x}</b>"}}, "thinking_template", "where </a> is due"),
    ({"extra_body": {"thinking_template": "<!DOCTYPE a>"}}, "thinking_template", "not allowed"),
    ({"extra_body": {"thinking_template": ""}}, "thinking_template", "an empty template"),
    ({"tools": [], "tool_choice": "required"}, "tool_choice", "needs tools"),
    (
        {"tools": [tool()], "tool_choice": allowed("f", "g")},
        "tool_choice.allowed_tools.tools[1].function.name",
        "no tool 'g'; there are f",
    ),
    (
        {"tools": [tool()], "tool_choice": allowed("f", mode="none")},
        "tool_choice.allowed_tools.mode",
        "must be 'auto' or 'required' (got \"none\")",
    ),
    (
        {"tools": [tool()], "tool_choice": allowed()},
        "tool_choice.allowed_tools.tools",
        "at least 1 item",
    ),
    (
        {"tools": [tool()], "tool_choice": {"type": "function", "function": {"name": "g"}}},
        "tool_choice.function.name",
        "no tool 'g'; there are f",
    ),
]


@pytest.mark.parametrize(("options", "param", "words"), REFUSED, ids=str)
def test_what_cannot_be_held_is_refused(
    tiny: Server, options: dict[str, Any], param: str, words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        tiny.client.chat.completions.create(
            model="tiny", messages=[{"role": "user", "content": "Hi"}], **options
        )
    assert caught.value.param == param
    assert words in str(caught.value)
