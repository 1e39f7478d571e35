"""Which subschemas say the same, so that what one becomes is worked out once.

Tools that write schemas put the same subschema in many places, and most schemas hold the same few
leaves. Two subschemas have the same Content if they are equal but for what says nothing (titles,
descriptions, defaults), wherever that stands in them.
"""

from dataclasses import dataclass
from itertools import repeat
from typing import Any

from compilers.ir import Node

SILENT = frozenset(["title", "description", "default", "examples", "example", "$comment"])
TABLES = frozenset(
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]
)
"""Keywords whose value is a schema for each name."""
VALUES = frozenset(["enum", "const"])
"""Keywords whose value is no schema and holds none, whatever it looks like."""

_SCHEMA, _TABLE, _VALUE = range(3)
"""What an object is; the items of a list are what the list is."""

MAX_COMMON = 5_000
MAX_WORDS = 50  # in a list that is common


@dataclass(slots=True, eq=False)
class Content:
    """What subschemas say that are equal: one object for all of a document, and where neither
    objects nor long lists are in them for those of others, too.

    What is found out about it is put down here: whether it is `well_formed`, and the node of a
    `leaf` (leaves.py). Neither depends on where it stands, nor on what else is in the document.
    """

    well_formed: bool = False
    leaf: Node | None = None


_What = tuple[object, ...]
"""The type and role of an object or a list, and all that is in it: a string is itself, a short list
of strings a tuple of them, of what is larger it is the Content; of others their type counts, too:
1 is not true. What is no JSON (an annotation may hold it) is equal to itself only."""

_common: dict[_What, Content] = {}


def _in_common() -> dict[_What, Content]:
    """What is common to all documents. One that is under way keeps to the table that it began
    with, so that what is equal in it stays one; when that is full, the next begins another."""
    global _common
    if len(_common) > MAX_COMMON:
        _common = {}
    return _common


class Contents:
    """Of one document. Its values are known by their address, so they must outlive this."""

    def __init__(self) -> None:
        self._common = _in_common()
        self._own: dict[_What, Content] = {}
        self._known: dict[tuple[int, int], Content] = {}

    def of(self, value: Any, role: int = _SCHEMA, lasting: bool = True) -> Content:
        """What a subschema of the document says, or a part of one: by its type and role, and what
        it holds but for what says nothing.

        One call for each level: as many as `document.MAX_DEPTH` may be within each other.
        """
        known = self._known.get((id(value), role))
        if known is not None:
            return known
        what: list[object] = [type(value), role]
        flat = role == _SCHEMA
        silent = SILENT if flat else ()
        named = isinstance(value, dict)
        for name, each in value.items() if named else zip(repeat(""), value):
            if name in silent:
                continue
            if isinstance(each, str):
                what += (name, each)
            elif isinstance(each, _NESTED):
                if type(each) is list and _are_words(each):
                    what += (name, tuple(each))
                else:
                    its = _role(name, role) if named else role
                    what += (name, self.of(each, its, lasting))
                    flat = False
            elif each is None or isinstance(each, _NUMBERS):
                what += (name, (type(each), each))
            else:
                what += (name, (type(each), id(each)))
                flat = False
        table = self._common if flat else self._own
        key = tuple(what)
        found = table.get(key) or table.setdefault(key, Content())
        if lasting:
            self._known[id(value), role] = found
        return found

    def of_new(self, schema: dict[str, Any]) -> Content:
        """The same of one that has been put together, and may not outlive this."""
        return self.of(schema, lasting=False)


def _are_words(value: list[Any]) -> bool:
    """Whether it is a list of a few strings."""
    return len(value) <= MAX_WORDS and _STRING.issuperset(map(type, value))


_STRING = frozenset([str])
_NESTED = (dict, list)
_NUMBERS = (int, float)
_ROLES = dict.fromkeys(TABLES, _TABLE) | dict.fromkeys(VALUES, _VALUE)


def _role(name: str, within: int) -> int:
    """What an object or a list is that has this name in an object of this role."""
    if within == _SCHEMA:
        return _ROLES.get(name, _SCHEMA)
    return _SCHEMA if within == _TABLE else _VALUE
