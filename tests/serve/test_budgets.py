"""Budgets, with the official client: thinking ends in time, and max_tokens closes what is asked."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from jsonschema import Draft202012Validator

from tests.serve.conftest import TINY
from tests.serve.examples import APPLES, TEMPLATE, WEATHER
from tests.serving import Server, running

LEGS = "How many legs does a dog have?"
OPEN = {"chat_template_kwargs": {"enable_thinking": True}}
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 18},
        "likes": {"type": "array", "items": {"enum": ["tea", "hay"]}, "minItems": 1},
    },
    "required": ["likes", "name"],
    "additionalProperties": False,
}
VALID = Draft202012Validator(PERSON).is_valid
LOCATION = Draft202012Validator(WEATHER["function"]["parameters"]).is_valid


@pytest.fixture(scope="module", params=["llguidance", "formatron"])
def server(request: pytest.FixtureRequest, tiny: Server) -> Iterator[Server]:
    if request.param == "llguidance":
        yield tiny
        return
    with running(*TINY, "models.tiny.engine=formatron") as server:
        yield server


def ask(server: Server, content: str, stream: bool = False, **options: Any) -> dict[str, Any]:
    """What the choices say, why they end, and the usage."""
    options = {"model": "tiny", "messages": [{"role": "user", "content": content}], **options}
    create = server.client.chat.completions.create
    if not stream:
        answer = create(**options)
        told = [(c.message, c.finish_reason) for c in answer.choices]
        return {
            "said": [(m.content or "", getattr(m, "reasoning_content", ""), e) for m, e in told],
            "calls": [c.function.arguments for m, _ in told for c in m.tool_calls or ()],
            "usage": answer.usage.model_dump(),
        }
    said: dict[int, list[Any]] = {}
    calls: dict[tuple[int, int], str] = {}
    *events, last = create(stream=True, stream_options={"include_usage": True}, **options)
    for (choice,) in (event.choices for event in events):
        one = said.setdefault(choice.index, ["", "", None])
        one[0] += choice.delta.content or ""
        one[1] += getattr(choice.delta, "reasoning_content", "") or ""
        one[2] = choice.finish_reason or one[2]
        for call in choice.delta.tool_calls or ():
            key = choice.index, call.index
            calls[key] = calls.get(key, "") + (call.function.arguments or "")
    return {
        "said": [tuple(said[i]) for i in sorted(said)],
        "calls": list(calls.values()),
        "usage": last.usage.model_dump(),
    }


def both(server: Server, content: str, **options: Any) -> dict[str, Any]:
    """Streamed and not, which must be the same."""
    answer = ask(server, content, **options)
    assert ask(server, content, stream=True, **options) == answer
    return answer


def reasoned(answer: dict[str, Any]) -> int:
    tokens: int = answer["usage"]["completion_tokens_details"]["reasoning_tokens"]
    return tokens


def test_the_readme_s_thinking(server: Server) -> None:
    """max_tokens, here 200, is for the answer."""
    extra = {"thinking_template": TEMPLATE}
    for limit in (200, 3):
        answer = both(server, APPLES, temperature=0.1, seed=1, max_tokens=limit, extra_body=extra)
        ((content, thinking, end),) = answer["said"]
        assert content
        assert thinking.endswith("</final_answer>\n</chain_of_thought>")
        assert reasoned(answer) > 60
        assert answer["usage"]["completion_tokens"] - reasoned(answer) <= limit + 3  # the tags
        assert end == ("stop" if limit == 200 else "length")


@pytest.mark.parametrize("budget", [8, 14])
def test_a_template_is_closed_in_time(server: Server, budget: int) -> None:
    extra = {"thinking_template": "<p>{x}</p>", "thinking_budget": budget}
    answer = both(server, APPLES, temperature=1, seed=5, n=3, max_tokens=100, extra_body=extra)
    for content, thinking, _ in answer["said"]:
        assert re.fullmatch("<p>.*</p>", thinking, re.DOTALL)
        assert content
    assert 3 * 7 <= reasoned(answer) <= 3 * budget


def test_reasoning_is_closed_in_time(server: Server) -> None:
    options: Any = {"temperature": 0}
    whole = both(server, LEGS, extra_body=OPEN, **options)
    assert whole["said"][0][:2] == ("A dog has four legs.", "This is a simple question.\n")
    assert reasoned(whole) == 9
    for budget in (1, 3, 8):
        answer = both(server, LEGS, extra_body={**OPEN, "thinking_budget": budget}, **options)
        ((content, thinking, end),) = answer["said"]
        assert reasoned(answer) == budget
        assert "This is a simple question.".startswith(thinking)
        assert content
        assert end == "stop"


def test_efforts(tiny: Server) -> None:
    """ "none" is told to the template; where the reasoning is open anyway, it is closed at once."""
    for extra, effort, tokens in (({}, "none", 0), (OPEN, "none", 1), (OPEN, "low", 9)):
        answer = both(tiny, LEGS, temperature=0, reasoning_effort=effort, extra_body=extra)
        assert reasoned(answer) == tokens
    extra = {"thinking_budget": 3, **OPEN}
    assert reasoned(ask(tiny, LEGS, temperature=0, reasoning_effort="high", extra_body=extra)) == 3


def fewest(server: Server, **options: Any) -> int:
    """The least max_tokens, as the refusal of too few says it."""
    with pytest.raises(openai.BadRequestError) as caught:
        ask(server, "Who?", max_tokens=1, **options)
    assert caught.value.param == "max_tokens"
    found = re.search(r"give at least (\d+)", str(caught.value))
    assert found
    return int(found[1])


def test_an_object_is_closed_at_every_number_of_tokens(server: Server) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "p", "schema": PERSON}}
    options: Any = {"response_format": form, "extra_body": {"finish": "close"}}
    least = fewest(server, **options)
    ends: set[str] = set()
    for limit in range(least, least + 24):
        answer = ask(
            server, "Who?", limit % 2 == 0, max_tokens=limit, n=2, temperature=1.5, seed=limit,
            **options,
        )  # fmt: skip
        assert answer["usage"]["completion_tokens"] <= 2 * limit
        for content, _, end in answer["said"]:
            assert VALID(json.loads(content))
            ends.add(end)
    assert "length" in ends
    cut = ask(server, "Who?", max_tokens=least, temperature=1.5, response_format=form)
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut["said"][0][0])


def test_a_call_is_closed(server: Server) -> None:
    """... and said to be cut all the same."""
    options: Any = {"tools": [WEATHER], "tool_choice": "required"}
    least = fewest(server, extra_body={"finish": "close"}, **options)
    for limit in (least, least + 3):
        answer = both(
            server, "Weather?", max_tokens=limit, temperature=2, seed=limit,
            extra_body={"finish": "close"}, **options,
        )  # fmt: skip
        assert all(LOCATION(json.loads(arguments)) for arguments in answer["calls"])
        assert answer["calls"]
        assert answer["said"][0][2] == "length"


def test_thinking_and_an_object(server: Server) -> None:
    """Native reasoning counts for max_tokens, so both are closed."""
    options: Any = {"extra_body": {**OPEN, "finish": "close", "guided_json": PERSON}}
    least = fewest(server, **options)
    for limit in (least, least + 2, least + 30):
        answer = both(server, LEGS, max_tokens=limit, temperature=1.5, seed=limit, **options)
        assert VALID(json.loads(answer["said"][0][0]))
        assert answer["usage"]["completion_tokens"] <= limit


def test_a_completion_is_closed(tiny: Server) -> None:
    answer = tiny.client.completions.create(
        model="tiny", prompt="A person:", max_tokens=30, temperature=1.5, n=3, seed=1,
        extra_body={"finish": "close", "guided_json": PERSON},
    )  # fmt: skip
    assert all(VALID(json.loads(choice.text)) for choice in answer.choices)


def test_text_without_a_form_is_cut(tiny: Server) -> None:
    answers = [
        ask(tiny, APPLES, temperature=0, max_tokens=4, extra_body={"finish": finish})
        for finish in ("cut", "close")
    ]
    assert answers[0] == answers[1]
    assert answers[0]["said"][0][2] == "length"


def test_many_at_once_get_what_each_gets_alone(server: Server) -> None:
    def one(seed: int) -> dict[str, Any]:
        extra: dict[str, Any] = {"finish": "close", "guided_json": PERSON}
        if seed % 2:
            extra |= {"thinking_template": "<p>{x}</p>", "thinking_budget": 9}
        return ask(
            server, "Who?", seed % 3 == 0, max_tokens=30, temperature=1.5, seed=seed,
            extra_body=extra,
        )  # fmt: skip

    alone = [one(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(8))) == alone
    assert all(VALID(json.loads(answer["said"][0][0])) for answer in alone)


def test_tokens_that_are_forced_have_probabilities(server: Server) -> None:
    choice = server.client.chat.completions.create(
        model="tiny", messages=[{"role": "user", "content": "Who?"}], max_tokens=20, seed=1,
        temperature=1.5, logprobs=True, extra_body={"finish": "close", "guided_json": PERSON},
    ).choices[0]  # fmt: skip
    assert choice.logprobs is not None
    entries = choice.logprobs.content or []
    assert (
        b"".join(bytes(entry.bytes or ()) for entry in entries).decode() == choice.message.content
    )
    assert choice.finish_reason == "length"


LONG = {"type": "object", "properties": {"a": {"minLength": 3000, "type": "string"}}}
# what is wrong, the field, and words of the answer
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"extra_body": {"thinking_budget": -1}}, "thinking_budget", "greater than or equal to 0"),
    ({"extra_body": {"thinking_budget": "8"}}, "thinking_budget", "must be a whole number"),
    ({"extra_body": {"thinking_budget": 2**31}}, "thinking_budget", "less than"),
    ({"reasoning_effort": "hard"}, "reasoning_effort", "'none', 'minimal', 'low'"),
    ({"extra_body": {"finish": "never"}}, "finish", "'cut' or 'close'"),
    (
        {"extra_body": {"thinking_template": TEMPLATE, "thinking_budget": 8}},
        "thinking_budget",
        "8 tokens do not suffice for the shortest thinking: give at least 69.",
    ),
    (
        {"extra_body": {"thinking_template": "<p>{x}</p>", "thinking_budget": 0}},
        "thinking_budget",
        "give at least 7.",
    ),
    (
        {"extra_body": {"thinking_template": "<p>{x}</p>"}, "reasoning_effort": "none"},
        "reasoning_effort",
        "give at least 7.",
    ),
    (
        {"extra_body": {"thinking_template": "<p>{x}</p>", "thinking_budget": 3000}},
        "messages",
        "thinking_budget for 3000 more",
    ),
    (
        {"extra_body": {"thinking_template": TEMPLATE}, "max_tokens": 1990},
        "messages",
        "tokens left for the shortest thinking, which takes 69",
    ),
    (
        {"extra_body": {"finish": "close", "guided_json": PERSON}, "max_tokens": 0},
        "max_tokens",
        "0 tokens do not suffice for the shortest reply",
    ),
    (
        {"extra_body": {"finish": "close", "guided_json": {**LONG, "required": ["a"]}}},
        "messages",
        "tokens left for the shortest reply",
    ),
]


@pytest.mark.parametrize(("options", "param", "words"), REFUSED, ids=str)
def test_what_cannot_be_kept_is_refused(
    tiny: Server, options: dict[str, Any], param: str, words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(tiny, LEGS, **options)
    assert caught.value.param == param
    assert words in str(caught.value)
