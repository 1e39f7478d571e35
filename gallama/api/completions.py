"""POST /v1/completions: raw prompts, without a chat template."""

import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from gallama.api.answers import (
    Completion,
    CompletionChoice,
    FinishReason,
    Usage,
)
from gallama.api.budget import budget_of
from gallama.api.guide import guide_of, shown_of
from gallama.api.logprobs import completion_logprobs
from gallama.api.service import Piece, Reply, Service, collect, interleave, replies
from gallama.api.sse import DONE, event
from gallama.api.types import (
    CompletionRequest,
)
from gallama.api.usage import usage_of
from gallama.plan import Plan
from gallama.text import spelled_text
from gallama.types import Request, TokenLogprob
from gallama.wire_errors import ApiError

DEFAULT_MAX_TOKENS = 16  # OpenAI's

# How code models spell: what stands before, what stands after, what comes between.
FILL_IN_THE_MIDDLE = (
    ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
    ("<fim_prefix>", "<fim_suffix>", "<fim_middle>"),
    ("<fim-prefix>", "<fim-suffix>", "<fim-middle>"),
    ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
)

Entry = TokenLogprob | int  # a bare token is one without a probability: a prompt's first


@dataclass(frozen=True, slots=True)
class Source:
    """One prompt: its plan, what echo returns of it (its text, and where in that its tokens begin
    if they are scored), and the candidates it gets."""

    plan: Plan
    text: str
    starts: list[int]
    replies: list[Reply]

    def entries(self, reply: Reply) -> list[Entry]:
        return [self.plan.prompt[0], *reply.prompt_logprobs]


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
            sources.append(Source(plan, *self._echoed(prompt, plan), answers))
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
        if self._wire.echo:
            raise ApiError(400, "suffix: does not go with echo; leave one out.", param="suffix")
        special = self._service.backend.vocabulary.special
        for before, after, middle in FILL_IN_THE_MIDDLE:
            if before in special and after in special and middle in special:
                return f"{before}{prompt}{after}{suffix}{middle}"
        raise ApiError(
            400, "suffix: this model's vocabulary has no fill-in-the-middle tokens.", param="suffix"
        )

    def _request(self, prompt: str | tuple[int, ...]) -> Request:
        wire = self._wire
        ranked = (wire.best_of or 1) > self._n  # choosing the best takes their probabilities
        top = 0 if wire.logprobs is None and ranked else wire.logprobs
        sampling = self._service.sampling(wire, wire.max_tokens, top)
        return Request(
            prompt=prompt,
            sampling=replace(sampling, prompt_logprobs=self._scores),
            default_max_tokens=self._service.defaults.max_tokens or DEFAULT_MAX_TOKENS,
            stop=wire.stop_strings,
            guide=guide_of(wire),
            shown=shown_of(wire),
            budget=budget_of(wire),
        )

    @property
    def _scores(self) -> bool:
        """Whether the prompts' tokens have log-probabilities, too."""
        return bool(self._wire.echo) and self._wire.logprobs is not None

    def _echoed(self, prompt: str | tuple[int, ...], plan: Plan) -> tuple[str, list[int]]:
        """The prompt's text, and where in it its tokens begin if they are scored."""
        if not self._wire.echo:
            return "", []
        if isinstance(prompt, str) and not self._scores:
            return prompt, []
        text, starts = spelled_text(plan.prompt, self._service.backend.vocabulary)
        if not isinstance(prompt, str):
            return text, starts
        # What the server itself put before the prompt is no part of the echo.
        added = len(text) - len(prompt)
        return prompt, [max(start - added, 0) for start in starts]

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
        text = whole.said("content")
        if not self._wire.echo:
            return self._choice(index, text, whole.logprobs, whole.starts, whole.finish)
        offset = len(source.text)
        entries = [*source.entries(reply), *whole.logprobs]
        starts = [*source.starts, *(start + offset for start in whole.starts)]
        return self._choice(index, source.text + text, entries, starts, whole.finish)

    async def stream(self, sources: list[Source]) -> AsyncGenerator[bytes, None]:
        """Server-sent events: each prompt if it is to be echoed, the text, the usage, [DONE]."""
        owners = [source for source in sources for _ in source.replies]
        answers = [reply for source in sources for reply in source.replies]
        async with aclosing(interleave(answers)) as pieces:
            begun: set[int] = set()
            async for index, piece in pieces:
                if self._wire.echo and index not in begun:
                    begun.add(index)
                    yield self._echo(index, owners[index], answers[index])
                yield self._chunk(index, piece, len(owners[index].text))
        if self._wire.wants_usage:
            yield event(self._envelope([], usage_of([s.plan for s in sources], answers)))
        yield DONE

    def _echo(self, index: int, source: Source, reply: Reply) -> bytes:
        choice = self._choice(index, source.text, source.entries(reply), source.starts, None)
        return event(self._streamed([choice]))

    def _chunk(self, index: int, piece: Piece, offset: int) -> bytes:
        starts = [start + offset for start in piece.starts]
        choice = self._choice(index, piece.said("content"), piece.logprobs, starts, piece.finish)
        return event(self._streamed([choice]))

    def _choice(
        self,
        index: int,
        text: str,
        entries: Sequence[Entry],
        starts: Sequence[int],
        finish: FinishReason | None,
    ) -> CompletionChoice:
        logprobs = None
        if self._wire.logprobs is not None:
            vocabulary = self._service.backend.vocabulary
            logprobs = completion_logprobs(entries, starts, vocabulary)
        return {"text": text, "index": index, "logprobs": logprobs, "finish_reason": finish}

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
