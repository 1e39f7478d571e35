"""Which subschemas say the same, so that what one becomes is worked out once.

Tools that write schemas put the same subschema in many places. Numbers stand for contents: two
subschemas have the same number if they are equal but for what says nothing (titles, descriptions,
defaults), wherever that stands in them.
"""

from collections.abc import Mapping
from typing import Any

SILENT = frozenset(["title", "description", "default", "examples", "example", "$comment"])
TABLES = frozenset(
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]
)
"""Keywords whose value is a schema for each name."""
VALUES = frozenset(["enum", "const"])
"""Keywords whose value is no schema and holds none, whatever it looks like."""

Content = object
"""A string is its own content; lists and objects have numbers; of others their type counts, too:
1 is not true. What is no JSON (an annotation may hold it) is equal to itself only."""


class Contents:
    """Of one document. Values are known by their address, so they must outlive this."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._known: dict[tuple[int, bool], Content] = {}

    def of(self, schema: Mapping[str, Any]) -> int:
        """The number of what a subschema says."""
        found: list[Content] = []
        for keyword, value in schema.items():
            if keyword not in SILENT:
                found += (keyword, self._under(keyword, value))
        return self._number("schema", found)

    def _under(self, keyword: str, value: Any) -> Content:
        if keyword in TABLES and isinstance(value, dict):
            table: list[Content] = []
            for name, schema in value.items():
                table += (name, self._of(schema, True))
            return self._number("table", table)
        return self._of(value, keyword not in VALUES)

    def _of(self, value: Any, schema: bool) -> Content:
        """Of a schema, or of a value that holds none."""
        if isinstance(value, str):
            return value
        if not isinstance(value, dict | list):
            known = value is None or isinstance(value, int | float)
            return (type(value), value) if known else (type(value), id(value))
        key = id(value), schema
        if key not in self._known:
            self._known[key] = self._inside(value, schema)
        return self._known[key]

    def _inside(self, value: Any, schema: bool) -> Content:
        if isinstance(value, list):
            return self._number("list", [self._of(each, schema) for each in value])
        if schema:
            return self.of(value)
        found: list[Content] = []
        for name, each in value.items():
            found += (name, self._of(each, False))
        return self._number("value", found)

    def _number(self, kind: str, content: list[Content]) -> int:
        return self._numbers.setdefault((kind, *content), len(self._numbers))
