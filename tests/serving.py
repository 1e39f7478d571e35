"""A real server for tests: `gallama run` as a process of its own, on a free port.

with running("models=tiny") as server:
    server.client.chat.completions.create(...)
"""

import functools
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from openai import AsyncOpenAI, OpenAI

START_SECONDS = 60
SERVING = r"Serving at (http://\S+)"


class Server:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.output: list[str] = []
        self.url = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, pattern: str, seconds: float = START_SECONDS) -> re.Match[str]:
        """The first line of output, not seen before, in which `pattern` is found."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                break
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no {pattern!r} in the output:\n{''.join(self.output)}")

    @functools.cached_property
    def client(self) -> OpenAI:
        return OpenAI(base_url=f"{self.url}/v1", api_key="unused", max_retries=0)

    def async_client(self, max_retries: int = 0) -> AsyncOpenAI:
        return AsyncOpenAI(base_url=f"{self.url}/v1", api_key="unused", max_retries=max_retries)

    def workers(self) -> list[psutil.Process]:
        """The worker processes, oldest first."""
        try:
            children = psutil.Process(self.process.pid).children()
        except psutil.NoSuchProcess:
            return []
        return sorted(
            (c for c in children if _is_worker(c)), key=lambda c: (c.create_time(), c.pid)
        )

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "gallama.serve.worker" in process.cmdline()
    except psutil.Error:
        return False


@contextmanager
def started(*overrides: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """`gallama run` with `overrides`, as soon as its process exists."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "gallama", "run", "server.port=0", *overrides],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=home,
            env={
                **os.environ,
                "GALLAMA_HOME": str(Path(home) / "gallama"),
                "PYTHONPATH": str(Path(__file__).parents[1]),
                "PYTHONUNBUFFERED": "1",
                **(env or {}),
            },
        )
        server = Server(process)
        try:
            yield server
        finally:
            try:
                server.stop()
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
            finally:
                if "client" in vars(server):
                    server.client.close()
                assert process.stdout is not None
                process.stdout.close()


@contextmanager
def running(*overrides: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """`gallama run` with `overrides`, once it says that it serves."""
    with started(*overrides, env=env) as server:
        server.url = server.wait_for(SERVING)[1]
        yield server


def home(folder: Path, /, **models: dict[str, Any]) -> dict[str, str]:
    """An environment in which `models=mine` is these models."""
    path = folder / "conf" / "models" / "mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(models))  # which is YAML
    return {"GALLAMA_HOME": str(folder)}


def eventually(true: Callable[[], Any], seconds: float = 10) -> Any:
    """Waits for `true()` and returns what it was; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.02)
    return value


def gone(pid: int) -> bool:
    """Whether a process has ended. Its entry may wait for a slow init to read it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
