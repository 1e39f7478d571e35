"""Who keeps the workers running, and who starts them, against ill-bred workers.

The supervisor is given a launcher whose workers do as the test says; the launcher is given shell
scripts in place of the worker program.
"""

import asyncio
import contextlib
import functools
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn
from aiohttp import web

from gallama.config.schema import BackendName, LogLevel, ModelSpec, RunConfig, ServerSpec
from gallama.launchers import local
from gallama.launchers.base import LaunchFailed, WorkerSpec
from gallama.launchers.local import LocalLauncher, LocalWorker
from gallama.launchers.log import LogFile
from gallama.serve import http, supervisor
from gallama.serve.events import Event, Serving, forgiving
from gallama.serve.supervisor import Replica, Supervisor, why_not
from tests.serving import gone

pytestmark = pytest.mark.anyio

MODEL = ModelSpec(backend=BackendName.scripted)
SPEC = WorkerSpec("w", "w", MODEL, 1000, LogLevel.info)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}  # as the runner


async def until(true: Callable[[], Any], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# The supervisor


class FakeWorker:
    """A worker that ends when it is told to."""

    def __init__(self, socket: str = "/nowhere/at.all") -> None:
        self.socket = socket
        self.stopped_with: list[float] = []
        self._ended = asyncio.Event()

    def die(self) -> None:
        self._ended.set()

    async def wait(self) -> str:
        await self._ended.wait()
        return "the worker was tired"

    async def stop(self, grace_seconds: float) -> None:
        self.stopped_with.append(grace_seconds)
        self.die()


class FakeLauncher:
    """Each start yields the next of `lives`, the last one again and again; errors it raises."""

    def __init__(self, *lives: FakeWorker | Exception) -> None:
        self._lives = lives
        self.starts = 0

    async def start(self, spec: WorkerSpec, progress: object) -> FakeWorker:
        life = self._lives[min(self.starts, len(self._lives) - 1)]
        self.starts += 1
        await asyncio.sleep(0)
        if isinstance(life, Exception):
            raise life
        return life

    def close(self) -> None:
        pass


@contextlib.asynccontextmanager
async def keeping(launcher: FakeLauncher, heartbeat: float = 10) -> AsyncIterator[Replica]:
    """The one replica that a supervisor keeps running."""
    config = RunConfig({"m": MODEL}, ServerSpec(heartbeat_seconds=heartbeat))
    kept = Supervisor(config, launcher, lambda event: None)
    kept.start()
    try:
        yield kept.replicas[0]
    finally:
        async with asyncio.timeout(5):
            await kept.stop()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF", 0.001)


async def test_a_worker_is_stopped_with_grace_and_its_connections_closed() -> None:
    worker = FakeWorker()
    async with keeping(FakeLauncher(worker)) as replica:
        await until(lambda: replica.ready)
        session = replica.session
    assert worker.stopped_with == [supervisor.STOP_GRACE_SECONDS]
    assert session is not None
    assert session.closed
    assert replica.event.state == "stopped"
    assert str(why_not("m", [replica])) == "The server is stopping."


async def test_a_worker_that_died_as_soon_as_it_was_ready_is_replaced(hasty: None) -> None:
    gone, good = FakeWorker(), FakeWorker()
    gone.die()
    async with keeping(launcher := FakeLauncher(gone, good)) as replica:
        await until(lambda: launcher.starts == 2 and replica.ready)


@pytest.mark.parametrize("error", [LaunchFailed("of late", permanent=False), KeyError("a bug")])
async def test_after_a_few_failures_a_first_load_is_given_up(hasty: None, error: Exception) -> None:
    async with keeping(launcher := FakeLauncher(error)) as replica:
        await until(lambda: replica.event.state == "failed")
        assert launcher.starts == supervisor.FIRST_LOAD_ATTEMPTS
        answer = why_not("m", [replica])
        assert answer.status == 503
        assert "could not be loaded" in str(answer)


async def test_a_reason_of_its_own_ends_a_first_load_at_once() -> None:
    async with keeping(launcher := FakeLauncher(LaunchFailed("no file", permanent=True))) as m:
        await until(lambda: m.event.state == "failed")
        assert launcher.starts == 1


async def test_what_was_ready_once_is_never_given_up(hasty: None) -> None:
    worker = FakeWorker()
    worker.die()
    failures = [LaunchFailed("its file is gone", permanent=True)] * 6
    async with keeping(launcher := FakeLauncher(worker, *failures, FakeWorker())) as replica:
        await until(lambda: launcher.starts == 8 and replica.ready)


async def test_a_storm_of_restarts_calms_down() -> None:
    dying = FakeWorker()
    dying.die()
    async with keeping(launcher := FakeLauncher(dying)):
        await asyncio.sleep(1)
        assert launcher.starts <= 4  # at 0, 0.2, 0.6 s


async def test_stopping_during_a_back_off() -> None:
    dying = FakeWorker()
    dying.die()
    async with keeping(FakeLauncher(dying)) as replica:
        await until(lambda: replica.event.state == "restarting")
        assert int(why_not("m", [replica]).headers["Retry-After"]) >= 1


async def test_a_worker_that_cannot_be_reached_is_replaced(hasty: None) -> None:
    """Its socket was deleted, say: it lives, and nobody can ask it anything."""
    lost, good = FakeWorker(), FakeWorker()
    async with keeping(launcher := FakeLauncher(lost, good), heartbeat=0.2) as replica:
        await until(lambda: launcher.starts == 2)
        assert lost.stopped_with == [0]
        await until(lambda: replica.ready)


async def test_one_late_heartbeat_is_forgiven() -> None:
    async def health(request: web.Request) -> web.Response:
        asked.append(1)
        await asyncio.sleep(1 if len(asked) % 2 else 0)
        return web.Response()

    asked: list[int] = []
    app = web.Application()
    app.router.add_get("/health", health)
    site = web.AppRunner(app, shutdown_timeout=0)
    await site.setup()
    with tempfile.TemporaryDirectory() as folder:
        await web.UnixSite(site, socket := f"{folder}/s").start()
        async with keeping(launcher := FakeLauncher(FakeWorker(socket)), heartbeat=0.2):
            await until(lambda: len(asked) >= 6)
            assert launcher.starts == 1
        await site.cleanup()


async def test_an_observer_that_cannot_write_is_no_reason_to_stop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(event: Event) -> None:
        raise OSError("No space left on device")

    forgiving(full)(Serving("http://here"))
    assert "No space left on device" in caplog.text


# The gateway's connections


@pytest.mark.parametrize(
    ("begun", "told"),
    [(b"", b""), (b"GET /v1/mod", b"408"), (b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET", b"answer")],
)
async def test_who_does_not_finish_a_head_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, begun: bytes, told: bytes
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.5)  # an answer may take longer than a head
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answer"})

    monkeypatch.setattr(http, "HEAD_SECONDS", 0.2)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=0,
            http=http.Protocol,
            lifespan="off",
            log_config=None,
            timeout_keep_alive=1,
        )
    )
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname())
    writer.write(begun)
    async with asyncio.timeout(5):
        said = await reader.read()
    writer.close()
    server.should_exit = True
    await serving
    assert told in said
    assert bool(said) is bool(told)


