"""The members that a schema declares, and no others.

JSON Schema lets an object have any member that it says nothing of. Who asks a model for
`{"properties": {"city": ...}}`, as a tool's parameters or as a reply, means a city and nothing
else; and a model that may write any member does not find its way to those that must be there. So
an object that lists its properties and does not say what others may be gets
`additionalProperties: false`.

What is valid then is valid under the schema as it was given, and it is not emptied: an object is
left open where closing it could do either, which is where schemas are combined.
"""

from collections.abc import Iterator
from typing import Any

# A smaller alternative of these can make the whole larger, or empty.
_COMBINING = frozenset({
    "$anchor", "$dynamicRef", "$id", "$recursiveRef", "allOf", "contains", "dependencies",
    "dependentSchemas", "disallow", "else", "extends", "id", "if", "not", "oneOf", "then",
    "unevaluatedItems", "unevaluatedProperties",
})  # fmt: skip
# Beside these, an object's properties are not all that it may have, or must have.
_OPEN = _COMBINING | {
    "$ref", "additionalProperties", "anyOf", "const", "dependentRequired", "enum", "minProperties",
    "patternProperties",
}  # fmt: skip
# What speaks of members: an alternative beside it is not all that is said of them.
_OF_MEMBERS = frozenset({
    "$ref", "additionalProperties", "dependentRequired", "minProperties", "patternProperties",
    "properties", "required",
})  # fmt: skip

_BESIDE_REF = _OF_MEMBERS - {"$ref"} | {"anyOf", "items", "prefixItems"}

_SCHEMAS = ("additionalProperties", "items")
_LISTS = ("prefixItems", "items")
_TABLES = ("properties", "patternProperties", "$defs", "definitions")
_DEFINITIONS = ("#/$defs/", "#/definitions/")

MAX_DEPTH = 200  # of arrays and objects in each other; what is deeper stays as it is


def only_declared(schema: Any) -> Any:
    """The schema, closed where that is safe: everywhere, or at its root alone where it combines
    schemas."""
    if not isinstance(schema, dict) or _too_deep(schema):
        return schema
    if all(map(_plain, _objects(schema))):
        return _closed(schema)
    refers = any("$ref" in each and not _to_definition(each) for each in _objects(schema))
    return schema if refers or not _lists_all(schema) else _shut(schema)


def _closed(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    found = dict(schema)
    for key in _SCHEMAS:
        if key in schema:
            found[key] = _closed(schema[key])
    lists = _LISTS if _OF_MEMBERS & schema.keys() else ("anyOf", *_LISTS)
    for key in lists:
        if isinstance(schema.get(key), list):
            found[key] = [_closed(each) for each in schema[key]]
    for key in _TABLES:
        if isinstance(schema.get(key), dict):
            found[key] = {name: _closed(each) for name, each in schema[key].items()}
    return _shut(found) if _lists_all(schema) else found


def _shut(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False}


def _lists_all(schema: dict[str, Any]) -> bool:
    """Whether the members that it lists may be all that it has."""
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list) or _OPEN & schema.keys():
        return False
    return all(isinstance(name, str) and name in properties for name in required)


def _plain(schema: dict[str, Any]) -> bool:
    """Whether nothing in it combines schemas, itself with that of a reference among them."""
    if "$ref" in schema:
        return _to_definition(schema) and not _BESIDE_REF & schema.keys()
    return not _COMBINING & schema.keys()


def _to_definition(schema: dict[str, Any]) -> bool:
    """Whether its reference is to a whole definition."""
    ref = schema["$ref"]
    return (
        isinstance(ref, str)
        and ref.count("/") == 2
        and ref.startswith(_DEFINITIONS)
    )  # fmt: skip


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object in it that could be a schema, its own first."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            for key, value in each.items():
                # A table's keys are names, not keywords.
                named = key in _TABLES and isinstance(value, dict)
                waiting += value.values() if named else [value]
        elif isinstance(each, list):
            waiting += each


def _too_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level and depth < MAX_DEPTH:
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for inner in inside for each in inner if isinstance(each, dict | list)]
        depth += 1
    return bool(level)
