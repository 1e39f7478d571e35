"""POST /v1/completions: raw prompts, without a chat template."""

import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from gallama.api.logprobs import completion_logprobs
from gallama.api.service import Piece, Reply, Service, collect, interleave, replies
from gallama.api.sse import DONE, event
from gallama.api.types import (
    Completion,
    CompletionChoice,
    CompletionLogprobs,
    CompletionRequest,
    Usage,
)
from gallama.api.usage import usage_of
from gallama.plan import Plan
from gallama.types import Request, TokenLogprob
from gallama.wire_errors import ApiError

DEFAULT_MAX_TOKENS = 16  # OpenAI's

# How code models spell: what stands before, what stands after, what comes between.
FILL_IN_THE_MIDDLE = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One prompt: its plan, its text as echo returns it, and the candidates it gets."""

    plan: Plan
    text: str
    replies: list[Reply]


class Completions:
    """One completions request being answered: `n` replies to each of its prompts."""

    def __init__(self, service: Service, wire: CompletionRequest) -> None:
        self._service = service
        self._wire = wire
        self._n = wire.n or 1
        self._id = f"cmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())

    async def plan(self) -> list[Source]:
        """Raises ApiError 400 where the request cannot be carried out."""
        candidates = self._candidates()
        sources = []
        for prompt in self._prompts():
            plan = await self._service.plan(self._request(prompt))
            answers = replies(self._service, plan, candidates)
            sources.append(Source(plan, self._prompt_text(prompt), answers))
        return sources

    def _candidates(self) -> int:
        best_of = self._wire.best_of or self._n
        if best_of < self._n:
            raise ApiError(
                400, f"best_of: must be at least n ({self._n}); it is {best_of}.", param="best_of"
            )
        if best_of > self._n and self._wire.stream:
            raise ApiError(400, "best_of: cannot be streamed; leave one out.", param="best_of")
        return best_of

    def _prompts(self) -> list[str | tuple[int, ...]]:
        prompt = self._wire.prompt
        if isinstance(prompt, str):
            return [self._around_the_middle(prompt)]
        if isinstance(prompt[0], int):
            return [self._ids("prompt", prompt)]
        return [
            self._around_the_middle(one) if isinstance(one, str) else self._ids(f"prompt[{i}]", one)
            for i, one in enumerate(prompt)
        ]

    def _ids(self, param: str, ids: Sequence[object]) -> tuple[int, ...]:
        if self._wire.suffix is not None:
            raise ApiError(400, "suffix: needs prompts that are strings.", param="suffix")
        size = len(self._service.backend.vocabulary.pieces)
        tokens = tuple(i for i in ids if isinstance(i, int))
        worst = max(tokens)
        if worst >= size:
            message = f"{param}: {worst} is no token id of this model (0 to {size - 1})."
            raise ApiError(400, message, param=param)
        return tokens

    def _around_the_middle(self, prompt: str) -> str:
        suffix = self._wire.suffix
        if suffix is None:
            return prompt
        special = self._service.backend.vocabulary.special
        for before, after, middle in FILL_IN_THE_MIDDLE:
            if before in special and after in special and middle in special:
                return f"{before}{prompt}{after}{suffix}{middle}"
        raise ApiError(
            400, "suffix: this model's vocabulary has no fill-in-the-middle tokens.", param="suffix"
        )

    def _request(self, prompt: str | tuple[int, ...]) -> Request:
        wire = self._wire
        max_tokens = wire.max_tokens
        if max_tokens is None and self._service.defaults.max_tokens is None:
            max_tokens = DEFAULT_MAX_TOKENS
        ranked = (wire.best_of or 1) > self._n  # choosing the best takes their probabilities
        top = 0 if wire.logprobs is None and ranked else wire.logprobs
        sampling = self._service.sampling(wire, max_tokens, top)
        scored = bool(wire.echo) and wire.logprobs is not None
        sampling = replace(sampling, prompt_logprobs=scored)
        return Request(prompt=prompt, sampling=sampling, stop=wire.stop_strings)

    def _prompt_text(self, prompt: str | tuple[int, ...]) -> str:
        if isinstance(prompt, str):
            return prompt
        pieces = self._service.backend.vocabulary.pieces
        return b"".join(pieces[token] for token in prompt).decode("utf-8", "replace")

    async def complete(self, sources: list[Source]) -> Completion:
        answers = [reply for source in sources for reply in source.replies]
        wholes = await collect(answers)
        choices: list[CompletionChoice] = []
        for source in sources:
            mine, wholes = wholes[: len(source.replies)], wholes[len(source.replies) :]
            for reply, whole in self._best(source, mine):
                choices.append(self._whole_choice(len(choices), source, reply, whole))
        return self._envelope(choices, usage_of([s.plan for s in sources], answers))

    def _best(self, source: Source, wholes: list[Piece]) -> list[tuple[Reply, Piece]]:
        """The n candidates with the highest mean log-probability a token."""
        pairs = list(zip(source.replies, wholes, strict=True))
        if len(pairs) == self._n:
            return pairs

        def mean(pair: tuple[Reply, Piece]) -> float:
            values = [entry.logprob for entry in pair[1].logprobs]
            return sum(values) / len(values) if values else float("-inf")

        return sorted(pairs, key=mean, reverse=True)[: self._n]

    def _whole_choice(
        self, index: int, source: Source, reply: Reply, whole: Piece
    ) -> CompletionChoice:
        prefix = source.text if self._wire.echo else ""
        entries: list[TokenLogprob | int] = []
        if self._wire.echo and self._wire.logprobs is not None:
            entries = [source.plan.prompt[0], *reply.prompt_logprobs]
        entries += whole.logprobs
        return {
            "index": index,
            "text": prefix + whole.text,
            "logprobs": self._logprobs(entries, 0),
            "finish_reason": whole.finish,
        }

    async def stream(self, sources: list[Source]) -> AsyncGenerator[bytes, None]:
        """Server-sent events: each prompt if it is to be echoed, the text, the usage, [DONE]."""
        owners = [source for source in sources for _ in source.replies]
        answers = [reply for source in sources for reply in source.replies]
        printed = [0] * len(answers)
        async with aclosing(interleave(answers)) as pieces:
            begun: set[int] = set()
            async for index, piece in pieces:
                if self._wire.echo and index not in begun:
                    begun.add(index)
                    yield self._echo(index, owners[index], answers[index])
                    printed[index] = len(owners[index].text)
                yield self._chunk(index, piece, printed[index])
                printed[index] += len(piece.text)
        if self._wire.wants_usage:
            yield event(self._envelope([], usage_of([s.plan for s in sources], answers)))
        yield DONE

    def _echo(self, index: int, source: Source, reply: Reply) -> bytes:
        entries: list[TokenLogprob | int] = [source.plan.prompt[0], *reply.prompt_logprobs]
        choice: CompletionChoice = {
            "index": index,
            "text": source.text,
            "logprobs": self._logprobs(entries, 0),
            "finish_reason": None,
        }
        return event(self._streamed([choice]))

    def _chunk(self, index: int, piece: Piece, offset: int) -> bytes:
        choice: CompletionChoice = {
            "index": index,
            "text": piece.text,
            "logprobs": self._logprobs(piece.logprobs, offset),
            "finish_reason": piece.finish,
        }
        return event(self._streamed([choice]))

    def _streamed(self, choices: list[CompletionChoice]) -> Completion:
        envelope = self._envelope(choices, None)
        if not self._wire.wants_usage:
            del envelope["usage"]
        return envelope

    def _envelope(self, choices: list[CompletionChoice], usage: Usage | None) -> Completion:
        return {
            "id": self._id,
            "object": "text_completion",
            "created": self._created,
            "model": self._wire.model,
            "choices": choices,
            "usage": usage,
        }

    def _logprobs(
        self, entries: Sequence[TokenLogprob | int], offset: int
    ) -> CompletionLogprobs | None:
        if self._wire.logprobs is None:
            return None
        return completion_logprobs(entries, offset, self._service.backend.vocabulary)
