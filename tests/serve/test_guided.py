"""What a reply may look like: a constraint holds whatever the model would rather say.

Sampled hot, so that the model would break every one of them if it could. A reply that would be too
long is closed, not cut, so each of them can be looked at.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.serve.asking import chat, complete
from tests.serve.examples import WEATHER
from tests.serving import Server

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Z][a-z]{1,8}$"},
        "age": {"type": "integer", "minimum": 3, "maximum": 20},
        "likes": {"type": "array", "items": {"enum": ["tea", "hay"]}, "maxItems": 2},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
NAMED = {"name": "person", "schema": PERSON}
SIGN = {"name": "sign", "schema": {"enum": ["+", "-"]}, "strict": True}


def fits(schema: Any) -> Callable[[str], bool]:
    validator = Draft202012Validator(schema)
    return lambda text: validator.is_valid(json.loads(text))


def matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.DOTALL) is not None


# what a request says, and what the whole text must be then
GUIDES: list[tuple[dict[str, Any], Callable[[str], bool]]] = [
    ({"regex_pattern": r"(Yes|No)\."}, matches(r"(Yes|No)\.")),
    ({"guided_regex": r"[0-9]{3}-[a-f]+!"}, matches(r"[0-9]{3}-[a-f]+!")),
    ({"regex_prefix_pattern": "(Yes|No), "}, matches("(Yes|No), .*")),
    (
        {"regex_prefix_pattern": "[a-c]+", "regex_pattern": r"[b-z]+\."},
        matches(r"[bc]+[b-z]*\."),
    ),
    ({"guided_choice": ["left", "right", "lefty"]}, matches("left|right|lefty")),
    ({"guided_choice": ["日本", "日光"]}, matches("日本|日光")),
    ({"guided_json": PERSON}, fits(PERSON)),
    ({"structured_outputs": {"json": PERSON}}, fits(PERSON)),
    ({"structured_outputs": {"choice": ["a", "b"]}}, matches("a|b")),
    ({"structured_outputs": {"regex": "a{2,5}"}}, matches("a{2,5}")),
    ({"grammar": 'start: "a"~2..4 | "é"'}, matches("a{2,4}|é")),
    ({"grammar": 'root ::= "a"{2,4} | "é"'}, matches("a{2,4}|é")),
    ({"guided_grammar": 'root ::= "(" root ")" | [0-9]'}, matches(r"\(*[0-9]\)*")),
    ({"structured_outputs": {"grammar": "root ::= [^a-z]{3}"}}, matches("[^a-z]{3}")),
    ({"guided_json": True, "regex_prefix_pattern": None}, fits(True)),
]
FORMATS: list[tuple[dict[str, Any], Callable[[str], bool]]] = [
    ({"type": "json_object"}, fits({"type": "object"})),
    ({"type": "json_schema", "json_schema": NAMED}, fits(PERSON)),
    ({"type": "json_schema", "json_schema": SIGN}, fits(SIGN["schema"])),
    ({"type": "json_schema", "json_schema": {"name": "any"}}, fits(True)),
]
CHATS = [*GUIDES, *(({"response_format": form}, good) for form, good in FORMATS)]
HOT: dict[str, Any] = {"temperature": 2.0, "max_tokens": 150, "finish": "close", "n": 4}


@pytest.mark.parametrize(("guide", "good"), CHATS, ids=[str(guide) for guide, _ in CHATS])
def test_a_chat_keeps_to_it(tiny: Server, guide: dict[str, Any], good: Any) -> None:
    answer = chat(tiny, "Is a llama an animal?", seed=1, **HOT, **guide)
    assert answer == chat(tiny, "Is a llama an animal?", True, seed=1, **HOT, **guide)
    assert [text for text in answer.texts if not good(text)] == []


@pytest.mark.parametrize(("guide", "good"), GUIDES, ids=[str(guide) for guide, _ in GUIDES])
def test_a_completion_keeps_to_it(tiny: Server, guide: dict[str, Any], good: Any) -> None:
    answer = complete(tiny, "A llama is", seed=2, **HOT, **guide)
    assert answer == complete(tiny, "A llama is", True, seed=2, **HOT, **guide)
    assert [text for text in answer.texts if not good(text)] == []


def test_no_two_items_are_equal(tiny: Server) -> None:
    """... though the model is given six words to choose from, and must write all of them."""
    words = {"type": "string", "pattern": "^[ab]{1,2}$"}
    schema = {"type": "array", "uniqueItems": True, "items": words, "minItems": 6}
    form = {"type": "json_schema", "json_schema": {"name": "words", "schema": schema}}
    hot = {**HOT, "finish": "cut"}
    answer = chat(tiny, "Name six animals.", seed=3, response_format=form, **hot)
    assert answer == chat(tiny, "Name six animals.", True, seed=3, response_format=form, **hot)
    assert {choice.finish for choice in answer.choices} == {"stop"}
    assert [sorted(json.loads(text)) for text in answer.texts] == [
        ["a", "aa", "ab", "b", "ba", "bb"]
    ] * 4


def test_the_end_comes_when_all_is_said(tiny: Server) -> None:
    """Not at max_tokens: of short replies, all are whole."""
    answer = chat(tiny, "Is a llama an animal?", guided_choice=["Yes.", "No."], **HOT)
    assert {choice.finish for choice in answer.choices} == {"stop"}


def test_what_is_cut_is_said_to_be_cut(tiny: Server) -> None:
    choice = chat(tiny, "Hi!", guided_regex="[a-z]{100}", max_tokens=3).only
    assert choice.finish == "length"
    assert len(choice.text) < 100


def test_the_likeliest_word_is_still_the_models(tiny: Server) -> None:
    """A constraint that the model keeps to by itself changes nothing."""
    free = chat(tiny, "Is smoking bad for health? Answer with Yes or No", temperature=0).only
    held = chat(
        tiny,
        "Is smoking bad for health? Answer with Yes or No",
        temperature=0,
        regex_pattern="(Yes|No)[.]?",
    ).only
    assert (held.text, held.finish) == (free.text, free.finish)


def test_stop_words_stop(tiny: Server) -> None:
    options: dict[str, Any] = {"guided_regex": "a{9}b{9}", "stop": ["z"], "stop_words": ["abb"]}
    assert chat(tiny, "Hi!", **options).only.text == "a" * 8


def test_the_other_engine_holds_them_too(formatron: Server) -> None:
    for guide, good in GUIDES:
        answer = chat(formatron, "Is a llama an animal?", seed=1, **HOT, **guide)
        assert [text for text in answer.texts if not good(text)] == []
    call = formatron.client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": "What's the weather like in Boston today?"}],
        tools=[WEATHER],  # type: ignore[list-item]
        temperature=0,
    ).choices[0].message.tool_calls  # fmt: skip
    assert call is not None
    assert json.loads(call[0].function.arguments) == {"location": "Boston, MA"}
