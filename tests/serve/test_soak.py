"""Many clients for a while, some of which go away: none lost, nothing left behind."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from openai import AsyncOpenAI

from scripts.soak import Result, soak
from tests.serve.worker_stats import idle
from tests.serving import Server, eventually

PROMPTS = [
    "Hello!",
    "Who are you?",
    "Tell me a 200-word story about a Llama",
    "Is smoking bad for health? Answer with Yes or No",
    "Say something about the moon. " * 20,
]


@dataclass(frozen=True)
class Ask:
    """A request, chat or completion, that always has the same answer."""

    prompt: str
    max_tokens: int
    chat: bool

    async def whole(self, client: AsyncOpenAI) -> str:
        answer = await self._send(client)
        return _text(answer.choices[0])

    async def pieces(self, client: AsyncOpenAI) -> AsyncIterator[str]:
        async with await self._send(client, stream=True) as events:
            async for event in events:
                yield _text(event.choices[0])

    async def _send(self, client: AsyncOpenAI, **options: Any) -> Any:
        fixed = {"model": "tiny", "temperature": 0, "max_tokens": self.max_tokens, **options}
        if not self.chat:
            return await client.completions.create(prompt=self.prompt, **fixed)
        messages: Any = [{"role": "user", "content": self.prompt}]
        return await client.chat.completions.create(messages=messages, **fixed)


def _text(choice: Any) -> str:
    if hasattr(choice, "text"):
        return str(choice.text)
    part = choice.delta if hasattr(choice, "delta") else choice.message
    return part.content or ""


Way = Callable[[AsyncOpenAI, Ask, str], Awaitable[str]]
ASKS = [Ask(p, n, chat) for p in PROMPTS for n in (4, 30) for chat in (True, False)]


async def streamed(client: AsyncOpenAI, ask: Ask, expected: str) -> str:
    assert "".join([piece async for piece in ask.pieces(client)]) == expected
    return "answered"


async def unstreamed(client: AsyncOpenAI, ask: Ask, expected: str) -> str:
    assert await ask.whole(client) == expected
    return "answered"


async def left_after_a_while(client: AsyncOpenAI, ask: Ask, expected: str) -> str:
    """Be it in the queue, in the prompt, or in the reply; what it saw until then was right."""
    seen = ""
    try:
        async with asyncio.timeout(random.uniform(0.001, 0.5)):
            async for piece in ask.pieces(client):
                seen += piece
    except TimeoutError:
        assert expected.startswith(seen)
        return "left"
    assert seen == expected
    return "answered"


async def given_up(client: AsyncOpenAI, ask: Ask, expected: str) -> str:
    try:
        async with asyncio.timeout(random.uniform(0.001, 0.5)):
            return await unstreamed(client, ask, expected)
    except TimeoutError:
        return "left"


async def five_hundred(server: Server) -> list[str]:
    """How each of 500 requests ended, 32 at a time."""
    draw = random.Random(1)
    limit = asyncio.Semaphore(32)
    async with server.async_client() as client:
        solo = [(ask, await ask.whole(client)) for ask in ASKS]

        async def one(way: Way) -> str:
            async with limit:
                return await way(client, *draw.choice(solo))

        ways = draw.choices(
            [streamed, unstreamed, left_after_a_while, given_up], [4, 4, 2, 1], k=500
        )
        return await asyncio.gather(*map(one, ways))


def test_five_hundred_at_thirty_two(tiny: Server) -> None:
    (worker,) = tiny.workers()
    processes = [psutil.Process(tiny.process.pid), worker]
    before = {process: process.num_fds() for process in processes}
    ends = asyncio.run(five_hundred(tiny))
    assert len(ends) == 500
    assert ends.count("answered") > 300
    assert ends.count("left") > 20
    eventually(lambda: idle(tiny))
    heartbeat = 1  # a connection, which a server just started did not have yet
    eventually(lambda: all(p.num_fds() <= n + heartbeat for p, n in before.items()), 20)
    assert tiny.workers() == [worker]
    assert "Traceback" not in "".join(tiny.output)


@pytest.fixture(scope="module")
def soaked(tiny: Server) -> Result:
    return asyncio.run(soak(tiny, seconds=10, concurrency=4, every=1))


def test_a_short_soak_leaves_nothing_behind(soaked: Result) -> None:
    """scripts/soak.py, for seconds in place of minutes."""
    assert sum(soaked.counts.values()) > 20
    assert soaked.leaks(minutes=0) == []
