"""Log-probabilities are of the model's own distribution, whatever bends the draw."""

import math
from dataclasses import replace

import pytest

from gallama.types import Backend, Sampling, TokenLogprob
from tests.backends.matchers import Choice
from tests.backends.replies import GREEDY, chat, complete

pytestmark = pytest.mark.anyio


async def test_none_unless_asked_for(backend: Backend) -> None:
    reply = await complete(backend, chat(backend, "Hi"))
    assert (reply.logprobs, reply.prompt_logprobs) == ((), ())


@pytest.mark.parametrize("top", [0, 1, 5])
async def test_one_for_each_token_best_first(backend: Backend, top: int) -> None:
    reply = await complete(backend, chat(backend, "Hi"), replace(GREEDY, top_logprobs=top))
    assert [entry.token for entry in reply.logprobs] == list(reply.tokens)
    for entry in reply.logprobs:
        values = [value for _, value in entry.top]
        assert len(values) == top
        assert values == sorted(values, reverse=True)
        assert sum(map(math.exp, values)) <= 1 + 1e-6
        assert entry.logprob <= 0
        assert entry.top[:1] in ((), ((entry.token, entry.logprob),))  # greedy


async def test_all_of_them_make_one(backend: Backend) -> None:
    everything = replace(GREEDY, max_tokens=3, top_logprobs=len(backend.vocabulary.pieces))
    for entry in (await complete(backend, chat(backend, "Hi"), everything)).logprobs:
        assert math.fsum(math.exp(value) for _, value in entry.top) == pytest.approx(1, abs=1e-5)


async def test_of_the_raw_distribution(backend: Backend) -> None:
    """Neither temperature, penalties, bias, filters nor a grammar change what is reported."""
    prompt = chat(backend, "Hi")
    plain = Sampling(max_tokens=1, temperature=0, top_logprobs=4)
    bent = Sampling(
        max_tokens=1,
        temperature=1.7,
        top_k=3,
        top_p=0.5,
        repetition_penalty=1.5,
        presence_penalty=1,
        frequency_penalty=1,
        logit_bias={65: 5.0},
        seed=1,
        top_logprobs=4,
    )
    tops = {(await complete(backend, prompt, s)).logprobs[0].top for s in (plain, bent)}
    masked = await complete(backend, prompt, plain, Choice((65, 66)))
    assert {*tops, masked.logprobs[0].top} == tops
    assert len(tops) == 1
    assert masked.tokens == (65,)


@pytest.mark.parametrize("max_tokens", [0, 2])
async def test_of_the_prompt(backend: Backend, max_tokens: int) -> None:
    prompt = chat(backend, "Tell me a story about a llama that went to the sea. " * 3)
    sampling = Sampling(max_tokens=max_tokens, temperature=0, top_logprobs=2, prompt_logprobs=True)
    reply = await complete(backend, prompt, sampling)
    assert [entry.token for entry in reply.prompt_logprobs] == prompt[1:]
    assert all(len(entry.top) == 2 and entry.logprob <= 0 for entry in reply.prompt_logprobs)
    assert len(reply.tokens) == max_tokens
    bare = await complete(backend, prompt, replace(sampling, top_logprobs=None))
    assert bare.prompt_logprobs == tuple(
        TokenLogprob(entry.token, entry.logprob) for entry in reply.prompt_logprobs
    )
