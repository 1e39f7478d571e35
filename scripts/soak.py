"""Does the server leak? Drives `gallama run` with mixed traffic, and watches its processes.

    python -m scripts.soak --minutes 10

The traffic is streams, whole replies, completions, clients that go away at any moment, and every
kind of mistake. Memory, descriptors, threads and children of gateway and workers are sampled all
the while. The verdict compares the server at rest, after warming up and after the traffic; for
memory, whose high-water mark is not at rest, also the trend over the second half. Exit code 1
where something grows.
"""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

import psutil
from openai import APIStatusError, AsyncOpenAI

from tests.serve.worker_stats import idle
from tests.serving import Server, running

TINY = ("models=tiny", "server.log_level=warning")
WARM_UP = 0.15  # of the whole time
KEPT_SECONDS = 7.0  # until the gateway's idle connections to its workers have been closed
TOLERATED_MB = 8.0  # between rest and rest: allocators keep what they had at the busiest moment
POOL_THREADS = (os.cpu_count() or 1) + 4  # asyncio's, which starts them as it needs them
TOLERATED_MB_PER_HOUR = 30.0  # over the second half; below that the samples' noise is more

TOLERATED = {"rss_mb": TOLERATED_MB, "fds": 0, "threads": POOL_THREADS, "children": 0}

QUESTIONS = ("Hello!", "Who are you?", "Tell me a story about a Llama", "The moon. " * 60)
MISTAKES: tuple[dict[str, object], ...] = (
    {},
    {"model": "another", "messages": []},
    {"model": "tiny", "messages": [{"role": "user", "content": "x"}], "temprature": 1},
    {"model": "tiny", "messages": [{"role": "user", "content": "llama " * 3000}]},
)


@dataclass
class Sample:
    """One process at one moment."""

    rss_mb: float
    fds: int
    threads: int
    children: int


