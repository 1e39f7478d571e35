"""What the doctor says of parts that are there, missing, or broken in every way."""

import sys
from pathlib import Path

import pytest

from gallama import doctor, registry
from gallama.registry import BackendEntry, Entry, Unavailable


@pytest.fixture(autouse=True)
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages to import, here and in the processes that the doctor starts."""
    for name, code in {
        "fine": "Part = 1",
        "raising": "raise OSError('no CUDA here')",
        "lacking": "import not_installed_at_all",
        "crashing": "import os; os.abort()",
        "leaving": "import sys; sys.exit(3)",
        "talking": "print('noise'); Part = 1",
    }.items():
        (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(registry.__file__).parent.parent}")
    monkeypatch.syspath_prepend(tmp_path)


CASES = [
    (Entry("fine:Part"), "there", "part of gallama"),
    (Entry("fine:Part", ("rich",)), "there", "rich 1"),
    (Entry("talking:Part", ("rich",)), "there", "rich 1"),
    (Entry("fine:Part", ("nope",)), "missing", "nope not installed: pip install gallama"),
    (Entry("fine:Part", ("nope",), "x"), "missing", "pip install 'gallama[x]'"),
    (Entry(), "missing", "this version of gallama does not use it"),
    (Entry(None, ("rich",)), "there", "this version of gallama does not use it"),
    (Entry("fine:Gone"), "broken", "ImportError: cannot import name 'Gone'"),
    (Entry("raising:Part"), "broken", "OSError: no CUDA here"),
    (Entry("lacking:Part"), "broken", "No module named 'not_installed_at_all'"),
    (Entry("crashing:Part"), "broken", "the import was killed by signal 6"),
    (Entry("leaving:Part"), "broken", "the import ended with 3"),
]


@pytest.mark.parametrize(("entry", "state", "detail"), CASES)
def test_one_line_each(
    entry: Entry, state: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "BACKENDS", {"one": entry})
    monkeypatch.setattr(registry, "ENGINES", {})
    (line,) = doctor.examine()
    assert line.state == state
    assert detail in line.detail
    assert "\n" not in str(line)
    assert line.usable == (state == "there" and entry.target is not None)


@pytest.mark.parametrize(
    ("names", "serves"),
    [({"scripted": True}, False), ({"llama_cpp": False}, False), ({"llama_cpp": True}, True)],
)
def test_a_fake_is_not_enough_to_serve(names: dict[str, bool], serves: bool) -> None:
    lines = [
        doctor.Diagnosis("backend", name, "there", "", usable) for name, usable in names.items()
    ]
    assert doctor.serves(lines) is serves


LOADS = [
    (Entry(), "it is not in this version of gallama"),
    (Entry("fine:Part", ("nope",), "x"), "it needs nope, not installed here: pip install 'gall*'"),
    (Entry("fine:Gone"), "it is broken here: AttributeError: module 'fine' has no attribute*"),
    (Entry("raising:Part"), "it is broken here: OSError: no CUDA here"),
    (Entry("lacking:Part"), "it is broken here: ModuleNotFoundError: No module named 'not_*"),
]


@pytest.mark.parametrize(("entry", "text"), LOADS)
def test_not_installed_and_broken_are_told_apart(entry: Entry, text: str) -> None:
    with pytest.raises(Unavailable) as caught:
        registry.load({"it": entry}, "it")
    start, _, end = text.partition("*")
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(end)


def test_only_what_is_chosen_is_imported() -> None:
    sys.modules.pop("fine", None)
    assert registry.trouble(Entry("fine:Part")) is None
    assert "fine" not in sys.modules
    assert registry.load({"it": Entry("fine:Part")}, "it") == 1


@pytest.mark.parametrize("entry", registry.BACKENDS.values(), ids=registry.BACKENDS)
def test_a_backend_names_settings_that_exist(entry: BackendEntry) -> None:
    from dataclasses import fields

    from gallama.config.schema import ModelSpec

    assert entry.settings <= {field.name for field in fields(ModelSpec)}
    assert bool(entry.reads) == ("path" in entry.settings)
