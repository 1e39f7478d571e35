import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import gallama

Run = Callable[..., subprocess.CompletedProcess[str]]

SOURCES = Path(gallama.__file__).parent.parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home, in which `gallama` is these sources."""
    command = tmp_path / "bin" / "gallama"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gallama "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name in ("LANG", "TMPDIR")}
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(tmp_path / "home"), "PATH": path, "PYTHONPATH": str(SOURCES)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, here and for the commands that `run` starts."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GALLAMA_HOME", raising=False)
    return here


@pytest.fixture
def run(environment: dict[str, str], folder: Path) -> Run:
    """Runs a command line as a process of its own."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )

    return run
