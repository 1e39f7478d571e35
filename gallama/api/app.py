"""The ASGI application of one worker: the OpenAI routes over one model."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gallama.api.chat import Chat
from gallama.api.completions import Completions
from gallama.api.parse import check, parse
from gallama.api.recipes import refuse
from gallama.api.service import Service
from gallama.api.sse import encode
from gallama.api.tokens import detokenize, tokenize
from gallama.api.types import (
    ChatRequest,
    CompletionRequest,
    DetokenizeRequest,
    SamplingFields,
)
from gallama.asgi import (
    EXCEPTION_HANDLERS,
    EventStream,
    RequestIds,
    read_body,
    request_id,
    while_connected,
)
from gallama.wire_errors import ApiError

SMALL_BODY = 32_000  # bytes; what takes longer to parse than a thread takes to start
Planned = TypeVar("Planned")
Made = TypeVar("Made")


class Generation(Protocol[Planned]):
    """A request that generates: planned first, so that what is wrong with it is a 400, then
    either completed or streamed."""

    async def plan(self) -> Planned: ...

    async def complete(self, planned: Planned, /) -> Mapping[str, Any]: ...

    def stream(self, planned: Planned, /) -> AsyncGenerator[bytes, None]: ...


def build(service: Service, max_body: int) -> ASGIApp:
    """`max_body`: bytes of the largest body that is read."""
    endpoints = _Endpoints(service, max_body)
    posts = {
        "/v1/chat/completions": endpoints.chat,
        "/v1/completions": endpoints.completions,
        "/tokenize": endpoints.tokenize,
        "/detokenize": endpoints.detokenize,
    }
    routes = [Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()]
    routes.append(Route("/health", endpoints.health))
    return RequestIds(Starlette(routes=routes, exception_handlers=EXCEPTION_HANDLERS))


class _Endpoints:
    """Those of one model. Each raises ApiError."""

    def __init__(self, service: Service, max_body: int) -> None:
        self._service = service
        self._max_body = max_body

    async def chat(self, request: Request) -> Response:
        filled = await self._read(request, self._service.recipes.chat)
        with filled.naming():
            wire = check(filled.fields, ChatRequest)
            return await _generated(request, wire, Chat(self._service, wire))

    async def completions(self, request: Request) -> Response:
        wire = await self._read(request, partial(parse, kind=CompletionRequest))
        refuse(wire.model)
        return await _generated(request, wire, Completions(self._service, wire))

    async def tokenize(self, request: Request) -> Response:
        wire = await self._read(request, self._service.recipes.tokenize)
        return JSONResponse(await tokenize(self._service, wire))

    async def detokenize(self, request: Request) -> Response:
        wire = await self._read(request, partial(parse, kind=DetokenizeRequest))
        refuse(wire.model)
        return JSONResponse(await detokenize(self._service, wire))

    async def health(self, request: Request) -> Response:
        stats = self._service.backend.stats()
        return JSONResponse({name: getattr(stats, name) for name in stats.__slots__})

    async def _read(self, request: Request, made: Callable[[bytes], Made]) -> Made:
        """What is made of a body; in a thread, where that takes time."""
        body = await read_body(request, self._max_body)
        quick = len(body) < SMALL_BODY and not self._service.recipes.likely(body)
        return made(body) if quick else await asyncio.to_thread(made, body)


async def _generated(
    request: Request, wire: SamplingFields, generation: Generation[Planned]
) -> Response:
    _check_stream_options(wire)
    planned = await generation.plan()
    if wire.stream:
        return EventStream(generation.stream(planned), request_id(request))
    answer = await while_connected(request.receive, generation.complete(planned))
    return Response(encode(answer), media_type="application/json")


def _check_stream_options(wire: SamplingFields) -> None:
    if wire.stream_options is not None and not wire.stream:
        raise ApiError(400, "stream_options: needs 'stream': true.", param="stream_options")
