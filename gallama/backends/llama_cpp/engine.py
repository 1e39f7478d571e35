"""The loop: one thread owns llama_decode and runs every reply. All batching happens here.

A turn is: schedule (drop what was cancelled, take waiting requests into free slots), prefill (a
chunk or more of prompts), decode (one token for every running reply, in one call), sample, and
hand all steps of the turn to asyncio in one call.

Exactness. A reply must be bit-equal to its solo run, whatever runs beside it. llama.cpp alone does
not give that. Measured on CPU (llama.cpp of llama-cpp-python 0.3.36, AVX-512 VNNI; prompts of 5 to
700 tokens, 24 tokens decoded; "=": logits bit-equal, else the largest difference):

                                          f32 f16 bf16    q8_0 q5_0 q4_0   q6_K      q4_K
    another slot, after other replies     =               =                =         =
    other lengths and order of the rest   =               =                =         =
    decoded alone or among 2, 3           1e-2            =                =         =
    decoded among 2 or 4, 5, 8, 16        =               =                0.2 at 8  0.3 at 4, 5, 8
    prefilled beside others' tokens       =               =                -         -
    other chunk boundaries                1e-2 where a chunk has a single token
    1, 2 or 3 threads                     =               =                =         =
    flash attention, alone or among 2     1e-2            0.3 from 512 tokens on, for every type
    flash attention, chunks or threads    1e-2            0.3              0.3       0.3

Three kernels are behind this: a product with one column is not computed as one with several (f32,
f16, bf16; q6_K changes at 8), repacked q4_K takes four columns at a time and the rest one by one
(and rounds differently now and then, not always), and flash attention splits the cache of a lone
sequence over the threads. Differences of 0.3 do change greedy replies. Hence the rules of this
loop: every prompt is cut at the same positions and each chunk runs alone; replies decode in groups
of columns, filled up with tokens that nobody reads, of a size at which the measurement at load
(`column_group`) finds no difference. Typical sizes: f16 2, q8_0 1, q4_K 4, with q6_K among 8.

What the filling costs: a decode call of 1, 2, 4, 8 columns took 43, 37, 40, 66 ms in f16, 26, 31,
38, 62 ms in q8_0 and 19, 32, 36, 67 ms in q4_K (250M parameters, 1 thread). So nothing, but for a
lone reply of a q4_K model with 4 slots or more, which takes twice the time; with up to 3 slots it
does not.
"""

import asyncio
import hashlib
import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from gallama.backends.llama_cpp.context import MAX_PROMPT_ROWS, Context, Floats
from gallama.backends.reply import Reply
from gallama.backends.sampling import token_logprob
from gallama.errors import BackendFailure, EngineFailure
from gallama.types import Stats, Step, TokenLogprob

log = logging.getLogger("gallama.llama_cpp")

_UNLOADED = "the model was unloaded"
_FILLER = 0  # the token in columns that nobody reads

# Kernels are chosen by the number of columns; these multiples of a group are compared with it.
_MULTIPLES = (1, 2, 3, 4, 5, 8, 16)


@dataclass(eq=False)
class Job:
    """A reply on its way through the engine.

    `inbox`, read by the asyncio loop `loop`, gets its steps and, should it fail, the error.
    `top_logprobs` None asks for no log-probabilities of the prompt. `cached` tokens of it are in
    the KV cache of `slot`; `last` is the token drawn last, which is not yet.
    """

    prompt: tuple[int, ...]
    reply: Reply
    top_logprobs: int | None = None
    inbox: "asyncio.Queue[Step | Exception]" = field(default_factory=asyncio.Queue)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    cancelled: bool = False
    slot: int = -1
    cached: int = 0
    last: int = -1
    prompt_logprobs: list[TokenLogprob] = field(default_factory=list)

    @property
    def prefilling(self) -> bool:
        return self.cached < len(self.prompt)


