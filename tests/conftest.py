import os
from pathlib import Path

import pytest
from hypothesis import settings

# In CI the same examples every time: what a new one finds is for whoever runs the tests at a desk.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder and an empty home: only what a test writes is there."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GALLAMA_HOME", raising=False)
    return here
