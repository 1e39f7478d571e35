"""docs/api.md lists every field there is, and says of each what is true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openai.types import completion_create_params
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.chat.chat_completion_assistant_message_param import (
    ChatCompletionAssistantMessageParam,
)
from openai.types.chat.chat_completion_developer_message_param import (
    ChatCompletionDeveloperMessageParam,
)
from openai.types.chat.chat_completion_function_message_param import (
    ChatCompletionFunctionMessageParam,
)
from openai.types.chat.chat_completion_system_message_param import (
    ChatCompletionSystemMessageParam,
)
from openai.types.chat.chat_completion_tool_message_param import ChatCompletionToolMessageParam
from openai.types.chat.chat_completion_user_message_param import ChatCompletionUserMessageParam

from gallama.api import types
from gallama.api.parse import parse
from gallama.config.schema import SamplingDefaults
from gallama.wire_errors import ApiError

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "api.md").read_text()
SOURCES = "".join(path.read_text() for path in (ROOT / "gallama" / "api").glob("*.py"))


def table(title: str) -> dict[str, tuple[str, str]]:
    """The rows of a section's table: the field's name, its word, what is said about it."""
    section = DOCS.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = re.findall(
        r"^\| `(\w+)` \|(?: [\w, ]+ \|)? (supported|no effect|refused) \| (.+) \|$", section, re.M
    )
    assert len({name for name, *_ in rows}) == len(rows) == section.count("\n| `")
    return {name: (word, text) for name, word, text in rows}


CHAT, COMPLETIONS, MESSAGES = table("Chat"), table("Completions"), table("Messages")

CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}

# a value for each field that has a say, other than its default
VALUES: dict[str, Any] = {
    "add_generation_prompt": False,
    "audio": {"voice": "ash", "format": "wav"},
    "best_of": 2,
    "chat_template_kwargs": {"enable_thinking": True},
    "continue_final_message": True,
    "dialect": "hermes",
    "echo": True,
    "finish": "close",
    "frequency_penalty": 1,
    "function_call": "auto",
    "functions": [{"name": "f"}],
    "grammar": 'start: "a"',
    "guided_choice": ["a", "b"],
    "guided_grammar": 'start: "a"',
    "guided_json": {"type": "integer"},
    "guided_regex": "a|b",
    "include_leading_prompt": True,
    "include_thinking": True,
    "leading_prompt": "So",
    "logit_bias": {"5": -100},
    "max_completion_tokens": 5,
    "max_tokens": 5,
    "messages": [{"role": "user", "content": "hi"}],
    "metadata": {"a": "b"},
    "min_p": 0.1,
    "modalities": ["text"],
    "model": "m",
    "moderation": {"model": "omni-moderation-latest"},
    "n": 2,
    "parallel_tool_calls": True,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 1,
    "prompt": "hi",
    "prompt_cache_key": "x",
    "prompt_cache_options": {"mode": "explicit"},
    "prompt_cache_retention": "24h",
    "reasoning_effort": "low",
    "recipe": "cot",
    "regex_pattern": "a|b",
    "regex_prefix_pattern": "a|b",
    "repetition_penalty": 1.1,
    "response_format": {"type": "json_object"},
    "safety_identifier": "x",
    "seed": 1,
    "service_tier": "auto",
    "stop": ["x"],
    "stop_words": ["x"],
    "store": True,
    "stream": True,
    "stream_options": {"include_usage": True},
    "structured_outputs": {"regex": "a|b"},
    "suffix": "x",
    "temperature": 0.5,
    "thinking_budget": 5,
    "thinking_template": "<a>{x}</a>",
    "tool_choice": "auto",
    "tools": [TOOL],
    "top_k": 5,
    "top_logprobs": 2,
    "top_p": 0.9,
    "typical_p": 0.9,
    "user": "x",
    "variables": {"text": "x"},
    "verbosity": "low",
    "web_search_options": {},
}
CHATS = {**VALUES, "logprobs": True}
TEXTS = {**VALUES, "logprobs": 2}

ROWS: list[tuple[type[types.Wire], dict[str, Any], str, str, str]] = [
    *((types.ChatRequest, CHATS, name, *row) for name, row in CHAT.items()),
    *((types.CompletionRequest, TEXTS, name, *row) for name, row in COMPLETIONS.items()),
]


@pytest.mark.parametrize(
    ("kind", "values", "name", "word", "text"), ROWS, ids=[f"{r[0].__name__}.{r[2]}" for r in ROWS]
)
def test_a_row_is_true(
    kind: type[types.Wire], values: dict[str, Any], name: str, word: str, text: str
) -> None:
    needed = {"model": "m", "messages": VALUES["messages"], "prompt": "hi"}
    body = {key: needed[key] for key in needed.keys() & kind.model_fields} | {name: values[name]}
    if word == "refused":
        with pytest.raises(ApiError) as caught:
            parse(json.dumps(body).encode(), kind)
        assert caught.value.code == "unsupported_parameter"
        assert (caught.value.param or "").startswith(name)
        assert types.REFUSED[name] in text
        return
    assert getattr(parse(json.dumps(body).encode(), kind), name) is not None
    assert (word == "supported") == is_read(name)


@pytest.mark.parametrize("name", sorted(CHAT.keys() - {"model", "messages"}))
def test_null_is_the_same_as_nothing(name: str) -> None:
    body = {"model": "m", "messages": VALUES["messages"], name: None}
    assert getattr(parse(json.dumps(body).encode(), types.ChatRequest), name) is None


def is_read(name: str) -> bool:
    """Whether any code of the api asks a request for this field."""
    fields = re.search(rf"\b(?:wire|fields|self|self\._wire)\.{name}\b", SOURCES)
    return bool(fields) or name in vars(SamplingDefaults())


REQUESTS = [
    (CHAT, chat_create_params.CompletionCreateParamsStreaming, types.ChatRequest),
    (
        COMPLETIONS,
        completion_create_params.CompletionCreateParamsStreaming,
        types.CompletionRequest,
    ),
]


@pytest.mark.parametrize(("rows", "openai", "ours"), REQUESTS)
def test_no_field_is_missing(rows: dict[str, Any], openai: Any, ours: type[types.Wire]) -> None:
    assert openai.__required_keys__ | openai.__optional_keys__ <= rows.keys()
    assert ours.model_fields.keys() <= rows.keys()
    kept = {name for name, (word, _) in rows.items() if word != "refused"}
    assert kept <= ours.model_fields.keys()
    extensions = rows.keys() - openai.__required_keys__ - openai.__optional_keys__
    if rows is CHAT:
        assert {n for n, (_, text) in rows.items() if "Not OpenAI's" in text} == extensions


TURNS = [
    (ChatCompletionDeveloperMessageParam, types.SystemTurn),
    (ChatCompletionSystemMessageParam, types.SystemTurn),
    (ChatCompletionUserMessageParam, types.UserTurn),
    (ChatCompletionAssistantMessageParam, types.AssistantTurn),
    (ChatCompletionToolMessageParam, types.ToolTurn),
    (ChatCompletionFunctionMessageParam, types.FunctionTurn),
]


@pytest.mark.parametrize(("openai", "ours"), TURNS)
def test_no_field_of_a_message_is_missing(openai: Any, ours: type[types.Wire]) -> None:
    assert openai.__required_keys__ | openai.__optional_keys__ <= MESSAGES.keys()
    assert ours.model_fields.keys() <= MESSAGES.keys()


TURN_VALUES: dict[str, Any] = {
    "annotations": [{}],
    "audio": {"id": "x"},
    "function_call": {"name": "f", "arguments": "{}"},
    "name": "Ann",
    "reasoning_content": "Hm.",
    "refusal": "No.",
    "thinking": {"x": 1},
    "tool_calls": [CALL],
}


@pytest.mark.parametrize("name", TURN_VALUES)
def test_a_row_about_an_assistants_turn_is_true(name: str) -> None:
    turn = {"role": "assistant", "content": "x", name: TURN_VALUES[name]}
    body = json.dumps({"model": "m", "messages": [VALUES["messages"][0], turn]}).encode()
    if MESSAGES[name][0] != "refused":
        parse(body, types.ChatRequest)
        return
    with pytest.raises(ApiError) as caught:
        parse(body, types.ChatRequest)
    assert caught.value.param == f"messages[1].{name}"


def test_links_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", DOCS, re.M)
    anchors = {re.sub(r"[^\w-]", "", h.lower().replace(" ", "-")) for h in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCS)) <= anchors
