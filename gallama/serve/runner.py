"""From a checked configuration to a running server, and back to nothing."""

import asyncio
import contextlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from gallama.asgi import REQUEST_ID, new_request_id
from gallama.config.schema import RunConfig, ServerSpec
from gallama.errors import ConfigError, Mistake
from gallama.launchers.local import LocalLauncher
from gallama.serve import gateway
from gallama.serve.events import Observer, Serving, forgiving
from gallama.serve.supervisor import Supervisor
from gallama.wire_errors import ApiError

logger = logging.getLogger("gallama")

FORCED_SECONDS = 2.0  # from the workers' end to that of the connections
STALLED_SECONDS = 120  # until a client that takes nothing of what is sent is given up
BACKLOG = 2048
MAX_HEAD = 64_000  # bytes of a request's first line and headers
HEAD_SECONDS = 30.0
LINGER_SECONDS = 1.0  # a client that is cut off while it sends would not see the answer


def run(config: RunConfig, observer: Observer) -> int:
    """Serves until SIGINT or SIGTERM; the exit code is 0 then, and 1 when no model could load.

    A first signal drains: no new connection is taken, replies that run may end within
    server.drain_seconds. A second one ends them at once; so does a terminal that is closed.
    Raises ConfigError when the address cannot be bound.
    """
    _lift_descriptor_limit()
    listener = _bind(config.server)
    return uvloop.run(_serve(config, listener, forgiving(observer)))


def _lift_descriptor_limit() -> None:
    """To what the system allows: a stream takes two, and many a shell's own limit is 1024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says "infinity" and takes less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _bind(server: ServerSpec) -> socket.socket:
    """Before anything loads, so that a port in use is known at once; listening, since until then
    a second server could bind it, too."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _notice_the_vanished(listener)
    try:
        listener.bind((server.host, server.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        where = f"{server.host}:{server.port}"
        why = f"server.port: cannot listen on {where} ({error.strerror}); choose another"
        raise ConfigError([Mistake(f"{why}, such as server.port={server.port + 1}")]) from None
    return listener


def _notice_the_vanished(listener: socket.socket) -> None:
    """Connections inherit it: a client whose machine is gone, or that stopped reading for good,
    holds neither descriptor nor slot for ever."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 15)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_SECONDS * 1000)


class _Server(uvicorn.Server):
    """The runner has the signals, so that workers end in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Protocol(HttpToolsProtocol):
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


async def _serve(config: RunConfig, listener: socket.socket, observer: Observer) -> int:
    signals = _Signals()
    log_dir = None if config.server.log_dir is None else Path(config.server.log_dir)
    supervisor = Supervisor(config, LocalLauncher(log_dir), observer)
    server = _Server(
        uvicorn.Config(
            gateway.build(config, supervisor),
            http=_Protocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
        )
    )
    supervisor.start()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        if not await _loaded(supervisor, signals):
            return 0 if signals.count else 1
        host, port = listener.getsockname()[:2]
        observer(Serving(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"))
        await signals.first.wait()
        server.should_exit = True
        await _drained(supervisor, config.server.drain_seconds, signals)
        return 0
    finally:
        server.should_exit = True
        await supervisor.stop()  # streams that still run end with an error event
        # Requests that are half sent, and answers that nobody takes, are waited for no longer.
        await asyncio.wait((serving,), timeout=FORCED_SECONDS)
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        await serving


class _Signals:
    """SIGINT, SIGTERM and, unless nohup wants it ignored, SIGHUP: counted."""

    def __init__(self) -> None:
        self.count = 0
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        loop = asyncio.get_running_loop()
        hangup = [signal.SIGHUP] if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL else []
        for number in (signal.SIGINT, signal.SIGTERM, *hangup):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        self.count += 1
        (self.first if self.count == 1 else self.second).set()


async def _loaded(supervisor: Supervisor, signals: _Signals) -> bool:
    """True once any replica is ready and the others are, too, or failed for good; False when
    none can be, or at a signal."""
    settled = asyncio.create_task(supervisor.settled())
    stop = asyncio.create_task(signals.first.wait())
    await asyncio.wait((settled, stop), return_when=asyncio.FIRST_COMPLETED)
    loaded = settled.done() and settled.result()
    for task in (settled, stop):
        task.cancel()
    return loaded and not signals.count


async def _drained(supervisor: Supervisor, seconds: float, signals: _Signals) -> None:
    """Returns when no reply runs any more, when the time is up, or at a second signal."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end and any(replica.in_flight for replica in supervisor.replicas):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(signals.second.wait(), 0.02)
            return
