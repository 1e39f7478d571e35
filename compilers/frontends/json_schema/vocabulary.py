"""The keywords of JSON Schema, each with what it does, by the type of JSON that it speaks of."""

from collections.abc import Mapping

from compilers.frontends.json_schema import arrays, objects, operators, scalars
from compilers.frontends.json_schema.algebra import Method

COMMON = operators.KEYWORDS
OF_KIND: Mapping[str, Mapping[str, Method]] = {
    "null": {},
    "boolean": {},
    "number": scalars.OF_NUMBERS,
    "string": scalars.OF_STRINGS,
    "array": arrays.KEYWORDS,
    "object": objects.KEYWORDS,
}

_ANNOTATIONS = (
    "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary",
    "$comment", "$defs", "definitions", "title", "description", "default", "examples", "example",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
)  # fmt: skip
_HELPERS = ("then", "else", "additionalItems", "minContains", "maxContains")

ASSERTIONS = frozenset([*COMMON, *(k for table in OF_KIND.values() for k in table), *_HELPERS])
KNOWN = ASSERTIONS.union(_ANNOTATIONS)
