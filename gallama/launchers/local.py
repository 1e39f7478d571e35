"""Workers as child processes of this one, each on a unix socket of its own.

A worker gets its `WorkerSpec` as one line of JSON on standard input, and ends when that input
does: so none outlives this process, however it dies. It says how its load goes on a pipe of its
own; what it prints is its log.
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

from pydantic import TypeAdapter

from gallama.launchers.base import LaunchFailed, WorkerSpec
from gallama.launchers.log import LogFile
from gallama.types import Progress

TAIL_LINES = 20
START_LIMIT = 1 << 20  # bytes of one line that a worker may print before it is cut


class LocalLauncher:
    """`log_dir`: where each worker's log goes; None keeps only its last lines, in memory."""

    def __init__(self, log_dir: Path | None) -> None:
        self._log_dir = log_dir
        # A path of a unix socket holds about 100 bytes: hence a short folder, and numbers in it.
        self._folder = Path(tempfile.mkdtemp(prefix="gallama-"))
        self._numbers = itertools.count(1)

    async def start(self, spec: WorkerSpec, progress: Progress) -> "LocalWorker":
        socket = self._folder / f"{next(self._numbers)}.sock"
        status_read, status_write = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "gallama.serve.worker", str(socket), str(status_write)),
                stdin=PIPE,
                stdout=PIPE,
                stderr=STDOUT,
                limit=START_LIMIT,
                pass_fds=[status_write],
                start_new_session=True,  # Ctrl-C is for the gateway, which drains first
            )
        except BaseException:
            os.close(status_read)
            raise
        finally:
            os.close(status_write)
        log = LogFile(self._log_dir, spec.worker)
        worker = LocalWorker(process, str(socket), log)
        try:
            await worker.load(spec, status_read, progress)
        except BaseException:
            await worker.stop(0)
            raise
        return worker

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class LocalWorker:
    def __init__(self, process: Process, socket: str, log: LogFile) -> None:
        self._process = process
        self._socket = socket
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._reader = asyncio.create_task(self._read_log(log))

    @property
    def socket(self) -> str:
        return self._socket

    @property
    def pid(self) -> int:
        return self._process.pid

    async def load(self, spec: WorkerSpec, status: int, progress: Progress) -> None:
        """Returns when the worker says that it is ready. `status`: the pipe it says it on."""
        assert self._process.stdin is not None
        self._process.stdin.write(TypeAdapter(WorkerSpec).dump_json(spec) + b"\n")
        lines = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(status, "rb")
        )
        try:
            async for line in lines:
                said = json.loads(line)
                if "failed" in said:
                    raise LaunchFailed(said["failed"], permanent=True)
                if "ready" in said:
                    return
                progress(said["progress"])
        finally:
            transport.close()
        raise LaunchFailed(await self.wait(), permanent=False)

    async def wait(self) -> str:
        code = await self._process.wait()
        await self._reader
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        return "\n".join([f"the worker {how}", *(f"    {line}" for line in self._tail)])

    async def stop(self, grace_seconds: float) -> None:
        if self._process.returncode is None and grace_seconds > 0:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_seconds)
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reader
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._socket)

    async def _read_log(self, log: LogFile) -> None:
        assert self._process.stdout is not None
        with log:
            while line := await _line(self._process.stdout):
                text = line.decode("utf-8", "replace").rstrip()
                self._tail.append(text)
                log.write(text)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line, cut at START_LIMIT; b"" at the end."""
    try:
        return await stream.readline()
    except ValueError:
        return b"(a line too long to keep)\n"
