"""What the endpoints of one worker share: the model, its template, its defaults."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from gallama.api.recipes import Recipes
from gallama.api.types import SamplingFields
from gallama.channels import ChannelStream, NoParse
from gallama.config.schema import SamplingDefaults
from gallama.errors import BackendFailure, EngineFailure, PlanError
from gallama.guide import Guides
from gallama.plan import Plan, Speaker, plan, prompt_of, with_bos
from gallama.template import ChatTemplate
from gallama.text import Delta, TextStream
from gallama.types import (
    Backend,
    Channel,
    Finish,
    Matcher,
    Part,
    Request,
    Sampling,
    Step,
    TokenLogprob,
    Vocabulary,
)
from gallama.wire_errors import ApiError

T = TypeVar("T")

# Threads of their own: declarations that take long to compile hold up each other, not those who
# only want their prompt rendered.
_COMPILERS = ThreadPoolExecutor(2, thread_name_prefix="compile")

_TOKEN_ID = re.compile("0|[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Service:
    """One loaded model, under the name it was configured by."""

    name: str
    backend: Backend
    template: ChatTemplate
    defaults: SamplingDefaults
    guides: Guides
    recipes: Recipes = field(default_factory=Recipes)

    async def plan(self, request: Request) -> Plan:
        """Renders, tokenizes and compiles in a thread. Raises ApiError 400."""
        pool = _COMPILERS if request.guide else None
        return await _planned(plan, request, self._speaker, pool=pool)

    async def prompt(self, request: Request) -> list[int]:
        """The prompt alone, even one that is too long to be answered. Raises ApiError 400."""
        return await _planned(prompt_of, request, self._speaker)

    @property
    def _speaker(self) -> Speaker:
        backend = self.backend
        return Speaker(backend.vocabulary, self.template, self.guides, backend.max_seq_len)

    async def encode(self, text: str, special: bool, add_special_tokens: bool) -> list[int]:
        vocabulary = self.backend.vocabulary
        tokens = await asyncio.to_thread(vocabulary.encode, text, special)
        return with_bos(tokens, vocabulary) if add_special_tokens else tokens

    def sampling(
        self, fields: SamplingFields, max_tokens: int | None, top_logprobs: int | None
    ) -> Sampling:
        """What the request says, else what the model's YAML says, else what the API says."""
        given = {
            name: value
            for name in vars(self.defaults)
            if (value := getattr(fields, name)) is not None
            or (value := getattr(self.defaults, name)) is not None
        }
        given["max_tokens"] = max_tokens  # the YAML's is the request's default_max_tokens
        given["top_k"] = max(given.get("top_k", 0), 0)  # -1 is "off" to some clients
        bias = self._bias(fields.logit_bias)
        return Sampling(**given, seed=fields.seed, logit_bias=bias, top_logprobs=top_logprobs)

    def _bias(self, bias: dict[str, float] | None) -> dict[int, float]:
        size = len(self.backend.vocabulary.pieces)
        for key in bias or ():
            if not (_TOKEN_ID.fullmatch(key) and int(key) < size):
                param = f"logit_bias.{key}"
                message = f"{param}: no token id of this model (0 to {size - 1})."
                raise ApiError(400, message, param=param)
        return {int(key): value for key, value in (bias or {}).items()}


async def _planned(make: Callable[..., T], *arguments: object, pool: Executor | None = None) -> T:
    """What `make` returns, made in a thread; its PlanError becomes an ApiError 400."""
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, make, *arguments)
    except PlanError as error:
        raise ApiError(400, str(error), param=error.param, code=error.code) from error


