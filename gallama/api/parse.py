"""From the bytes of a body to a checked request, or to a 400 that names the field."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from gallama.api import types
from gallama.asgi import decode_object, short
from gallama.wire_errors import ApiError

Request = TypeVar("Request", bound=types.Wire)
Place = tuple[int | str, ...]

_LATER = {"extra_forbidden": 1, "missing": 2}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: where, and why. `first`: those of a low number
    explain others."""

    place: Place
    reason: str
    code: str | None = None
    first: int = 0


def parse(body: bytes, kind: type[Request]) -> Request:
    """Raises ApiError 400. Not for an event loop, unless the body is small."""
    return check(read(body), kind)


def read(body: bytes) -> dict[str, Any]:
    """The fields of a body, as yet unchecked. Raises ApiError 400 where it is no JSON object."""
    decode_object(body)
    fields: dict[str, Any] = _without_duplicates(body)
    return fields


def check(fields: dict[str, Any], kind: type[Request]) -> Request:
    """Raises ApiError 400: one error in one sentence, a wrong value before an unknown field, which
    may explain why another one is missing."""
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        fault = min(_explained(error, kind), key=lambda fault: fault.first)
        path = _path(fault.place)
        raise ApiError(400, f"{path}: {fault.reason}", param=path, code=fault.code) from None


def faults(fields: dict[str, Any], kind: type[types.Wire]) -> list[Fault]:
    """All that is wrong with a request's fields."""
    try:
        kind.model_validate(fields)
    except ValidationError as error:
        return list(_explained(error, kind))
    return []


def _without_duplicates(body: bytes) -> Any:
    """The value of valid JSON. Raises ApiError 400 where an object has a field twice, which the
    decoder, quick and strict as it is, lets pass."""
    faulty: list[tuple[Any, str]] = []

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) and not faulty:
            ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
            faulty.append((found, name))
        return found

    value = json.loads(body, object_pairs_hook=fields)
    for found, name in faulty:
        place = next((place for place, item in _walk(value) if item is found), ())
        path = _path((*place, name))
        raise ApiError(400, f"{path}: this field stands twice in its object.", param=path)
    return value


def _walk(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield place, value
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _walk(item, (*place, key))


def _explained(error: ValidationError, kind: type[types.Wire]) -> Iterator[Fault]:
    for each in error.errors(include_url=False):
        # A validator of ours can only speak of its whole value; "at" is the place inside.
        place = (*each["loc"], *each.get("ctx", {}).get("at", ()))
        first = _LATER.get(each["type"], 0)
        if place and place[0] in types.REFUSED:
            reason = types.REFUSED[str(place[0])] + "."
            yield Fault(place, reason, "unsupported_parameter", first)
        elif each["type"] == "extra_forbidden":
            reason = "unknown field." + _hint(place, kind)
            yield Fault(place, reason, "unknown_parameter", first)
        elif each["type"] == "missing":
            yield Fault(place, "this field is required.", None, first)
        else:
            yield Fault(place, _reason(each), None, first)


def _hint(place: Place, kind: type[types.Wire]) -> str:
    """Where the field goes that was meant: the one around it that has it, or the nearest here."""
    *holders, name = place
    holder, name = tuple(holders), str(name)
    fields: dict[str, Any] = {}
    for model in _models(holder, kind):
        fields |= _fields(model)
    if not holder and name in types.ELSEWHERE:
        return f" Did you mean {types.ELSEWHERE[name]!r}?"
    around = [field for field, inner in fields.items() if any(name in _fields(m) for m in inner)]
    if len(around) == 1:
        return f" It goes into {_path((*holder, around[0]))!r}."
    near = difflib.get_close_matches(name, fields, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _models(place: Place, kind: type[types.Wire]) -> list[type[BaseModel]]:
    """The models that the object at a place may be of."""
    found: list[Any] = [kind]
    for part in place:
        if isinstance(part, int):
            continue
        if is_tag(part):
            found = [chosen for each in found for chosen in _tagged(each, part)]
        else:
            models = [model for each in found for model in _within(each)]
            found = [_annotations(model).get(part) for model in models]
    return [model for each in found for model in _within(each)]


def _fields(model: type[BaseModel]) -> dict[str, list[type[BaseModel]]]:
    """Its fields, each with the models that its value may be of (those of a list's items aside)."""
    return {
        name: list(_within(annotation, items=False))
        for name, annotation in _annotations(model).items()
    }


def _annotations(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _tagged(annotation: Any, tag: str) -> Iterator[Any]:
    """The one of several types that has this tag."""
    if get_origin(annotation) is Annotated and Tag(tag) in annotation.__metadata__:
        yield annotation
        return
    for each in get_args(annotation):
        yield from _tagged(each, tag)


def _within(annotation: Any, items: bool = True) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif items or get_origin(annotation) is not list:
        for each in get_args(annotation):
            yield from _within(each, items)


# What pydantic says of a wrong type, in the words of JSON.
_TYPES = {
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
MAX_SHOWN = 40  # characters of a wrong value that an answer repeats


def _reason(error: ErrorDetails) -> str:
    """Pydantic's words, which are about "input", made to speak about the field."""
    message = re.sub(r"^(Input|List|String|Dictionary) should", "must", error["msg"])
    message = _TYPES.get(error["type"], message.replace(" after validation, not", ", not"))
    return f"{message.rstrip('.')}{_got(error['input'])}."


def _got(value: Any) -> str:
    """A wrong value, where it is short enough to be repeated."""
    if isinstance(value, str) and len(value) > MAX_SHOWN:
        return ""
    if isinstance(value, str | int | float | None):
        return f" (got {short(json.dumps(value, ensure_ascii=False), MAX_SHOWN)})"
    return ""


def _path(place: Place) -> str:
    """("messages", 0, "<user>", "content") -> "messages[0].content": tags are no places."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not is_tag(part):
            path += f".{short(part)}" if path else short(part)
    return path or short(str(place[-1]))


def is_tag(part: int | str) -> bool:
    """Whether it is no place, but says which of several types a value is tried as."""
    return isinstance(part, str) and part.startswith("<") and part.endswith(">")
