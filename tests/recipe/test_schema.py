"""`gallama schema`: what it prints takes what gallama takes, and finds what gallama finds."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from gallama.config import paths
from gallama.recipe import schema

RECIPE = Draft202012Validator(schema.recipe())
MODELS = Draft202012Validator(schema.models())
FILES = [
    *((RECIPE, file) for file in sorted(paths.shipped("recipes").glob("*.yaml"))),
    *((MODELS, file) for file in sorted(paths.shipped("conf").glob("models/*.yaml"))),
]


@pytest.mark.parametrize(("validator", "file"), FILES, ids=[file.stem for _, file in FILES])
def test_what_comes_along_fits(validator: Draft202012Validator, file: Path) -> None:
    assert list(validator.iter_errors(yaml.safe_load(file.read_text()))) == []


@pytest.mark.parametrize("validator", [RECIPE, MODELS])
def test_it_is_a_schema(validator: Draft202012Validator) -> None:
    Draft202012Validator.check_schema(validator.schema)


GOOD: dict[str, Any] = {"description": "x", "request": {"temperature": 0}}

# a recipe or a file of models, and whether it fits
CASES: list[tuple[Draft202012Validator, Any, bool]] = [
    (RECIPE, GOOD, True),
    (RECIPE, {**GOOD, "request": {"temperature": "{{ heat }}"}}, True),
    (RECIPE, {**GOOD, "request": {"guided_choice": "{{ labels }}"}}, True),
    (RECIPE, {**GOOD, "request": {"thinking_template": {"file": "a.xml"}}}, True),
    (RECIPE, {**GOOD, "examples": [{"accept": ["a", {"content": "b"}]}]}, True),
    (RECIPE, {"description": "x"}, False),
    (RECIPE, {**GOOD, "descripton": "x"}, False),
    (RECIPE, {**GOOD, "request": {"temprature": 0}}, False),
    (RECIPE, {**GOOD, "request": {"temperature": 3}}, False),
    (RECIPE, {**GOOD, "request": {"temperature": "hot"}}, False),
    (RECIPE, {**GOOD, "request": {"model": "tiny"}}, False),
    (RECIPE, {**GOOD, "request": {"thinking_template": {"path": "a.xml"}}}, False),
    (RECIPE, {**GOOD, "request": {"messages": [{"role": "robot", "content": ""}]}}, False),
    (RECIPE, {**GOOD, "request": {"tools": [{"type": "function"}]}}, False),
    (RECIPE, {**GOOD, "variables": {"x": {"type": "list"}}}, False),
    (RECIPE, {**GOOD, "examples": [{"accept": [True]}]}, False),
    (RECIPE, {**GOOD, "examples": [{"request": {"tool": []}}]}, False),
    (RECIPE, {**GOOD, "examples": [{"accept": [{"contnt": "b"}]}]}, False),
    (MODELS, {"mine": {"path": "a.gguf", "slots": 2, "recipe": "cot"}}, True),
    (MODELS, {"mine": {"path": "${shipped:tiny.gguf}", "max_seq_len": None}}, True),
    (MODELS, {"mine": {"slots": "${oc.env:SLOTS}"}}, True),
    (MODELS, {"mine": {"sampling": {"temperature": 0.5}, "backend": "llama_cpp"}}, True),
    (MODELS, {"mine": {"slots": 0}}, False),
    (MODELS, {"mine": {"slots": 2.5}}, False),
    (MODELS, {"mine": {"slot": 2}}, False),
    (MODELS, {"mine": {"backend": "llama"}}, False),
    (MODELS, {"mine": {"sampling": {"temperature": 3}}}, False),
    (MODELS, {"mine": {"aliases": "a"}}, False),
]


@pytest.mark.parametrize(("validator", "value", "fits"), CASES)
def test_what_fits(validator: Draft202012Validator, value: Any, fits: bool) -> None:
    assert validator.is_valid(value) is fits


def test_an_editor_can_tell_what_a_key_means() -> None:
    model = MODELS.schema["additionalProperties"]["properties"]
    assert model["slots"]["description"].startswith("requests decoded at once")
    assert "description" in RECIPE.schema["properties"]["variables"]