# The launcher

Script = Callable[[str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Makes a shell script the worker program. $3 is its socket, $4 its status line."""

    def make(text: str) -> None:
        path = tmp_path / "program"
        path.write_text(f"#!/bin/bash\n{text}\n")
        path.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(path))

    return make


READY = "echo '{\"ready\": true}' >&$4"


@contextlib.asynccontextmanager
async def launching(log_dir: Path | None = None) -> AsyncIterator[LocalLauncher]:
    launcher = LocalLauncher(log_dir)
    try:
        yield launcher
    finally:
        launcher.close()


async def start(launcher: LocalLauncher) -> LocalWorker:
    async with asyncio.timeout(10):
        return await launcher.start(SPEC, lambda fraction: None)


async def test_an_end_while_loading_is_told_with_its_last_words(program: Script) -> None:
    program("for i in $(seq 50); do echo line $i; done; exit 3")
    async with launching() as launcher:
        with pytest.raises(LaunchFailed, match="exited with 3") as caught:
            await start(launcher)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1 + local.TAIL_LINES
    assert lines[-1] == "    line 50"
    assert not caught.value.permanent


async def test_what_the_worker_says_before_it_ends_is_heard(program: Script) -> None:
    program('echo \'{"failed": "no such file"}\' >&$4; exit 1')
    async with launching() as launcher:
        with pytest.raises(LaunchFailed, match=r"^no such file$") as caught:
            await start(launcher)
    assert caught.value.permanent


@pytest.mark.parametrize("daemon", [False, True])
async def test_a_child_that_holds_the_pipes_does_not_hide_the_end(
    program: Script, tmp_path: Path, daemon: bool
) -> None:
    program(f"{'setsid' * daemon} sleep 600 & echo $! >> {tmp_path}/pids; echo last words; exit 3")
    open_files = []
    async with launching() as launcher:
        for _ in range(3):
            with pytest.raises(LaunchFailed, match="last words"):
                await start(launcher)
            await asyncio.sleep(0.01)
            open_files.append(psutil.Process().num_fds())
    assert open_files[-1] == open_files[0]
    for pid in map(int, (tmp_path / "pids").read_text().split()):
        if daemon:
            with contextlib.suppress(ProcessLookupError):  # it may not have got that far
                os.kill(pid, signal.SIGKILL)  # it wanted to be on its own
        await until(functools.partial(gone, pid))


async def test_a_worker_ends_with_what_it_started(program: Script, tmp_path: Path) -> None:
    program(f"sleep 600 & echo $! > {tmp_path}/child; {READY}; wait")
    async with launching() as launcher:
        worker = await start(launcher)
        await worker.stop(5)
    child = int((tmp_path / "child").read_text())
    await until(lambda: gone(child))
    assert "SIGTERM" in await worker.wait()


async def test_a_worker_deaf_to_signals_is_killed(program: Script) -> None:
    program(f"trap '' TERM; {READY}; while :; do sleep 1; done")
    async with launching() as launcher:
        worker = await start(launcher)
        began = time.monotonic()
        await worker.stop(0.2)
        assert time.monotonic() - began < 3
    assert "SIGKILL" in await worker.wait()


async def test_breaking_off_a_stop_does_not_save_the_worker(program: Script) -> None:
    program(f"trap '' TERM; {READY}; while :; do sleep 1; done")
    async with launching() as launcher:
        worker = await start(launcher)
        stopping = asyncio.create_task(worker.stop(60))
        await asyncio.sleep(0.1)
        stopping.cancel()
        async with asyncio.timeout(3):
            assert "SIGKILL" in await worker.wait()


async def test_breaking_off_a_start_leaves_no_process(program: Script, tmp_path: Path) -> None:
    program(f"echo $$ > {tmp_path}/pid; exec sleep 600")
    async with launching() as launcher:
        starting = asyncio.create_task(start(launcher))
        await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        starting.cancel()
        await asyncio.wait((starting,))
        assert starting.cancelled()
    await until(lambda: gone(int((tmp_path / "pid").read_text())))


async def test_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with launching() as launcher:
        with pytest.raises(LaunchFailed, match="No such file or directory"):
            await start(launcher)


async def test_fifty_failed_starts_leave_no_descriptor(program: Script) -> None:
    program("exit 1")
    me = psutil.Process()
    others = me.children()  # servers that other tests share
    async with launching() as launcher:
        before = 0
        for attempt in range(50):
            with pytest.raises(LaunchFailed):
                await start(launcher)
            if attempt == 10:
                before = me.num_fds()
        assert me.num_fds() <= before
    assert me.children() == others


async def test_a_worker_may_say_more_than_anyone_reads(program: Script) -> None:
    program(f"{READY}; head -c 3000000 /dev/zero | tr '\\0' x; echo; seq 100000; exit 0")
    async with launching() as launcher:
        worker = await start(launcher)
        async with asyncio.timeout(10):
            reason = await worker.wait()
        await worker.stop(0)
    assert len(reason) < local.TAIL_LINES * (local.TAIL_WIDTH + 10)
    assert reason.endswith("100000")


def test_a_long_tmpdir_is_no_place_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their paths would not fit into an address; where no folder is any good, that is said."""
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    launcher = LocalLauncher(None)
    launcher.close()
    assert list(deep.iterdir()) == []
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with pytest.raises(LaunchFailed, match="TMPDIR"):
        LocalLauncher(None)


# The log


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A folder in which a log of "w" finds no space."""
    (tmp_path / "w.log").symlink_to("/dev/full")
    return tmp_path


async def test_a_full_disk_loses_lines_not_the_worker(
    program: Script, full: Path, caplog: pytest.LogCaptureFixture
) -> None:
    program("seq 1000; exit 3")
    async with launching(full) as launcher:
        with pytest.raises(LaunchFailed, match="exited with 3"):
            await start(launcher)
    assert caplog.text.count("lines are lost") == 1
    assert "Traceback" not in caplog.text


def test_a_log_folder_that_is_a_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with LogFile(tmp_path / "file", "w") as log:
        log.write("one")
        log.write("two")
    assert caplog.text.count("lines are lost") == 1


def test_a_log_goes_on_once_there_is_space_again(
    full: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with LogFile(full, "w") as log:
        log.write("lost")
    (full / "w.log").unlink()
    with LogFile(full, "w") as log:
        log.write("kept")
    assert (full / "w.log").read_text() == "kept\n"
