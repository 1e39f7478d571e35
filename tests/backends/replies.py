"""Asking backends for replies, as the tests need it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gallama.types import Backend, Finish, Matcher, Sampling, Step, TokenLogprob

GREEDY = Sampling(max_tokens=24, temperature=0)


@dataclass(frozen=True)
class Whole:
    """A reply in one piece."""

    tokens: tuple[int, ...]
    logprobs: tuple[TokenLogprob, ...]
    prompt_logprobs: tuple[TokenLogprob, ...]
    finish: Finish


def whole(steps: Sequence[Step]) -> Whole:
    assert [step.finish for step in steps[:-1]] == [None] * (len(steps) - 1)
    assert not any(step.prompt_logprobs for step in steps[1:])
    assert steps[-1].finish is not None
    return Whole(
        tuple(token for step in steps for token in step.tokens),
        tuple(logprob for step in steps for logprob in step.logprobs),
        steps[0].prompt_logprobs,
        steps[-1].finish,
    )


async def complete(
    backend: Backend,
    prompt: Sequence[int],
    sampling: Sampling = GREEDY,
    matcher: Matcher | None = None,
) -> Whole:
    return whole([step async for step in backend.generate(prompt, sampling, matcher)])


def chat(backend: Backend, text: str) -> list[int]:
    """The prompt of a user turn, in ChatML."""
    encode = backend.vocabulary.encode
    return [
        *encode("<|im_start|>user\n", True),
        *encode(text, False),
        *encode("<|im_end|>\n<|im_start|>assistant\n", True),
    ]


def long_prompt(backend: Backend, n_tokens: int) -> list[int]:
    words = backend.vocabulary.encode("The llama went up the hill and saw the sea. " * 60, False)
    return (words * (n_tokens // len(words) + 1))[:n_tokens]


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.001)
