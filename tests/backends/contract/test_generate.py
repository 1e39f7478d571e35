"""What every backend owes: loading, replies, their ends, their sameness."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gallama import registry
from gallama.config.schema import ModelSpec
from gallama.errors import BackendFailure, EngineFailure, LoadError
from gallama.types import Backend, Sampling
from tests.backends.contract.conftest import MAX_SEQ_LEN, SLOTS, SPECS
from tests.backends.matchers import Breaking, Choice, Without
from tests.backends.replies import GREEDY, chat, complete, long_prompt

pytestmark = pytest.mark.anyio

QUESTIONS = ("Cat or dog?", "Is smoking bad?", "Tell me a llama story.", "What is 3 plus 4?", "Hi")


def test_every_backend_is_here() -> None:
    here = {name for name, entry in registry.BACKENDS.items() if entry.target}
    assert set(SPECS) == here


async def test_load_progress(make: Callable[[ModelSpec], Backend], spec: ModelSpec) -> None:
    seen: list[float] = []
    backend = make(spec)
    await backend.load(seen.append)
    await backend.unload()
    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert seen[-1] == 1


async def test_nothing_before_load(make: Callable[[ModelSpec], Backend], spec: ModelSpec) -> None:
    backend = make(spec)
    with pytest.raises(BackendFailure):
        backend.generate([1], GREEDY)
    assert backend.stats().running == 0


async def test_unload_ends_what_runs(backend: Backend) -> None:
    prompt = chat(backend, "Hi")
    endless = Without(backend.vocabulary.end_tokens)
    replies = backend.generate(prompt, Sampling(temperature=0), endless)
    waiting = [
        asyncio.create_task(complete(backend, prompt, Sampling(temperature=0), endless.fork()))
        for _ in range(SLOTS + 1)
    ]
    await anext(replies)
    await backend.unload()
    with pytest.raises(BackendFailure):
        _ = [step async for step in replies]
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, BackendFailure)
    with pytest.raises(BackendFailure):
        backend.generate(prompt, GREEDY)


async def test_loads_again(backend: Backend) -> None:
    prompt = chat(backend, "Hi")
    before = await complete(backend, prompt)
    await backend.unload()
    await backend.load(lambda part: None)
    assert await complete(backend, prompt) == before


@pytest.mark.parametrize("change", ["end_tokens", "chat_template"])
async def test_load_error_names_what_is_missing(
    change: str, make: Callable[[ModelSpec], Backend], spec: ModelSpec
) -> None:
    wrong = {"end_tokens": ["<|im_ende|>"], "chat_template": "/nowhere/chat.jinja"}[change]
    backend = make(replace(spec, **{change: wrong}))
    with pytest.raises(LoadError, match=r"im_ende.*did you mean|/nowhere/chat\.jinja"):
        await backend.load(lambda part: None)


async def test_spec_adds_end_tokens_and_template(
    make: Callable[[ModelSpec], Backend], spec: ModelSpec, tmp_path: Path
) -> None:
    (tmp_path / "chat.jinja").write_text("{{ messages }}")
    template = str(tmp_path / "chat.jinja")
    backend = make(replace(spec, end_tokens=["</tool_call>"], chat_template=template))
    await backend.load(lambda part: None)
    words = backend.vocabulary
    assert words.special["</tool_call>"] in words.end_tokens
    assert words.chat_template == "{{ messages }}"
    await backend.unload()


async def test_an_end_token_stops(backend: Backend) -> None:
    free = await complete(backend, chat(backend, "Hello there"), replace(GREEDY, max_tokens=8))
    end = free.tokens[3]
    stopped = await complete(
        backend,
        chat(backend, "Hello there"),
        replace(GREEDY, end_tokens=frozenset({end})),
    )
    assert stopped.finish == "stop"
    assert stopped.tokens == free.tokens[: free.tokens.index(end) + 1]


@pytest.mark.parametrize("max_tokens", [0, 1, 5])
async def test_max_tokens(backend: Backend, max_tokens: int) -> None:
    endless = Without(backend.vocabulary.end_tokens)
    sampling = replace(GREEDY, max_tokens=max_tokens)
    reply = await complete(backend, chat(backend, "Hello"), sampling, endless)
    assert (len(reply.tokens), reply.finish) == (max_tokens, "length")


async def test_an_end_token_as_the_last_one_allowed_is_a_stop(backend: Backend) -> None:
    free = await complete(backend, chat(backend, "Hello"), replace(GREEDY, max_tokens=1))
    sampling = replace(GREEDY, max_tokens=1, end_tokens=frozenset(free.tokens))
    assert (await complete(backend, chat(backend, "Hello"), sampling)).finish == "stop"


@pytest.mark.parametrize("room", [0, 1, 3])
async def test_a_full_context_is_length(backend: Backend, room: int) -> None:
    prompt = long_prompt(backend, MAX_SEQ_LEN - room)
    endless = Without(backend.vocabulary.end_tokens)
    assert backend.max_seq_len == MAX_SEQ_LEN
    for max_tokens in (None, room + 10):
        sampling = Sampling(max_tokens=max_tokens, temperature=0)
        reply = await complete(backend, prompt, sampling, endless)
        assert (len(reply.tokens), reply.finish) == (room, "length")


@pytest.mark.parametrize("prompt", [[], [1] * (MAX_SEQ_LEN + 1), [-1], [1, 10**6]])
async def test_a_prompt_that_cannot_run(backend: Backend, prompt: list[int]) -> None:
    with pytest.raises(ValueError, match="prompt"):
        backend.generate(prompt, GREEDY)
    assert backend.stats().prompt_tokens == 0


@pytest.mark.parametrize("token", [-1, 10**6])
@pytest.mark.parametrize("field", ["logit_bias", "end_tokens"])
async def test_a_token_that_is_none(backend: Backend, field: str, token: int) -> None:
    value = {token: 1.0} if field == "logit_bias" else frozenset({token})
    with pytest.raises(ValueError, match=field):
        backend.generate([1], replace(GREEDY, **{field: value}))


@pytest.mark.parametrize(
    "sampling",
    [GREEDY, Sampling(max_tokens=24, seed=7), Sampling(max_tokens=24, seed=7, top_p=0.9, top_k=40)],
    ids=["greedy", "seed", "seed and filters"],
)
async def test_the_same_alone_and_among_many(backend: Backend, sampling: Sampling) -> None:
    """More requests than slots, of all lengths: none lost, each bit for bit its solo run."""
    prompts = [chat(backend, text * n) for n in (1, 9) for text in QUESTIONS]
    prompts += [long_prompt(backend, n) for n in (1, 31, 32, 33, 300)]
    wanted = replace(sampling, top_logprobs=3)
    solo = [await complete(backend, prompt, wanted) for prompt in prompts]
    again = [await complete(backend, prompt, wanted) for prompt in prompts]
    many = await asyncio.gather(*(complete(backend, prompt, wanted) for prompt in prompts))
    assert again == solo
    assert many == solo
    stats = backend.stats()
    assert (stats.running, stats.waiting, stats.slots) == (0, 0, SLOTS)
    assert stats.prompt_tokens == 3 * sum(map(len, prompts))
    assert stats.completion_tokens == 3 * sum(len(reply.tokens) for reply in solo)


async def test_a_matcher_is_obeyed(backend: Backend) -> None:
    words = backend.vocabulary
    choices = [tuple(words.encode(text, False)) for text in ("Yes.", "No, never!", "\U0001f999")]
    for seed in range(12):
        sampling = Sampling(max_tokens=40, temperature=2, seed=seed)
        reply = await complete(backend, chat(backend, "Is it?"), sampling, Choice(*choices))
        assert reply.finish == "stop"
        assert reply.tokens[:-1] in choices
        assert reply.tokens[-1] in words.end_tokens


@pytest.mark.parametrize("after", [1, 3])
async def test_a_failing_matcher_hurts_only_its_own_reply(backend: Backend, after: int) -> None:
    prompt = chat(backend, "Tell me a llama story.")
    solo = await complete(backend, prompt)
    broken = Breaking(EngineFailure("out of memory"), after)
    *others, failed = await asyncio.gather(
        *(complete(backend, prompt) for _ in range(SLOTS)),
        complete(backend, prompt, GREEDY, broken),
        return_exceptions=True,
    )
    assert isinstance(failed, EngineFailure)
    assert others == [solo] * SLOTS
    assert backend.stats().running == 0


async def test_a_mask_that_allows_nothing_is_an_engine_failure(backend: Backend) -> None:
    nothing = Without(range(32 * len(backend.vocabulary.pieces)))
    with pytest.raises(EngineFailure):
        await complete(backend, chat(backend, "Hi"), GREEDY, nothing)
