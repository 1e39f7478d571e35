"""Every field of the API does what it says: asked of the shipped model, checked by an oracle.

docs/api.md says what each field means; tests/serve/test_edges.py has the edges.
"""

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import openai
import pytest
from openai.types import Completion
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from tests.serve.asking import chat, complete, post, prompt_of
from tests.serve.oracle import SLACK, allowed, log_softmax, oracle, penalised
from tests.serving import Server

STORY = "Tell me a story about a Llama."
WILD: dict[str, Any] = {"temperature": 1.5, "seed": 11, "max_tokens": 40}

# ---- what is streamed is what is not


CHATS: list[dict[str, Any]] = [
    {},
    {"n": 3},
    {"logprobs": True},
    {"logprobs": True, "top_logprobs": 3, "n": 2, "stop": ["a", "the "]},
    {"temperature": 2.0, "logprobs": True, "max_tokens": 120},
    {"presence_penalty": 1.0, "frequency_penalty": 0.5, "repetition_penalty": 1.2},
    {"top_k": 5, "top_p": 0.9, "min_p": 0.05, "typical_p": 0.9},
    {"max_completion_tokens": 1, "max_tokens": None, "logprobs": True},
    {"logit_bias": {"32": 5, "101": -100}, "temperature": 0},
]


@pytest.mark.parametrize("options", CHATS, ids=str)
def test_a_streamed_chat_says_the_same(tiny: Server, options: dict[str, Any]) -> None:
    options = {**WILD, **options}
    assert chat(tiny, STORY, True, **options) == chat(tiny, STORY, **options)


def test_the_async_client_hears_the_same(tiny: Server) -> None:
    async def heard() -> list[str]:
        texts = ["", ""]
        async with tiny.async_client() as client:
            stream = await client.chat.completions.create(
                model="tiny",
                messages=[{"role": "user", "content": STORY}],
                stream=True,
                n=2,
                **WILD,
            )
            async for chunk in stream:
                texts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
        return texts

    assert asyncio.run(heard()) == chat(tiny, STORY, n=2, **WILD).texts


COMPLETIONS: list[tuple[Any, dict[str, Any]]] = [
    ("Once", {}),
    (["Once", "Grüße, 漢字 🦙"], {"n": 2, "logprobs": 2}),
    ("Once", {"echo": True}),
    (["Once upon", "Grüße, 漢字 🦙"], {"echo": True, "logprobs": 3, "stop": "e"}),
    ("Grüße, 漢字 🦙", {"echo": True, "logprobs": 0, "max_tokens": 0}),
    ([72, 105], {"logprobs": 1, "echo": True}),
    ([[72, 105], [72]], {"best_of": 2, "n": 2}),
]


@pytest.mark.parametrize(("prompt", "options"), COMPLETIONS, ids=str)
def test_a_streamed_completion_says_the_same(
    tiny: Server, prompt: Any, options: dict[str, Any]
) -> None:
    options = {**WILD, **options}
    assert complete(tiny, prompt, True, **options) == complete(tiny, prompt, **options)


# ---- what comes is what the client's models say


@pytest.mark.parametrize("options", CHATS, ids=str)
def test_chat_answers_are_valid(tiny: Server, options: dict[str, Any]) -> None:
    body = {"model": "tiny", "messages": [{"role": "user", "content": STORY}], **WILD, **options}
    whole = raw(tiny, "/v1/chat/completions", body)
    check(ChatCompletion, whole)
    assert list(json.loads(whole)) == ["id", "object", "created", "model", "choices", "usage"]
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    *events, end = raw(tiny, "/v1/chat/completions", body).removesuffix("\n\n").split("\n\n")
    assert end == "data: [DONE]"
    for event in events:
        check(ChatCompletionChunk, event.removeprefix("data: "))


