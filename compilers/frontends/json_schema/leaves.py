"""Schemas of scalars that say the same: most schemas hold the same few leaves many times over.

What `{"type": "string", "maxLength": 20}` becomes does not depend on where it stands, so it is
worked out once for all that have this content. Annotations make no difference.
"""

from collections.abc import Callable, Mapping
from typing import Any

from compilers.frontends.json_schema import formats
from compilers.frontends.json_schema.contents import SILENT
from compilers.frontends.json_schema.shapes import Conj
from compilers.ir import Node

_TYPES = frozenset(["string", "integer", "number", "boolean", "null"])
_BOUNDS = frozenset(["minimum", "maximum", "minLength", "maxLength", "pattern"])
_SAYS_NO_MORE = _BOUNDS | SILENT | {"type"}


def once(wanted: Conj, make: Callable[[Conj], Node]) -> Node:
    """`make(wanted)`, or what it was for an equal leaf."""
    if len(wanted) != 1:
        return make(wanted)
    ((site, sign),) = wanted
    if not sign:
        return make(wanted)
    found = site.content.leaf
    if found is None:
        found = make(wanted)
        if _is_leaf(site.schema):
            site.content.leaf = found
    return found


def _is_leaf(schema: Mapping[str, Any]) -> bool:
    """Whether it has one scalar type, and says no more than what the values of that are."""
    types = schema.get("type")
    if not isinstance(types, str) or types not in _TYPES:
        return False
    others = schema.keys() - _SAYS_NO_MORE
    return all(_is_of_leaf(keyword, schema[keyword]) for keyword in others)


def _is_of_leaf(keyword: str, value: Any) -> bool:
    if keyword == "enum":
        return all(isinstance(each, str) for each in value)
    # An unknown format is noted, at its place.
    return keyword == "format" and isinstance(value, str) and formats.language(value) is not None
