"""Which keywords a draft has: one that came later is no keyword in it (Core, section 6.5)."""

import re
from collections.abc import Mapping
from typing import Any

_DECLARED = re.compile(r"json-schema\.org/(?:draft-0(?P<old>[3-7])|draft/(?P<new>2019|2020))")

_SINCE: Mapping[str, int] = {
    "const": 6,
    "contains": 6,
    "propertyNames": 6,
    "if": 7,
    "then": 7,
    "else": 7,
    "dependentRequired": 2019,
    "dependentSchemas": 2019,
    "minContains": 2019,
    "maxContains": 2019,
    "unevaluatedItems": 2019,
    "unevaluatedProperties": 2019,
    "$recursiveRef": 2019,
    "prefixItems": 2020,
    "$dynamicRef": 2020,
}
LATEST = 2020


def declared(schema: Any) -> int:
    """The draft that a document names, 3 to 7, 2019 or 2020; the latest where it names none."""
    name = schema.get("$schema") if isinstance(schema, dict) else None
    found = _DECLARED.search(name) if isinstance(name, str) else None
    return int(found["old"] or found["new"]) if found else LATEST


def later(schema: Mapping[str, Any], draft: int) -> list[str]:
    """The keywords of a subschema that this draft does not have."""
    return [keyword for keyword in schema if _SINCE.get(keyword, 0) > draft]
