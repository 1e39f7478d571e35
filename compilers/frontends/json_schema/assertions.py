"""Which assertions a schema makes: what is enforced when it compiles, for people to read."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from compilers.frontends.json_schema.contents import SILENT, TABLES, VALUES
from compilers.frontends.json_schema.document import escape
from compilers.frontends.json_schema.vocabulary import ASSERTIONS

_VALUES = VALUES | SILENT


def assertions(schema: Any, ignored: Collection[str] = ()) -> Mapping[str, int]:
    """Each assertion keyword and how often it stands, but at the pointers of `ignored`."""
    found = Counter(keyword for keyword, where in _keywords(schema) if where not in ignored)
    return dict(found.most_common())


def _keywords(schema: Any) -> Iterator[tuple[str, str]]:
    todo = [(schema, "")]
    while todo:
        value, where = todo.pop()
        if isinstance(value, list):
            todo.extend((each, f"{where}/{i}") for i, each in enumerate(value))
        if not isinstance(value, dict):
            continue
        for keyword, below in value.items():
            here = f"{where}/{escape(keyword)}"
            if keyword in ASSERTIONS:
                yield keyword, here
            if keyword in TABLES and isinstance(below, dict):
                todo.extend((each, f"{here}/{escape(name)}") for name, each in below.items())
            elif keyword not in _VALUES and isinstance(below, dict | list):
                todo.append((below, here))
