"""What is right, by others than ourselves: JSON as RFC 8259 has it, and the package jsonschema.

    value = read('{"a": 1.0}')           # ValueError: no JSON
    error = Judge(schema).fault(value)   # None: it is valid

jsonschema divides floating point numbers, and asks Python's regexes: here numbers with a fraction
are Decimals, and a pattern is written so that Python reads it as ECMAScript does. Formats are those
of the compiler: its own tests hold them.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Context, Decimal, localcontext
from functools import partial
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend, validator_for

from compilers.frontends.json_schema import formats
from compilers.regular import accepts

DIGITS = 4_000  # of numbers that are divided
FURTHEST = 1_000  # exponent


class Twice(dict[str, Any]):
    """An object in which `names` stand twice: each has its last value, but all members count."""

    names: frozenset[str] = frozenset()
    members = 0

    def __len__(self) -> int:
        return self.members


def read(text: str) -> Any:
    """The value of a JSON text, its fractions as Decimals, an object with a name twice as Twice."""
    return json.loads(
        text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_number
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    found = Twice(plain)
    found.members = len(pairs)
    found.names = frozenset(n for n, times in Counter(n for n, _ in pairs).items() if times > 1)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> Decimal:
    """With an exponent within reason: what is further out is as large, or as small, to a schema."""
    mantissa, _, exponent = text.lower().partition("e")
    return Decimal(f"{mantissa}e{max(-FURTHEST, min(int(exponent or 0), FURTHEST))}")


def exact(value: Any) -> Any:
    """A value of json.loads with each float as an int or a Decimal."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    return [exact(each) for each in value] if isinstance(value, list) else value


def twice(value: Any) -> set[str]:
    """All names that stand twice in an object of a value."""
    return {name for part, _ in places([value]) if isinstance(part, Twice) for name in part.names}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a value with each of its keys."""
    if isinstance(value, dict | list):
        for at in value if isinstance(value, dict) else range(len(value)):
            yield value, at
            yield from places(value[at])


class Judge:
    """Says what is valid under a schema: of the draft that it declares; where it declares none, of
    the first that it is a schema of. `dependencies` counts in every draft, as with the compiler."""

    def __init__(self, schema: Any) -> None:
        schema = in_python(exact(schema))
        kind = validator_for(schema, Draft202012Validator)
        try:
            kind.check_schema(schema)
        except SchemaError:
            kind = Draft7Validator
        checker = FormatChecker(())
        for name in {str(part[at]) for part, at in places(schema) if at == "format"}:
            language = formats.language(name)
            if language is not None:
                checker.checks(name)(partial(_is_of, language))
        keywords = {
            "dependencies": Draft7Validator.VALIDATORS["dependencies"],
            **{name: _once(kind.VALIDATORS[name]) for name in ("properties", "required")},
        }
        types = kind.TYPE_CHECKER.redefine("integer", lambda _, value: _is_integer(value))
        made = extend(kind, keywords, type_checker=types)
        self._validator = made(schema, format_checker=checker)

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value that is of `read` or `exact`. A name twice is, too, where the
        schema names it.

        Unresolvable, re.error, RecursionError: jsonschema cannot read the schema.
        """
        with localcontext(Context(prec=DIGITS)):
            error = next(self._validator.iter_errors(value), None)
        return None if error is None else f"{error.message[:200]} at {error.json_path}"


def _once(check: Callable[..., Any]) -> Callable[..., Any]:
    """A keyword that names members, for objects that have none of these twice."""

    def checked(validator: Any, names: Any, value: Any, schema: Any) -> Iterator[Any]:
        if isinstance(value, Twice) and isinstance(names, dict | list):
            for name in sorted(value.names.intersection(names)):
                yield ValidationError(f"{name!r} stands twice")
        yield from check(validator, names, value, schema) or ()

    return checked


def _is_integer(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_of(language: Any, value: Any) -> bool:
    return not isinstance(value, str) or accepts(language, value)


# --- ECMAScript's regexes as Python's

_SPACE = r"\t-\r \xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF"
_OUTSIDE = {
    ".": r"[^\n\r\u2028\u2029]", "$": r"\Z", r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]",
    "[]": r"[^\s\S]", "[^]": r"[\s\S]",
}  # fmt: skip
_INSIDE = {"[": r"\[", r"\s": _SPACE}
_OUTER = re.compile(r"\\.|\[\^?\]|.", re.DOTALL)
_INNER = re.compile(r"\\.|.", re.DOTALL)

_MAPS = frozenset(
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"]
)
_VALUES = frozenset(["enum", "const", "default", "example", "examples"])


def pattern(text: str) -> str:
    """A regex of ECMAScript as one of Python."""
    found, at, inside = [], 0, False
    while at < len(text):
        part = (_INNER if inside else _OUTER).match(text, at)
        assert part is not None, "one letter matches"
        found.append((_INSIDE if inside else _OUTSIDE).get(part[0], part[0]))
        inside = part[0] != "]" if inside else part[0] == "["
        at = part.end()
    return f"(?a:{''.join(found)})"


def in_python(schema: Any) -> Any:
    """A schema with its patterns written for Python."""
    if isinstance(schema, list):
        return [in_python(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _in_python(key, value) for key, value in schema.items()}


def _in_python(key: str, value: Any) -> Any:
    if key in _VALUES:
        return value
    if key == "pattern" and isinstance(value, str):
        return pattern(value)
    if key in _MAPS and isinstance(value, dict):
        named = pattern if key == "patternProperties" else str
        return {named(name): in_python(each) for name, each in value.items()}
    return in_python(value)
