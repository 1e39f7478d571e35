"""The loop: its exactness, its numbers, and what it does when something breaks."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gallama.backends.llama_cpp.backend import LlamaCppBackend
from gallama.backends.llama_cpp.context import MAX_PROMPT_ROWS, Context
from gallama.config.schema import LlamaCppSpec
from gallama.errors import BackendFailure
from gallama.types import Sampling
from tests.backends.llama_cpp.models import SPEC, loaded, quantized
from tests.backends.matchers import Breaking, Without
from tests.backends.replies import GREEDY, chat, complete, long_prompt, until

pytestmark = pytest.mark.anyio

STORY = "Tell me a llama story."


@pytest.mark.parametrize(
    ("kind", "slots", "flash_attention"),
    [
        ("F16", 3, False),
        ("Q8_0", 4, False),
        ("Q4_K_M", 4, False),
        ("Q4_K_M", 6, False),
        ("Q6_K", 9, False),
        ("F16", 4, True),
        ("Q4_K_M", 4, True),
    ],
)
async def test_exact_in_every_precision(
    kind: str, slots: int, flash_attention: bool, tmp_path: Path
) -> None:
    """Each reply is bit for bit its solo run, also where kernels differ by number of columns."""
    path = SPEC.path if kind == "F16" else str(quantized(kind, tmp_path))
    own = LlamaCppSpec(threads=1, flash_attention=flash_attention, prefill_chunk=256)
    async with loaded(path=path, slots=slots, max_seq_len=768, llama_cpp=own) as backend:
        prompts = [long_prompt(backend, n) for n in (3, 600, 40, 257, 11, 90, 512, 20)]
        seeded = [
            Sampling(max_tokens=5 + 3 * i, seed=i, temperature=i % 2, top_logprobs=1)
            for i in range(len(prompts))
        ]
        jobs = list(zip(prompts, seeded, strict=True))
        solo = [await complete(backend, prompt, sampling) for prompt, sampling in jobs]
        many = await asyncio.gather(*(complete(backend, *job) for job in jobs))
    assert many == solo


async def test_seeds_make_a_difference() -> None:
    async with loaded() as backend:
        prompt = chat(backend, STORY)
        hot = Sampling(max_tokens=40, temperature=3.0)
        replies = [await complete(backend, prompt, replace(hot, seed=seed)) for seed in range(6)]
        assert len(set(replies)) > 1
        assert len({await complete(backend, prompt, hot) for _ in range(6)}) > 1


def endless(backend: LlamaCppBackend) -> Without:
    return Without(backend.vocabulary.end_tokens)


def log_softmax(row: Any) -> Any:
    row = row.astype(np.float64)
    return row - row.max() - math.log(np.exp(row - row.max()).sum())


async def test_logprobs_are_those_of_the_model() -> None:
    """Against a second run of the same text through a context of its own."""
    async with loaded(slots=1) as backend:
        assert backend._model is not None
        prompt = chat(backend, STORY)
        sampling = Sampling(
            max_tokens=10, temperature=1.2, seed=3, top_logprobs=4, prompt_logprobs=True
        )
        reply = await complete(backend, prompt, sampling)
        text = [*prompt, *reply.tokens]
        context = Context(backend._model._weights.pointer, 1, 512, LlamaCppSpec(), threads=1)
        rows = []
        for at in range(0, len(text), MAX_PROMPT_ROWS):
            part = text[at : at + MAX_PROMPT_ROWS]
            n = len(part)
            context.decode(part, range(at, at + n), [0] * n, range(n))
            rows += [log_softmax(context.logits(i)) for i in range(n)]
        context.close()
    entries = [*reply.prompt_logprobs, *reply.logprobs]
    assert [entry.token for entry in entries] == text[1:]
    for entry, row in zip(entries, rows, strict=False):
        assert entry.logprob == pytest.approx(row[entry.token], abs=0.02)
        best = np.sort(row)[::-1][:4]
        assert [value for _, value in entry.top] == pytest.approx(best, abs=0.02)


class Watched:
    """Watches, and on demand spoils, the decode calls of a backend's context."""

    def __init__(self, backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch) -> None:
        assert backend._model is not None
        self.calls: list[tuple[int, ...]] = []
        self.spoil: Exception | None = None
        self._decode = backend._model._context.decode
        monkeypatch.setattr(backend._model._context, "decode", self)

    def __call__(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        slots: Sequence[int],
        wanted: Sequence[int],
    ) -> None:
        self.calls.append(tuple(slots))
        if self.spoil:
            error, self.spoil = self.spoil, None
            raise error
        self._decode(tokens, positions, slots, wanted)


@pytest.fixture
async def backend() -> Any:
    own = LlamaCppSpec(threads=1, prefill_chunk=16)
    async with loaded(llama_cpp=own) as backend:
        yield backend


