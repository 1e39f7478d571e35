"""From the bytes of a body to a checked request, or to a 400 that names the field."""

import difflib
import json
import re
from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gallama.api import types
from gallama.wire_errors import ApiError

MAX_DEPTH = 128
MAX_DIGITS = 400
Request = TypeVar("Request", bound=types.Wire)

_LATER = {"extra_forbidden": 1, "missing": 2}
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(body: bytes, kind: type[Request]) -> Request:
    """Raises ApiError 400. Takes milliseconds per megabyte: not for an event loop."""
    fields = decode_object(body)
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise _explained(error.errors(include_url=False), kind) from None


def decode_object(body: bytes) -> dict[str, Any]:
    """A JSON object as RFC 8259 has it: UTF-8, no name twice, no NaN, at most MAX_DEPTH deep."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError(400, f"The body is not UTF-8: byte {error.start} is invalid.") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_no_constant,
            parse_int=_bounded_int,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ApiError(400, f"The body is not valid JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise ApiError(400, "The body must be a JSON object.")
    _check_strings(value)
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ApiError(400, f"The field {twice!r} stands twice in one object.", param=twice)
    return fields


def _no_constant(name: str) -> None:
    raise ApiError(400, f"The body is not valid JSON: {name} is no JSON number.")


def _bounded_int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ApiError(400, f"The body has a number of {len(digits)} digits.")
    return int(digits)


def _too_deep() -> ApiError:
    return ApiError(400, f"The body is nested too deeply: at most {MAX_DEPTH} levels are read.")


def _check_strings(value: Any) -> None:
    """Refuses half a surrogate pair, which no encoding of text can carry, and deep nesting."""
    level: list[tuple[str, Any]] = [("", value)]
    for _ in range(MAX_DEPTH):
        for path, item in level:
            if isinstance(item, str) and _SURROGATE.search(item):
                raise ApiError(
                    400, f"{path}: has half a surrogate pair, which is no text.", param=path
                )
        level = [child for path, item in level for child in _children(path, item)]
        if not level:
            return
    raise _too_deep()


def _children(path: str, item: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(item, dict):
        for key, value in item.items():
            inner = f"{path}.{key}" if path else key
            yield inner, value
            if _SURROGATE.search(key):
                yield path or "body", key
    elif isinstance(item, list):
        for index, value in enumerate(item):
            yield f"{path}[{index}]", value


def _explained(errors: list[ErrorDetails], kind: type[types.Wire]) -> ApiError:
    """One error in one sentence: a wrong value first, then an unknown field, which may explain
    why another one is missing."""
    error = min(errors, key=lambda error: _LATER.get(error["type"], 0))
    path = _path(error["loc"])
    top = str(error["loc"][0]) if error["loc"] else ""
    known = top in kind.model_fields
    if top in types.REFUSED and (not known or len(error["loc"]) >= 1):
        return ApiError(
            400, f"{path}: {types.REFUSED[top]}.", param=path, code="unsupported_parameter"
        )
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        near = difflib.get_close_matches(name, _known_fields(), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = f"{path}: unknown field.{hint}"
        return ApiError(400, message, param=path, code="unknown_parameter")
    if error["type"] == "missing":
        return ApiError(400, f"{path}: this field is required.", param=path)
    return ApiError(400, f"{path}: {_reason(error)}", param=path)


def _reason(error: ErrorDetails) -> str:
    """Pydantic's words, which are about "input", made to speak about the field."""
    message = re.sub(r"^(Input|List|String|Dictionary) should", "must", error["msg"])
    message = message.replace(" after validation, not", ", not")
    value = error["input"]
    got = f" (got {value!r})" if isinstance(value, int | float | bool) else ""
    return message.rstrip(".") + got + "."


def _path(loc: tuple[int | str, ...]) -> str:
    """("messages", 0, "<user>", "content") -> "messages[0].content": tags are no places."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part.startswith("<") and part.endswith(">")):
            path += f".{part}" if path else part
    return path


def _known_fields() -> list[str]:
    models = [v for v in vars(types).values() if isinstance(v, type) and issubclass(v, BaseModel)]
    return sorted({name for model in models for name in model.model_fields})
