"""What arguments and files are composed into."""

import warnings
from pathlib import Path
from typing import Any

import hydra
import pytest

from gallama.config import compose as composing
from gallama.config import paths
from gallama.config.compose import compose, simplify, typed
from gallama.config.schema import (
    BackendName,
    CacheQuant,
    DraftSpec,
    LlamaCppSpec,
    LogLevel,
    ModelSpec,
    RunConfig,
    ServerSpec,
)
from tests.config.conftest import write


def composed(arguments: str) -> RunConfig:
    return compose([simplify(argument) for argument in arguments.split()], machine=False)


@pytest.mark.parametrize(
    ("arguments", "models"),
    [
        ("", ["tiny"]),
        ("models=tiny", ["tiny"]),
        ("+models=tiny", ["tiny"]),
        ("++models=tiny", ["tiny"]),
        ("models=scripted", ["scripted"]),
        ("+models=scripted", ["scripted"]),
        ("models=[tiny,scripted]", ["tiny", "scripted"]),
        ("+models=[tiny,scripted]", ["tiny", "scripted"]),
        ("+models=[scripted,qwen72b_spec] server.port=9000", ["scripted", "qwen72b_spec"]),
        ("models=[tiny,scripted] ~models.tiny", ["scripted"]),
        ("models=[]", []),
        ("~models", []),
    ],
)
def test_models_are_chosen(arguments: str, models: list[str]) -> None:
    assert list(composed(arguments).models) == models


@pytest.mark.parametrize(
    ("arguments", "key", "value"),
    [
        ("", "server.port", 8000),
        ("server.port=9000", "server.port", 9000),
        ("+server.port=9000", "server.port", 9000),
        ("++server.port=9000", "server.port", 9000),
        ("server.port=9000 server.port=9001", "server.port", 9001),
        ("server.log_level=debug", "server.log_level", LogLevel.debug),
        ("server.max_body_mb=1", "server.max_body_mb", 1.0),
        ("server.log_dir=null", "server.log_dir", None),
        ("server={port:9000,log_level:error}", "server.port", 9000),
        ("models.tiny.max_seq_len=1024", "models.tiny.max_seq_len", 1024),
        ("+models=tiny +models.tiny.max_seq_len=1024", "models.tiny.max_seq_len", 1024),
        ("models.tiny.max_seq_len=null", "models.tiny.max_seq_len", None),
        ("models.tiny.aliases=[a,b/c]", "models.tiny.aliases", ["a", "b/c"]),
        ("models.tiny.gpus=[20,15,0]", "models.tiny.gpus", [20, 15, 0]),
        ("models.tiny.sampling.temperature=0", "models.tiny.sampling.temperature", 0.0),
        ("models.tiny.llama_cpp.spin=true", "models.tiny.llama_cpp.spin", True),
        ("models.tiny.llama_cpp={threads:2}", "models.tiny.llama_cpp.threads", 2),
        ("models.tiny.path=/a/b.gguf", "models.tiny.path", "/a/b.gguf"),
        ("models=scripted models.scripted.slots=1", "models.scripted.slots", 1),
        ("server.port=${models.tiny.slots}", "server.port", 4),
        ("models.tiny.draft={path:/d}", "models.tiny.draft.path", "/d"),
    ],
)
def test_values_are_set(arguments: str, key: str, value: object) -> None:
    found: Any = composed(arguments)
    for part in key.split("."):
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    assert found == value
    assert type(found) is type(value)


def test_the_default_is_the_shipped_model() -> None:
    spec = composed("").models["tiny"]
    path, llama = str(paths.shipped("shipped/tiny.gguf")), LlamaCppSpec(threads=1)
    assert spec == ModelSpec(path=path, max_seq_len=2048, llama_cpp=llama)


def test_the_default_server_is_that_of_the_schema() -> None:
    assert composed("").server == ServerSpec(log_dir=str(paths.home() / "logs"))


def test_a_large_model_with_a_draft_over_four_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GALLAMA_HOME", "/models-are-here")
    spec = composed("models=qwen72b_spec").models["qwen72b_spec"]
    assert spec.backend is BackendName.exllamav2
    assert len(spec.gpus) == 4
    assert spec.path == "/models-are-here/models/Qwen2-72B-Instruct-4.25bpw"
    assert spec.draft == DraftSpec(
        path="/models-are-here/models/Qwen2-1.5B-Instruct-4.0bpw",
        gpus=[4, 0, 0, 0],
        cache_quant=CacheQuant.Q8,
    )


@pytest.mark.parametrize("name", composing.choices("models"))
def test_every_model_that_is_shipped_composes(name: str) -> None:
    assert name in composed(f"models={name}").models


