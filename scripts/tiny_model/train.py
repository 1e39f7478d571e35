"""Training: lessons -> token batches -> steps, all from one seed.

Conversations over the same tools share one reading of their list (see `Layout`); others of like
length share a batch, each in a row of its own: every conversation starts at position 0, as it will
in use, and little is padded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.queues import Queue
from queue import Empty
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from torch.multiprocessing import get_context
from tqdm import tqdm

from .chat import Span, render
from .curriculum import Lesson
from .model import Layout, Llama
from .muon import Muon

Row = tuple[list[int], list[float]]
"""Token ids of a conversation, and how much each of them counts as a target."""


@dataclass(frozen=True)
class Batch:
    """Flat tensors [tokens]: what is read, what should come next, and how much that counts."""

    ids: Tensor
    targets: Tensor
    weights: Tensor
    layout: Layout


@dataclass(frozen=True)
class TrainConfig:
    """How long and how fast. A step reads `micro_batches` batches of about `batch_tokens`."""

    steps: int
    seed: int = 1
    batch_tokens: int = 1152
    micro_batches: int = 12
    longest: int = 1024
    muon_rate: float = 0.02
    adam_rate: float = 0.003
    decay: float = 0.02
    warmup: int = 100
    level: float = 0.35  # part of the steps at the full rate, before it falls to nothing
    revision: bool = False  # lessons as hard as they get, from the first on
    pool: int = 400
    save_every: int = 250


def encode(tokenizer: Tokenizer, spans: list[Span]) -> Row:
    """Tokens and weights; each span is encoded apart, as a server feeds it."""
    ids: list[int] = []
    weights: list[float] = []
    for text, weight in spans:
        piece = tokenizer.encode(text).ids
        ids += piece
        weights += [weight] * len(piece)
    return ids, weights


def pack(prefix: list[int], rows: list[Row]) -> Batch:
    """Rows over one prefix, longest first, in blocks of like length; padding counts nothing."""
    ids, targets, weights = list(prefix), [0] * len(prefix), [0.0] * len(prefix)
    blocks: list[tuple[int, int]] = []
    rows = sorted(rows, key=lambda row: -len(row[0]))
    while rows:
        width = len(rows[0][0])
        count = sum(len(row[0]) >= 0.75 * width for row in rows)
        for tokens, counts in rows[:count]:
            gap = width - len(tokens)
            ids += tokens + [0] * gap
            targets += tokens[1:] + [0] * (gap + 1)
            weights += counts[1:] + [0.0] * (gap + 1)
        blocks.append((count, width))
        rows = rows[count:]
    layout = Layout(len(prefix), tuple(blocks))
    return Batch(torch.tensor(ids), torch.tensor(targets), torch.tensor(weights), layout)


def branches(tokenizer: Tokenizer, lesson: Lesson, most: int) -> Batch | None:
    """Conversations that share their system turn: as many as fit into `most` tokens."""
    spans = [render(conversation) for conversation in lesson]
    prefix, _ = encode(tokenizer, spans[0][:1])
    rows, room = [], most - len(prefix)
    for row in (encode(tokenizer, rest) for _, *rest in spans):
        if len(row[0]) <= room:
            rows.append(row)
            room -= len(row[0])
    return pack(prefix, rows) if rows else None


def batches(
    lesson: Callable[[Random, float], Lesson], tokenizer: Tokenizer, config: TrainConfig
) -> Iterator[Batch]:
    """An endless stream of batches, always the same for the same seed; lessons grow harder."""
    rng = Random(config.seed)
    given = 0
    while True:
        progress = 1.0 if config.revision else given / (config.steps * config.micro_batches)
        lessons = [lesson(rng, progress) for _ in range(config.pool)]
        rows = [encode(tokenizer, render(one[0])) for one in lessons if len(one) == 1]
        rows = sorted((r for r in rows if len(r[0]) <= config.longest), key=lambda r: len(r[0]))
        full = [
            batch
            for several in lessons
            if len(several) > 1 and (batch := branches(tokenizer, several, config.batch_tokens))
        ]
        while rows:
            size = max(1, config.batch_tokens // len(rows[-1][0]))
            full.append(pack([], rows[-size:]))
            del rows[-size:]
        rng.shuffle(full)
        given += len(full)
        yield from full


def loss_of(model: Llama, batch: Batch) -> Tensor:
    """Sum of the cross-entropies, each times its weight."""
    counted = batch.weights > 0
    logits = model.lm_head(model.hidden(batch.ids, batch.layout)[counted])
    losses = F.cross_entropy(logits, batch.targets[counted], reduction="none")
    return (losses * batch.weights[counted]).sum()


Job = tuple[int, list[np.ndarray], Layout, float]
"""Which slot takes the gradients, a batch as arrays, its layout, and what to divide by."""


def next_job(jobs: Queue) -> Job | None:
    """Wait for work; None when there is no more, or nobody left who could give any."""
    while True:
        try:
            return jobs.get(timeout=5)
        except Empty:
            parent = parent_process()
            if parent is None or not parent.is_alive():
                return None


def work(model: Llama, slots: Tensor, jobs: Queue, done: Queue) -> None:
    """One worker process: batches in, gradients out (into the shared slot that the job names)."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    weights = list(model.parameters())
    while (job := next_job(jobs)) is not None:
        slot, arrays, layout, total = job
        loss = loss_of(model, Batch(*map(torch.from_numpy, arrays), layout)) / total
        gradients = torch.autograd.grad(loss, weights)
        slots[slot].copy_(torch.cat([gradient.flatten() for gradient in gradients]))
        done.put(loss.item())


