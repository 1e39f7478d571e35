"""One request out of a recipe's fields and a request's."""

from typing import Any

import pytest

from gallama.api.types import ChatRequest
from gallama.recipe.merge import OF_THE_REQUEST, holds, merged
from gallama.wire_errors import ApiError

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Hi!"}
SHOT = [{"role": "user", "content": "2 + 2"}, {"role": "assistant", "content": "4"}]
PARTS = [{"type": "text", "text": "As a poem."}]
DEVELOPER = {"role": "developer", "content": PARTS}
TOOLS = [{"type": "function", "function": {"name": "f"}}]

# what the recipe says, what the request says, and what is meant
MERGED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"temperature": 0}, {}, {"temperature": 0}),
    ({"temperature": 0}, {"temperature": 1}, {"temperature": 1}),
    ({"temperature": 0}, {"temperature": None}, {"temperature": 0}),
    ({"max_tokens": 9}, {"max_tokens": 5}, {"max_tokens": 5}),
    ({"thinking_budget": 9}, {"thinking_budget": 5}, {"thinking_budget": 5}),
    (
        {"guided_json": {}, "finish": "close"},
        {"finish": "cut"},
        {"guided_json": {}, "finish": "cut"},
    ),
    ({"guided_json": {}}, {"finish": "close"}, {"guided_json": {}, "finish": "close"}),
    ({"max_tokens": 9}, {"max_completion_tokens": 5}, {"max_completion_tokens": 5}),
    ({"logit_bias": {"1": 1}}, {"logit_bias": {"2": 1}}, {"logit_bias": {"2": 1}}),
    ({"messages": [SYSTEM]}, {"messages": [USER]}, {"messages": [SYSTEM, USER]}),
    ({"messages": [USER]}, {}, {"messages": [USER]}),
    ({"messages": [USER]}, {"messages": []}, {"messages": [USER]}),
    (
        {"messages": [SYSTEM, *SHOT]},
        {"messages": [{"role": "system", "content": "In French."}, USER]},
        {"messages": [{"role": "system", "content": "Be brief.\n\nIn French."}, *SHOT, USER]},
    ),
    (
        {"messages": [SYSTEM, *SHOT]},
        {"messages": [DEVELOPER, USER]},
        {"messages": [
            {**DEVELOPER, "content": [{"type": "text", "text": "Be brief."}, *PARTS]}, *SHOT, USER
        ]},
    ),
    ({"messages": SHOT}, {"messages": [SYSTEM, USER]}, {"messages": [SYSTEM, *SHOT, USER]}),
    ({"messages": [USER]}, {"messages": 5}, {"messages": 5}),
    ({"stop": "a"}, {"stop": ["b"]}, {"stop": ["a", "b"]}),
    ({"stop": ["a"]}, {"stop": "b"}, {"stop": ["a", "b"]}),
    ({"stop": ["a"]}, {"stop": 5}, {"stop": 5}),
    ({"stop": "a"}, {"stop_words": "b"}, {"stop": "a", "stop_words": "b"}),
    (
        {"chat_template_kwargs": {"a": 1, "b": 1}},
        {"chat_template_kwargs": {"b": 2}},
        {"chat_template_kwargs": {"a": 1, "b": 2}},
    ),
    ({"regex_pattern": "a"}, {"regex_pattern": "a"}, {"regex_pattern": "a"}),
    (
        {"regex_pattern": "a+"},
        {"regex_prefix_pattern": "aa"},
        {"regex_pattern": "a+", "regex_prefix_pattern": "aa"},
    ),
    (
        {"regex_prefix_pattern": "aa"},
        {"guided_regex": "a+"},
        {"regex_prefix_pattern": "aa", "guided_regex": "a+"},
    ),
    (
        {"regex_prefix_pattern": "aa"},
        {"structured_outputs": {"regex": "a+"}},
        {"regex_prefix_pattern": "aa", "structured_outputs": {"regex": "a+"}},
    ),
    ({"regex_pattern": "a"}, {"tools": TOOLS}, {"regex_pattern": "a", "tools": TOOLS}),
    (
        {"thinking_template": "<a>{b}</a>"},
        {"response_format": {"type": "json_object"}},
        {"thinking_template": "<a>{b}</a>", "response_format": {"type": "json_object"}},
    ),
    (
        {"guided_json": {}},
        {"response_format": {"type": "text"}},
        {"guided_json": {}, "response_format": {"type": "text"}},
    ),
    ({"tool_choice": "required"}, {"tools": TOOLS}, {"tool_choice": "required", "tools": TOOLS}),
    (
        {"regex_pattern": "a+", "leading_prompt": "a"},
        {"leading_prompt": "a", "include_leading_prompt": True},
        {"regex_pattern": "a+", "leading_prompt": "a", "include_leading_prompt": True},
    ),
    (
        {"regex_pattern": "a+"},
        {"leading_prompt": "a"},
        {"regex_pattern": "a+", "leading_prompt": "a"},
    ),
    ({"temperature": 0}, {"unknown": 1}, {"temperature": 0, "unknown": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("own", "given", "meant"), MERGED)
def test_what_is_meant(own: dict[str, Any], given: dict[str, Any], meant: dict[str, Any]) -> None:
    assert merged("r", own, given) == meant


# what a recipe says, and what contradicts it
CONTRADICTIONS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"regex_pattern": "a"}, {"regex_pattern": "b"}, "regex_pattern: the recipe 'r' says other"),
    ({"regex_pattern": "a"}, {"guided_json": {}}, "guided_json: the recipe 'r' says regex_pattern"),
    ({"guided_json": {}}, {"response_format": {"type": "json_object"}}, "'r' says guided_json"),
    ({"guided_choice": ["a"]}, {"regex_prefix_pattern": "a"}, "says guided_choice"),
    ({"regex_prefix_pattern": "a"}, {"guided_choice": ["a"]}, "says regex_prefix_pattern"),
    ({"grammar": "start: 'a'"}, {"structured_outputs": {"regex": "a"}}, "says grammar"),
    ({"regex_prefix_pattern": "a"}, {"structured_outputs": {"choice": ["a"]}}, "says regex_prefix"),
    ({"tools": TOOLS}, {"tools": []}, "tools: the recipe 'r' says otherwise"),
    ({"tool_choice": "required"}, {"tool_choice": "none"}, "tool_choice: the recipe 'r' says"),
    ({"parallel_tool_calls": False}, {"parallel_tool_calls": True}, "parallel_tool_calls: the"),
    ({"thinking_template": "<a>{b}</a>"}, {"thinking_template": "<b>{a}</b>"}, "thinking_template"),
    ({"response_format": {"type": "json_object"}}, {"response_format": {"type": "text"}}, "other"),
    ({"leading_prompt": "a"}, {"leading_prompt": "b"}, "leading_prompt: the recipe 'r' says othe"),
    ({"dialect": "hermes"}, {"dialect": "mistral"}, "dialect: the recipe 'r' says otherwise"),
]


@pytest.mark.parametrize(("own", "given", "why"), CONTRADICTIONS)
def test_what_contradicts(own: dict[str, Any], given: dict[str, Any], why: str) -> None:
    with pytest.raises(ApiError) as caught:
        merged("r", own, given)
    assert why in str(caught.value)
    assert (caught.value.status, caught.value.code) == (400, "contradicts_recipe")
    assert caught.value.param in given


def test_a_field_holds_unless_it_is_known_to_be_about_drawing() -> None:
    """So one that is added to the wire later may be contradicted by nobody unseen."""
    drawn = {n for n in ChatRequest.model_fields if not holds(n)} - set(OF_THE_REQUEST)
    assert {"temperature", "max_completion_tokens", "seed", "n", "messages", "stop"} <= drawn
    assert not drawn & {"tools", "tool_choice", "response_format", "regex_pattern", "dialect"}