class Engine:
    """Runs replies on a Context, in a thread of its own.

    engine.start(); engine.submit(job); ... await job.inbox.get() ...; engine.stop()
    """

    def __init__(self, context: Context, prefill_chunk: int, group: int) -> None:
        self._context = context
        self._chunk = prefill_chunk
        self._group = group
        self._changed = threading.Condition()  # guards the next three
        self._waiting: deque[Job] = deque()
        self._running: dict[int, Job] = {}  # by slot
        self._stopping = False
        self._tokens = [0, 0]  # of prompts, of completions
        self._outbox: list[tuple[Job, Step | Exception]] = []
        self._thread = threading.Thread(target=self._run, name="llama_decode", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Fail what runs and waits, and wait for the thread: at most one turn."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def submit(self, job: Job) -> None:
        with self._changed:
            if self._stopping:
                raise BackendFailure(_UNLOADED)
            self._waiting.append(job)
            self._changed.notify()

    def cancel(self, job: Job) -> None:
        """Forget a job; no later llama_decode call works on it. Harmless when it is complete."""
        with self._changed:
            job.cancelled = True
            if job in self._waiting:
                self._waiting.remove(job)
            self._changed.notify()

    def stats(self) -> Stats:
        with self._changed:
            running, waiting = len(self._running), len(self._waiting)
            return Stats(running, waiting, self._context.slots, *self._tokens)

    def _run(self) -> None:
        while self._work_to_do():
            try:
                self._schedule()
                self._prefill()
                self._decode()
            except Exception as error:  # whatever it is, no reply may hang
                log.exception("the decode loop failed")
                self._abandon(f"the decode loop failed: {error!r}")
            self._deliver()
        with self._changed:
            unheard = [(job, BackendFailure(_UNLOADED)) for job in self._waiting]
            self._waiting.clear()
        self._outbox += unheard
        self._abandon(_UNLOADED)
        self._deliver()

    def _work_to_do(self) -> bool:
        """Sleep until there is work; False when it is time to stop."""
        with self._changed:
            while not (self._stopping or self._waiting or self._running):
                self._changed.wait()
            return not self._stopping

    def _schedule(self) -> None:
        with self._changed:
            for job in [job for job in self._running.values() if job.cancelled]:
                self._free(job)
            free = [slot for slot in range(self._context.slots) if slot not in self._running]
            # The lowest slots first: neighbours decode together, a gap parts them.
            for slot in free[: len(self._waiting)]:
                job = self._waiting.popleft()
                job.slot = slot
                self._running[slot] = job

    def _prefill(self) -> None:
        """Chunks of prompts, oldest first, until about `prefill_chunk` tokens have been run."""
        budget = self._chunk
        for job in [job for job in self._running.values() if job.prefilling]:
            if budget > 0 and not job.cancelled:
                budget -= self._prefill_chunk(job)

    def _prefill_chunk(self, job: Job) -> int:
        """The next chunk of one prompt, alone in its call. Returns its length in tokens."""
        wants_all = job.top_logprobs is not None
        size = min(self._chunk, MAX_PROMPT_ROWS) if wants_all else self._chunk
        start = job.cached
        chunk = job.prompt[start : start + size]
        n = len(chunk)
        complete = start + n == len(job.prompt)
        wanted = range(n) if wants_all else range(n - 1, n) if complete else ()
        try:
            self._context.decode(chunk, range(start, start + n), [job.slot] * n, wanted)
        except BackendFailure as error:
            self._fail([job], str(error))
            return n
        job.cached += n
        self._tokens[0] += n
        if job.top_logprobs is not None:
            for i, token in enumerate(job.prompt[start + 1 : start + n + 1]):
                row = self._context.logits(i)
                job.prompt_logprobs.append(token_logprob(row, token, job.top_logprobs))
        if complete:
            self._sample(job, self._context.logits(n - 1))
        return n

    def _decode(self) -> None:
        """One token for every reply whose prompt is in the cache."""
        ready = {slot: job for slot, job in self._running.items() if not job.prefilling}
        for slots in self._batches(ready):
            now = {s: ready[s] for s in slots if s in ready and not ready[s].cancelled}
            if now:
                self._decode_columns(slots, now)

    def _batches(self, ready: Iterable[int]) -> list[list[int]]:
        """The slots to decode together: whole groups, or each reply by itself (group 0)."""
        if self._group == 0:
            return [[slot] for slot in sorted(ready)]
        starts = sorted({slot - slot % self._group for slot in ready})
        columns = [slot for start in starts for slot in range(start, start + self._group)]
        return [columns] if columns else []

    def _decode_columns(self, slots: Sequence[int], ready: dict[int, Job]) -> None:
        fillers = [slot for slot in slots if slot not in ready]
        tokens = [ready[slot].last if slot in ready else _FILLER for slot in slots]
        positions = [self._running[s].cached if s in self._running else 0 for s in slots]
        try:
            self._context.decode(tokens, positions, slots, range(len(slots)))
        except BackendFailure as error:
            self._fail(ready.values(), str(error))
            return
        finally:
            for slot in fillers:
                job = self._running.get(slot)
                self._context.truncate(slot, job.cached if job else 0)
        for i, slot in enumerate(slots):
            if slot in ready:
                ready[slot].cached += 1
                self._sample(ready[slot], self._context.logits(i))

    def _sample(self, job: Job, logits: Floats) -> None:
        prompt_logprobs, job.prompt_logprobs = tuple(job.prompt_logprobs), []
        if job.reply.finish:  # max_tokens 0: only the prompt's log-probabilities were wanted
            self._end(job, job.reply.empty(prompt_logprobs))
            return
        try:
            step = job.reply.take(logits)
        except (EngineFailure, BackendFailure) as error:
            self._end(job, error)
            return
        except Exception as error:  # a matcher's bug is no reason to fail the others
            log.exception("drawing a token failed")
            self._end(job, BackendFailure(f"drawing a token failed: {error!r}"))
            return
        self._tokens[1] += len(step.tokens)
        job.last = step.tokens[-1] if step.tokens else -1
        if prompt_logprobs:
            step = Step(step.tokens, step.logprobs, step.finish, prompt_logprobs)
        if step.finish:
            self._end(job, step)
        else:
            self._outbox.append((job, step))

    def _end(self, job: Job, last: Step | Exception) -> None:
        with self._changed:
            self._free(job)
        self._outbox.append((job, last))

    def _fail(self, jobs: Iterable[Job], reason: str) -> None:
        for job in jobs:
            self._end(job, BackendFailure(reason))

    def _abandon(self, reason: str) -> None:
        """Fail all that runs, and begin anew with an empty cache."""
        with self._changed:
            jobs = list(self._running.values())
            self._running.clear()
        self._outbox += [(job, BackendFailure(reason)) for job in jobs]
        self._context.clear()

    def _free(self, job: Job) -> None:
        if self._running.pop(job.slot, None):
            self._context.truncate(job.slot, 0)

    def _deliver(self) -> None:
        """Everything of this turn, in one call into each asyncio loop (nearly always one)."""
        outbox, self._outbox = self._outbox, []
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Job, Step | Exception]]] = {}
        for job, item in outbox:
            by_loop.setdefault(job.loop, []).append((job, item))
        for loop, items in by_loop.items():
            try:
                loop.call_soon_threadsafe(_put, items)
            except RuntimeError:  # the loop is closed, and with it all that could read
                for job, _ in items:
                    job.cancelled = True


