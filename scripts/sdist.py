"""Files out of the source distribution of llama-cpp-python, which vendors those of llama.cpp."""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "llama-cpp-python==0.3.36"
MODELS = "vendor/llama.cpp/models"


@contextmanager
def models() -> Iterator[tuple[tarfile.TarFile, str]]:
    """The archive, downloaded (77 MB), and the path in it of llama.cpp's folder `models`."""
    with tempfile.TemporaryDirectory() as folder:
        _download(folder)
        (sdist,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(sdist) as archive:
            yield archive, f"{sdist.name.removesuffix('.tar.gz')}/{MODELS}"


def _download(folder: str) -> None:
    """pip asks a source distribution for its metadata: with its build tool at hand that is quick.

    In the isolation that pip would build for it, cmake and more are fetched first: minutes.
    """
    pip = [sys.executable, "-m", "pip", "--quiet"]
    tools = f"{folder}/tools"
    subprocess.run([*pip, "install", "--target", tools, "scikit-build-core"], check=True)
    download = ["download", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
    own = {**os.environ, "PYTHONPATH": tools}
    subprocess.run([*pip, *download, "--dest", folder, PACKAGE], check=True, env=own)
