"""From a checked configuration to a running server, and back to nothing."""

import asyncio
import contextlib
import errno
import logging
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from gallama import registry
from gallama.config.schema import RunConfig, ServerSpec
from gallama.errors import ConfigError, Mistake
from gallama.launchers.base import Launcher
from gallama.serve import gateway
from gallama.serve.events import Observer, Serving, forgiving
from gallama.serve.http import Protocol
from gallama.serve.supervisor import Supervisor

logger = logging.getLogger("gallama")

FORCED_SECONDS = 2.0  # from the workers' end to that of the connections
STALLED_SECONDS = 120  # until a client that takes nothing of what is sent is given up
BACKLOG = 2048


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
        raise ConfigError([_cannot_listen(server, error)]) from None
    return listener


def _cannot_listen(server: ServerSpec, error: OSError) -> Mistake:
    where = f"cannot listen on {server.host}:{server.port} ({error.strerror})"
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        other = server.port + 1 if 1024 <= server.port < 65535 else 8000
        return Mistake(f"server.port: {where}; choose another, such as server.port={other}")
    return Mistake(f"server.host: {where}; give an address of this machine, or 0.0.0.0 for all")


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


async def _serve(config: RunConfig, listener: socket.socket, observer: Observer) -> int:
    signals = _Signals()
    log_dir = None if config.server.log_dir is None else Path(config.server.log_dir)
    launcher: Launcher = registry.load(registry.LAUNCHERS, config.launcher.value)(log_dir)
    supervisor = Supervisor(config, launcher, observer)
    server = _Server(
        uvicorn.Config(
            gateway.build(config, supervisor),
            http=Protocol,
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
