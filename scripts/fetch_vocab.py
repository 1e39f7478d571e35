"""Fetch the vocab-only GGUF files that llama-cpp-python's source distribution carries.

    python -m scripts.fetch_vocab [llama-bpe qwen2 ...]     -> build/vocab/ggml-vocab-NAME.gguf

They are real tokenizers of 32k to 151k tokens without weights. What is there already stays.
"""

import sys
from pathlib import Path

from scripts import sdist

FOLDER = Path(__file__).resolve().parents[1] / "build" / "vocab"


def fetch(names: list[str]) -> list[Path]:
    """The files of these names, downloaded unless all are there. KeyError: no such file."""
    wanted = [FOLDER / f"ggml-vocab-{name}.gguf" for name in names]
    if not all(path.is_file() for path in wanted):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with sdist.models() as (archive, folder):
            for path in wanted:
                member = archive.extractfile(f"{folder}/{path.name}")
                if member is None:
                    raise KeyError(path.name)
                path.write_bytes(member.read())
    return wanted


if __name__ == "__main__":
    for file in fetch(sys.argv[1:] or ["llama-bpe"]):
        print(file)