@pytest.mark.parametrize(("prompt", "options"), COMPLETIONS, ids=str)
def test_completion_answers_are_valid(tiny: Server, prompt: Any, options: dict[str, Any]) -> None:
    body = {"model": "tiny", "prompt": prompt, **WILD, **options}
    check(Completion, _as_typed(raw(tiny, "/v1/completions", body)))
    *events, end = raw(tiny, "/v1/completions", body | {"stream": True}).strip().split("\n\n")
    assert end == "data: [DONE]"
    for event in events:
        check(Completion, _as_typed(event.removeprefix("data: ")))


def _as_typed(text: str) -> str:
    """The client's types leave out two nulls that OpenAI's API has always sent: the reason of an
    end that has not come, and the probability of a prompt's first token."""
    body = json.loads(text)
    for choice in body["choices"]:
        choice["finish_reason"] = choice["finish_reason"] or "stop"
        lists = choice["logprobs"] or {"token_logprobs": [], "top_logprobs": []}
        if None in lists["token_logprobs"]:
            assert lists["token_logprobs"].index(None) == 0
            lists["token_logprobs"][0], lists["top_logprobs"][0] = 0.0, {}
    return json.dumps(body)


def check(model: Any, text: str) -> None:
    """`text` is valid, strictly, and says nothing that the client's model does not know."""
    found = model.model_validate_json(text, strict=True)
    assert _extras(found) == []


def _extras(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _extras(item)]
    if not hasattr(value, "model_extra"):
        return []
    inner = [name for item in vars(value).values() for name in _extras(item)]
    return [*(value.model_extra or {}), *inner]


