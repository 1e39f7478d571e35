import os
import shlex
import sys
from pathlib import Path

import pytest

import gallama
from tests.commands import Run, runner

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
def run(environment: dict[str, str], folder: Path) -> Run:
    """Runs a command line as a process of its own."""
    return runner(folder, environment)
