"""What the gateway and a worker's api share: bodies, disconnects, errors, request ids."""

import asyncio
import contextlib
import difflib
import logging
import re
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeVar

from pydantic_core import from_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gallama.wire_errors import ApiError

logger = logging.getLogger("gallama")

REQUEST_ID = "x-request-id"
BODY_SECONDS = 60.0
READ_ON = 16  # times the limit
MAX_VALUES = 600_000  # of a JSON body: a second's work
T = TypeVar("T")

# What the JSON parser says, where it could be plainer.
PLAINER = {
    "recursion limit exceeded": "nested more than 200 levels deep",
    "number out of range": "a number of more than 4300 digits",
    "invalid unicode code point": "bytes that are not UTF-8",
    "lone leading surrogate in hex escape": "half a surrogate pair",
    "unexpected end of hex escape": "half a surrogate pair",
}

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class ClientGone(Exception):
    """The client went away before its answer was complete. Nobody is left to be told."""


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body. Raises ApiError: 413 over `limit` bytes, 408 when it does not arrive."""
    too_large = ApiError(413, f"The body is larger than {limit / 1e6:g} MB (server.max_body_mb).")
    if int(request.headers.get("content-length", "0")) > limit * READ_ON:
        raise too_large
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                part = message.get("body", b"")
                size += len(part)
                if size <= limit:
                    body += part
                # What is too large is read on for a while, and forgotten: a client that is still
                # sending when the connection closes would never see the answer.
                if not message.get("more_body") or size > limit * READ_ON:
                    break
    except TimeoutError:
        reason = f"The body did not arrive within {BODY_SECONDS:.0f} s."
        raise ApiError(408, reason, headers={"Connection": "close"}) from None
    if size > limit:
        raise too_large
    return bytes(body)


def check_content_type(request: Request) -> None:
    """Raises ApiError 415 unless the body is said to be JSON, as it is."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        said = repr(short(kind)) if kind else "not said"
        raise ApiError(415, f"The content type must be 'application/json'; it is {said}.")
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise ApiError(415, f"The content encoding {short(coding)!r} is not read; send it plain.")


def decode_object(body: bytes) -> dict[str, Any]:
    """A JSON object as RFC 8259 has it, at most 200 levels deep and of MAX_VALUES values. Raises
    ApiError 400."""
    if _values(body) > MAX_VALUES:
        raise ApiError(400, f"The body has more than {MAX_VALUES} values.")
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        why, at, place = str(error).rpartition(" at ")
        raise ApiError(
            400, f"The body is not valid JSON: {PLAINER.get(why, why)}{at}{place}."
        ) from None
    if not isinstance(value, dict):
        raise ApiError(400, "The body must be a JSON object.")
    return value


def _values(body: bytes) -> int:
    """About how many values a JSON text has; each is an object that holds up the interpreter."""
    marks = sum(map(body.count, (b",", b"[", b"{")))
    if marks <= MAX_VALUES:
        return marks
    bare = _STRING.sub(b"", body)  # a text may have commas
    return sum(map(bare.count, (b",", b"[", b"{")))


def short(text: str, most: int = 80) -> str:
    """What a client sent, as far as an answer repeats it."""
    return text if len(text) <= most else text[:most] + "…"


async def while_connected(receive: Receive, work: Awaitable[T]) -> T:
    """The result of `work`, which is cancelled when the client goes away (raises ClientGone).

    The request's body must have been read.
    """
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGone
        return task.result()
    finally:
        watch.cancel()
        if not task.done():
            task.cancel()
            # The work's own clean-up (a reply cancelled in the backend) ends before we go on.
            await asyncio.wait((task,))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class EventStream(Response):
    """Server-sent events, cancelled when the client goes away.

    `events` yields whole encoded events. An ApiError it raises before the first event becomes an
    ordinary error answer; later, the stream's last event: never a silent stop.
    """

    def __init__(self, events: AsyncGenerator[bytes, None], request_id: str) -> None:
        super().__init__(media_type="text/event-stream")
        self._events = events
        self._request_id = request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(ClientGone):
            async with contextlib.aclosing(self._events):
                await while_connected(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        first = await anext(self._events, b"")
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            await _send_part(send, first)
            async for event in self._events:
                await _send_part(send, event)
        except ApiError as error:
            await _send_part(send, error.event(self._request_id))
        except Exception as error:
            logger.exception("request %s failed in its stream", self._request_id)
            await _send_part(send, _internal(error).event(self._request_id))
        await send({"type": "http.response.body", "body": b""})


async def _send_part(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


def new_request_id() -> str:
    return f"req-{uuid.uuid4().hex}"


class RequestIds:
    """Gives every request an id, the client's own if it is a plain one, and returns it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(REQUEST_ID.encode(), b"").decode("latin-1")
        request_id = given if _SAFE_ID.fullmatch(given) else new_request_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *((k, v) for k, v in message.get("headers", ()) if k != REQUEST_ID.encode()),
                    (REQUEST_ID.encode(), request_id.encode()),
                ]
            await send(message)

        await self.app(scope, receive, send_with_id)


def request_id(request: Request) -> str:
    return str(request.state.request_id)


def error_response(request: Request, error: ApiError) -> Response:
    return Response(
        error.encode(request_id(request)), error.status, error.headers, "application/json"
    )


def _internal(error: Exception) -> ApiError:
    return ApiError(
        500, f"The server made a mistake ({type(error).__name__}); its log has the request's id."
    )


def _on_http_error(request: Request, error: HTTPException) -> Response:
    path = short(request.scope["path"])
    paths = [route.path for route in request.app.routes if isinstance(route, Route)]
    near = difflib.get_close_matches(path, paths, n=1, cutoff=0.8)
    meant = f" Did you mean {near[0]}?" if near else ""
    message = {
        404: f"There is no {path} here.{meant}",
        405: f"{path} does not take {request.method}.",
    }.get(error.status_code, str(error.detail))
    return error_response(request, ApiError(error.status_code, message, headers=error.headers))


def _on_gone(request: Request, error: ClientGone) -> Response:
    return Response(status_code=499)  # nobody reads it; nginx's number for this


def _on_bug(request: Request, error: Exception) -> Response:
    logger.error("request %s failed", request_id(request))  # the server logs the traceback
    return error_response(request, _internal(error))


# Handlers are typed by the error they take, which Starlette's own type does not allow for.
EXCEPTION_HANDLERS: dict[Any, Callable[[Request, Any], Response]] = {
    ApiError: error_response,
    HTTPException: _on_http_error,
    ClientGone: _on_gone,
    Exception: _on_bug,
}