def raw(server: Server, path: str, body: dict[str, Any]) -> str:
    answer = server.client._client.post(server.url + path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.text


# ---- n, seed


def test_n_choices_come_interleaved_and_the_prompt_counts_once(tiny: Server) -> None:
    one = chat(tiny, STORY, **WILD)
    three = chat(tiny, STORY, True, n=3, **WILD)
    assert three.usage.prompt_tokens == one.usage.prompt_tokens
    assert three.order != sorted(three.order), "one choice after the other"
    alone = [chat(tiny, STORY, **{**WILD, "seed": WILD["seed"] + i}) for i in range(3)]
    assert three.texts == [answer.only.text for answer in alone]
    assert three.usage.completion_tokens == sum(a.usage.completion_tokens for a in alone)
    assert len(set(three.texts)) == 3


def test_a_seed_says_the_same_whatever_runs_beside_it(tiny: Server) -> None:
    alone = chat(tiny, STORY, **WILD).only.text

    async def among_others() -> list[str]:
        async with tiny.async_client() as client:

            async def ask(seed: int) -> str:
                answer = await client.chat.completions.create(
                    model="tiny",
                    messages=[{"role": "user", "content": STORY if seed == 11 else "Hi " * seed}],
                    temperature=1.5,
                    seed=seed,
                    max_tokens=40,
                )
                return answer.choices[0].message.content or ""

            others = [asyncio.create_task(ask(seed)) for seed in range(20, 28)]
            texts = [await ask(11) for _ in range(2)]
            await asyncio.gather(*others)
            return texts

    assert asyncio.run(among_others()) == [alone, alone]


def test_without_a_seed_replies_differ(tiny: Server) -> None:
    assert len(set(chat(tiny, STORY, n=4, temperature=2, max_tokens=40).texts)) == 4


# ---- log-probabilities


@pytest.mark.parametrize("temperature", [0, 1, 2])
def test_logprobs_are_the_models_own(tiny: Server, temperature: float) -> None:
    """Whatever the sampling made of them."""
    options = {**WILD, "temperature": temperature, "top_k": 50, "frequency_penalty": 1.0}
    choice = chat(tiny, STORY, logprobs=True, top_logprobs=5, **options).only
    prompt = prompt_of(tiny, STORY)
    tokens = oracle().reply(choice.logprobs)
    truth = log_softmax(oracle().after(prompt, tokens))
    for row, token, entry in zip(truth, tokens, choice.logprobs, strict=True):
        assert entry["logprob"] == pytest.approx(row[token], abs=SLACK / 2)
        best = np.sort(row)[::-1][:5]
        assert [t["logprob"] for t in entry["top_logprobs"]] == pytest.approx(best, abs=SLACK / 2)
        for top, id in zip(
            entry["top_logprobs"], oracle().reply(entry["top_logprobs"]), strict=True
        ):
            assert row[id] == pytest.approx(top["logprob"], abs=SLACK / 2)
            if top["token"] == entry["token"]:
                assert top["logprob"] == entry["logprob"]


def test_their_bytes_are_the_text(tiny: Server) -> None:
    """Also where a reply is full of bytes that are no text, which come out as U+FFFD."""
    wild = {"temperature": 2, "logprobs": True, "max_tokens": 150}
    choices = [chat(tiny, STORY, seed=seed, **wild).only for seed in range(4)]
    for choice in choices:
        assert choice.bytes.decode("utf-8", "replace") == choice.text
    tokens = [entry for choice in choices for entry in choice.logprobs]
    assert any(entry["token"].startswith("bytes:\\x") for entry in tokens)


def test_completions_logprobs_hold_the_token_and_the_likeliest(tiny: Server) -> None:
    lists = complete(tiny, "Once", logprobs=2, **WILD).only.logprobs
    for token, logprob, top in zip(
        lists["tokens"], lists["token_logprobs"], lists["top_logprobs"], strict=True
    ):
        assert top[token] == logprob
        assert 2 <= len(top) <= 3
    bare = complete(tiny, "Once", logprobs=0, **WILD).only.logprobs
    assert [list(top) for top in bare["top_logprobs"]] == [[t] for t in bare["tokens"]]


def test_offsets_point_at_their_tokens(tiny: Server) -> None:
    prompt = "Grüße, 漢字 🦙 <|im_start|>!"
    choice = complete(tiny, prompt, logprobs=0, echo=True, **WILD).only
    lists = choice.logprobs
    assert choice.text.startswith(prompt)
    assert lists["text_offset"] == sorted(lists["text_offset"])
    for token, offset in zip(lists["tokens"], lists["text_offset"], strict=True):
        # Of a reply's tokens, those of control print nothing.
        if not (token.startswith("bytes:") or (token.startswith("<|") and offset >= len(prompt))):
            assert choice.text[offset:].startswith(token)
    starts = [
        i for i, token in enumerate(lists["tokens"]) if token == "bytes:\\xf0"
    ]  # the llama's first byte; three more begin where it does
    assert len({lists["text_offset"][starts[0] + i] for i in range(4)}) == 1


def test_a_prompt_is_scored(tiny: Server) -> None:
    """echo, logprobs and max_tokens 0: the log-probability of every token of a text."""
    prompt = "Once upon a time there was a llama. Grüße!"
    answer = complete(tiny, prompt, echo=True, logprobs=1, max_tokens=0)
    lists = answer.only.logprobs
    tokens = post(tiny, "/tokenize", prompt=prompt)["tokens"]
    rows = log_softmax(oracle().logits(tokens))
    expected = [rows[i, token] for i, token in enumerate(tokens[1:])]
    assert answer.only.text == prompt
    assert answer.only.finish == "length"
    assert lists["token_logprobs"][0] is lists["top_logprobs"][0] is None
    assert lists["token_logprobs"][1:] == pytest.approx(expected, abs=SLACK / 2)
    assert [max(top.values()) for top in lists["top_logprobs"][1:]] == pytest.approx(
        rows.max(axis=1)[:-1], abs=SLACK / 2
    )
    assert answer.usage.completion_tokens == 0


# ---- what changes the choice of tokens


PENALTIES = [
    {"presence_penalty": 2.0},
    {"frequency_penalty": 2.0},
    {"presence_penalty": -2.0},
    {"repetition_penalty": 1.5},
    {"presence_penalty": 1.0, "frequency_penalty": 0.7, "repetition_penalty": 1.1},
]


@pytest.mark.parametrize("penalties", PENALTIES, ids=str)
def test_penalties(tiny: Server, penalties: dict[str, float]) -> None:
    """At temperature 0 each token is the likeliest after the penalties, by their definition."""
    options = {"temperature": 0, "max_tokens": 60, "logprobs": True}
    choice = chat(tiny, STORY, **options, **penalties).only
    prompt, tokens = prompt_of(tiny, STORY), oracle().reply(choice.logprobs)
    for i, row in enumerate(oracle().after(prompt, tokens)):
        scores = penalised(row, prompt, tokens[:i], **penalties)
        assert scores[tokens[i]] >= scores.max() - SLACK


def test_penalties_change_the_reply(tiny: Server) -> None:
    options = {"temperature": 0, "max_tokens": 60}
    penalties = {"presence_penalty": 2.0, "frequency_penalty": 2.0, "repetition_penalty": 2.0}
    assert chat(tiny, STORY, **options, **penalties).texts != chat(tiny, STORY, **options).texts


FILTERS = [{"top_k": 2}, {"top_p": 0.5}, {"typical_p": 0.5}, {"min_p": 0.3}]


@pytest.mark.parametrize("only", FILTERS, ids=str)
def test_filters(tiny: Server, only: dict[str, Any]) -> None:
    """No token is drawn that the filter, by its definition, leaves out; without it some are."""
    options = {"temperature": 2.0, "max_tokens": 60, "logprobs": True, "seed": 5}
    prompt = prompt_of(tiny, STORY)

    def obeyed(**extra: Any) -> list[bool]:
        tokens = oracle().reply(chat(tiny, STORY, **options, **extra).only.logprobs)
        rows = oracle().after(prompt, tokens)
        return [allowed(row, t, 2.0, **only) for row, t in zip(rows, tokens, strict=True)]

    assert all(obeyed(**only))
    assert not all(obeyed())


def test_draws_follow_the_temperature(tiny: Server) -> None:
    """Of many draws from one place, the likeliest token gets its share."""
    for temperature in (0.7, 1.5):
        answer = complete(
            tiny, "O", n=128, max_tokens=1, temperature=temperature, seed=0, logprobs=0
        )
        row = oracle().logits(post(tiny, "/tokenize", prompt="O")["tokens"])[-1]
        p = float(np.exp(log_softmax(row / temperature)).max())
        best = int(row.argmax())
        token = post(tiny, "/detokenize", tokens=[best])["prompt"]
        share = sum(choice.text == token for choice in answer.choices) / 128
        assert share == pytest.approx(p, abs=4.5 * math.sqrt(p * (1 - p) / 128) + 0.01)


def test_logit_bias_bans_and_forces(tiny: Server) -> None:
    token = post(tiny, "/tokenize", prompt="Q")["tokens"][0]
    forced = chat(tiny, STORY, logit_bias={str(token): 100}, max_tokens=9, temperature=2, n=2)
    assert forced.texts == ["Q" * 9] * 2
    plain = chat(tiny, STORY, temperature=0, max_tokens=40, logprobs=True).only
    banned = {str(token): -100 for token in set(oracle().reply(plain.logprobs))}
    other = chat(tiny, STORY, temperature=2, max_tokens=80, logprobs=True, logit_bias=banned)
    drawn = oracle().reply(other.only.logprobs)
    assert drawn
    assert not {str(token) for token in drawn} & set(banned)


# ---- messages and templates


def test_the_templates_own_switch(tiny: Server) -> None:
    plain, thinking = (
        prompt_of(tiny, STORY, chat_template_kwargs={"enable_thinking": on}) for on in (False, True)
    )
    think = post(tiny, "/tokenize", prompt="<think>\n")["tokens"]
    assert thinking == plain + think
    options = {"temperature": 0, "max_tokens": 20}
    asked = chat(tiny, STORY, chat_template_kwargs={"enable_thinking": True}, **options)
    assert asked.usage.prompt_tokens == len(thinking)
    whole = complete(tiny, thinking, **options).only.text
    assert asked.only.text == whole.partition("</think>")[2].lstrip()
    unknown = chat(tiny, STORY, chat_template_kwargs={"no_template_has_this": 1}, **options)
    assert unknown == chat(tiny, STORY, **options)


def test_what_the_server_says_to_a_template_is_its_own(tiny: Server) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        chat(tiny, STORY, chat_template_kwargs={"add_generation_prompt": False})
    assert caught.value.param == "chat_template_kwargs.add_generation_prompt"


def test_a_developer_is_the_system(tiny: Server) -> None:
    user = {"role": "user", "content": "Hi"}
    developer, system = (
        prompt_of(tiny, [{"role": role, "content": "Be brief."}, user])
        for role in ("developer", "system")
    )
    assert developer == system != prompt_of(tiny, [user])


def test_content_parts_are_lines(tiny: Server) -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    as_parts = prompt_of(tiny, [{"role": "user", "content": parts}])
    assert as_parts == prompt_of(tiny, [{"role": "user", "content": "one\ntwo"}])


PREFILLS = ["The llama ", "Yes, ", "\n  - one\n  - ", "", "<|im_end|> is text, <think> too <"]


@pytest.mark.parametrize("begun", PREFILLS)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_prefilled_turn_goes_on(tiny: Server, begun: str, streamed: bool) -> None:
    turns = [{"role": "user", "content": STORY}, {"role": "assistant", "content": begun}]
    prompt = prompt_of(tiny, turns, continue_final_message=True)
    assert post(tiny, "/detokenize", tokens=prompt)["prompt"].endswith(f"assistant\n{begun}")
    options = {"temperature": 0, "max_tokens": 20}
    goes_on = chat(tiny, turns, streamed, continue_final_message=True, **options)
    assert goes_on.texts == complete(tiny, prompt, **options).texts
    assert goes_on.usage.prompt_tokens == len(prompt)


def test_otherwise_the_assistant_gets_a_new_turn(tiny: Server) -> None:
    turns = [{"role": "user", "content": STORY}, {"role": "assistant", "content": "Once"}]
    text = post(tiny, "/detokenize", tokens=prompt_of(tiny, turns))["prompt"]
    assert text.endswith("<|im_start|>assistant\nOnce<|im_end|>\n<|im_start|>assistant\n")
    without = prompt_of(tiny, turns, add_generation_prompt=False)
    text = post(tiny, "/detokenize", tokens=without)["prompt"]
    assert text.endswith("<|im_start|>assistant\nOnce<|im_end|>\n")
    options = {"temperature": 0, "max_tokens": 5}
    answer = chat(tiny, turns, add_generation_prompt=False, **options)
    assert answer.texts == complete(tiny, without, **options).texts


USER = {"role": "user", "content": "Hi"}
CALLS = {
    "role": "assistant",
    "content": "x",
    "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
BEGUN = {"role": "assistant", "content": "Hm"}

# what cannot be continued, and why
NOT_CONTINUED = [
    ([USER], {}, "the last message must be the assistant's"),
    ([USER, CALLS], {}, "only text can be continued"),
    ([USER, BEGUN], {"add_generation_prompt": True}, "give one of them"),
]


@pytest.mark.parametrize(("turns", "options", "reason"), NOT_CONTINUED)
def test_what_cannot_be_continued(
    tiny: Server, turns: list[Any], options: dict[str, Any], reason: str
) -> None:
    for ask in (chat, prompt_of):
        with pytest.raises(openai.BadRequestError, match=reason) as caught:
            ask(tiny, turns, continue_final_message=True, **options)  # type: ignore[operator]
        assert caught.value.param == "continue_final_message"


# ---- completions


def test_the_four_shapes_of_a_prompt(tiny: Server) -> None:
    text, other = "Once upon a time", "The llama"
    ids, more = (post(tiny, "/tokenize", prompt=p)["tokens"] for p in (text, other))
    options = {"temperature": 0, "max_tokens": 12}
    one = complete(tiny, text, **options)
    assert complete(tiny, [text], **options) == complete(tiny, ids, **options) == one
    two = complete(tiny, [text, other], **options)
    assert two == complete(tiny, [ids, more], **options)
    assert two.texts == [*one.texts, *complete(tiny, other, **options).texts]
    assert two.usage.prompt_tokens == len(ids) + len(more)


def test_n_replies_to_each_prompt(tiny: Server) -> None:
    both = complete(tiny, ["Once", "The llama"], n=2, **WILD)
    each = [complete(tiny, prompt, n=2, **WILD) for prompt in ("Once", "The llama")]
    assert both.texts == [text for answer in each for text in answer.texts]
    assert both.usage.prompt_tokens == sum(answer.usage.prompt_tokens for answer in each)


def test_best_of_ranks_by_the_mean_logprob(tiny: Server) -> None:
    options = {**WILD, "max_tokens": 12, "prompt": "Once"}
    candidates = complete(tiny, n=6, logprobs=0, **options)

    def mean(i: int) -> float:
        values = candidates.choices[i].logprobs["token_logprobs"]
        return sum(values) / len(values) if values else -math.inf

    ranked = sorted(range(6), key=mean, reverse=True)
    best = complete(tiny, n=2, best_of=6, **options)
    assert best.texts == [candidates.texts[i] for i in ranked[:2]]
    assert best.usage == candidates.usage, "candidates that lost were drawn, too"
    with_logprobs = complete(tiny, best_of=6, logprobs=0, **options)
    assert with_logprobs.only == candidates.choices[ranked[0]]


REFUSED_COMPLETIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"suffix": "end"}, "suffix", "vocabulary has no fill-in-the-middle tokens"),
    ({"suffix": "end", "echo": True}, "suffix", "does not go with echo"),
    ({"suffix": "end", "prompt": [1, 2]}, "suffix", "prompts that are strings"),
    ({"best_of": 1, "n": 2}, "best_of", "at least n"),
    ({"best_of": 2, "stream": True}, "best_of", "cannot be streamed"),
    ({"prompt": [1, 99999]}, "prompt", "99999 is no token id"),
    ({"prompt": [[1], [99999]]}, "prompt[1]", "99999 is no token id"),
    ({"prompt": ""}, "prompt", "empty"),
    ({"logit_bias": {"99999": 1}}, "logit_bias.99999", "no token id"),
    ({"logit_bias": {"05": 1}}, "logit_bias.05", "no token id"),
    ({"stop": ["x" * 50_001] * 2}, "stop", "at most 100000 characters"),
    ({"stream_options": {}}, "stream_options", "needs 'stream': true"),
]


