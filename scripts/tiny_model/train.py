"""Training: lessons -> token batches -> steps, all from one seed.

Lessons of like length share a batch, each in a row of its own: so every conversation starts at
position 0, as it will in use, and little is padded.
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

from .chat import Conversation, render
from .model import Llama
from .muon import Muon

Row = tuple[list[int], list[float]]
Batch = tuple[Tensor, Tensor]
"""Token ids [rows, time] and how much each of them counts as a target, of the same shape."""


@dataclass(frozen=True)
class TrainConfig:
    """How long and how fast. A step reads `micro_batches` batches of about `batch_tokens`."""

    steps: int
    stop: int = 0  # end before the last step, for another stage to go on
    seed: int = 1
    batch_tokens: int = 1536
    micro_batches: int = 3
    longest: int = 1024
    muon_rate: float = 0.02
    adam_rate: float = 0.003
    decay: float = 0.02
    warmup: int = 100
    read: float = 0.0
    pool: int = 600
    save_every: int = 250
    school: float = 0.5  # part of the steps in which the grade rises from 0 to 1
    grade: float = 0.0  # fixed grade instead, if not 0


def encode(tokenizer: Tokenizer, conversation: Conversation, read: float) -> Row:
    """Tokens and weights of a conversation; each span is encoded apart, as a server feeds it."""
    ids: list[int] = []
    weights: list[float] = []
    for text, weight in render(conversation, read):
        piece = tokenizer.encode(text).ids
        ids += piece
        weights += [weight] * len(piece)
    return ids, weights


def pad(rows: list[Row]) -> Batch:
    """Rows side by side; padding counts nothing."""
    width = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    weights = torch.zeros(len(rows), width)
    for index, (tokens, counts) in enumerate(rows):
        ids[index, : len(tokens)] = torch.tensor(tokens)
        weights[index, : len(counts)] = torch.tensor(counts)
    return ids, weights


def batches(
    lesson: Callable[[Random, float], Conversation], tokenizer: Tokenizer, config: TrainConfig
) -> Iterator[Batch]:
    """An endless stream of batches, always the same for the same seed; lessons grow harder."""
    rng = Random(config.seed)
    given = 0
    while True:
        risen = given / (config.school * config.steps * config.micro_batches)
        grade = config.grade or min(1.0, risen)
        pool = [encode(tokenizer, lesson(rng, grade), config.read) for _ in range(config.pool)]
        pool = sorted(
            (row for row in pool if len(row[0]) <= config.longest), key=lambda r: len(r[0])
        )
        full: list[Batch] = []
        while pool:
            size = max(1, config.batch_tokens // len(pool[-1][0]))
            full.append(pad(pool[-size:]))
            del pool[-size:]
        rng.shuffle(full)
        given += len(full)
        yield from full


def loss_of(model: Llama, batch: Batch) -> Tensor:
    """Sum of the cross-entropies, each times its weight."""
    ids, weights = batch
    counted = weights[:, 1:] > 0
    hidden = model.hidden(ids[:, :-1])[counted]
    losses = F.cross_entropy(model.lm_head(hidden), ids[:, 1:][counted], reduction="none")
    return (losses * weights[:, 1:][counted]).sum()


def next_job(jobs: Queue) -> tuple[int, np.ndarray, np.ndarray, float] | None:
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
    weights = list(model.parameters())
    while (job := next_job(jobs)) is not None:
        slot, ids, counts, total = job
        loss = loss_of(model, (torch.from_numpy(ids), torch.from_numpy(counts))) / total
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
        total = sum(float(weights[:, 1:].sum()) for _, weights in step)
        for slot, (ids, weights) in enumerate(step):
            self.jobs.put((slot, ids.numpy(), weights.numpy(), total))
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
    """Warm up, then fall in a straight line to nothing."""
    return min(1.0, (step + 1) / config.warmup) * (1 - step / config.steps)


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
    bar = tqdm(range(config.stop or config.steps), desc=label, unit="step", dynamic_ncols=True)
    tokens, started, smooth = 0, time.monotonic(), 0.0
    for step in bar:
        micro = [next(stream) for _ in range(config.micro_batches)]
        loss = crew.gradients(micro)
        rate = rate_at(step, config)
        for group in adam.param_groups:
            group["lr"] = config.adam_rate * rate
        adam.step()
        muon.step(config.muon_rate * rate, config.decay)
        tokens += sum(ids.numel() for ids, _ in micro)
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