def _put(items: Sequence[tuple[Job, Step | Exception]]) -> None:
    for job, item in items:
        job.inbox.put_nowait(item)


def column_group(context: Context, trials: int, at_least: int = 1) -> int:
    """The least number of columns in whose multiples every column gets the same logits.

    It divides the number of slots, so that slots can be grouped by it. 0 where there is none:
    then replies must be decoded one by one. Each comparison takes `trials` decode calls: kernels
    that differ only in how they round may agree on a token or two. The cache must be empty.
    """
    slots = context.slots
    rows = cache(lambda columns: _rows(context, columns, trials))
    for group in range(at_least, slots + 1):
        counts = {group * times for times in _MULTIPLES if group * times <= slots} | {slots}
        if slots % group == 0 and all(len(rows(group) | rows(n)) == 1 for n in sorted(counts)):
            return group
    return 0


def _rows(context: Context, columns: int, trials: int) -> set[bytes]:
    """Digests of the logits of some tokens, one for each different column of a decode."""
    everywhere = range(columns)
    digests = [hashlib.sha256() for _ in everywhere]
    for position in range(trials):
        token = position * 7919 % context.n_vocab  # a prime: tokens from all over the vocabulary
        context.decode([token] * columns, [position] * columns, everywhere, everywhere)
        for column, digest in enumerate(digests):
            digest.update(context.logits(column).tobytes())
    context.clear()
    return {digest.digest() for digest in digests}
