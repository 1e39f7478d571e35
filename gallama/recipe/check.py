"""`gallama check recipes/`: every recipe compiled, its examples tried. No model, no engine, no GPU.

    for verdict in check(files): verdict.recipe, verdict.holds, verdict.tried, verdict.mistakes

An example is a request and replies to it. The request goes the way of every request; its grammar is
then asked about each reply, written as a model of the `generic` dialect (or of the one that the
recipe names) would write it.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import compilers
from compilers.oracle import recognises
from compilers.watch.within import Places
from gallama.api.guide import guide_of
from gallama.api.parse import check as checked
from gallama.api.types import ChatRequest
from gallama.config import recipes
from gallama.config.recipes import Place
from gallama.config.schema import DialectSpec, ExampleSpec
from gallama.config.shape import hint, show
from gallama.dialect import GENERIC, Dialect
from gallama.errors import ConfigError, LoadError, Mistake, PlanError
from gallama.guide import NO_GUIDE, whole
from gallama.probe import find
from gallama.recipe.merge import holds, merged
from gallama.recipe.recipe import HELLO, Recipe
from gallama.recipe.verdict import Verdict
from gallama.template import CHATML
from gallama.types import Vocabulary
from gallama.wire_errors import ApiError

NOTATION = "llguidance"
PARTS = ("thinking", "content", "calls")

_NO_TOKENS = Vocabulary((), {}, frozenset(), "", lambda text, special: [])


def files(arguments: Iterable[str]) -> list[Path]:
    """The recipes that files and folders hold. Raises ConfigError where there is none."""
    found: list[Path] = []
    for argument in arguments:
        path = Path(argument)
        if not path.exists():
            raise ConfigError([Mistake(f"{argument}: there is no such file or folder")])
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside and not any(path.glob("*.yml")):
            raise ConfigError([Mistake(f"{argument}: there is no recipe in it")])
        if misnamed := [file for file in (*inside, *path.glob("*.yml")) if file.suffix != ".yaml"]:
            text = "is not read as a recipe: its name must end in .yaml"
            raise ConfigError([Mistake(text, file) for file in misnamed])
        found += inside
    return found


def check(files: Iterable[Path], dialects: Mapping[str, DialectSpec]) -> Iterator[Verdict]:
    for file in files:
        start = time.perf_counter()
        verdict = Verdict(file.stem)
        try:
            recipe = Recipe(recipes.read(file))
        except ConfigError as error:
            verdict.mistakes = list(error.mistakes)
        else:
            _try_all(recipe, dialects, verdict)
        verdict.seconds = time.perf_counter() - start
        yield verdict


def _try_all(recipe: Recipe, dialects: Mapping[str, DialectSpec], verdict: Verdict) -> None:
    examples = recipe.spec.examples or [ExampleSpec(recipe.samples)]
    accepted = rejected = 0
    for i, example in enumerate(examples):
        place: Place = ("examples", i) if recipe.spec.examples else ()
        try:
            trial = Trial(recipe, example.variables, example.request, dialects)
        except (ApiError, PlanError) as error:
            verdict.mistakes.append(_mistake(recipe, example, place, error))
            continue
        verdict.holds = verdict.holds or trial.holds
        accepts = dict(_wrong(trial, example.accept, (*place, "accept"), True))
        rejects = dict(_wrong(trial, example.reject, (*place, "reject"), False))
        accepted += len(example.accept) - len(accepts)
        rejected += len(example.reject) - len(rejects)
        wrong = {**accepts, **rejects}.items()
        verdict.mistakes += (recipe.file.mistake(where, text) for where, text in wrong)
    verdict.tried = (accepted, rejected)


def _wrong(
    trial: "Trial", replies: list[Any], place: Place, wanted: bool
) -> Iterator[tuple[Place, str]]:
    for i, reply in enumerate(replies):
        if text := trial.wrong(reply, wanted):
            yield (*place, i), text


def _mistake(
    recipe: Recipe, example: ExampleSpec, place: Place, error: ApiError | PlanError
) -> Mistake:
    """An error of the request, at the field that it names: of the recipe, or of the example."""
    param = error.param or ""
    where = tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", param))
    text = str(error).removeprefix(f"{param}: ").rstrip(".")
    if where[:1] == ("variables",):
        return recipe.file.mistake((*place, *where), text)
    if where and where[0] in example.request:
        return recipe.file.mistake((*place, "request", *where), text)
    return recipe.file.mistake(("request", *where), text)


class Trial:
    """One request with a recipe, and the grammar of its replies. Raises ApiError and PlanError."""

    def __init__(
        self,
        recipe: Recipe,
        variables: Mapping[str, Any],
        request: Mapping[str, Any],
        dialects: Mapping[str, DialectSpec],
    ) -> None:
        own = recipe.fill(variables)
        given = {"model": recipe.spec.model or "any", "messages": [HELLO], **request}
        wire = checked(merged(recipe.name, own, given), ChatRequest)
        guide = guide_of(wire)
        self.holds = tuple(name for name in own if holds(name))
        self.dialect = _dialect(wire.dialect or GENERIC, dialects)
        self.grammar = whole(
            guide or NO_GUIDE,
            "no" if guide is None or guide.thinking is None else "must",
            self.dialect,
            _NO_TOKENS,
        )
        try:
            compilers.emit(compilers.unwatched(self.grammar), NOTATION)
            compilers.Extraction(self.grammar)
            if self.grammar.watched:
                Places(self.grammar)
        except compilers.CompileError as error:
            param = "" if guide is None else guide.param
            raise PlanError(f"cannot be enforced: {error}", param) from error

    def wrong(self, reply: Any, wanted: bool) -> str | None:
        """What is wrong with an example of a reply."""
        try:
            text = self._written(reply)
            found = recognises(self.grammar, text)
        except ValueError as error:
            return str(error)
        except RecursionError:
            return "is nested too deeply to be tried"
        if found == wanted:
            return None
        verdict, due = ("accepted", "rejected") if found else ("rejected", "accepted")
        return f"is {verdict}, and should be {due}: {_shown(text)}"

    def _written(self, reply: Any) -> str:
        """Raises ValueError where it is no reply."""
        if isinstance(reply, str):
            return self.dialect.reply(None, reply, ())
        if not isinstance(reply, dict) or not reply:
            raise ValueError(
                f"must be text in quotes, or a section of {', '.join(PARTS)}, not {show(reply)}"
            )
        for name in reply:
            if name not in PARTS:
                raise ValueError(f"{name}: no such key; {hint(name, PARTS)}")
        thinking, content = (_text(reply, name) for name in PARTS[:2])
        return self.dialect.reply(thinking, content or "", [*_calls(reply.get("calls", []))])


def _text(reply: Mapping[str, Any], name: str) -> str | None:
    text = reply.get(name)
    if text is None or isinstance(text, str):
        return text
    raise ValueError(f"{name}: must be text: put it in quotes")


def _calls(calls: Any) -> Iterator[dict[str, Any]]:
    for call in calls if isinstance(calls, list) else [calls]:
        match call:
            case {"name": str() as name, "arguments": dict() as arguments} if len(call) == 2:
                function = {"name": name, "arguments": arguments}
                yield {"id": "call00000", "type": "function", "function": function}
            case _:
                raise ValueError("calls: must be a list of calls with a name and arguments")


def _dialect(name: str, specs: Mapping[str, DialectSpec]) -> Dialect:
    """Raises PlanError."""
    try:
        return find(CHATML, name, specs)
    except LoadError as error:
        raise PlanError(str(error), "dialect") from error


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")
