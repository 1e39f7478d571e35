"""From the bytes of a body to a checked request, or to a 400 that names the field."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gallama.api import types
from gallama.asgi import decode_object, short
from gallama.wire_errors import ApiError

Request = TypeVar("Request", bound=types.Wire)
Place = tuple[int | str, ...]

_LATER = {"extra_forbidden": 1, "missing": 2}


def parse(body: bytes, kind: type[Request]) -> Request:
    """Raises ApiError 400. Not for an event loop, unless the body is small."""
    decode_object(body)
    fields = _without_duplicates(body)
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False), kind) from None


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


def _explained(errors: list[ErrorDetails], kind: type[types.Wire]) -> ApiError:
    """One error in one sentence: a wrong value first, then an unknown field, which may explain
    why another one is missing."""
    error = min(errors, key=lambda error: _LATER.get(error["type"], 0))
    # A validator of ours can only speak of its whole value; "at" is the place inside.
    place = (*error["loc"], *error.get("ctx", {}).get("at", ()))
    path = _path(place)
    if place and place[0] in types.REFUSED:
        reason, code = types.REFUSED[str(place[0])] + ".", "unsupported_parameter"
    elif error["type"] == "extra_forbidden":
        reason, code = "unknown field." + _hint(place, kind), "unknown_parameter"
    elif error["type"] == "missing":
        reason, code = "this field is required.", None
    else:
        reason, code = _reason(error), None
    return ApiError(400, f"{path}: {reason}", param=path, code=code)


def _hint(place: Place, kind: type[types.Wire]) -> str:
    known = list(kind.model_fields) if len(place) == 1 else _nested_fields()
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _nested_fields() -> list[str]:
    models = [v for v in vars(types).values() if isinstance(v, type) and issubclass(v, BaseModel)]
    fields = [item for model in models for item in model.model_fields.items()]
    return sorted({field.alias or name for name, field in fields})


def _reason(error: ErrorDetails) -> str:
    """Pydantic's words, which are about "input", made to speak about the field."""
    message = re.sub(r"^(Input|List|String|Dictionary) should", "must", error["msg"])
    message = message.replace(" after validation, not", ", not")
    value = error["input"]
    got = f" (got {short(repr(value), 30)})" if isinstance(value, int | float | bool) else ""
    return message.rstrip(".") + got + "."


def _path(place: Place) -> str:
    """("messages", 0, "<user>", "content") -> "messages[0].content": tags are no places."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part.startswith("<") and part.endswith(">")):
            path += f".{short(part)}" if path else short(part)
    return path or short(str(place[-1]))
