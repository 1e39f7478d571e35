"""Many clients at once, each held to something else: none lost, and each gets what it would get
alone."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from openai import AsyncOpenAI

from tests.serve.test_tools import BOSTON, WEATHER
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


PERSON = {
    "type": "object",
    "properties": {"age": {"type": "integer"}, "name": {"type": "string", "maxLength": 12}},
    "required": ["name", "age"],
}
OPEN = {"chat_template_kwargs": {"enable_thinking": True}}
GUIDES: list[dict[str, Any]] = [
    {"tools": [WEATHER]},
    {"tools": [WEATHER], "tool_choice": "required", "extra_body": {"dialect": "qwen-coder"}},
    {"tools": [WEATHER], "extra_body": {**OPEN, "thinking_budget": 6}},
    {"functions": [WEATHER["function"]], "function_call": {"name": "get_current_weather"}},
    {"response_format": {"type": "json_schema", "json_schema": {"name": "p", "schema": PERSON}}},
    {"extra_body": {"guided_json": PERSON, "finish": "close"}, "max_tokens": 20},
    {"extra_body": {"regex_pattern": "[a-z ]{5,50}[.]"}},
    {"extra_body": {"regex_prefix_pattern": "(Yes|No), "}},
    {"extra_body": {"grammar": 'root ::= "(" root ")" | [0-9]'}},
    {"extra_body": {"thinking_template": "<a><b>{x}</b><n>{n:int}</n></a>", "thinking_budget": 50}},
    {"extra_body": {"leading_prompt": "Well, ", "include_leading_prompt": True}},
    {"extra_body": {"recipe": "yes_no"}},
]


def asks() -> list[dict[str, Any]]:
    free: list[dict[str, Any]] = [
        {"messages": [{"role": "user", "content": q}], "temperature": 0, "max_tokens": n}
        for q in QUESTIONS
        for n in (8, 40, 90)
    ]
    hot = {"messages": [{"role": "user", "content": BOSTON}], "temperature": 1, "max_tokens": 60}
    return free + [{**hot, "seed": i, **guide} for i, guide in enumerate(GUIDES)]


def said(part: Any) -> dict[str, str]:
    """What a message or a delta says on each channel."""
    found = {"content": part.content, "reasoning": getattr(part, "reasoning_content", None)}
    functions = [call.function for call in part.tool_calls or ()]
    functions += [part.function_call] if part.function_call else []
    for key in ("name", "arguments"):
        found[key] = "".join(getattr(function, key) or "" for function in functions)
    return {channel: text or "" for channel, text in found.items()}


async def whole(client: AsyncOpenAI, ask: dict[str, Any]) -> dict[str, str]:
    answer = await client.chat.completions.create(model="tiny", **ask)
    return said(answer.choices[0].message)


async def stream(client: AsyncOpenAI, ask: dict[str, Any]) -> dict[str, str]:
    found = dict.fromkeys(("content", "reasoning", "name", "arguments"), "")
    async for chunk in await client.chat.completions.create(model="tiny", stream=True, **ask):
        for channel, text in said(chunk.choices[0].delta).items():
            found[channel] += text
    return found


async def cancelled(client: AsyncOpenAI, ask: dict[str, Any]) -> None:
    """Reads a few events of a stream, and goes away."""
    answer = await client.chat.completions.create(model="tiny", stream=True, **ask)
    async for _ in answer:
        if random.random() < 0.3:
            break
    await answer.close()


Way = Callable[[AsyncOpenAI, dict[str, Any]], Awaitable[dict[str, str] | None]]


async def hundred(server: Server) -> tuple[int, int]:
    """100 mixed requests, 16 at a time; how many were answered, how many went away."""
    draw = random.Random(1)
    limit = asyncio.Semaphore(16)
    async with server.async_client() as client:
        solo = [(ask, await whole(client, ask)) for ask in asks()]

        async def one(way: Way) -> bool:
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
