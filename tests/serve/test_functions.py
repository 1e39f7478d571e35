"""The older form of tools: `functions`, `function_call`, and turns of `role: function`."""

import json
from typing import Any

import openai
import pytest

from tests.serve.asking import prompt_of
from tests.serve.examples import BOSTON, WEATHER
from tests.serving import Server

FUNCTION = WEATHER["function"]
BELL = {"name": "ring_bell"}
LOCATION = {"location": "Boston, MA"}

Said = tuple[str | None, Any, str | None]
"""The words, the call, and why it ended."""


def said(server: Server, messages: Any = BOSTON, **options: Any) -> Said:
    """Streamed and not, which must be the same."""
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    create = server.client.chat.completions.create
    options = {"model": "tiny", "messages": messages, "functions": [FUNCTION], **options}
    choice = create(**options).choices[0]
    message = choice.message
    assert message.tool_calls is None
    call = message.function_call and (message.function_call.name, message.function_call.arguments)
    whole = (message.content, call, choice.finish_reason)
    assert streamed(create(stream=True, **options)) == whole
    return whole


def streamed(events: Any) -> Said:
    """The name of a call comes first, its arguments behind it."""
    words, call, finish = "", None, None
    for event in events:
        delta = event.choices[0].delta
        words += delta.content or ""
        finish = event.choices[0].finish_reason or finish
        assert delta.tool_calls is None
        if part := delta.function_call:
            if part.name is not None:
                assert call is None
                assert part.arguments == ""
                call = (part.name, "")
            assert call is not None
            call = (call[0], call[1] + (part.arguments or ""))
    return (None if call and not words else words), call, finish


def test_a_call(tiny: Server) -> None:
    words, call, finish = said(tiny, temperature=0)
    assert (words, finish) == (None, "function_call")
    assert call is not None
    assert (call[0], json.loads(call[1])) == ("get_current_weather", LOCATION)


def test_words(tiny: Server) -> None:
    hello = ("Hello! How can I help you?", None, "stop")
    assert said(tiny, "Hello!", temperature=0) == hello
    assert said(tiny, "Hello!", temperature=0, functions=[]) == hello


def test_function_call_chooses(tiny: Server) -> None:
    both = [FUNCTION, BELL]
    words, call, finish = said(tiny, functions=both, function_call={"name": "ring_bell"})
    assert (words, call, finish) == (None, ("ring_bell", "{}"), "function_call")
    assert said(tiny, functions=both, function_call="none", temperature=0)[1] is None
    words, call, _ = said(tiny, functions=both, function_call="auto", temperature=0)
    assert call is not None
    assert call[0] == "get_current_weather"


def test_one_call_at_most(tiny: Server) -> None:
    """Streamed and not, though the model would say anything."""
    for seed in range(3):
        said(tiny, function_call={"name": "get_current_weather"}, temperature=2, seed=seed,
             max_tokens=200)  # fmt: skip


def test_a_call_that_is_cut_is_said_to_be_cut(tiny: Server) -> None:
    assert said(tiny, temperature=0, max_tokens=14)[2] == "length"


def test_a_round(tiny: Server) -> None:
    """What is said of a past call is what `tools` would say, to the letter."""
    result = '{"temperature": 20, "condition": "sunny"}'
    call = {"name": "get_current_weather", "arguments": json.dumps(LOCATION)}
    asked = {"role": "user", "content": BOSTON}
    old = [
        asked,
        {"role": "assistant", "content": None, "function_call": call},
        {"role": "function", "name": "get_current_weather", "content": result},
    ]
    new = [
        asked,
        {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": call}]},
        {"role": "tool", "tool_call_id": "c", "content": result},
    ]
    assert prompt_of(tiny, old) == prompt_of(tiny, new)
    answer = said(tiny, old, temperature=0)
    assert answer == ("It is sunny and 20 degrees in Boston.", None, "stop")


USER = {"role": "user", "content": "Hi"}
CALL = {"name": "f", "arguments": "{}"}
TOOL_CALL = {"id": "c", "type": "function", "function": CALL}
# what is wrong, the field, and words of the answer
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"tools": [WEATHER]}, "tools", "does not go with functions"),
    ({"tool_choice": "auto"}, "tool_choice", "does not go with functions"),
    ({"parallel_tool_calls": True}, "parallel_tool_calls", "does not go with functions"),
    ({"functions": None, "function_call": "auto"}, "function_call", "goes with functions"),
    ({"function_call": "required"}, "function_call", "must be one of none, auto"),
    ({"function_call": {"name": "f"}}, "function_call.name", "there are get_current_weather"),
    ({"functions": [BELL, BELL]}, "functions[1].name", "two functions are named 'ring_bell'"),
    ({"functions": [{"name": "a b"}]}, "functions[0].name", "pattern"),
    ({"functions": [{**BELL, "strict": True}]}, "functions[0].strict", "unknown field"),
    (
        {"functions": [BELL, {"name": "f", "parameters": {"properties": {"a": {"type": "x"}}}}]},
        "functions[1].parameters",
        "/properties/a/type: ",
    ),
    ({"messages": [USER, {"role": "function", "name": "f", "content": "1"}]},
     "messages[1].name", "has a function_call of 'f'"),
    ({"messages": [{"role": "assistant", "function_call": CALL, "tool_calls": [TOOL_CALL]}]},
     "messages[0].function_call", "does not go with tool_calls"),
    ({"messages": [{"role": "assistant", "function_call": {**CALL, "arguments": "{"}}]},
     "messages[0].function_call.arguments", "text of a JSON object"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "param", "words"), REFUSED, ids=str)
def test_refused(tiny: Server, options: dict[str, Any], param: str, words: str) -> None:
    options = {"messages": [USER], "functions": [FUNCTION], **options}
    with pytest.raises(openai.BadRequestError) as caught:
        tiny.client.chat.completions.create(model="tiny", **options)
    assert caught.value.param == param
    assert words in str(caught.value)
