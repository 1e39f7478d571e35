"""The fields `recipe` and `variables`, and a model that is named with its recipe, as in `tiny@cot`.

A recipe is a chat request with blanks: a request that names one becomes the request that is meant,
before anything else reads it. Recipes are read whenever one is asked for, so none is ever stale.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gallama.api.parse import check, read
from gallama.api.types import ChatRequest, RecipeFields, TokenizeRequest, Wire
from gallama.asgi import short
from gallama.config import recipes
from gallama.errors import ConfigError, LoadError
from gallama.recipe.merge import Fields, merged
from gallama.recipe.recipe import HELLO, Recipe
from gallama.wire_errors import ApiError

logger = logging.getLogger("gallama")

SIGN = "@"
_SIGNS = (b"recipe", SIGN.encode(), b"\\u")  # or any letter of them, escaped


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of the request that is meant; which of them are the recipe's alone."""

    fields: Fields
    recipe: str | None = None
    own: frozenset[str] = frozenset()

    @contextmanager
    def naming(self) -> Iterator[None]:
        """What is wrong with the two together names the recipe, too: the client never wrote it."""
        try:
            yield
        except ApiError as error:
            if self.recipe is None or error.status != 400:
                raise
            field = (error.param or "").partition("[")[0].partition(".")[0]
            what = f"{field} comes from" if field in self.own else "the request is with"
            message = f"{error} ({what} the recipe {self.recipe!r})"
            raise ApiError(400, message, param=error.param, code=error.code) from error


class Recipes:
    """Those that one model's chats can name.

    `folders`: where they lie, the nearest first; `names`: the model's; `default`: the recipe of
    chats that name none.
    """

    def __init__(
        self, folders: Sequence[Path] = (), names: Sequence[str] = (), default: str | None = None
    ) -> None:
        self._folders = folders
        self._names = names
        self._default = default
        self._made: dict[str, Recipe] = {}

    def check_default(self) -> None:
        """Raises LoadError where the default is not in order."""
        if self._default is not None:
            try:
                self._recipe(self._default, "recipe")
            except ApiError as error:
                raise LoadError(str(error)) from error

    def likely(self, body: bytes) -> bool:
        """Whether a body may ask for a recipe: then files are read, which is for a thread."""
        return self._default is not None or any(sign in body for sign in _SIGNS)

    def chat(self, body: bytes) -> Filled:
        """The request that a body means, as yet unchecked. Raises ApiError."""
        return self._filled(read(body), ChatRequest)

    def tokenize(self, body: bytes) -> TokenizeRequest:
        """A chat's prompt is that of the request that is meant. Raises ApiError."""
        fields = read(body)
        if fields.get("messages") is None:
            wire = check(fields, TokenizeRequest)
            refuse(wire.model)
            return wire
        filled = self._filled(fields, TokenizeRequest)
        known = fields.keys() | TokenizeRequest.model_fields.keys()
        with filled.naming():
            return check({k: v for k, v in filled.fields.items() if k in known}, TokenizeRequest)

    def listed(self) -> dict[str, Recipe]:
        """Those that this model's chats can name, but for those that are not in order."""
        found = {}
        for name in recipes.files(self._folders):
            try:
                found[name] = self._recipe(name, "recipe")
            except ApiError as error:  # whoever asks for it is told
                logger.warning("%s", error)
        return found

    def _filled(self, fields: Fields, kind: type[Wire]) -> Filled:
        said = {name: fields[name] for name in RecipeFields.model_fields if name in fields}
        wire = check(said, RecipeFields)
        rest = {name: value for name, value in fields.items() if name not in said}
        name, param = self._asked(fields.get("model"), wire.recipe)
        if name is None:
            if wire.variables is not None:
                raise ApiError(400, "variables: need a recipe.", param="variables")
            return Filled(rest)
        # Alone first: a mistake in it stands where the client wrote it.
        check({**rest, "messages": rest.get("messages") or [HELLO]}, kind)
        recipe = self._recipe(name, param)
        own = recipe.fill(wire.variables or {})
        alone = frozenset(field for field in own if rest.get(field) in (None, []))
        return Filled(merged(name, own, rest), name, alone)

    def _asked(self, model: Any, recipe: str | None) -> tuple[str | None, str]:
        """The recipe of a request, and the field that names it."""
        _, sign, behind = model.partition(SIGN) if isinstance(model, str) else ("", "", "")
        if not sign:
            return self._default if recipe is None else recipe, "recipe"
        if recipe is not None and recipe != behind:
            message = f"recipe: says {short(recipe)!r}, the model's name says {short(behind)!r}"
            raise ApiError(400, f"{message}; give one of them.", param="recipe")
        return behind, "model"

    def _recipe(self, name: str, param: str) -> Recipe:
        """Raises ApiError: 404 for one that is not there, 400 for one that is not in order."""
        found = recipes.files(self._folders)
        if name not in found:
            known = f"there are {', '.join(found)}" if found else "there is none"
            message = f"{param}: there is no recipe {short(name)!r}; {known}."
            raise ApiError(404, message, param=param, code="recipe_not_found")
        try:
            recipe = self._up_to_date(name, recipes.read(found[name]))
        except ConfigError as error:
            message = f"{param}: the recipe {name!r} is not in order: {error}"
            raise ApiError(400, message, param=param, code="recipe_invalid") from error
        only = recipe.spec.model
        if only is not None and only not in self._names:
            message = f"{param}: the recipe {name!r} is for the model {only!r} only."
            raise ApiError(400, message, param=param)
        return recipe

    def _up_to_date(self, name: str, file: recipes.RecipeFile) -> Recipe:
        """Raises ConfigError."""
        made = self._made.get(name)
        if made is None or (made.file.file, made.file.contents) != (file.file, file.contents):
            made = self._made[name] = Recipe(file)
        return made


def refuse(model: str) -> None:
    """Raises ApiError 400 where a route that has no recipes is asked for one."""
    if SIGN in model:
        message = f"model: {short(model)!r} names a recipe, and recipes are for chats."
        raise ApiError(400, message, param="model")
