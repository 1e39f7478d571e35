"""Which subschemas say the same, so that what one becomes is worked out once.

Tools that write schemas put the same subschema in many places. Numbers stand for contents: two
subschemas have the same number if they are equal but for what says nothing (titles, descriptions,
defaults), wherever that stands in them.
"""

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
        return self._number(_SCHEMA, _parts(schema, _SCHEMA))

    def _read(self, schema: dict[str, Any]) -> None:
        """All that is in it, from the inside out: no depth is too much."""
        order: list[tuple[Any, int]] = [(schema, _SCHEMA)]
        parts: list[list[_Part]] = []
        for value, role in order:  # grows
            parts.append(_parts(value, role))
            order += [(part, its) for _, part, its in parts[-1] if isinstance(part, _NESTED)]
        for (value, role), its_parts in zip(reversed(order), reversed(parts), strict=True):
            key = id(value), role
            if key not in self._known:
                self._known[key] = self._number(role, its_parts, type(value))

    def _number(self, role: int, parts: "list[_Part]", kind: type = dict) -> int:
        content: list[object] = [kind, role]
        for name, part, its_role in parts:
            content += (name, part if isinstance(part, str) else self._of(part, its_role))
        return self._numbers.setdefault(tuple(content), len(self._numbers))

    def _of(self, value: Any, role: int) -> Content:
        if isinstance(value, _NESTED):
            found = self._known.get((id(value), role))
            return self._number(role, _parts(value, role), type(value)) if found is None else found
        known = value is None or isinstance(value, _NUMBERS)
        return (type(value), value) if known else (type(value), id(value))


_NESTED = (dict, list)
_NUMBERS = (int, float)
_ROLES = dict.fromkeys(TABLES, _TABLE) | dict.fromkeys(VALUES, _VALUE)
_ROLES_OF_PARTS = {_TABLE: _SCHEMA, _VALUE: _VALUE}

_Part = tuple[str, Any, int]
"""A name, what stands under it, and what that is."""


def _parts(value: Any, role: int) -> list[_Part]:
    """What an object or a list holds, but for what says nothing; in a list nothing has a name."""
    if isinstance(value, list):
        return [("", each, role) for each in value]
    if role == _SCHEMA:
        return [
            (keyword, each, _ROLES.get(keyword, _SCHEMA))
            for keyword, each in value.items()
            if keyword not in SILENT
        ]
    return [(name, each, _ROLES_OF_PARTS[role]) for name, each in value.items()]
