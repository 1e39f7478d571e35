"""Which subschemas say the same, so that what one becomes is worked out once.

Tools that write schemas put the same subschema in many places. Numbers stand for contents: two
subschemas have the same number if they are equal but for what says nothing (titles, descriptions,
defaults), wherever that stands in them.
"""

from collections.abc import Iterator
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
        found = self._known.get((id(schema), _SCHEMA))
        if found is None:
            self._read(schema)
            found = self._known[id(schema), _SCHEMA]
        return found

    def of_new(self, schema: dict[str, Any]) -> int:
        """The same of one that has been put together, and may not outlive this."""
        return self._number(schema, _SCHEMA)

    def _read(self, schema: dict[str, Any]) -> None:
        """All that is in it, from the inside out: no depth is too much."""
        order: list[tuple[Any, int]] = [(schema, _SCHEMA)]
        for value, role in order:  # grows
            parts = ((part, its_role) for _, part, its_role in _parts(value, role))
            order += (each for each in parts if isinstance(each[0], dict | list))
        for value, role in reversed(order):
            key = id(value), role
            if key not in self._known:
                self._known[key] = self._number(value, role)

    def _number(self, value: Any, role: int) -> int:
        content: list[object] = [type(value), role]
        for name, part, its_role in _parts(value, role):
            content += (name, self._of(part, its_role))
        return self._numbers.setdefault(tuple(content), len(self._numbers))

    def _of(self, value: Any, role: int) -> Content:
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            found = self._known.get((id(value), role))
            return self._number(value, role) if found is None else found
        known = value is None or isinstance(value, int | float)
        return (type(value), value) if known else (type(value), id(value))


def _parts(value: Any, role: int) -> Iterator[tuple[str, Any, int]]:
    """What an object or a list holds and what that is, but for what says nothing."""
    if isinstance(value, list):
        for each in value:
            yield "", each, role
    elif role == _SCHEMA:
        for keyword, each in value.items():
            if keyword in TABLES:
                yield keyword, each, _TABLE
            elif keyword not in SILENT:
                yield keyword, each, _VALUE if keyword in VALUES else _SCHEMA
    else:
        for name, each in value.items():
            yield name, each, _SCHEMA if role == _TABLE else _VALUE