class Traffic:
    """Requests of all kinds, drawn by a seed; counts how they ended."""

    def __init__(self, server: Server, seed: int = 1) -> None:
        self._server = server
        self._draw = random.Random(seed)
        self._client: AsyncOpenAI
        self.counts: dict[str, int] = {}

    async def flow(self, seconds: float, concurrency: int) -> None:
        """No connection is left open afterwards."""
        end = time.monotonic() + seconds

        async def request_on() -> None:
            while time.monotonic() < end:
                await self._request()

        async with self._server.async_client() as self._client, asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(request_on())

    async def _request(self) -> None:
        ways: dict[Callable[[], Coroutine[None, None, None]], int] = {
            self._stream: 4,
            self._whole: 3,
            self._completion: 2,
            self._gone: 3,
            self._mistake: 2,
            self._half: 1,
        }
        (way,) = self._draw.choices(list(ways), list(ways.values()))
        await way()
        name = way.__name__.strip("_")
        self.counts[name] = self.counts.get(name, 0) + 1

    async def _stream(self) -> None:
        async for _ in await self._client.chat.completions.create(**self._chat(), stream=True):
            pass

    async def _whole(self) -> None:
        await self._client.chat.completions.create(**self._chat())

    async def _completion(self) -> None:
        prompt = self._draw.choice(QUESTIONS)
        await self._client.completions.create(model="tiny", prompt=prompt, max_tokens=20, n=2)

    async def _gone(self) -> None:
        """Goes away after a while, be it before the first token."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._draw.uniform(0.001, 0.3)):
                await self._draw.choice((self._stream, self._whole))()

    async def _mistake(self) -> None:
        with suppress(APIStatusError):
            body = self._draw.choice(MISTAKES)
            await self._client.post("/chat/completions", body=body, cast_to=object)
            raise AssertionError(f"was answered: {body}")

    async def _half(self) -> None:
        """Hangs up in the middle of its own request."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._server.url.rpartition(":")[2])
        writer.write(b"POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _chat(self) -> dict[str, Any]:
        question = {"role": "user", "content": self._draw.choice(QUESTIONS)}
        tokens = self._draw.choice((1, 16, 60))
        return {"model": "tiny", "messages": [question], "max_tokens": tokens}


class Watch:
    """Samples of the gateway and its workers."""

    def __init__(self, server: Server) -> None:
        gateway = psutil.Process(server.process.pid)
        workers = {f"worker {i}": w for i, w in enumerate(server.workers(), start=1)}
        self.processes = {"gateway": gateway, **workers}
        self.series: dict[str, list[tuple[float, Sample]]] = {name: [] for name in self.processes}
        self._began = time.monotonic()

    def sample(self) -> dict[str, Sample]:
        now = time.monotonic() - self._began
        samples = {name: _sample(process) for name, process in self.processes.items()}
        for name, sample in samples.items():
            self.series[name].append((now, sample))
        return samples

    async def keep_sampling(self, every: float) -> None:
        while True:
            self.sample()
            await asyncio.sleep(every)

    def trend(self, name: str) -> float:
        """MB an hour that memory grew by over the second half: the median of all slopes
        (Theil and Sen), which a single jump does not move."""
        series = self.series[name][len(self.series[name]) // 2 :]
        slopes = [
            (b.rss_mb - a.rss_mb) / (later - sooner) * 3600
            for (sooner, a), (later, b) in itertools.combinations(series, 2)
            if later > sooner
        ]
        return statistics.median(slopes) if slopes else 0.0


def _sample(process: psutil.Process) -> Sample:
    with process.oneshot():
        return Sample(
            process.memory_info().rss / 1e6,
            process.num_fds(),
            process.num_threads(),
            len(process.children()),
        )


PATIENCE = 20  # seconds


@dataclass
class Result:
    counts: dict[str, int]
    watch: Watch
    before: dict[str, Sample]
    after: dict[str, Sample]

    def growth(self, name: str) -> dict[str, float]:
        """What of a process at rest is more than it was."""
        before, after = asdict(self.before[name]), asdict(self.after[name])
        return {key: after[key] - before[key] for key in before}

    def leaks(self, minutes: float) -> list[str]:
        found = []
        for name in self.before:
            for what, n in self.growth(name).items():
                if n > TOLERATED[what]:
                    found.append(f"{name}: {n:+.3g} {what} at rest")
            if minutes >= 5 and self.watch.trend(name) > TOLERATED_MB_PER_HOUR:
                found.append(f"{name}: {self.watch.trend(name):+.0f} MB an hour")
        return found


async def soak(server: Server, seconds: float, concurrency: int, every: float = 5) -> Result:
    """Warms up, rests, drives traffic for the rest of the time, and rests again."""
    traffic, watch = Traffic(server), Watch(server)
    await traffic.flow(seconds * WARM_UP, concurrency)
    before = await _at_rest(server, watch)
    sampling = asyncio.create_task(watch.keep_sampling(every))
    await traffic.flow(seconds * (1 - WARM_UP), concurrency)
    sampling.cancel()
    result = Result(traffic.counts, watch, before, await _at_rest(server, watch))
    for _ in range(PATIENCE):  # a leak stays; a connection that is being closed does not
        if not result.leaks(minutes=0):
            break
        await asyncio.sleep(1)
        result.after = watch.sample()
    return result


async def _at_rest(server: Server, watch: Watch) -> dict[str, Sample]:
    while not await asyncio.to_thread(idle, server):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await asyncio.sleep(KEPT_SECONDS)  # from then on: the last reply may have taken a while
    return watch.sample()


def table(result: Result) -> str:
    rows = ["process      at      rss MB   fds  threads  children"]
    for name, series in result.watch.series.items():
        step = max(1, len(series) // 12)
        rows += [
            f"{name:10} {at:5.0f} s {s.rss_mb:8.1f} {s.fds:5} {s.threads:8} {s.children:9}"
            for at, s in (*series[:-1:step], series[-1])
        ]
        rows.append(f"{name:10}   trend of the second half: {result.watch.trend(name):+.1f} MB/h")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("overrides", nargs="*", metavar="KEY=VALUE", help="of gallama run")
    options = parser.parse_args()
    with running(*TINY, *options.overrides) as server:
        result = asyncio.run(soak(server, options.minutes * 60, options.concurrency))
        noise = "".join(server.output).count("Traceback")
    print(table(result))
    print("requests:", ", ".join(f"{n} {name}" for name, n in sorted(result.counts.items())))
    leaks = result.leaks(options.minutes) + ([f"{noise} tracebacks in the log"] if noise else [])
    print("growing: " + "; ".join(leaks) if leaks else "flat")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
