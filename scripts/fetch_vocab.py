"""Fetch the vocab-only GGUF files that llama-cpp-python's source distribution carries.

    python -m scripts.fetch_vocab [llama-bpe qwen2 ...]     -> build/vocab/ggml-vocab-NAME.gguf

They are real tokenizers of 32k to 151k tokens without weights. What is there already stays.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "build" / "vocab"
PACKAGE = "llama-cpp-python==0.3.36"
INSIDE = "vendor/llama.cpp/models"


def fetch(names: list[str]) -> list[Path]:
    """The files of these names, downloaded (77 MB) unless all are there. KeyError: no such file."""
    wanted = {f"ggml-vocab-{name}.gguf": FOLDER / f"ggml-vocab-{name}.gguf" for name in names}
    if not all(path.is_file() for path in wanted.values()):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            _download(folder)
            (sdist,) = Path(folder).glob("*.tar.gz")
            _extract(sdist, wanted)
    return list(wanted.values())


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


def _extract(sdist: Path, wanted: dict[str, Path]) -> None:
    root = sdist.name.removesuffix(".tar.gz")
    with tarfile.open(sdist) as archive:
        for name, path in wanted.items():
            member = archive.extractfile(f"{root}/{INSIDE}/{name}")
            if member is None:
                raise KeyError(name)
            path.write_bytes(member.read())


if __name__ == "__main__":
    for file in fetch(sys.argv[1:] or ["llama-bpe"]):
        print(file)
