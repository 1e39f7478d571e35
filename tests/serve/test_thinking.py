"""Thinking in the form of a template: its text in `reasoning_content`, its fields in `thinking`.

Sampled hot, so that the model would leave the form if it could.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import openai
import pytest

from tests.serve.conftest import TINY
from tests.serve.test_tools import WEATHER
from tests.serving import Server, running

TEMPLATE = """<plan>
  <goal>{goal:regex([a-z ]{1,9})}</goal>
  <step n="{n:int}">{what:regex([a-z]{0,4})}<done>{done:bool}</done></step>
  <!-- add 0-2 more -->
  <cost>{cost:number}</cost>
</plan>"""
INSIDE = {"chat_template_kwargs": {"enable_thinking": True}}
SIZE = {"type": "json_schema", "json_schema": {"name": "s", "schema": {"enum": ["big", "é"]}}}


@dataclass
class Answer:
    """One choice, whole."""

    content: str = ""
    reasoning: str | None = None
    thinking: Any = None
    calls: list[list[str]] = field(default_factory=list)
    finish: str | None = None


def ask(server: Server, **options: Any) -> Answer:
    """Streamed and not, which must be the same."""
    known = ("tools", "tool_choice", "response_format", "stop", "seed", "temperature", "max_tokens")
    extra = {name: value for name, value in options.items() if name not in known}
    arguments: Any = {
        "model": "tiny",
        "messages": [{"role": "user", "content": "How big is Oslo?"}],
        "temperature": 2.0,
        "max_tokens": 300,
        "seed": 5,
        **{name: value for name, value in options.items() if name in known},
        "extra_body": {"thinking_template": TEMPLATE, **extra},
    }
    create = server.client.chat.completions.create
    choice = create(**arguments).choices[0]
    found = vars(choice.message) | (choice.message.model_extra or {})
    calls = [[c.function.name, c.function.arguments] for c in found["tool_calls"] or []]
    whole = Answer(
        found["content"] or "",
        found.get("reasoning_content"),
        found.get("thinking"),
        calls,
        choice.finish_reason,
    )
    assert streamed(create(stream=True, **arguments)) == whole
    return whole


def streamed(events: Any) -> Answer:
    answer = Answer()
    for event in events:
        (choice,) = event.choices
        assert answer.finish is None
        answer.finish = choice.finish_reason
        answer.content += choice.delta.content or ""
        extra = choice.delta.model_extra or {}
        if "reasoning_content" in extra:
            answer.reasoning = (answer.reasoning or "") + extra["reasoning_content"]
        if "thinking" in extra:
            assert answer.finish is not None  # in the last event
            answer.thinking = extra["thinking"]
        for call in choice.delta.tool_calls or []:
            if call.function.name:
                answer.calls.append([call.function.name, ""])
            answer.calls[call.index][1] += call.function.arguments
    return answer


def says(tree: Any, text: str) -> None:
    """The fields are what the text, read as XML, has."""
    root = ElementTree.fromstring(text)
    assert tree["goal"] == root.findtext("goal")
    assert tree["cost"] == float(root.findtext("cost") or "")
    steps = [
        {"n": int(step.attrib["n"]), "what": step.text or "", "done": step.findtext("done")}
        for step in root.findall("step")
    ]
    assert tree["step"] == [{**step, "done": step["done"] == "true"} for step in steps]


@pytest.fixture(params=["tiny", "formatron"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


# what else is asked for, and what the content is then
ASKED: list[tuple[dict[str, Any], str]] = [
    ({}, ".*"),
    (INSIDE, ".*"),
    ({"guided_regex": "[0-9]+ km"}, "[0-9]+ km"),
    ({**INSIDE, "response_format": SIZE}, '"big"|"é"'),
    ({"tools": [WEATHER], "response_format": SIZE}, '"big"|"é"'),
    ({**INSIDE, "tools": [WEATHER], "guided_regex": "a{3}", "stop": ["aa"]}, ""),
    ({"stop": ["goal", "<"], "guided_regex": "[a-z]{3}"}, "[a-z]{3}"),
    ({"leading_prompt": "é", "guided_regex": "[a-z]{3}"}, "[a-z]{3}"),
]


@pytest.mark.parametrize(("options", "words"), ASKED, ids=str)
def test_fields(server: Server, options: dict[str, Any], words: str) -> None:
    """Native reasoning is off: nothing stands around the template, and no other tag opens."""
    answer = ask(server, finish="close", **options)
    assert answer.reasoning is not None
    says(answer.thinking, answer.reasoning)
    assert re.fullmatch("" if answer.calls else words, answer.content, re.DOTALL)
    assert "<think>" not in answer.content


@pytest.mark.parametrize("options", [{}, INSIDE], ids=str)
def test_then_a_call(server: Server, options: dict[str, Any]) -> None:
    answer = ask(server, tools=[WEATHER], tool_choice="required", finish="close", **options)
    assert answer.content == ""
    says(answer.thinking, answer.reasoning or "")
    assert answer.calls[0][0] == "get_current_weather"
    assert json.loads(answer.calls[0][1])["location"] is not None


def test_in_the_content_if_asked_for(server: Server) -> None:
    options: dict[str, Any] = {"guided_regex": "[a-z]{3}", "stop": ["goal"]}
    bare = ask(server, **options)
    shown = ask(server, include_thinking=True, **options)
    assert shown.content == f"{bare.reasoning}\n\n{bare.content}"
    assert (shown.reasoning, shown.thinking) == (bare.reasoning, bare.thinking)
    led = ask(server, include_thinking=True, leading_prompt="é ", include_leading_prompt=True)
    assert led.content.startswith(f"{led.reasoning}\n\né ")


def test_max_tokens_cuts_the_answer_and_not_the_template(server: Server) -> None:
    answer = ask(server, max_tokens=2)
    says(answer.thinking, answer.reasoning or "")
    assert answer.finish == "length"
    shown = ask(server, max_tokens=2, include_thinking=True)
    assert shown.content.startswith(answer.reasoning or "no reasoning")


def test_an_answer_may_be_sent_back(tiny: Server) -> None:
    """As the client has it, `thinking` and all."""
    create = tiny.client.chat.completions.create
    messages: list[Any] = [{"role": "user", "content": "How big is Oslo?"}]
    options: Any = {"model": "tiny", "temperature": 0, "max_tokens": 200}
    first = create(messages=messages, **options, extra_body={"thinking_template": "<a>{x:int}</a>"})
    messages += [first.choices[0].message, {"role": "user", "content": "And Rome?"}]
    assert create(messages=messages, **options).choices[0].finish_reason


def test_without_tags_of_its_own() -> None:
    """A model whose chat template knows of no reasoning has none put around the template."""
    with running(*TINY, "models.tiny.dialect=mistral-args") as server:
        answer = ask(server, guided_regex="[a-z]{3}")
        says(answer.thinking, answer.reasoning or "")
        assert re.fullmatch("[a-z]{3}", answer.content)


def test_nothing_to_show(tiny: Server) -> None:
    with pytest.raises(openai.BadRequestError, match="needs thinking_template") as caught:
        ask(tiny, include_thinking=True, thinking_template=None)
    assert caught.value.param == "include_thinking"