@dataclass(frozen=True, slots=True)
class Piece:
    """What is certain of a reply: its parts; of the tokens that are out with them, where in the
    reply's text they begin and (if asked for) their log-probabilities; at last, why it ends, and
    the fields of its thinking template."""

    parts: tuple[Part, ...]
    starts: tuple[int, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    finish: Finish | None = None
    thinking: Mapping[str, Any] | None = None

    def said(self, channel: Channel) -> str:
        """All that is said on a channel."""
        return "".join(part.text for part in self.parts if part.channel == channel)


class Reply:
    """One reply while it is generated; counts its tokens.

    Closing `pieces()` cancels it.
    """

    def __init__(self, backend: Backend, plan: Plan) -> None:
        self._backend = backend
        self._plan = plan
        self._text = _stream(backend.vocabulary, plan)
        self._logprobs: list[TokenLogprob] = []
        self.completion_tokens = 0
        self.prompt_logprobs: tuple[TokenLogprob, ...] = ()

    @property
    def reasoning_tokens(self) -> int:
        return self._text.reasoning_tokens if isinstance(self._text, ChannelStream) else 0

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """Raises ApiError 500 when the model or the mask engine fails."""
        try:
            async with aclosing(
                self._backend.generate(self._plan.prompt, self._plan.sampling, self._matcher())
            ) as steps:
                async for step in steps:
                    piece = self._piece(step)
                    if piece.parts or piece.logprobs or piece.finish:
                        yield piece
                    if piece.finish:
                        return
        except (BackendFailure, EngineFailure, NoParse) as error:
            raise ApiError(500, f"The model failed: {error}", code="model_failed") from error

    def _matcher(self) -> Matcher | None:
        matcher = self._plan.constraint and self._plan.constraint.matcher
        return matcher.fork() if matcher else None

    def _piece(self, step: Step) -> Piece:
        self.completion_tokens += len(step.tokens)
        self.prompt_logprobs += step.prompt_logprobs
        # The end token is no part of the text, not even where it has a spelling.
        n_text = len(step.tokens) - (step.finish == "stop")
        self._logprobs += step.logprobs[:n_text]
        delta, finish = self._text.push(step.tokens[:n_text]), step.finish
        if finish and self._text.stopped is None:
            rest = self._text.close()
            delta = Delta(delta.parts + rest.parts, delta.starts + rest.starts)
        if self._text.stopped is not None:
            finish = "stop"
        n_out = len(delta.starts)
        logprobs, self._logprobs = self._logprobs[:n_out], self._logprobs[n_out:]
        thinking = self._text.thinking if finish else None
        return Piece(delta.parts, delta.starts, tuple(logprobs), finish, thinking)


def _stream(vocabulary: Vocabulary, plan: Plan) -> TextStream | ChannelStream:
    constraint = plan.constraint
    if constraint is None:
        return TextStream(vocabulary, plan.stops)
    extractor = constraint.extractor()
    if extractor is None:
        return TextStream(vocabulary, plan.stops, constraint.lead, plan.shown.lead)
    return ChannelStream(vocabulary, plan.stops, extractor, constraint.thinking, plan.shown)


def replies(service: Service, plan: Plan, n: int) -> list[Reply]:
    """`n` replies to one prompt; with a seed, the i-th draws with seed + i."""
    seed = plan.sampling.seed
    return [
        Reply(
            service.backend,
            plan
            if seed is None
            else replace(plan, sampling=replace(plan.sampling, seed=(seed + i) % 2**64)),
        )
        for i in range(n)
    ]


async def collect(replies: list[Reply]) -> list[Piece]:
    """Every reply whole. When one fails, the others are cancelled."""

    async def whole(reply: Reply) -> Piece:
        async with aclosing(reply.pieces()) as stream:
            pieces = [piece async for piece in stream]
        return Piece(
            tuple(part for piece in pieces for part in piece.parts),
            tuple(start for piece in pieces for start in piece.starts),
            tuple(entry for piece in pieces for entry in piece.logprobs),
            pieces[-1].finish,
            pieces[-1].thinking,
        )

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(whole(reply)) for reply in replies]
    except* ApiError as errors:
        raise _first(errors) from errors
    return [task.result() for task in tasks]


async def interleave(replies: list[Reply]) -> AsyncGenerator[tuple[int, Piece], None]:
    """(index, piece) of all replies, as they come. Closing it cancels them all."""
    queue: asyncio.Queue[tuple[int, Piece] | Exception] = asyncio.Queue()

    async def pump(index: int, reply: Reply) -> None:
        try:
            async with aclosing(reply.pieces()) as pieces:
                async for piece in pieces:
                    queue.put_nowait((index, piece))
        except Exception as error:
            queue.put_nowait(error)

    tasks = [asyncio.create_task(pump(i, reply)) for i, reply in enumerate(replies)]
    try:
        open_replies = len(replies)
        while open_replies:
            item = await queue.get()
            if isinstance(item, Exception):
                raise item
            yield item
            open_replies -= item[1].finish is not None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _first(errors: BaseExceptionGroup[ApiError]) -> ApiError:
    return next(e for e in errors.exceptions if isinstance(e, ApiError))
