"""Workers as child processes of this one, each on a unix socket of its own.

A worker gets its `WorkerSpec` as one line of JSON on standard input, and ends when that input
does: so none outlives this process, however it dies. It says how its load goes on a line of its
own, a socket; what it prints is its log. It leads a process group: what it starts ends with it.
"""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from pathlib import Path
from socket import socket as Socket
from socket import socketpair

from pydantic import TypeAdapter

from gallama.launchers.base import LaunchFailed, WorkerSpec
from gallama.launchers.log import LogFile
from gallama.types import Progress

TAIL_LINES = 20
TAIL_WIDTH = 500  # characters of each that are kept for the reason why a worker ended
LINE_LIMIT = 1 << 20  # bytes
LAST_LINES_SECONDS = 1.0
LONGEST_PARENT = 60  # bytes; a socket's whole path must not have more than about 100


class LocalLauncher:
    """`log_dir`: where each worker's log goes; None keeps only its last lines, in memory.

    The sockets are in a folder of their own among the temporary ones, which close() removes. One
    that a launcher killed with -9 left behind holds nothing that anybody needs.
    """

    def __init__(self, log_dir: Path | None) -> None:
        self._log_dir = log_dir
        self._folder = _socket_folder()
        self._numbers = itertools.count(1)  # never the socket of a worker before

    async def start(self, spec: WorkerSpec, progress: Progress) -> "LocalWorker":
        path = str(self._folder / f"{next(self._numbers)}.sock")
        try:
            process, status = await _spawn(path, spec.worker)
        except OSError as error:
            why = f"no process for the worker could be started ({error.strerror})"
            raise LaunchFailed(why, permanent=False) from error
        worker = LocalWorker(process, path, LogFile(self._log_dir, spec.worker))
        try:
            await worker.load(spec, status, progress)
        except BaseException:
            await worker.stop(0)
            raise
        return worker

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _socket_folder() -> Path:
    """A new folder, of this user's alone. Raises LaunchFailed."""
    try:
        parent = tempfile.gettempdir()
        if len(os.fsencode(parent)) > LONGEST_PARENT:
            parent = "/tmp"
        return Path(tempfile.mkdtemp(prefix="gallama-", dir=parent))
    except OSError as error:
        why = f"no folder for the workers' sockets: {error.strerror}; let TMPDIR name one"
        raise LaunchFailed(why, permanent=True) from error


async def _spawn(path: str, name: str) -> tuple[Process, Socket]:
    """A new worker process that will listen at `path`, and our end of its status line."""
    ours, theirs = socketpair()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gallama.serve.worker", path, str(theirs.fileno()), name),
            stdin=PIPE,
            stdout=PIPE,
            stderr=STDOUT,
            limit=LINE_LIMIT,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for the gateway, which drains first
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


class LocalWorker:
    def __init__(self, process: Process, path: str, log: LogFile) -> None:
        self._process = process
        self._path = path
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._reader = asyncio.create_task(self._read_log(log))
        self._ended = asyncio.create_task(self._end())

    @property
    def socket(self) -> str:
        return self._path

    async def load(self, spec: WorkerSpec, status: Socket, progress: Progress) -> None:
        """Returns when the worker says that it is ready. `status`: the line it says it on."""
        assert self._process.stdin is not None
        with contextlib.suppress(RuntimeError):  # uvloop's, where the process has ended already
            self._process.stdin.write(TypeAdapter(WorkerSpec).dump_json(spec) + b"\n")
        ready = asyncio.create_task(_ready(status, progress))
        try:
            # Not the end of the line alone: what the worker started might hold it open.
            await asyncio.wait((ready, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if ready.done() and ready.result():
                return
        finally:
            ready.cancel()
        raise LaunchFailed(await self.wait(), permanent=False)

    async def wait(self) -> str:
        code = await asyncio.shield(self._ended)
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        return "\n".join([f"the worker {how}", *(f"    {line}" for line in self._tail)])

    async def stop(self, grace_seconds: float) -> None:
        try:
            if grace_seconds > 0:
                self._send(signal.SIGTERM)
                await asyncio.wait((self._ended,), timeout=grace_seconds)
        finally:
            self._send(signal.SIGKILL)
        await asyncio.wait((self._ended,))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def _end(self) -> int:
        """Its exit code, once nothing of it is left and its log is read."""
        code = await self._process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # what it started itself
        # A daemon that it made may hold its log open for ever.
        await asyncio.wait((self._reader,), timeout=LAST_LINES_SECONDS)
        self._reader.cancel()
        self._process._transport.close()  # type: ignore[attr-defined]  # asyncio has no other way
        return code

    async def _read_log(self, log: LogFile) -> None:
        assert self._process.stdout is not None
        with log:
            while line := await _line(self._process.stdout):
                text = line.decode("utf-8", "replace").rstrip()
                self._tail.append(text[:TAIL_WIDTH])
                log.write(text)


async def _ready(status: Socket, progress: Progress) -> bool:
    """Whether the worker says that it is ready, before its line is cut. Raises LaunchFailed."""
    lines, writer = await asyncio.open_unix_connection(sock=status)
    with contextlib.closing(writer):
        async for line in lines:
            said = json.loads(line)
            if "failed" in said:
                raise LaunchFailed(said["failed"], permanent=True)
            if "ready" in said:
                return True
            progress(said["progress"])
    return False


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; a note in place of one beyond LINE_LIMIT; b"" at the end."""
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line too long to keep)\n"
