"""`gallama compile +recipe=NAME`: the grammar of a recipe's replies, for a person to read."""

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import compilers
from compilers import command
from gallama.config import dialects, paths, recipes
from gallama.config.schema import VariableType
from gallama.config.shape import hint
from gallama.errors import ConfigError, Mistake, PlanError
from gallama.recipe.check import Trial
from gallama.recipe.recipe import Recipe
from gallama.wire_errors import ApiError


def compile_recipe(options: Any) -> int:
    """Prints it, tries texts on it; the exit code. `options` are those of the command line. Raises
    ConfigError."""
    start = time.perf_counter()
    name, said = _read(options.overrides)
    recipe = _found(name)
    given = {key: _value(recipe, key, text) for key, text in said.items()}
    example = recipe.spec.examples[0].request if recipe.spec.examples else {}
    try:
        trial = Trial(recipe, {**recipe.samples, **given}, example, dialects.load())
        text = compilers.emit(trial.grammar, options.to)
    except (ApiError, PlanError, compilers.CompileError) as error:
        print(f"gallama: +recipe={name}: refused: {error}", file=sys.stderr)
        return 1
    for key, value in recipe.samples.items():
        if key not in given:
            print(f"variables.{key}={json.dumps(value, ensure_ascii=False)}", file=sys.stderr)
    enforced = ", ".join(trial.holds) or "nothing"
    spent = time.perf_counter() - start
    return command.show("gallama", trial.grammar, text, enforced, spent, options)


def _read(overrides: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The recipe's name, and its variables as text. Raises ConfigError."""
    name, variables, mistakes = "", {}, []
    for text in overrides:
        key, sign, value = text.lstrip("+").partition("=")
        if key == "recipe" and sign and not name:
            name = value
        elif key.startswith("variables.") and sign:
            variables[key.removeprefix("variables.")] = value
        else:
            mistakes.append(Mistake(f"{text}: must be +recipe=NAME, once, or variables.NAME=VALUE"))
    if mistakes:
        raise ConfigError(mistakes)
    return name, variables


def _found(name: str) -> Recipe:
    found = recipes.files(paths.folders("recipes"))
    if name not in found:
        text = f"+recipe={name}: there is no recipes/{name}.yaml; {hint(name, found)}"
        raise ConfigError([Mistake(text)])
    return Recipe(recipes.read(found[name]))


def _value(recipe: Recipe, name: str, text: str) -> Any:
    """A variable's value: text as it is, anything else as JSON. Raises ConfigError."""
    spec = recipe.spec.variables.get(name)
    if spec is None or spec.type is VariableType.string:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = f"variables.{name}={text}: is no JSON: {error}"
        raise ConfigError([Mistake(why)]) from error
