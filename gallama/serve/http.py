"""What the gateway adds to uvicorn's HTTP/1.1: bounds, and answers in OpenAI's shape."""

import asyncio
import sys

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from gallama.asgi import REQUEST_ID, new_request_id
from gallama.wire_errors import ApiError

MAX_HEAD = 64_000  # bytes of a request's first line and headers
HEAD_SECONDS = 30.0
LINGER_SECONDS = 1.0  # a client that is cut off while it sends would not see the answer


class Protocol(HttpToolsProtocol):
    """uvicorn's, which has no limit to what comes before a body or after it nor to the time that
    takes, and which answers what is no HTTP in words of its own."""

    _unread = 0  # bytes, about, of a head or of trailers that are not complete yet
    _refused = False
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_patient()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD and not self._refused:
            self._refuse(self._too_large())
        self._time()

    def _time(self) -> None:
        """A head is waited for so long: from the connection, or its first byte, on. Not while an
        answer is under way, which may take its time."""
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or not (self._unread or self.cycle is None):
            self._be_patient()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _be_patient(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self) -> None:
        if self._unread and not self._refused:
            self._refuse(ApiError(408, f"The headers did not arrive within {HEAD_SECONDS:g} s."))
        else:
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._unread = 0
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD:
            raise self._too_large()  # the parser brings it to send_400_response
        if self.parser.should_upgrade() and self.parser.get_method() == b"POST":
            # Only HTTP/1.1 is spoken here, and httptools leaves such a request's body unread.
            raise ApiError(400, "The connection cannot be upgraded: send no Upgrade header.")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def eof_received(self) -> None:
        in_body = self.cycle and self.cycle.more_body and not self.cycle.response_started
        if (self._unread or in_body) and not self._refused:
            self._refuse(ApiError(400, "The connection ended before the request was complete."))

    def send_400_response(self, msg: str) -> None:
        error = sys.exception()
        cause = error.__context__ if error else None
        if not isinstance(cause, ApiError):
            cause = ApiError(400, f"This is no valid HTTP request: {error}.")
        self._refuse(cause)

    def _too_large(self) -> ApiError:
        if len(self.url) > MAX_HEAD:
            return ApiError(414, f"The URL is longer than {MAX_HEAD} bytes.")
        return ApiError(431, f"The request's headers are larger than {MAX_HEAD} bytes.")

    def _refuse(self, error: ApiError) -> None:
        """Answers in place of the application, to which the client is gone."""
        self._refused = True
        cycle = self.cycle
        if cycle and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if not (cycle and cycle.response_started and not cycle.response_complete):
            self._write(error)
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _write(self, error: ApiError) -> None:
        request_id = new_request_id()
        body = error.encode(request_id)
        headers = {
            "content-type": "application/json",
            "content-length": len(body),
            "connection": "close",
            REQUEST_ID: request_id,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(STATUS_LINE[error.status] + head.encode() + b"\r\n" + body)
