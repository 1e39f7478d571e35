"""`gallama schema`: JSON Schemas of the YAML that people write, for editors to complete and check.

Made from the dataclasses of gallama.config.schema, whose docstrings say what each key means, and
for a recipe's request from the wire's own types.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, is_dataclass
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from gallama.api.types import ChatRequest
from gallama.config.recipes import FROM_FILES
from gallama.config.schema import ModelSpec, Range, RecipeSpec
from gallama.config.shape import settings, without_none
from gallama.recipe.merge import OF_THE_REQUEST

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
BLANK = {"type": "string", "pattern": r"\{\{|\{%"}
INTERPOLATED = {"type": "string", "pattern": r"\$\{"}
_FILE: Schema = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "a file beside the recipe"}},
    "required": ["file"],
    "additionalProperties": False,
}
_SCALARS: Mapping[Any, str] = {int: "integer", float: "number", str: "string", bool: "boolean"}
_DESCRIBED = re.compile(r"`(\w+)`((?:, `\w+`)*): (.+?)(?=\n\s*`|\n\s*\n|\Z)", re.DOTALL)


def recipe() -> Schema:
    """Of recipes/NAME.yaml."""
    found = _section(RecipeSpec, interpolated=False)
    request, definitions = _request()
    found["properties"]["request"] |= request
    example = found["properties"]["examples"]["items"]["properties"]
    example["request"] |= request
    for replies in ("accept", "reject"):
        example[replies]["items"] = _reply()
    return {"$schema": DRAFT, **found, "required": ["description", "request"], "$defs": definitions}


def models() -> Schema:
    """Of conf/models/NAME.yaml: models by name."""
    model = _section(ModelSpec, interpolated=True)
    properties = {"defaults": {"type": "array", "description": "Hydra's list of other files"}}
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": properties,
        "additionalProperties": model,
    }


KINDS: Mapping[str, Callable[[], Schema]] = {"recipe": recipe, "models": models}


def _section(kind: Any, interpolated: bool) -> Schema:
    """Of a dataclass."""
    types, told = get_type_hints(kind), _described(kind)
    properties = {}
    for field in settings(kind):
        schema = _value(types[field.name], field, interpolated)
        about = told.get(field.name)
        properties[field.name] = {"description": about, **schema} if about else schema
    return {
        "type": "object",
        "description": _sentence(kind.__doc__ or ""),
        "properties": properties,
        "additionalProperties": False,
    }


def _value(kind: Any, field: Field[Any] | None, interpolated: bool) -> Schema:
    kind, optional = without_none(kind)
    schema = _schema(kind, interpolated)
    allowed = field.metadata.get("range") if field else None
    if isinstance(allowed, Range):
        schema |= _bounds(allowed)
    others = [{"type": "null"}] * optional + [INTERPOLATED] * (interpolated and schema != {})
    if others and not is_dataclass(kind):
        schema = {"anyOf": [schema, *others]}
    if field and isinstance(field.default, Enum):
        schema["default"] = field.default.value
    elif field and field.default is not MISSING and field.default is not None:
        schema["default"] = field.default
    return schema


def _schema(kind: Any, interpolated: bool) -> Schema:
    if is_dataclass(kind):
        return _section(kind, interpolated)
    if get_origin(kind) is dict:
        inner = _value(get_args(kind)[1], None, interpolated)
        return {"type": "object", "additionalProperties": inner}
    if get_origin(kind) is list:
        return {"type": "array", "items": _value(get_args(kind)[0], None, interpolated)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": list(kind.__members__)}
    return {"type": _SCALARS[kind]} if kind in _SCALARS else {}


def _bounds(allowed: Range) -> Schema:
    low = "exclusiveMinimum" if allowed.above else "minimum"
    most = {"maximum": allowed.high} if allowed.high != float("inf") else {}
    return {low: allowed.low, **most}


def _described(kind: Any) -> dict[str, str]:
    """What a docstring says of each field: `name`: text, up to the next one."""
    found = {}
    for first, more, text in _DESCRIBED.findall(kind.__doc__ or ""):
        for name in (first, *re.findall(r"\w+", more)):
            found[name] = " ".join(text.split())
    return found


def _sentence(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split())


def _reply() -> Schema:
    """An example of a reply."""
    call = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }
    parts = {
        "thinking": {"type": "string"},
        "content": {"type": "string"},
        "calls": {"type": "array", "items": call},
    }
    section = {"type": "object", "properties": parts, "minProperties": 1}
    return {"anyOf": [{"type": "string"}, {**section, "additionalProperties": False}]}


def _request() -> tuple[Schema, Schema]:
    """A recipe's request, and what it refers to: the wire's, any value of which may be a blank."""
    wire = ChatRequest.model_json_schema()
    properties = {
        name: _with_blanks(schema)
        for name, schema in wire["properties"].items()
        if name not in OF_THE_REQUEST
    }
    for name in FROM_FILES:
        properties[name] = {"anyOf": [properties[name], _FILE]}
    definitions = {name: _with_blanks(schema) for name, schema in wire["$defs"].items()}
    request = {"type": "object", "properties": properties, "additionalProperties": False}
    return request, definitions


def _with_blanks(schema: Any) -> Any:
    """The same schema, in which a blank may stand for any value that is no text itself."""
    if not isinstance(schema, dict):
        return schema
    inner = {key: _inside(key, value) for key, value in schema.items() if key != "title"}
    if schema.get("type") in ("string", "null") or "const" in schema or schema.get("anyOf"):
        return inner
    about = {key: inner.pop(key) for key in ("description", "default") if key in inner}
    return {**about, "anyOf": [inner, BLANK]}


def _inside(key: str, value: Any) -> Any:
    if key in ("properties", "$defs"):
        return {name: _with_blanks(each) for name, each in value.items()}
    if key in ("items", "additionalProperties"):
        return _with_blanks(value)
    if key in ("anyOf", "oneOf"):
        return [_with_blanks(each) for each in value]
    return value
