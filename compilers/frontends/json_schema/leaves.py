"""Schemas of scalars that say the same: most schemas hold the same few leaves many times over.

What `{"type": "string", "maxLength": 20}` becomes does not depend on where it stands, so it is
worked out once for all documents. Annotations make no difference.
"""

from collections.abc import Callable
from typing import Any

from compilers.frontends.json_schema import formats
from compilers.frontends.json_schema.contents import SILENT
from compilers.frontends.json_schema.shapes import Conj
from compilers.ir import Node

MAX_LEAVES = 5_000

Key = tuple[object, ...]

_TYPES = frozenset(["string", "integer", "number", "boolean", "null"])
_BOUNDS = frozenset(["minimum", "maximum", "minLength", "maxLength", "pattern"])
_known: dict[Key, Node] = {}


def once(wanted: Conj, make: Callable[[Conj], Node]) -> Node:
    """`make(wanted)`, or what it was for an equal leaf."""
    key = _key(wanted)
    if key is None:
        return make(wanted)
    found = _known.get(key)
    if found is None:
        found = make(wanted)
        if len(_known) >= MAX_LEAVES:
            _known.clear()
        _known[key] = found
    return found


def _key(wanted: Conj) -> Key | None:
    """The assertions of a schema that has one scalar type; None: it is more than a leaf."""
    if len(wanted) != 1:
        return None
    ((site, sign),) = wanted
    schema = site.schema
    if not sign or isinstance(schema, bool) or not isinstance(schema.get("type"), str):
        return None
    found: list[object] = []
    for keyword, value in schema.items():
        if keyword in SILENT:
            continue
        told = _told(keyword, value)
        if told is None:
            return None
        found += (keyword, told)
    return tuple(found)


def _told(keyword: str, value: Any) -> object | None:
    if keyword == "type":
        return value if value in _TYPES else None
    if keyword == "enum":
        return tuple(value) if all(isinstance(each, str) for each in value) else None
    if keyword == "format":  # an unknown one is noted, at its place
        known = isinstance(value, str) and formats.language(value) is not None
        return value if known else None
    return (type(value), value) if keyword in _BOUNDS else None