@pytest.mark.parametrize(("options", "param", "words"), REFUSED_COMPLETIONS)
def test_refused_by_name(tiny: Server, options: dict[str, Any], param: str, words: str) -> None:
    options = {"model": "tiny", "prompt": "Once", **options}
    with pytest.raises(openai.BadRequestError, match=words) as caught:
        tiny.client.completions.create(**options)
    assert caught.value.param == param


def test_logprobs_come_together(tiny: Server) -> None:
    with pytest.raises(openai.BadRequestError, match="needs 'logprobs': true") as caught:
        chat(tiny, STORY, top_logprobs=2)
    assert caught.value.param == "top_logprobs"
    assert chat(tiny, STORY, top_logprobs=0, logprobs=False, max_tokens=1).only.logprobs is None


# ---- usage


USAGES: list[Callable[[Server, bool], Any]] = [
    lambda server, streamed: chat(server, STORY, streamed, **WILD, logprobs=True),
    lambda server, streamed: chat(server, STORY, streamed, temperature=0, logprobs=True),
]


@pytest.mark.parametrize("ask", USAGES)
@pytest.mark.parametrize("streamed", [False, True])
def test_usage_is_exact(tiny: Server, ask: Callable[[Server, bool], Any], streamed: bool) -> None:
    """A reply's tokens and, if one ended it, its end token."""
    answer = ask(tiny, streamed)
    usage = answer.usage
    assert usage.prompt_tokens == len(prompt_of(tiny, STORY))
    ended = answer.only.finish == "stop"
    assert usage.completion_tokens == len(answer.only.logprobs) + ended
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
