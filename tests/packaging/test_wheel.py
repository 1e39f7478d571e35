"""The wheel holds everything, and works in a folder outside the sources."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.conftest import SOURCES

Outside = Callable[..., subprocess.CompletedProcess[str]]


def test_the_wheel_holds_code_and_data(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = [*SOURCES.glob("gallama/**/*.py"), *SOURCES.glob("compilers/**/*.py")]
    assert {str(file.relative_to(SOURCES)) for file in code} <= names
    data = [*SOURCES.glob("conf/**/*.yaml"), *SOURCES.glob("recipes/*.[xy]*ml")]
    assert {f"gallama/{file.relative_to(SOURCES)}" for file in data} <= names
    assert "gallama/shipped/tiny.gguf" in names


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"gallama", "compilers"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("gallama --help", "serve models"),
        ("gallama --version", "gallama 0."),
        ("gallama run --help", "gallama run +models=tiny"),
        ("gallama run --cfg job", "path: ${shipped:tiny.gguf}"),
        ("gallama run --cfg job models=[tiny,scripted]", "say: This model says"),
        ("gallama run --info searchpath", "/gallama/conf"),
        ("gallama check models=scripted", "All is well"),
        ("gallama check models=scripted +recipe=cot", "All is well"),
        ("gallama schema recipe", "regex_pattern"),
        ("gallama completion bash", "complete"),
        ("python -m gallama check models=scripted", "All is well"),
    ],
)
def test_it_works_outside_the_sources(
    command: str, text: str, outside: Outside, installed: Path
) -> None:
    program, *arguments = command.split()
    if program == "gallama":
        arguments = [str(installed / "bin/gallama"), *arguments]
    done = outside(sys.executable, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert text in done.stdout
    assert str(SOURCES) not in done.stdout


def test_the_recipes_are_found_in_the_wheel(outside: Outside, installed: Path) -> None:
    folder = installed / "gallama/recipes"
    done = outside(sys.executable, "-m", "gallama", "check", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    count = len(list(SOURCES.glob("recipes/*.yaml")))
    assert f"All is well: recipes {count}" in done.stdout
    done = outside(sys.executable, "-m", "gallama", "compile", "+recipe=cot")
    assert "<chain_of_thought>" in done.stdout


def test_the_shipped_model_is_found_in_the_wheel(outside: Outside, installed: Path) -> None:
    done = outside(sys.executable, "-m", "gallama", "run", "--cfg", "job", "--resolve")
    assert f"path: {installed}/gallama/shipped/tiny.gguf" in done.stdout
    assert (installed / "gallama/shipped/tiny.gguf").read_bytes()[:4] == b"GGUF"


GATEWAY = "gallama.api gallama.backends gallama.engines torch llama_cpp hydra omegaconf rich"
COMMAND_LINE = (
    "hydra omegaconf rich starlette uvicorn numpy torch openai transformers gallama.types"
)

# After importing what stands left, none of what stands right is in sys.modules.
LEFT_OUT = [
    ("compilers", f"gallama torch starlette hydra omegaconf numpy pydantic rich {GATEWAY}"),
    ("gallama.serve.gateway", GATEWAY),
    ("gallama.serve.router", GATEWAY),
    ("gallama.serve.supervisor", GATEWAY),
    ("gallama.serve.runner", GATEWAY),
    ("gallama.serve.worker", "gallama.backends gallama.engines torch llama_cpp hydra omegaconf"),
    ("gallama.cli", COMMAND_LINE),
    ("gallama.doctor", COMMAND_LINE),
    ("gallama.registry", COMMAND_LINE),
    ("gallama.config.check", COMMAND_LINE),
    ("gallama.types", "gallama.config gallama.serve gallama.api pydantic starlette"),
    ("gallama.plan", "gallama.api gallama.backends gallama.engines gallama.serve torch llama_cpp"),
    ("gallama.api.app", "gallama.backends gallama.engines gallama.serve torch llama_cpp hydra"),
    ("gallama.backends.scripted.backend", "gallama.engines gallama.api torch llama_cpp hydra"),
]


@pytest.mark.parametrize(("module", "left_out"), LEFT_OUT, ids=[case[0] for case in LEFT_OUT])
def test_what_an_import_leaves_out(module: str, left_out: str, outside: Outside) -> None:
    code = f"import {module}, sys; print(*set({left_out.split()}) & set(sys.modules))"
    done = outside(sys.executable, "-c", code)
    assert (done.stdout, done.stderr) == ("\n", "")
