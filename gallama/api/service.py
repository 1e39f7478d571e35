"""What the endpoints of one worker share: the model, its template, its defaults."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from gallama.api.types import SamplingFields
from gallama.config.schema import SamplingDefaults
from gallama.errors import BackendFailure, EngineFailure, PlanError
from gallama.plan import Plan, plan
from gallama.template import ChatTemplate
from gallama.text import TextStream
from gallama.types import Backend, Finish, Request, Sampling, Step, TokenLogprob
from gallama.wire_errors import ApiError


@dataclass(frozen=True, slots=True)
class Service:
    """One loaded model, under the name it was configured by."""

    name: str
    backend: Backend
    template: ChatTemplate
    defaults: SamplingDefaults

    async def plan(self, request: Request) -> Plan:
        """Renders and tokenizes in a thread. Raises ApiError 400."""

        def work() -> Plan:
            return plan(request, self.backend.vocabulary, self.template, self.backend.max_seq_len)

        try:
            return await asyncio.to_thread(work)
        except PlanError as error:
            raise ApiError(400, str(error), param=error.param, code=error.code) from error

    async def encode(self, text: str, special: bool) -> list[int]:
        return await asyncio.to_thread(self.backend.vocabulary.encode, text, special)

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
        if max_tokens is not None:
            given["max_tokens"] = max_tokens
        given["top_k"] = max(given.get("top_k", 0), 0)  # -1 is "off" to some clients
        bias = self._bias(fields.logit_bias)
        return Sampling(**given, seed=fields.seed, logit_bias=bias, top_logprobs=top_logprobs)

    def _bias(self, bias: dict[str, float] | None) -> dict[int, float]:
        size = len(self.backend.vocabulary.pieces)
        for key in bias or ():
            if not (key.isascii() and key.isdigit() and len(key) < 10 and int(key) < size):
                param = f"logit_bias.{key}"
                message = f"{param}: no token id of this model (0 to {size - 1})."
                raise ApiError(400, message, param=param)
        return {int(key): value for key, value in (bias or {}).items()}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a reply that is certain: text, the log-probabilities of the tokens that are out
    with it (if asked for), and on the last one the reason for the end."""

    text: str
    logprobs: tuple[TokenLogprob, ...] = ()
    finish: Finish | None = None


class Reply:
    """One reply while it is generated; counts its tokens.

    Closing `pieces()` cancels it.
    """

    def __init__(self, backend: Backend, plan: Plan) -> None:
        self._backend = backend
        self._plan = plan
        self._text = TextStream(backend.vocabulary, plan.stop)
        self._logprobs: list[TokenLogprob] = []
        self.completion_tokens = 0
        self.prompt_logprobs: tuple[TokenLogprob, ...] = ()

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """Raises ApiError 500 when the model or the mask engine fails."""
        try:
            async with aclosing(
                self._backend.generate(self._plan.prompt, self._plan.sampling)
            ) as steps:
                async for step in steps:
                    piece = self._piece(step)
                    if piece.text or piece.logprobs or piece.finish:
                        yield piece
                    if piece.finish:
                        return
        except (BackendFailure, EngineFailure) as error:
            raise ApiError(500, f"The model failed: {error}", code="model_failed") from error

    def _piece(self, step: Step) -> Piece:
        self.completion_tokens += len(step.tokens)
        self.prompt_logprobs += step.prompt_logprobs
        # The end token is no part of the text, not even where it has a spelling.
        n_text = len(step.tokens) - (step.finish == "stop")
        self._logprobs += step.logprobs[:n_text]
        delta = self._text.push(step.tokens[:n_text])
        text, n_out, finish = delta.text, delta.tokens, step.finish
        if finish and self._text.stopped is None:
            rest = self._text.close()
            text, n_out = text + rest.text, n_out + rest.tokens
        if self._text.stopped is not None:
            finish = "stop"
        logprobs, self._logprobs = self._logprobs[:n_out], self._logprobs[n_out:]
        return Piece(text, tuple(logprobs), finish)


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
        async with aclosing(reply.pieces()) as pieces:
            parts = [piece async for piece in pieces]
        text = "".join(part.text for part in parts)
        logprobs = tuple(entry for part in parts for entry in part.logprobs)
        return Piece(text, logprobs, parts[-1].finish)

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
