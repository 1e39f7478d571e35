"""Tool calls of a model that knows nothing, sampled hot: is every one that ends a valid call?

    python -m tests.conformance.hot_calls [--data FILE] [--tools 100] [--requests 1000]
        [--engine llguidance|formatron] [--dialect NAME] [--show]

The shipped model with its weights shuffled, at temperature 2, with no token switched off, behind
`gallama run`. Each request offers one to three tools of a hundred (schemas of the data's function
calls, or of TOOLS where no data is given); tool_choice and parallel_tool_calls go by turns; every
request is made twice, streamed and not.

A model without knowledge would end a text once in two thousand tokens. So that most replies end
before max_tokens, `logit_bias` makes the tokens that close strings, objects, calls and replies
likelier, and nothing else: about as likely as they are in text that means something.

A reply that says "length" is counted apart. Of every other, the arguments of all calls must parse
(no key twice) and be valid under the tool's schema; the calls must be such as tool_choice allows;
the content must have nothing of a call's surface; and what is streamed must be what is not.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openai import APIStatusError, AsyncOpenAI

from compilers.frontends.surface import Surface, split
from gallama.config import compose
from tests import random_weights
from tests.conformance import judge
from tests.conformance.tool_schemas import TOOLS
from tests.serving import Server, home, running

Tool = dict[str, Any]

CONCURRENT = 8
MAX_TOKENS = 1500
ASKED = "Do something."

CLOSING = (
    '"', '",', '"}', "}", "]", '"]', "</", "</think>", "<tool_call>", "</tool_call>", "<|im_end|>",
)  # fmt: skip
BIAS = 9.0  # at temperature 2: about 90 times as likely


@dataclass(frozen=True)
class Asked:
    """One request, but for how it is delivered."""

    tools: list[Tool]
    tool_choice: Any
    parallel: bool
    seed: int

    def fields(self) -> dict[str, Any]:
        return {
            "tools": self.tools,
            "tool_choice": self.tool_choice,
            "parallel_tool_calls": self.parallel,
            "seed": self.seed,
        }


@dataclass
class Said:
    """A reply: names and arguments of its calls, its words, its reasoning, why it ended."""

    calls: list[list[str]] = field(default_factory=list)
    words: str = ""
    thought: str = ""
    finish: str = ""


def asked(tools: Sequence[Tool], count: int) -> Iterator[Asked]:
    """Requests over all the tools, the same for each run."""
    draw = random.Random(1)
    for i in range(count):
        # Ten requests in a row have the same tools, and so two at most the same grammar.
        if i % 10 == 0:
            offered = [tools[i // 10 % len(tools)], *draw.sample(list(tools), draw.randrange(3))]
            offered = list({tool["function"]["name"]: tool for tool in offered}.values())
        named = {"type": "function", "function": {"name": offered[0]["function"]["name"]}}
        choice = ("auto", "required", named)[i % 3]
        yield Asked(offered, choice, parallel=i % 2 == 0, seed=i)


# --- one reply, in two ways


async def whole(client: AsyncOpenAI, request: dict[str, Any]) -> Said:
    choice = (await client.chat.completions.create(**request)).choices[0]
    calls = [[c.function.name, c.function.arguments] for c in choice.message.tool_calls or []]
    thought = getattr(choice.message, "reasoning_content", "")
    return Said(calls, choice.message.content or "", thought, choice.finish_reason)


async def streamed(client: AsyncOpenAI, request: dict[str, Any]) -> Said:
    said = Said()
    async for event in await client.chat.completions.create(stream=True, **request):
        (choice,) = event.choices
        assert not said.finish, "an event after the end"
        said.words += choice.delta.content or ""
        said.thought += getattr(choice.delta, "reasoning_content", "")
        said.finish = choice.finish_reason or ""
        for part in choice.delta.tool_calls or []:
            if part.index == len(said.calls):
                assert part.id
                assert part.type == "function"
                said.calls.append([part.function.name, ""])
            assert part.index == len(said.calls) - 1, "a call that goes on after the next began"
            said.calls[-1][1] += part.function.arguments or ""
    return said


# --- judging


def faults(request: Asked, said: Said, surface: Surface) -> list[str]:
    """What is wrong with a reply that was not cut."""
    found = []
    schemas = {t["function"]["name"]: t["function"].get("parameters", {}) for t in request.tools}
    for name, arguments in said.calls:
        try:
            value = judge.read(arguments)
        except ValueError as error:
            found.append(f"arguments do not parse: {error}: {arguments[:200]!r}")
            continue
        if name not in schemas:
            found.append(f"calls {name!r}, which was not offered")
        elif not isinstance(value, dict):
            found.append(f"arguments are no object: {arguments[:200]!r}")
        elif names := judge.twice(value):
            found.append(f"names that stand twice: {sorted(names)}: {arguments[:200]!r}")
        elif error := judge.Judge(schemas[name]).fault(value):
            found.append(f"{name}: {error}: {arguments[:200]!r}")
    return found + _wrong_count(request, said) + leaks(said.words, surface)


def _wrong_count(request: Asked, said: Said) -> list[str]:
    n, found = len(said.calls), []
    if said.finish != ("tool_calls" if n else "stop"):
        found.append(f"{n} calls, but finish_reason {said.finish!r}")
    if n > 1 and not request.parallel:
        found.append(f"{n} calls, though not in parallel")
    if request.tool_choice != "auto" and not n:
        found.append("no call, though one was required")
    if request.tool_choice != "auto" and said.words:
        found.append(f"words, though only calls were wanted: {said.words[:200]!r}")
    if isinstance(request.tool_choice, dict):
        wanted = request.tool_choice["function"]["name"]
        found += [f"calls {name!r}, not {wanted!r}" for name, _ in said.calls if name != wanted]
    return found


def leaks(words: str, surface: Surface) -> list[str]:
    """Tags in the content, and a content that begins as a call does."""
    found = [f"{tag} in the content: {words[:200]!r}" for tag in surface.tags if tag in words]
    openings = [re.split(r"\{\w+\}", call)[0].strip() for call in (surface.call, *surface.also)]
    before = split(surface.calls)[0].strip() if surface.calls else ""
    openings = [text for text in (before, *openings) if text]
    if openings and words.lstrip().startswith(tuple(openings)):
        found.append(f"the content begins like a call: {words[:200]!r}")
    return found


# --- the run


@dataclass
class Tally:
    """Replies by how they ended; `wrong` has a line for each fault."""

    counts: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def finished(self) -> float:
        """The part of the replies that was not cut."""
        return 1 - self.counts["cut"] / max(self.counts["replies"], 1)


def bias(server: Server) -> dict[str, float]:
    """The tokens that close something, made likelier."""
    url = f"{server.url}/tokenize"
    found = {}
    for text in CLOSING:
        answer: Any = server.client.post(
            url, cast_to=object, body={"model": "hot", "prompt": text, "special": True}
        )
        if len(answer["tokens"]) == 1:
            found[str(answer["tokens"][0])] = BIAS
    return found


async def ask_all(server: Server, requests: Sequence[Asked], surface: Surface, n: int) -> Tally:
    """Every request in both ways, `n` requests at a time."""
    tally, fair = Tally(), bias(server)
    queue = iter(requests)
    begin = time.monotonic()

    async def ask_on(client: AsyncOpenAI) -> None:
        for request in queue:
            fields = {
                **request.fields(),
                "model": "hot",
                "messages": [{"role": "user", "content": ASKED}],
                "temperature": 2,
                "max_tokens": MAX_TOKENS,
                "logit_bias": fair,
            }
            await _ask(client, request, fields, surface, tally)

    async with server.async_client() as client, asyncio.TaskGroup() as group:
        for _ in range(n):
            group.create_task(ask_on(client))
    tally.seconds = time.monotonic() - begin
    return tally


async def _ask(
    client: AsyncOpenAI, request: Asked, fields: dict[str, Any], surface: Surface, tally: Tally
) -> None:
    try:
        one, other = await whole(client, fields), await streamed(client, fields)
    except APIStatusError as error:
        tally.counts["errors"] += 1
        tally.wrong.append(f"seed {request.seed}: {error}")
        return
    if one != other:
        tally.wrong.append(f"seed {request.seed}: streamed {other}, not {one}")
    for said in (one, other):
        tally.counts["replies"] += 1
        if said.finish == "length":
            tally.counts["cut"] += 1
            wrong = leaks(said.words, surface)
        else:
            tally.counts["calls"] += len(said.calls)
            tally.counts["words only"] += not said.calls
            wrong = faults(request, said, surface)
        tally.wrong += [f"seed {request.seed}: {line}" for line in wrong]


@contextmanager
def serving(engine: str, dialect: str, *overrides: str) -> Iterator[Server]:
    """The shuffled model, named "hot"."""
    with tempfile.TemporaryDirectory() as folder:
        path = random_weights.write(Path(folder) / "hot.gguf")
        model = {
            "path": str(path), "max_seq_len": 4096, "slots": CONCURRENT,
            "engine": engine, "dialect": dialect, "llama_cpp": {"threads": 1},
        }  # fmt: skip
        with running(
            "models=mine", *overrides, env=home(Path(folder) / "home", hot=model)
        ) as found:
            yield found


def surface_of(dialect: str) -> Surface:
    return compose.compose([]).dialects[dialect].reply


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--tools", type=int, default=100)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--engine", action="append", choices=("llguidance", "formatron"))
    parser.add_argument("--dialect", action="append")
    parser.add_argument("--show", action="store_true", help="every fault, not the first ten")
    options = parser.parse_args()
    tools = _drawn(options.data, options.tools) if options.data else TOOLS
    requests = list(asked(tools, options.requests))
    print(
        f"{'dialect':14}{'engine':12}{'replies':>8}{'cut':>6}{'finished':>10}{'calls':>7}"
        f"{'words':>7}{'errors':>8}{'faults':>8}{'seconds':>9}"
    )
    bad = False
    for dialect in options.dialect or ["hermes"]:
        for engine in options.engine or ["llguidance", "formatron"]:
            with serving(engine, dialect) as server:
                tally = asyncio.run(ask_all(server, requests, surface_of(dialect), CONCURRENT))
            counts = tally.counts
            print(
                f"{dialect:14}{engine:12}{counts['replies']:8}{counts['cut']:6}"
                f"{tally.finished:10.1%}{counts['calls']:7}{counts['words only']:7}"
                f"{counts['errors']:8}{len(tally.wrong):8}{tally.seconds:9.1f}",
                flush=True,
            )
            for line in tally.wrong if options.show else tally.wrong[:10]:
                print(f"    {line}")
            bad |= bool(tally.wrong) or tally.finished < 0.9
    return 1 if bad else 0


def _drawn(data: Path, count: int) -> list[Tool]:
    """Tools with the schemas of the data's function calls, spread over all of them."""
    from tests.conformance.many_tools import pool

    found = pool(data)
    step = max(len(found) // count, 1)
    return found[::step][:count]


if __name__ == "__main__":
    sys.exit(main())
