"""Bad bodies: one sentence that names the field. A case is a line."""

import json

import pytest

from gallama.api.parse import parse
from gallama.api.types import ChatRequest, CompletionRequest
from gallama.wire_errors import ApiError

GOOD = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

# what is put into a good request, the field the answer names, and words it must have
FIELDS = [
    ({"temprature": 1}, "temprature", "Did you mean 'temperature'"),
    ({"temperature": 3}, "temperature", "less than or equal to 2"),
    ({"temperature": "1"}, "temperature", "number"),
    ({"temperature": True}, "temperature", "number"),
    ({"max_tokens": -1}, "max_tokens", "greater than or equal to 0"),
    ({"max_tokens": 1.5}, "max_tokens", "integer"),
    ({"top_p": -0.1}, "top_p", "greater than or equal to 0"),
    ({"seed": "x"}, "seed", "integer"),
    ({"stop": 5}, "stop", "a string or a list of strings"),
    ({"stop": ["a", ""]}, "stop[1]", "at least 1 character"),
    ({"stream": "yes"}, "stream", "boolean"),
    ({"stream_options": {"usage": True}}, "stream_options.usage", "unknown field"),
    ({"tools": [{"type": "function"}]}, "tools", "not supported yet"),
    ({"tool_choice": "required"}, "tool_choice", "not supported yet"),
    ({"functions": []}, "functions", "not supported yet"),
    ({"response_format": {"type": "json_object"}}, "response_format.type", "is supported yet"),
    ({"logit_bias": {"5": 101}}, "logit_bias.5", "less than or equal to 100"),
    ({"messages": []}, "messages", "at least 1 item"),
    ({"messages": "hi"}, "messages", "list"),
    ({"messages": ["hi"]}, "messages[0]", "'role' is one of"),
    ({"messages": [{"role": "boss", "content": "x"}]}, "messages[0]", "'role' is one of"),
    ({"messages": [{"role": "user"}]}, "messages[0].content", "required"),
    ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "string or a list"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
        "messages[0].content[0].type",
        "must be 'text'",
    ),
]


@pytest.mark.parametrize(("change", "param", "words"), FIELDS)
def test_a_bad_field(change: dict[str, object], param: str, words: str) -> None:
    with pytest.raises(ApiError, match=words.replace("(", r"\(")) as caught:
        parse(json.dumps({**GOOD, **change}).encode(), ChatRequest)
    assert caught.value.status == 400
    assert caught.value.param == param
    assert str(caught.value).startswith(f"{param}: ")


BODIES = [
    (b"", "not valid JSON"),
    (b"{", "not valid JSON"),
    (b"[]", "must be a JSON object"),
    (b"\xff", "not UTF-8"),
    (b'{"model": NaN}', "NaN is no JSON number"),
    (b'{"temperature": -Infinity}', "-Infinity is no JSON number"),
    (b'{"model": "a", "model": "b"}', "'model' stands twice"),
    (b'{"messages": [{"role": "user", "role": "user"}]}', "'role' stands twice"),
    (b'{"seed": ' + b"9" * 5000 + b"}", "a number of 5000 digits"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"a": ' * 200 + b"1" + b"}" * 200, "nested too deeply"),
    (b'{"model": "\\ud800"}', "half a surrogate pair"),
    (b'{"\\udc00": 1}', "half a surrogate pair"),
    (b'{"temperature": 1e999, "model": "m", "messages": []}', "finite"),
    (b"{}", "model: this field is required"),
]


@pytest.mark.parametrize(("body", "words"), BODIES)
def test_a_bad_body(body: bytes, words: str) -> None:
    with pytest.raises(ApiError, match=words):
        parse(body, ChatRequest)


PROMPTS = [
    ("text", None),
    (["a", "b"], None),
    ([1, 2], None),
    ([[1], [2, 3]], None),
    ([], "prompt"),
    ([[]], "prompt[0]"),
    ([1, "a"], "prompt[1]"),
    (["a", 1], "prompt[1]"),
    ([-1], "prompt[0]"),
    ([True], "prompt"),
    ({}, "prompt"),
    (None, "prompt"),
]


@pytest.mark.parametrize(("prompt", "param"), PROMPTS)
def test_the_shapes_of_a_prompt(prompt: object, param: str | None) -> None:
    body = json.dumps({"model": "m", "prompt": prompt}).encode()
    if param is None:
        assert parse(body, CompletionRequest).prompt == prompt
        return
    with pytest.raises(ApiError) as caught:
        parse(body, CompletionRequest)
    assert caught.value.param == param
