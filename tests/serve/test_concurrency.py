"""Many clients at once: none lost, and each gets what it would get alone."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from openai import AsyncOpenAI

from tests.serve.worker_stats import idle
from tests.serving import Server, eventually

QUESTIONS = [
    "Which is faster in terms of reaction speed: a cat or a dog?",
    "Is smoking bad for health? Answer with Yes or No",
    "Tell me a 200-word story about a Llama",
    "Hello!",
    "Who are you?",
    "Say something about the moon. " * 20,
]


def asks() -> list[dict[str, Any]]:
    return [
        {"messages": [{"role": "user", "content": q}], "temperature": 0, "max_tokens": n}
        for q in QUESTIONS
        for n in (8, 40, 90)
    ]


async def whole(client: AsyncOpenAI, ask: dict[str, Any]) -> str:
    answer = await client.chat.completions.create(model="tiny", **ask)
    return answer.choices[0].message.content or ""


async def stream(client: AsyncOpenAI, ask: dict[str, Any]) -> str:
    text = ""
    async for chunk in await client.chat.completions.create(model="tiny", stream=True, **ask):
        text += chunk.choices[0].delta.content or ""
    return text


async def cancelled(client: AsyncOpenAI, ask: dict[str, Any]) -> None:
    """Reads a few events of a stream, and goes away."""
    answer = await client.chat.completions.create(model="tiny", stream=True, **ask)
    async for _ in answer:
        if random.random() < 0.3:
            break
    await answer.close()


async def hundred(server: Server) -> tuple[int, int]:
    """100 mixed requests, 16 at a time; how many were answered, how many went away."""
    draw = random.Random(1)
    limit = asyncio.Semaphore(16)
    async with server.async_client() as client:
        solo = [(ask, await whole(client, ask)) for ask in asks()]

        async def one(way: Callable[[AsyncOpenAI, dict[str, Any]], Awaitable[str | None]]) -> bool:
            ask, expected = draw.choice(solo)
            async with limit:
                answer = await way(client, ask)
            assert answer in (None, expected)
            return answer is not None

        ways = draw.choices([whole, stream, cancelled], [4, 4, 2], k=100)
        answered = await asyncio.gather(*map(one, ways))
        return sum(answered), len(ways) - sum(answered)


def test_a_hundred_at_sixteen(tiny: Server) -> None:
    answered, gone = asyncio.run(hundred(tiny))
    assert answered + gone == 100
    assert gone > 5
    eventually(lambda: idle(tiny))
