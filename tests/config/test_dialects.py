"""conf/dialect/*.yaml: what is wrong with a file is said with file, line and field."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from gallama.config import dialects
from gallama.config.compose import compose
from gallama.config.schema import LogLevel, ModelSpec
from gallama.errors import ConfigError
from gallama.launchers.base import WorkerSpec
from tests.config.conftest import write


def mistakes(folder: Path, text: str, name: str = "own") -> list[str]:
    write(folder / f"conf/dialect/{name}.yaml", text)
    with pytest.raises(ConfigError) as caught:
        dialects.load()
    return [str(mistake) for mistake in caught.value.mistakes]


FILES = [
    ("replay: {}", ["own.yaml:1: replay: no such key; did you mean 'reply'?"]),
    ("reply:\n  cal: x", ["own.yaml:2: reply.cal: no such key; did you mean 'call'?"]),
    ("reply:\n  call: 3", ["own.yaml:2: reply.call: must be text, not 3: put it in quotes"]),
    ("reply:\n  tags: a", ["own.yaml:2: reply.tags: must be a list in [], not 'a'"]),
    ("reply:\n  tags: [1]\n  also: 2",
     ["own.yaml:2: reply.tags: must be text, not 1: put it in quotes",
      "own.yaml:3: reply.also: must be a list in [], not 2"]),
    ("reply:\n  between: x\n  call: '{name}'",
     ["own.yaml:3: reply.call: must hold {name} and {arguments} once, not '{name}'"]),
    ("prompt:\n  result: x", ["own.yaml:2: prompt.result: must hold {content} once, not 'x'"]),
    ("prompt:\n  tools: '{% if %}'", ["own.yaml:2: prompt.tools: is not Jinja, line 1: *"]),
    ("prompt:\n  short_ids: 9", ["own.yaml:2: prompt.short_ids: must be true or false, not 9"]),
    ("reply: [", ["own.yaml: cannot be read: *"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FILES)
def test_a_mistake_is_named_by_its_place(text: str, expected: list[str], folder: Path) -> None:
    found = mistakes(folder, text)
    assert len(found) == len(expected)
    for said, wanted in zip(found, expected, strict=True):
        said = said.removeprefix("conf/dialect/")
        assert said.startswith(wanted[:-1]) if wanted.endswith("*") else said == wanted


def test_no_dialect_is_called_auto(folder: Path) -> None:
    assert "cannot be the name of a dialect" in mistakes(folder, "", "auto")[0]


def test_a_users_dialect_goes_before_ours(folder: Path) -> None:
    write(folder / "conf/dialect/hermes.yaml", "reply: {between: x}")
    write(folder / "conf/dialect/own.yaml", "end_tokens: [<|own|>]")
    found = dialects.load()
    assert found["hermes"].reply.between == "x"
    assert found["own"].end_tokens == ("<|own|>",)
    assert {"generic", "llama3", "harmony"} <= found.keys()


def test_a_model_names_one_that_there_is() -> None:
    assert compose(["models=scripted", "models.scripted.dialect=llama3"]).dialects["llama3"]
    with pytest.raises(ConfigError, match=r"no dialect/lama3\.yaml; did you mean 'llama3'"):
        compose(["models=scripted", "models.scripted.dialect=lama3"])


def test_other_mistakes_are_said_with_those_of_dialects(folder: Path) -> None:
    write(folder / "conf/dialect/own.yaml", "replay: {}")
    with pytest.raises(ConfigError) as caught:
        compose(["models=scripted", "server.port=x"])
    assert len(caught.value.mistakes) == 2


def test_no_setting_speaks_of_dialects() -> None:
    with pytest.raises(
        ConfigError, match="no such key; there are launcher, models, recipe, server"
    ):
        compose(["models=scripted", "+dialects={}"])


def test_a_worker_is_told_all_of_them() -> None:
    spec = WorkerSpec("w", "w", ModelSpec(), 1, LogLevel.info, dialects.load())
    adapter = TypeAdapter(WorkerSpec)
    assert adapter.validate_json(adapter.dump_json(spec)) == spec
