"""What constraints cost: tokens a second of one model with and without them, against a server.

    bench = Bench("http://127.0.0.1:8000", model=None, tokens=200, rounds=5)
    for row in asyncio.run(bench.run(concurrency=8)): print(row)

Each kind of constraint is measured against free replies to the same prompt, in the same run: the
rounds go through all of them by turns, so that they see the machine in the same state.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from gallama.errors import GallamaError

QUESTION = {"role": "user", "content": "Tell me a 200-word story about a Llama"}
STORY = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "chapters": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "kind": {"enum": ["beginning", "middle", "end"]},
                    "words": {"type": "integer"},
                    "text": {"type": "string", "minLength": 20, "maxLength": 200},
                },
                "required": ["kind", "words", "text"],
                "additionalProperties": False,
            },
            "minItems": 20,
        },
    },
    "required": ["title", "chapters"],
    "additionalProperties": False,
}
TOOL = {"type": "function", "function": {"name": "save_story", "parameters": STORY}}
OFFERED = {"role": "system", "content": json.dumps(TOOL)}  # as long as the tool is in the prompt
NAMED = {"type": "json_schema", "json_schema": {"name": "story", "schema": STORY}}
TEMPLATE = """
<story>
  <title>{title}</title>
  <chapter>{text}</chapter>
  <!-- Add 4 to 40 more chapters -->
</story>
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of constraint: the fields of a request with it, and those of its free counterpart.
    `bound`: the field that says how many tokens the first may take, so that both are as long."""

    name: str
    held: dict[str, Any]
    free: dict[str, Any]
    bound: str = "max_tokens"


ALONE = {"messages": [QUESTION]}
KINDS = (
    Kind(
        "tool call",
        {**ALONE, "tools": [TOOL], "tool_choice": "required"},
        {"messages": [OFFERED, QUESTION]},
    ),
    Kind("JSON schema", {**ALONE, "response_format": NAMED}, ALONE),
    Kind(
        "thinking template",
        {**ALONE, "thinking_template": TEMPLATE, "max_tokens": 1},  # of the answer behind it
        ALONE,
        bound="thinking_budget",
    ),
)


class BenchError(GallamaError):
    """The server cannot be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Seconds to the first event and to the last; tokens of the completion."""

    first: float
    whole: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of constraint. `free` and `held`: tokens a second of all streams together, from
    request to last token; `first`: milliseconds to the first event (of a tool call: to its name),
    median; `cold`: those of the first request of all, which may have to compile."""

    kind: str
    concurrency: int
    free: float
    held: float
    free_first: float
    held_first: float
    cold: float

    @property
    def ratio(self) -> float:
        return self.held / self.free


class Bench:
    """Measures one model of the server at `url`; without `model` its first.

    A reply has `tokens` tokens at most; in each round every kind of request is made by
    `concurrency` clients at once.
    """

    def __init__(self, url: str, model: str | None, tokens: int, rounds: int) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._model = model
        self._tokens = tokens
        self._rounds = rounds

    async def run(self, concurrency: int) -> list[Row]:
        """Raises BenchError."""
        try:
            async with aiohttp.ClientSession() as session:
                self._model = self._model or await self._first_model(session)
                return await self._rows(session, concurrency)
        except aiohttp.ClientError as error:
            raise BenchError(f"no answer from {self._url}: {error}") from error

    async def _rows(self, session: aiohttp.ClientSession, concurrency: int) -> list[Row]:
        cold = [(await self._reply(session, self._held(kind))).first for kind in KINDS]
        held: list[list[Reply]] = [[] for _ in KINDS]
        free: list[list[Reply]] = [[] for _ in KINDS]
        for _ in range(self._rounds):
            for i, kind in enumerate(KINDS):
                held[i] += await self._at_once(session, self._held(kind), concurrency)
                free[i] += await self._at_once(session, self._free(kind), concurrency)
        return [
            Row(
                kind.name,
                concurrency,
                _per_second(free[i], concurrency),
                _per_second(held[i], concurrency),
                statistics.median(reply.first for reply in free[i]) * 1e3,
                statistics.median(reply.first for reply in held[i]) * 1e3,
                cold[i] * 1e3,
            )
            for i, kind in enumerate(KINDS)
        ]

    def _held(self, kind: Kind) -> dict[str, Any]:
        return {**kind.held, kind.bound: self._tokens}

    def _free(self, kind: Kind) -> dict[str, Any]:
        return {**kind.free, "max_tokens": self._tokens}

    async def _at_once(
        self, session: aiohttp.ClientSession, fields: dict[str, Any], concurrency: int
    ) -> list[Reply]:
        return await asyncio.gather(*(self._reply(session, fields) for _ in range(concurrency)))

    async def _reply(self, session: aiohttp.ClientSession, fields: dict[str, Any]) -> Reply:
        body = {
            "model": self._model,
            "temperature": 0.7,
            "stream": True,
            "stream_options": {"include_usage": True},
            **fields,
        }
        begin = time.perf_counter()
        came: list[float] = []
        tokens = 0
        async with session.post(f"{self._url}/v1/chat/completions", json=body) as answer:
            if answer.status != 200:
                raise BenchError(f"status {answer.status}: {_said(await answer.text())}")
            async for event in _events(answer):
                if error := event.get("error"):
                    raise BenchError(f"a reply broke off: {error['message']}")
                if event["choices"]:
                    came.append(time.perf_counter())
                if event.get("usage"):
                    tokens = event["usage"]["completion_tokens"]
        if not came or not tokens:
            raise BenchError("the stream of a reply has no events with choices, or no usage")
        return Reply(came[0] - begin, came[-1] - begin, tokens)

    async def _first_model(self, session: aiohttp.ClientSession) -> str:
        async with session.get(f"{self._url}/v1/models") as answer:
            models = (await answer.json())["data"]
        return str(models[0]["id"])


def _said(body: str) -> str:
    """What an answer that is no 200 says, in OpenAI's form or in any other."""
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, LookupError, TypeError):
        return body[:300]


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    async for line in answer.content:
        if line.startswith(b"data: {"):
            yield json.loads(line.removeprefix(b"data: "))


def _per_second(replies: list[Reply], concurrency: int) -> float:
    return concurrency * sum(r.tokens for r in replies) / sum(r.whole for r in replies)


HEADER = (
    f"{'at once':>7}  {'':18}{'free':>8}{'held':>8}{'ratio':>7}{'first':>9}{'held':>9}{'cold':>9}"
)


def line(row: Row) -> str:
    return (
        f"{row.concurrency:7}  {row.kind:18}{row.free:8.0f}{row.held:8.0f}{row.ratio:7.2f}"
        f"{row.free_first:6.0f} ms{row.held_first:6.0f} ms{row.cold:6.0f} ms"
    )