@pytest.mark.parametrize("path", ["model.gguf", "~/model.gguf", "./sub/../model.gguf"])
def test_paths_become_absolute(path: str) -> None:
    spec = composed(f"models.tiny.path={path}").models["tiny"]
    assert spec.path is not None
    assert Path(spec.path).is_absolute()
    assert "~" not in spec.path


SAME = [
    "",
    "models=scripted",
    "models=[tiny,scripted,qwen72b_spec,gguf,llama3_8b]",
    "models=[tiny,scripted] ~models.scripted server.port=1",
    "server.host=::1 server={port:2} models.tiny.gpus=[1,2.5] models.tiny.sampling.top_p=0.5",
    "models.tiny.slots=${server.port} server.port=7 models.tiny.path=${oc.env:HOME}/x",
    "models.tiny.draft={path:/d,gpus:[1]} models.tiny.draft.draft_tokens=2",
    "models=[mine,tiny] models.mine.slots=9",
    "models=mine models.mine.scripted.replies=[{say:x}]",
]


@pytest.mark.parametrize("arguments", SAME)
def test_what_is_checked_is_what_hydra_composes(arguments: str, folder: Path) -> None:
    write(folder / "conf/models/mine.yaml", MINE)
    overrides = [simplify(argument) for argument in arguments.split()]
    conf = str(paths.shipped("conf"))
    with hydra.initialize_config_dir(version_base="1.3", config_dir=conf):
        theirs = typed(hydra.compose("run", overrides))
    assert compose(overrides, machine=False) == theirs


MINE = """\
mine: &mine
  backend: scripted
  path: ???
  slots: 2
  scripted:
    replies:
      - {when: a, say: b}
other:
  <<: *mine
  slots: 3
  aliases: [x]
"""


@pytest.mark.parametrize(
    ("files", "arguments", "port"),
    [
        ({}, "", 8000),
        ({"conf/server/lan.yaml": "port: 1"}, "server=lan", 1),
        ({"conf/server/lan.yaml": "port: 1"}, "+server=lan server.port=2", 2),
        ({"conf/server/default.yaml": "port: 1"}, "", 1),
        ({"home/conf/server/default.yaml": "port: 1"}, "", 1),
        ({"home/conf/server/lan.yaml": "port: 1"}, "server=lan", 1),
        (
            {
                "conf/server/lan.yaml": "port: 1",
                "home/conf/server/lan.yaml": "port: 2\nlog_level: error",
            },
            "server=lan",
            1,
        ),
        ({"conf/run.yaml": "defaults: [models: tiny, _self_]\nserver: {port: 3}"}, "", 3),
        ({"conf/run.yaml": "defaults: [models: scripted]"}, "server.port=4", 4),
        ({"home/conf/server/sub/lan.yaml": "port: 5"}, "server=sub/lan", 5),
    ],
)
def test_users_files_go_before_ours(
    files: dict[str, str], arguments: str, port: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GALLAMA_HOME", str(folder / "home"))
    for name, text in files.items():
        write(folder / name, text)
    assert composed(arguments).server.port == port


def test_a_run_knows_where_recipes_are_looked_for(folder: Path) -> None:
    shipped = paths.shipped("recipes")
    assert composed("").recipe_folders == (folder / "recipes", paths.home() / "recipes", shipped)
    assert (composed("").recipe, composed("+recipe=cot").recipe) == (None, "cot")
    assert composed("models=scripted models.scripted.recipe=cot").models["scripted"].recipe == "cot"


def test_a_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.home() == Path("~/.gallama").expanduser()
    monkeypatch.setenv("GALLAMA_HOME", "~/elsewhere")
    assert paths.home() == Path("~/elsewhere").expanduser()


@pytest.mark.parametrize(
    ("arguments", "jobs"),
    [
        ("", [[]]),
        ("server.port=1", [["server.port=1"]]),
        ("server.port=1,2", [["server.port=1"], ["server.port=2"]]),
        ("models=tiny,scripted", [["models=tiny"], ["models=scripted"]]),
        ("a=1,2 b=range(2)", [["a=1", "b=0"], ["a=1", "b=1"], ["a=2", "b=0"], ["a=2", "b=1"]]),
        ("models=glob(t*)", [["models=tiny"]]),
        ("a=1,2 oops", [["a=1", "oops"], ["a=2", "oops"]]),
        ("a=interval(1,2) b=1", [["b=1"]]),
    ],
)
def test_jobs_of_a_sweep(arguments: str, jobs: list[list[str]]) -> None:
    assert composing.jobs(arguments.split()) == jobs


def test_no_warnings_come_from_hydra() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        composed("models=[tiny,scripted]")
