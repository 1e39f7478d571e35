"""The members that a schema declares, and no others.

JSON Schema lets an object have any member that it says nothing of. Who asks a model for
`{"properties": {"city": ...}}`, as a tool's parameters or as a reply, means a city and nothing
else; and a model that may write any member does not find its way to those that must be there. So
an object that lists its properties and does not say what others may be gets
`additionalProperties: false`.

What is valid then is valid under the schema as it was given, and it is not emptied: an object is
left open where closing it could do either, which is where schemas are combined.
"""

from collections.abc import Set
from itertools import chain
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

_NEVER_PLAIN = _COMBINING | {"$ref"}
_BESIDE_REF = _OF_MEMBERS - {"$ref"} | {"anyOf", "items", "prefixItems"}

_SCHEMAS = frozenset(["additionalProperties", "items"])
_LISTS = frozenset(["prefixItems", "items"])
_LISTS_ALONE = _LISTS | {"anyOf"}
_TABLES = frozenset(["properties", "patternProperties", "$defs", "definitions"])
_NESTED = (dict, list)
_DEFINITIONS = ("#/$defs/", "#/definitions/")

MAX_DEPTH = 200  # of schemas, and lists of them, in each other; what is deeper stays as it is


def only_declared(schema: Any) -> Any:
    """The schema, closed where that is safe: everywhere, or at its root alone where it combines
    schemas."""
    objects = _objects(schema) if isinstance(schema, dict) else []
    listing = [each for each in objects if "properties" in each and _lists_all(each)]
    if not listing:
        return schema
    at_root = listing[0] is schema
    if _NEVER_PLAIN.isdisjoint(chain.from_iterable(objects)) or all(map(_plain, objects)):
        if at_root and len(listing) == 1:
            return _shut(schema)
        return _closed(schema, frozenset(map(id, listing)))
    refers = any("$ref" in each and not _to_definition(each) for each in objects)
    return schema if refers or not at_root else _shut(schema)


def _closed(schema: Any, listing: Set[int]) -> Any:
    """The schema with all of those closed that have these ids, where they are schemas."""
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    lists = _LISTS_ALONE if _OF_MEMBERS.isdisjoint(schema) else _LISTS
    for key, value in schema.items():
        if isinstance(value, str):
            continue
        if isinstance(value, dict):
            if key in _TABLES:
                found[key] = {name: _closed(each, listing) for name, each in value.items()}
            elif key in _SCHEMAS:
                found[key] = _closed(value, listing)
        elif isinstance(value, list) and key in lists:
            found[key] = [_closed(each, listing) for each in value]
    whole = {**schema, **found} if found else schema
    return _shut(whole) if id(schema) in listing else whole


def _shut(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "additionalProperties": False}


def _lists_all(schema: dict[str, Any]) -> bool:
    """Whether the members that it lists may be all that it has."""
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        return False
    if not _OPEN.isdisjoint(schema):
        return False
    return not [name for name in required if not isinstance(name, str) or name not in properties]


def _plain(schema: dict[str, Any]) -> bool:
    """Whether nothing in it combines schemas, itself with that of a reference among them."""
    if "$ref" in schema:
        return _to_definition(schema) and _BESIDE_REF.isdisjoint(schema)
    return _COMBINING.isdisjoint(schema)


def _to_definition(schema: dict[str, Any]) -> bool:
    """Whether its reference is to a whole definition."""
    ref = schema["$ref"]
    return (
        isinstance(ref, str)
        and ref.count("/") == 2
        and ref.startswith(_DEFINITIONS)
    )  # fmt: skip


def _objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every object in it that could be a schema, its own first; none where it is too deep."""
    found: list[dict[str, Any]] = []
    level: list[Any] = [schema]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for each in level:
            if isinstance(each, list):
                below += [item for item in each if isinstance(item, _NESTED)]
                continue
            found.append(each)
            for key, value in each.items():
                if not isinstance(value, _NESTED):
                    continue
                if key in _TABLES and isinstance(value, dict):  # its keys are names, not keywords
                    below += [item for item in value.values() if isinstance(item, _NESTED)]
                else:
                    below.append(value)
        if not below:
            return found
        level = below
    return []
