from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def alone(folder: Path) -> None:
    """Every test here is in an empty folder."""


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file
