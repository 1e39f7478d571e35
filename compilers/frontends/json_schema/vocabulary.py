"""The keywords of JSON Schema, each with what it does, by the type of JSON that it speaks of."""

from collections.abc import Mapping

from compilers.frontends.json_schema import arrays, objects, operators, scalars
from compilers.frontends.json_schema.algebra import Method

OF_KIND: Mapping[str, Mapping[str, Method]] = {
    "null": operators.KEYWORDS,
    "boolean": operators.KEYWORDS,
    "number": operators.KEYWORDS | scalars.OF_NUMBERS,
    "string": operators.KEYWORDS | scalars.OF_STRINGS,
    "array": operators.KEYWORDS | arrays.KEYWORDS,
    "object": operators.KEYWORDS | objects.KEYWORDS,
}
"""What says something of a type, those that speak of every type among them."""

_ANNOTATIONS = (
    "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary",
    "$comment", "$defs", "definitions", "title", "description", "default", "examples", "example",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
)  # fmt: skip
_HELPERS = ("then", "else", "additionalItems", "minContains", "maxContains")

ASSERTIONS = frozenset(_HELPERS).union(*OF_KIND.values())
KNOWN = ASSERTIONS.union(_ANNOTATIONS)
