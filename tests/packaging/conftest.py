import os
import subprocess
import sys
from pathlib import Path

import pytest

import gallama
from tests.commands import Run, runner

SOURCES = Path(gallama.__file__).parent.parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of these sources. No network: hatchling, which builds it, is a dev extra."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=SOURCES, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed; what it depends on is found where we run."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, *options, str(wheel)], check=True, capture_output=True)
    return folder


@pytest.fixture
def outside(installed: Path, tmp_path: Path) -> Run:
    """Runs a command in an empty folder far from the sources, with the installed wheel."""
    path = f"{installed / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = str(tmp_path / "home")
    environment = {"HOME": home, "PATH": path, "PYTHONPATH": str(installed)}
    return runner(tmp_path, environment)
