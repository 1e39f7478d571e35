"""What may stand behind a keyword, in any draft: checked when a subschema is first met."""

import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from compilers.errors import Malformed, TooLarge
from compilers.frontends.texts import HALF_PAIR, half_pair

MAX_COUNT = 1 << 64
"""Schemas say the largest number of some language for "any"; none has one beyond this."""


_SCHEMA = (dict, bool)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value % 1 == 0


def _is_schema(value: Any) -> bool:
    return isinstance(value, _SCHEMA)


def _is_full(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and not [each for each in value if not isinstance(each, str)]


def _is_type(value: Any) -> bool:
    return isinstance(value, str) or _are_strings(value)


def _is_demand(value: Any) -> bool:
    return isinstance(value, bool) or _are_strings(value)


def _is_table(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(map(of, value.values()))


def _either(one: Callable[[Any], bool], other: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: one(value) or other(value)


def _is(kind: type) -> Callable[[Any], bool]:
    return kind.__instancecheck__  # what isinstance calls


_bound = "a finite number", _is_number
_limit = "a number, or a boolean in draft 4", _either(_is_number, _is(bool))
_count = "a whole number from 0", _is_count
_schema = "a schema", _is_schema
# Each schema in them is checked when it is met itself, at its own place.
_schemas = "a list of schemas", _is_full
_table = "an object of schemas", _is(dict)
_string = "a string", _is(str)

_WANTED: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "$ref": _string,
    "$dynamicRef": _string,
    "$recursiveRef": _string,
    "type": ("a type or a list of types", _is_type),
    "enum": ("a list", _is(list)),
    "allOf": _schemas,
    "anyOf": _schemas,
    "oneOf": _schemas,
    "not": _schema,
    "if": _schema,
    "then": _schema,
    "else": _schema,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _limit,
    "exclusiveMaximum": _limit,
    "multipleOf": ("a number above 0", lambda value: _is_number(value) and value > 0),
    "minLength": _count,
    "maxLength": _count,
    "pattern": _string,
    "prefixItems": _schemas,
    "items": (
        "a schema or a list of schemas",
        _either(_is_schema, _is(list)),
    ),
    "additionalItems": _schema,
    "unevaluatedItems": _schema,
    "minItems": _count,
    "maxItems": _count,
    "uniqueItems": ("a boolean", _is(bool)),
    "contains": _schema,
    "minContains": _count,
    "maxContains": _count,
    "properties": _table,
    "patternProperties": _table,
    "additionalProperties": _schema,
    "unevaluatedProperties": _schema,
    "required": ("a list of strings, or a boolean in draft 3", _is_demand),
    "propertyNames": _schema,
    "minProperties": _count,
    "maxProperties": _count,
    "dependencies": (
        "an object of schemas or lists of names",
        _is_table(_either(_is_schema, _is_type)),
    ),
    "dependentRequired": ("an object of lists of names", _is_table(_are_strings)),
    "dependentSchemas": _table,
}


def check(schema: Mapping[str, Any], where: str) -> None:
    """Raises Malformed, with the keyword's pointer."""
    for keyword, value in schema.items():
        wanted = _WANTED.get(keyword)
        if wanted is not None and not wanted[1](value):
            raise Malformed(f"{keyword} must be {wanted[0]}", f"{where}/{keyword}", "malformed")


def check_texts(texts: Collection[str]) -> None:
    """Raises Malformed for strings that are not Unicode: half a surrogate pair has no UTF-8."""
    if half_pair("".join(texts)) is not None:
        wrong = next(text for text in texts if half_pair(text) is not None)
        raise Malformed(f"{HALF_PAIR}: {wrong!r}", kind="malformed")


def check_numbers(values: Iterable[float]) -> None:
    """Raises Malformed for what is no number, TooLarge for one that most readers of JSON would not
    take (RFC 8259, section 6)."""
    for value in values:
        if abs(value) <= sys.float_info.max:
            continue
        if isinstance(value, float):
            raise Malformed(f"{value} is no number of JSON", kind="malformed")
        raise TooLarge("a number of more than 308 digits", kind="number")


def count(value: Any) -> int:
    """Raises Malformed for what is no whole number from 0, TooLarge beyond MAX_COUNT."""
    if not _is_count(value):
        raise Malformed("must be a whole number from 0", kind="malformed")
    if value > MAX_COUNT:
        raise TooLarge("must be at most 2 ** 64", kind="count")
    return int(value)
