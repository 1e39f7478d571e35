"""One recipe: its file held against the wire's own types, and filled for a request.

    recipe = Recipe(recipes.read(file))             # or ConfigError, with every mistake
    recipe.fill({"question": "Is it late?"})        # the fields of a chat request; or ApiError 400
    recipe.sample                                   # the same, with defaults and examples

Before it is used it is filled once, with sample values, and held against the wire: so what a
request may find wrong with it comes from the request's own values.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from gallama.api.parse import faults, is_tag
from gallama.api.types import ChatRequest
from gallama.config.recipes import Place, RecipeFile, article, dotted, fits
from gallama.config.schema import VariableSpec, VariableType
from gallama.config.shape import hint, show
from gallama.errors import ConfigError, Mistake
from gallama.recipe.blanks import Blanks, Unfillable
from gallama.recipe.merge import OF_THE_REQUEST, Fields
from gallama.wire_errors import ApiError

HELLO: Fields = {"role": "user", "content": "Hello!"}
"""Stands for the messages of a request, where a recipe is tried without one."""

_SAMPLES: Mapping[VariableType, Any] = {
    VariableType.string: "text",
    VariableType.number: 1,
    VariableType.integer: 1,
    VariableType.boolean: True,
    VariableType.array: ["text"],
    VariableType.object: {},
}


class Recipe:
    """Raises ConfigError with all that is wrong with it."""

    def __init__(self, file: RecipeFile) -> None:
        self.file = file
        self.name = file.name
        self.spec = file.spec
        self._blanks = Blanks(file.spec.request)
        if mistakes := list(self._mistakes()):
            raise ConfigError(mistakes)

    def fill(self, variables: Mapping[str, Any]) -> Fields:
        """The request's fields. Raises ApiError 400, naming the variable."""
        for name, value in variables.items():
            if wrong := self._wrong(name, value):
                param = f"variables.{name}"
                raise ApiError(400, f"{param}: {wrong}", param=param)
        for name, spec in self.spec.variables.items():
            if spec.default is None and variables.get(name) is None:
                param = f"variables.{name}"
                about = f": {spec.description}" if spec.description else ""
                message = f"{param}: the recipe {self.name!r} needs it{about.rstrip('.')}."
                raise ApiError(400, message, param=param)
        try:
            return self._filled(variables)
        except Unfillable as error:
            where = f"{dotted(error.place)} of the recipe {self.name!r}"
            raise ApiError(400, f"variables: {where}: {error}.", param="variables") from error

    @property
    def sample(self) -> Fields:
        """Its fields, with a user's turn, filled with its first example's values, else defaults,
        else anything."""
        fields = self._filled(self.samples)
        turns = fields.get("messages", [])
        if isinstance(turns, list) and not any(_role(turn) == "user" for turn in turns):
            fields["messages"] = [*turns, HELLO]
        return fields

    @property
    def fixed(self) -> bool:
        """Whether what a reply may be is known before any request: it hangs on no variable that a
        request must give."""
        needed = {name for name, spec in self.spec.variables.items() if spec.default is None}
        used = ((n, place) for n, places in self._blanks.names.items() for place in places)
        return not any(name in needed and place[0] != "messages" for name, place in used)

    def _filled(self, variables: Mapping[str, Any]) -> Fields:
        given = {name: value for name, value in variables.items() if value is not None}
        defaults = {name: spec.default for name, spec in self.spec.variables.items()}
        fields: Fields = self._blanks.fill({**defaults, **given})
        if isinstance(turns := fields.get("messages"), list):
            fields["messages"] = [_without_last_break(turn) for turn in turns]
        return fields

    @cached_property
    def samples(self) -> dict[str, Any]:
        """A value for each variable."""
        made_up = {name: _SAMPLES[spec.type] for name, spec in self.spec.variables.items()}
        return {**made_up, **self._values}

    @property
    def _values(self) -> dict[str, Any]:
        """Those that the file says."""
        first = self.spec.examples[0].variables if self.spec.examples else {}
        defaults = {name: spec.default for name, spec in self.spec.variables.items()}
        return {name: v for name, v in {**defaults, **first}.items() if v is not None}

    # --- what is wrong with it

    def _wrong(self, name: str, value: Any) -> str | None:
        """What is wrong with the value of a variable, or with its name."""
        spec: VariableSpec | None = self.spec.variables.get(name)
        if spec is None:
            known = hint(name, self.spec.variables)
            return f"the recipe {self.name!r} has no such variable; {known}"
        if value is not None and not fits(spec.type, value):
            found = "an object" if isinstance(value, dict) else show(value)
            return f"must be {article(spec.type)}, not {found}"
        return None

    def _mistakes(self) -> Iterator[Mistake]:
        found = [*self._of_variables(), *self._of_examples()]
        found += (
            (("request", name), "is for the request that uses the recipe to say")
            for name in OF_THE_REQUEST
            if name in self.spec.request
        )
        found += ((("request", *place), text) for place, text in self._blanks.faults)
        yield from (self.file.mistake(place, text) for place, text in found)
        if not found:
            yield from self._of_the_request()

    def _of_variables(self) -> Iterator[tuple[Place, str]]:
        for name, places in sorted(self._blanks.names.items()):
            if name not in self.spec.variables:
                text = f"no variable {name!r} is declared; {hint(name, self.spec.variables)}"
                yield ("request", *min(places, key=str)), text
        for name in self.spec.variables:
            if name not in self._blanks.names and not self._blanks.faults:
                yield ("variables", name), "nothing in the request uses it"

    def _of_examples(self) -> Iterator[tuple[Place, str]]:
        for i, example in enumerate(self.spec.examples):
            for name, value in example.variables.items():
                if wrong := self._wrong(name, value):
                    yield ("examples", i, "variables", name), wrong

    def _of_the_request(self) -> Iterator[Mistake]:
        """Held against the wire's types, with sample values in its blanks."""
        try:
            fields = self.sample
        except Unfillable as error:
            text = f"cannot be filled: {error}"
            if made_up := [name for name in self.samples if name not in self._values]:
                text += f"; let examples[0].variables have a value of {made_up[0]!r} to try it with"
            yield self.file.mistake(("request", *error.place), text)
            return
        for fault in faults({"model": "any", **fields}, ChatRequest):
            place = tuple(part for part in fault.place if not is_tag(part))
            reason = fault.reason.rstrip(".")
            if reason.endswith(("(got true)", "(got false)")) and "string" in reason:
                reason += ": put it in quotes, since YAML reads yes and no as true and false"
            yield self.file.mistake(("request", *place), reason)


def _role(turn: Any) -> Any:
    return turn.get("role") if isinstance(turn, dict) else None


def _without_last_break(turn: Any) -> Any:
    """YAML's | ends a text with a line break, which nobody means a message to have."""
    if isinstance(turn, dict) and isinstance(turn.get("content"), str):
        return {**turn, "content": turn["content"].removesuffix("\n")}
    return turn
