"""A reply that begins with a given text: first in its words, whatever else is asked for."""

import re
from typing import Any

import openai
import pytest

from tests.serve.asking import chat, complete
from tests.serve.examples import BOSTON, WEATHER
from tests.serving import Server

HOT: dict[str, Any] = {"temperature": 2.0, "max_tokens": 60, "n": 3, "seed": 1}
LEAD = "Well, é: "
YES = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": [True, "no"]}}}
JSON = r'true|"no"'

# what else is asked for, and what follows the lead then
ASKED: list[tuple[dict[str, Any], str]] = [
    ({}, ".*"),
    ({"regex_pattern": "[a-f]{2,4}"}, "[a-f]{2,4}"),
    ({"regex_prefix_pattern": "(Yes|No), "}, "(Yes|No), .*"),
    ({"guided_choice": ["left", "é"]}, "left|é"),
    ({"structured_outputs": {"json": YES["json_schema"]["schema"]}}, JSON),
    ({"grammar": 'start: "a"+ "."'}, r"a+\."),
    ({"guided_regex": "ab*", "stop": ["b"]}, "a"),
    ({"stop": ["ell", ": "]}, ".*"),  # not looked for in the lead
]
CHATS: list[tuple[dict[str, Any], str]] = [
    *ASKED,
    ({"response_format": YES}, JSON),
    ({"thinking_template": "<a>{x:int}</a>", "guided_regex": "ab{1,3}"}, "ab{1,3}"),
    ({"chat_template_kwargs": {"enable_thinking": True}, "guided_regex": "a{2}"}, "aa"),
    ({"tools": [WEATHER], "guided_regex": "a{2}"}, "aa"),
    ({"tools": [WEATHER], "tool_choice": "none", "guided_regex": "a{2}"}, "aa"),
]


@pytest.mark.parametrize(("options", "rest"), CHATS, ids=str)
def test_a_chat_begins_with_it(tiny: Server, options: dict[str, Any], rest: str) -> None:
    begins(lambda **more: chat(tiny, "Hi!", **more), options, rest)


@pytest.mark.parametrize(("options", "rest"), ASKED, ids=str)
def test_a_completion_begins_with_it(tiny: Server, options: dict[str, Any], rest: str) -> None:
    begins(lambda **more: complete(tiny, "Hi!", **more), options, rest)


def test_with_the_other_engine(formatron: Server) -> None:
    for options, rest in CHATS:
        begins(lambda **more: chat(formatron, "Hi!", **more), options, rest)


def begins(ask: Any, options: dict[str, Any], rest: str) -> None:
    """Streamed and not, with the lead in the text and without it."""
    options = {**HOT, **options, "leading_prompt": LEAD}
    bare, led = (ask(**options, include_leading_prompt=shown) for shown in (False, True))
    assert bare == ask(**options, streamed=True)
    assert led == ask(**options, include_leading_prompt=True, streamed=True)
    for without, whole in zip(bare.choices, led.choices, strict=True):
        assert without.finish == whole.finish
        if whole.finish == "tool_calls":
            assert (without.text, whole.text) == ("", "")
        elif whole.text or whole.finish == "stop":  # else it was cut in its reasoning
            assert whole.text == LEAD + without.text
        if whole.finish == "stop":
            assert re.fullmatch(rest, without.text, re.DOTALL)


def test_the_models_own_tokens(tiny: Server) -> None:
    """A lead that the model would write anyway changes nothing, to the token."""
    question = "Is smoking bad for health? Answer with Yes or No"
    free = chat(tiny, question, temperature=0, logprobs=True).only
    led = chat(
        tiny, question, temperature=0, logprobs=True,
        leading_prompt=free.text[:2], include_leading_prompt=True,
    ).only  # fmt: skip
    assert led == free


def test_it_goes_on_inside_a_turn_that_has_begun(tiny: Server) -> None:
    turns = [
        {"role": "user", "content": "Count."},
        {"role": "assistant", "content": "One, two"},
    ]
    options = {"continue_final_message": True, "leading_prompt": ", thr", "temperature": 0}
    choice = chat(tiny, turns, include_leading_prompt=True, max_tokens=9, **options).only
    assert choice.text.startswith(", thr")


def test_offsets_of_a_completion(tiny: Server) -> None:
    """A hidden lead takes no room in the text."""
    options = {"leading_prompt": "Yes, ", "logprobs": 0, "max_tokens": 12, "seed": 3}
    hidden = complete(tiny, "A llama is", **options).only
    shown = complete(tiny, "A llama is", include_leading_prompt=True, **options).only
    assert shown.text == "Yes, " + hidden.text
    assert hidden.logprobs["tokens"] == shown.logprobs["tokens"]
    offsets = [max(offset - 5, 0) for offset in shown.logprobs["text_offset"]]
    assert hidden.logprobs["text_offset"] == offsets
    again = complete(tiny, "A llama is", streamed=True, **options).only
    assert (again.text, again.logprobs) == (hidden.text, hidden.logprobs)


def test_a_lead_that_is_cut(tiny: Server) -> None:
    options = {"leading_prompt": LEAD * 3, "max_tokens": 4}
    assert (chat(tiny, "Hi!", **options).only.text) == ""
    choice = chat(tiny, "Hi!", include_leading_prompt=True, **options).only
    assert (LEAD * 3).startswith(choice.text)
    assert choice.finish == "length"


def test_an_empty_lead_is_none(tiny: Server) -> None:
    options: dict[str, Any] = {"temperature": 0, "max_tokens": 20}
    assert chat(tiny, "Hi!", leading_prompt="", **options) == chat(tiny, "Hi!", **options)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"include_leading_prompt": True}, "include_leading_prompt", "needs leading_prompt"),
    ({"leading_prompt": 5}, "leading_prompt", "must be a string"),
    ({"leading_prompt": "a" * 10_001}, "leading_prompt", "at most 10000 characters"),
    (
        {"leading_prompt": "a", "tools": [WEATHER], "tool_choice": "required"},
        "leading_prompt",
        "no words to lead",
    ),
]


@pytest.mark.parametrize(("options", "param", "words"), REFUSED, ids=lambda each: str(each)[:60])
def test_refused(tiny: Server, options: dict[str, Any], param: str, words: str) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as caught:
        chat(tiny, BOSTON, **options)
    assert caught.value.param == param