class Workers:
    """Processes of one thread each, which share the weights and work out gradients.

    Small matrices gain little from many threads, so this is three times faster. And however many
    workers there are, each batch is computed by one thread and the sum is taken in order: the
    result is the same to the last bit.
    """

    def __init__(self, model: Llama, batches_a_step: int, count: int) -> None:
        context = get_context("spawn")
        self.model = model.share_memory()
        size = sum(weight.numel() for weight in model.parameters())
        self.slots = torch.zeros(batches_a_step, size).share_memory_()
        self.jobs, self.done = context.Queue(), context.Queue()
        self.processes = [
            context.Process(
                target=work, args=(self.model, self.slots, self.jobs, self.done), daemon=True
            )
            for _ in range(count)
        ]
        for process in self.processes:
            process.start()

    def gradients(self, step: list[Batch]) -> float:
        """Set every weight's gradient to the mean over the step's targets; gives the mean loss."""
        total = sum(float(batch.weights.sum()) for batch in step)
        for slot, batch in enumerate(step):
            arrays = [part.numpy() for part in (batch.ids, batch.targets, batch.weights)]
            self.jobs.put((slot, arrays, batch.layout, total))
        loss = sum(self.done.get() for _ in step)
        summed = self.slots[0].clone()
        for slot in self.slots[1:]:
            summed += slot
        parts = summed.split([weight.numel() for weight in self.model.parameters()])
        for weight, part in zip(self.model.parameters(), parts, strict=True):
            weight.grad = part.view_as(weight)
        return loss

    def close(self) -> None:
        """Let the processes end."""
        for _ in self.processes:
            self.jobs.put(None)
        for process in self.processes:
            process.join()


def rate_at(step: int, config: TrainConfig) -> float:
    """Warm up, stay level, then fall in a straight line to nothing."""
    falling = (1 - step / config.steps) / (1 - config.level)
    return min(1.0, (step + 1) / config.warmup, falling)


def train(
    model: Llama,
    stream: Iterator[Batch],
    config: TrainConfig,
    workers: int,
    label: str,
    save: Callable[[], None],
) -> None:
    """Train in place, with a progress bar; `save` is called now and then, and at the end."""
    inner = [weight for weight in model.model.layers.parameters() if weight.ndim == 2]
    others = [weight for weight in model.parameters() if all(weight is not m for m in inner)]
    muon = Muon(inner)
    adam = torch.optim.AdamW(others, lr=config.adam_rate, betas=(0.9, 0.95), weight_decay=0.0)
    crew = Workers(model, config.micro_batches, workers)
    bar = tqdm(range(config.steps), desc=label, unit="step", dynamic_ncols=True)
    tokens, started, smooth = 0, time.monotonic(), 0.0
    for step in bar:
        micro = [next(stream) for _ in range(config.micro_batches)]
        loss = crew.gradients(micro)
        rate = rate_at(step, config)
        for group in adam.param_groups:
            group["lr"] = config.adam_rate * rate
        adam.step()
        muon.step(config.muon_rate * rate, config.decay)
        tokens += sum(len(batch.ids) for batch in micro)
        smooth = loss if step == 0 else 0.95 * smooth + 0.05 * loss
        if step % config.save_every == config.save_every - 1:
            save()
        if step % 10 == 0:
            speed = tokens / (time.monotonic() - started)
            bar.set_postfix(
                loss=f"{smooth:.3f}", tokens=f"{tokens / 1e6:.1f}M", speed=f"{speed:.0f}/s"
            )
    crew.close()
    save()
