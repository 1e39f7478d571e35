"""recipes/*.yaml: which there are, and what each says, with its lines. No Hydra.

    found = recipes.files(paths.folders("recipes"))     # {"cot": Path(...), ...}
    recipe = recipes.read(found["cot"])                 # or ConfigError, with every mistake
    recipe.mistake(("request", "messages", 0), "...")   # recipes/cot.yaml:7: request.messages[0]

Only the shape is known here: what `request` says is held against the wire's own types in
gallama.recipe. A user's file goes before a shipped one of the same name, as in all groups. Files
are read whenever they are asked for, and parsed again where they have changed.
"""

import math
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from gallama.config import paths, tree
from gallama.config.schema import ExampleSpec, RecipeSpec, VariableSpec, VariableType
from gallama.config.shape import Node, Source, examine, plain, show
from gallama.errors import ConfigError, Mistake

Place = tuple[str | int, ...]
"""Where in a recipe, or in a request, a value stands: ("request", "messages", 0, "content")."""

FROM_FILES = ("thinking_template", "grammar", "guided_grammar")
"""Fields of `request` whose text may lie in a file beside the recipe: {file: cot.xml}."""

MAX_BYTES = 200_000  # of one file

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VARIABLE = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class RecipeFile:
    """What one file says. `contents` are its text and those of the files that it names."""

    name: str
    file: Path
    spec: RecipeSpec
    root: Node
    contents: tuple[str, ...]

    def mistake(self, place: Place, text: str) -> Mistake:
        """A mistake at a place, or at what holds it as far as it is written."""
        node, line = self.root, None
        for part in place:
            inner = _child(node, part)
            if inner is None:
                break
            node, line = inner, inner.line
        return Mistake(f"{dotted(place)}: {text}" if place else text, self.file, line)


def dotted(place: Place) -> str:
    """("messages", 0, "content") -> "messages[0].content"."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).removeprefix(".")


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict):
        found: Node | None = node.value.get(part)
        return found
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        inner: Node = node.value[part]
        return inner
    return None


def files(folders: Iterable[Path]) -> dict[str, Path]:
    """Recipes by name; `folders`: the nearest first."""
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def read(file: Path) -> RecipeFile:
    """Raises ConfigError with all that is wrong with the shape of a recipe."""
    shown = paths.shown(file)
    recipe = _parsed(_text(file, shown), shown)
    request, contents = dict(recipe.spec.request), list(recipe.contents)
    for name in FROM_FILES:
        if isinstance(request.get(name), dict):
            text = _named(recipe, name, file.parent)
            request[name] = text
            contents.append(text)
    spec = replace(recipe.spec, request=request)
    return replace(recipe, spec=spec, contents=tuple(contents))


def _text(file: Path, shown: Path) -> str:
    """Raises ConfigError, at once whatever lies there: a request waits for it."""
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ConfigError([Mistake("is no file", shown)])
        if about.st_size > MAX_BYTES:
            text = f"has {about.st_size} bytes; {MAX_BYTES} are read at most"
            raise ConfigError([Mistake(text, shown)])
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Mistake(f"cannot be read: {error.strerror}", shown)]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake("is no text in UTF-8", shown)]) from error


def _named(recipe: RecipeFile, field: str, folder: Path) -> str:
    """The text of the file that a field names. Raises ConfigError."""
    said, place = recipe.spec.request[field], ("request", field)
    if said.keys() != {"file"} or not isinstance(said["file"], str):
        text = "must be text, or name a file: {file: NAME}"
        raise ConfigError([recipe.mistake(place, text)])
    file = folder / Path(said["file"]).expanduser()
    try:
        return _text(file, paths.shown(file))
    except ConfigError as error:
        ours = [recipe.mistake((*place, "file"), str(each)) for each in error.mistakes]
        raise ConfigError(ours) from error


@lru_cache(maxsize=200)
def _parsed(text: str, shown: Path) -> RecipeFile:
    root = tree.load(text, shown)
    found, said = examine(Source(root, file=shown), kind=RecipeSpec)
    mistakes = [mistake for _, mistake in found]
    recipe = RecipeFile(shown.stem, shown, RecipeSpec(), root, (text,))
    if not mistakes:
        recipe = replace(recipe, spec=_spec(said))
        mistakes = [recipe.mistake(place, text) for place, text in _faults(recipe)]
    if mistakes:
        raise ConfigError(mistakes)
    return recipe


def _spec(said: dict[str, Any]) -> RecipeSpec:
    variables = {
        name: VariableSpec(**{**each, "type": VariableType[each.get("type", "string")]})
        for name, each in said.get("variables", {}).items()
    }
    examples = [ExampleSpec(**each) for each in said.get("examples", ())]
    return RecipeSpec(**{**said, "variables": variables, "examples": examples})


def _faults(recipe: RecipeFile) -> Iterator[tuple[Place, str]]:
    """What is wrong with a recipe of the right shape, and where."""
    spec = recipe.spec
    if not _NAME.fullmatch(recipe.name):
        allowed = "letters, digits and - _ . only"
        yield (), f"{recipe.name!r} cannot be the name of a recipe: call the file by {allowed}"
    if spec.name is not None and spec.name != recipe.name:
        yield ("name",), f"must be {recipe.name!r}, as the file is called, not {spec.name!r}"
    if not spec.description:
        yield ("description",), "is missing: say in a sentence what the recipe is for"
    if not spec.request:
        yield ("request",), "is missing: give fields of a chat request, such as messages"
    for name, variable in spec.variables.items():
        place = ("variables", name)
        if not _VARIABLE.fullmatch(name):
            yield place, "a variable is called by small letters, digits and _ only"
        elif variable.default is not None and not fits(variable.type, variable.default):
            text = f"must be {article(variable.type)}, not {show(variable.default)}"
            yield (*place, "default"), text
    yield from _no_json(recipe.root, ())


def _no_json(node: Node, place: Place) -> Iterator[tuple[Place, str]]:
    """What YAML can say and JSON cannot."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if isinstance(key, str):
                yield from _no_json(child, (*place, key))
            else:
                yield place, f"the key {show(key)} must be text: put it in quotes"
    elif isinstance(node.value, list):
        for i, child in enumerate(node.value):
            yield from _no_json(child, (*place, i))
    elif isinstance(node.value, float) and not math.isfinite(node.value):
        yield place, f"{node.value} is no number in JSON"
    elif not isinstance(node.value, str | int | float | bool | None):
        text = f"must be text, a number, true, false or null, not {plain(node)}: put it in quotes"
        yield place, text


_FORMS: dict[VariableType, tuple[str, tuple[type, ...]]] = {
    VariableType.string: ("text", (str,)),
    VariableType.number: ("a number", (int, float)),
    VariableType.integer: ("a whole number", (int,)),
    VariableType.boolean: ("true or false", (bool,)),
    VariableType.array: ("a list", (list,)),
    VariableType.object: ("an object", (dict,)),
}


def article(kind: VariableType) -> str:
    """ "a list", as it stands in a sentence."""
    return _FORMS[kind][0]


def fits(kind: VariableType, value: object) -> bool:
    """Whether a variable of this type may have the value; true is no number."""
    return type(value) in _FORMS[kind][1]