async def test_nothing_is_decoded_for_a_cancelled_reply(
    backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(backend, monkeypatch)
    reading = asyncio.create_task(complete(backend, long_prompt(backend, 500)))
    await until(lambda: len(watched.calls) > 2)
    reading.cancel()
    await asyncio.sleep(0)
    at_most = len(watched.calls) + 1  # the one that may have begun
    await until(lambda: backend.stats().running == 0)
    await asyncio.sleep(0.05)
    assert len(watched.calls) <= at_most
    assert len(watched.calls) < 500 // 16


async def test_replies_run_together(
    backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = chat(backend, STORY)
    watched = Watched(backend, monkeypatch)
    await asyncio.gather(*(complete(backend, prompt, GREEDY, endless(backend)) for _ in range(4)))
    assert watched.calls.count((0, 1, 2, 3)) >= 20


async def test_a_short_request_does_not_wait_for_a_long_prompt(
    backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(backend, monkeypatch)
    running = backend.generate(chat(backend, "Hi"), Sampling(temperature=0), endless(backend))
    await anext(running)
    reading = asyncio.create_task(complete(backend, long_prompt(backend, 480)))
    await reading
    chunks = [i for i, call in enumerate(watched.calls) if len(call) == 16 and set(call) == {1}]
    assert len(chunks) == 480 // 16
    # Between any two chunks of the long prompt the running reply got a token.
    assert all(b > a + 1 for a, b in pairwise(chunks))
    await running.aclose()


async def test_a_decode_that_fails_fails_its_replies(
    backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A position that leaves a gap: llama_decode returns -1 and says why."""
    prompt = chat(backend, STORY)
    solo = await complete(backend, prompt)
    steps = backend.generate(prompt, Sampling(temperature=0), endless(backend))
    await anext(steps)
    assert backend._model is not None
    engine = backend._model.engine
    for job in list(engine._running.values()):
        job.cached += 7
    with pytest.raises(BackendFailure, match="llama_decode failed with code -1"):
        _ = [step async for step in steps]
    assert backend.stats().running == 0
    assert await complete(backend, prompt) == solo


async def test_a_prefill_that_fails_hurts_only_its_own_reply(
    backend: LlamaCppBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = chat(backend, STORY)
    solo = await complete(backend, prompt)
    watched = Watched(backend, monkeypatch)
    watched.spoil = BackendFailure("llama_decode failed with code 1")
    outcomes = await asyncio.gather(
        *(complete(backend, prompt) for _ in range(3)), return_exceptions=True
    )
    assert isinstance(outcomes[0], BackendFailure)
    assert outcomes[1:] == [solo] * 2


async def test_a_bug_in_a_matcher_hurts_only_its_own_reply(
    backend: LlamaCppBackend, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = chat(backend, STORY)
    solo = await complete(backend, prompt)
    failed, *others = await asyncio.gather(
        complete(backend, prompt, GREEDY, Breaking(ZeroDivisionError("a bug"), after=3)),
        *(complete(backend, prompt) for _ in range(4)),
        return_exceptions=True,
    )
    assert isinstance(failed, BackendFailure)
    assert "drawing a token failed" in caplog.text
    assert others == [solo] * 4


@pytest.mark.parametrize("after", [1, 4])
async def test_a_bug_in_the_loop_hangs_nobody(
    backend: LlamaCppBackend,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    after: int,
) -> None:
    prompt = chat(backend, STORY)
    solo = await complete(backend, prompt)
    watched = Watched(backend, monkeypatch)
    replies = [asyncio.create_task(complete(backend, prompt)) for _ in range(6)]
    await until(lambda: len(watched.calls) >= after)
    watched.spoil = ZeroDivisionError("a bug")
    outcomes = await asyncio.gather(*replies, return_exceptions=True)
    assert "the decode loop failed" in caplog.text
    assert any(isinstance(outcome, BackendFailure) for outcome in outcomes)
    assert all(outcome == solo or isinstance(outcome, BackendFailure) for outcome in outcomes)
    assert await complete(backend, prompt) == solo
    assert backend.stats().running == 0


def test_a_reader_whose_loop_is_gone() -> None:
    """Its reply is dropped; the engine goes on for the others."""
    backend = LlamaCppBackend(SPEC)

    async def leave_without_a_word() -> None:
        await backend.load(lambda part: None)
        steps = backend.generate(chat(backend, STORY), Sampling(), endless(backend))
        await anext(steps)
        assert backend._model is not None
        for job in backend._model.engine._running.values():
            job.loop = asyncio.new_event_loop()
            job.loop.close()

    async def ask_again() -> None:
        await until(lambda: backend.stats().running == 0)
        assert (await complete(backend, chat(backend, "Hi"))).tokens
        await backend.unload()

    asyncio.run(leave_without_a_word())
    asyncio.run(ask_again())
