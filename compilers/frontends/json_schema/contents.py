"""Which subschemas say the same, so that what one becomes is worked out once.

Tools that write schemas put the same subschema in many places. Numbers stand for contents: two
subschemas have the same number if they are equal but for what says nothing (titles, descriptions,
defaults), wherever that stands in them.
"""

from collections.abc import Mapping
from itertools import repeat
from typing import Any

SILENT = frozenset(["title", "description", "default", "examples", "example", "$comment"])
TABLES = frozenset(
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]
)
"""Keywords whose value is a schema for each name."""
VALUES = frozenset(["enum", "const"])
"""Keywords whose value is no schema and holds none, whatever it looks like."""

_SCHEMA, _TABLE, _VALUE = range(3)
"""What an object is; the items of a list are what the list is."""

Content = object
"""A string is its own content; lists and objects have numbers; of others their type counts, too:
1 is not true. What is no JSON (an annotation may hold it) is equal to itself only."""


class Contents:
    """Of one document. Its values are known by their address, so they must outlive this."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._known: dict[tuple[int, int], int] = {}

    def of(self, schema: dict[str, Any]) -> int:
        """The number of what a subschema of the document says."""
        return self._known.get((id(schema), _SCHEMA)) or self._number(schema, _SCHEMA)

    def of_new(self, schema: dict[str, Any]) -> int:
        """The same of one that has been put together, and may not outlive this."""
        return self._number(schema, _SCHEMA, lasting=False)

    def _number(self, value: Any, role: int, lasting: bool = True) -> int:
        """By its type and role, and what it holds but for what says nothing.

        One call for each level: as many as `document.MAX_DEPTH` may be within each other.
        """
        content: list[object] = [type(value), role]
        roles, others = _ROLES[role]
        named = isinstance(value, dict)
        for name, each in value.items() if named else zip(repeat(""), value):
            its = roles.get(name, others) if named else role
            if its is None:
                continue
            if isinstance(each, str):
                content += (name, each)
            elif isinstance(each, _NESTED):
                known = self._known.get((id(each), its))
                content += (name, known or self._number(each, its, lasting))
            else:
                content += (name, _scalar(each))
        found = self._numbers.setdefault(tuple(content), len(self._numbers) + 1)
        if lasting:
            self._known[id(value), role] = found
        return found


def _scalar(value: Any) -> Content:
    known = value is None or isinstance(value, _NUMBERS)
    return (type(value), value) if known else (type(value), id(value))


_NESTED = (dict, list)
_NUMBERS = (int, float)

_ROLES: Mapping[int, tuple[Mapping[str, int | None], int]] = {
    _SCHEMA: (
        dict.fromkeys(TABLES, _TABLE) | dict.fromkeys(VALUES, _VALUE) | dict.fromkeys(SILENT),
        _SCHEMA,
    ),
    _TABLE: ({}, _SCHEMA),
    _VALUE: ({}, _VALUE),
}
"""What the parts of an object are: some by name (None: they say nothing), and all others."""
