"""Bad bodies: one sentence that names the field. A case is a line."""

import json
import re
import time

import pytest

from gallama.api.parse import parse
from gallama.api.types import (
    ChatRequest,
    CompletionRequest,
    DetokenizeRequest,
    TokenizeRequest,
    Wire,
)
from gallama.wire_errors import ApiError

GOOD = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}

# what is put into a good request, the field the answer names, and words it must have
FIELDS = [
    ({"temprature": 1}, "temprature", "Did you mean 'temperature'"),
    ({"temperature": 3}, "temperature", "less than or equal to 2"),
    ({"temperature": "1"}, "temperature", "number"),
    ({"temperature": True}, "temperature", "number"),
    ({"max_tokens": -1}, "max_tokens", "greater than or equal to 0"),
    ({"max_tokens": 1.5}, "max_tokens", "a whole number (got 1.5)"),
    ({"top_p": -0.1}, "top_p", "greater than or equal to 0"),
    ({"seed": "x"}, "seed", 'a whole number (got "x")'),
    ({"stop": 5}, "stop", "a string or a list of strings"),
    ({"stop": ["a", ""]}, "stop[1]", "at least 1 character"),
    ({"stream": "yes"}, "stream", 'true or false (got "yes")'),
    ({"stream_options": {"usage": True}}, "stream_options.usage", "unknown field"),
    ({"functions": [{}]}, "functions[0].name", "required"),
    ({"tools": [{"type": "function", "name": "f"}]}, "tools[0].name", "into 'tools[0].function'"),
    (
        {"response_format": {"type": "json_schema", "schema": {}}},
        "response_format.schema",
        "It goes into 'response_format.json_schema'",
    ),
    (
        {"tool_choice": {"type": "function", "name": "f"}},
        "tool_choice.name",
        "'tool_choice.function'",
    ),
    ({"include_usage": True}, "include_usage", "It goes into 'stream_options'"),
    ({"ebnf": "x"}, "ebnf", "Did you mean 'grammar'?"),
    ({"n_predict": 5}, "n_predict", "Did you mean 'max_tokens'?"),
    (
        {"messages": [{"role": "assistant", "content": "x", "reasoning": "y"}]},
        "messages[0].reasoning",
        "Did you mean 'reasoning_content'?",
    ),
    ({"response_format": {"type": "xml"}}, "response_format", "one of text, json_object"),
    ({"logit_bias": {"5": 101}}, "logit_bias.5", "a number from -100 to 100"),
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
    with pytest.raises(ApiError, match=re.escape(words)) as caught:
        parse(json.dumps({**GOOD, **change}).encode(), ChatRequest)
    assert caught.value.status == 400
    assert caught.value.param == param
    assert str(caught.value).startswith(f"{param}: ")


# a body, the field the answer names, and words it must have
BODIES = [
    (b"", None, "not valid JSON: EOF"),
    (b"{", None, "not valid JSON: EOF"),
    (b"[]", None, "must be a JSON object"),
    (b"\xff", None, "not valid JSON"),
    (b'{"\xff": 1}', None, "bytes that are not UTF-8 at line 1 column 3"),
    (b'{"model": NaN}', None, "expected value at line 1 column 11"),
    (b'{"temperature": -Infinity}', None, "invalid number at line 1 column 18"),
    (b'{"model": "a", "model": "b"}', "model", "stands twice"),
    (b'{"messages": [{"role": "user", "role": "user"}]}', "messages[0].role", "stands twice"),
    (b'{"metadata": {"a": {"b": 1, "c": 1, "b": 1}}}', "metadata.a.b", "stands twice"),
    (b'{"seed": ' + b"9" * 5000 + b"}", None, "a number of more than 4300 digits"),
    (b"[" * 100_000, None, "nested more than 200 levels deep at line 1 column 202"),
    (b'{"a": ' * 210 + b"1" + b"}" * 210, None, "nested more than 200 levels deep"),
    (b'{"model": "\\ud800"}', None, "half a surrogate pair at line 1 column 18"),
    (b'{"\\udc00": 1}', None, "half a surrogate pair"),
    (b'{"\xed\xa0\x80": 1}', None, "bytes that are not UTF-8"),
    (b'{"temperature": 1e999, "model": "m", "messages": []}', "temperature", "finite"),
    (b"{}", "model", "this field is required"),
    (b'{"<one>": 1, "model": "m", "messages": [{"role": "user", "content": ""}]}', "<one>", "unk"),
]


@pytest.mark.parametrize(("body", "param", "words"), BODIES)
def test_a_bad_body(body: bytes, param: str | None, words: str) -> None:
    with pytest.raises(ApiError, match=words) as caught:
        parse(body, ChatRequest)
    assert caught.value.param == param


MANY = 100_000

# many mistakes, of which one is named
MISTAKES = [
    ({f"k{i}": 1 for i in range(MANY)}, "k0"),
    ({**GOOD, "k" * MANY: 1}, "k" * 80 + "…"),
    ({**GOOD, "messages": [1] * MANY}, "messages[0]"),
    ({**GOOD, "logit_bias": {str(i): "a" for i in range(MANY)}}, "logit_bias.0"),
    ({**GOOD, "stop": ["a", *[1] * MANY]}, "stop[1]"),
]


@pytest.mark.parametrize(("fields", "param"), MISTAKES, ids=lambda value: str(value)[:20])
def test_many_mistakes(fields: object, param: str) -> None:
    body = json.dumps(fields).encode()
    began = time.process_time()
    with pytest.raises(ApiError) as caught:
        parse(body, ChatRequest)
    assert caught.value.param == param
    assert len(str(caught.value)) < 300
    assert time.process_time() - began < 1


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


KINDS: list[type[Wire]] = [ChatRequest, CompletionRequest, TokenizeRequest, DetokenizeRequest]


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in KINDS for field in kind.model_fields]
)
def test_every_field_has_a_type(kind: type[Wire], field: str) -> None:
    good = {**GOOD, "prompt": "hi", "tokens": [], field: [[[]]]}
    fields = {name: value for name, value in good.items() if name in kind.model_fields}
    with pytest.raises(ApiError) as caught:
        parse(json.dumps(fields).encode(), kind)
    assert re.fullmatch(rf"{field}(\[0\])*", caught.value.param or "")
    assert str(caught.value).startswith(f"{caught.value.param}: ")
