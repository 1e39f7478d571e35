"""A reply that nobody reads any more costs nothing, and harms none beside it."""

import asyncio

import pytest

from gallama.types import Backend, Sampling
from tests.backends.contract.conftest import MAX_SEQ_LEN, SLOTS
from tests.backends.matchers import Without
from tests.backends.replies import chat, complete, long_prompt, until

pytestmark = pytest.mark.anyio

LONG = Sampling(max_tokens=200, temperature=0)


def idle(backend: Backend) -> bool:
    stats = backend.stats()
    return stats.running == 0 and stats.waiting == 0


def endless(backend: Backend) -> Without:
    return Without(backend.vocabulary.end_tokens)


async def test_mid_decode(backend: Backend) -> None:
    prompt = chat(backend, "Tell me a llama story.")
    solo = await complete(backend, prompt, LONG, endless(backend))
    other = asyncio.create_task(complete(backend, prompt, LONG, endless(backend)))
    dropped = backend.generate(prompt, LONG, endless(backend))
    for _ in range(3):
        await anext(dropped)
    await dropped.aclose()
    await until(lambda: backend.stats().running <= 1)
    assert await other == solo
    assert idle(backend)
    assert backend.stats().completion_tokens < 3 * len(solo.tokens)


async def test_mid_prefill(backend: Backend) -> None:
    short = chat(backend, "Hi")
    solo = await complete(backend, short)
    reading = asyncio.create_task(complete(backend, long_prompt(backend, MAX_SEQ_LEN - 5)))
    await until(lambda: backend.stats().running == 1)
    other = asyncio.create_task(complete(backend, short))
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await other == solo
    await until(lambda: idle(backend))


async def test_while_waiting(backend: Backend) -> None:
    prompt = chat(backend, "Hi")
    running = [
        asyncio.create_task(complete(backend, prompt, LONG, endless(backend))) for _ in range(SLOTS)
    ]
    await until(lambda: backend.stats().running == SLOTS)
    waiting = asyncio.create_task(complete(backend, prompt, LONG))
    await until(lambda: backend.stats().waiting == 1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert backend.stats().waiting == 0
    replies = await asyncio.gather(*running)
    assert replies == [replies[0]] * SLOTS
    assert backend.stats().prompt_tokens == SLOTS * len(prompt)


async def test_before_the_first_step_is_asked_for(backend: Backend) -> None:
    await backend.generate(chat(backend, "Hi"), LONG).aclose()
    assert backend.stats().prompt_tokens == 0
    assert idle(backend)


async def test_a_slot_that_was_cancelled_starts_clean(backend: Backend) -> None:
    prompt = chat(backend, "What is 3 plus 4?")
    solo = await complete(backend, prompt)
    for n_steps in (1, 2, 5):
        dropped = [backend.generate(prompt, LONG, endless(backend)) for _ in range(SLOTS)]
        for reply in dropped:
            for _ in range(n_steps):
                await anext(reply)
        for reply in dropped:
            await reply.aclose()
        assert await asyncio.gather(*(complete(backend, prompt) for _ in range(5))) == [solo] * 5
