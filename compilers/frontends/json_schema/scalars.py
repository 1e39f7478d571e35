"""The keywords of numbers and of strings: each a regular language."""

from collections.abc import Callable, Mapping
from typing import Any

from compilers import regular
from compilers.errors import Malformed
from compilers.frontends.json_schema import formats, numerals
from compilers.frontends.json_schema.algebra import Method, Narrower
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.holds import exact
from compilers.frontends.json_schema.wellformed import count
from compilers.frontends.regex import search
from compilers.regular import ANY, EVERY, NEVER, Expr, other_than, text, times

MAX_STATES = 20_000  # of the automaton of numbers that are, and are not, multiples of others


def _minimum(expander: Narrower, site: Site, bound: Any, sign: bool, kind: str) -> Any:
    strict = site.schema.get("exclusiveMinimum") is True  # draft 4
    found = numerals.at_least(exact(_number(bound)), strict)
    return found if sign else numerals.outside(found)


def _maximum(expander: Narrower, site: Site, bound: Any, sign: bool, kind: str) -> Any:
    strict = site.schema.get("exclusiveMaximum") is True
    found = numerals.at_most(exact(_number(bound)), strict)
    return found if sign else numerals.outside(found)


def _above(expander: Narrower, site: Site, bound: Any, sign: bool, kind: str) -> Any:
    if isinstance(bound, bool):
        return None
    found = numerals.at_least(exact(_number(bound)), True)
    return found if sign else numerals.outside(found)


def _below(expander: Narrower, site: Site, bound: Any, sign: bool, kind: str) -> Any:
    if isinstance(bound, bool):
        return None
    found = numerals.at_most(exact(_number(bound)), True)
    return found if sign else numerals.outside(found)


def _multiple_of(expander: Narrower, site: Site, unit: Any, sign: bool, kind: str) -> Any:
    if _number(unit) <= 0:
        raise Malformed("must be above 0", kind="malformed")
    found = numerals.multiple_of(exact(unit))
    return found if sign else numerals.outside(found)


def _min_length(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return _at_least(count(n)) if sign else _at_most(count(n) - 1)


def _max_length(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return _at_most(count(n)) if sign else _at_least(count(n) + 1)


def _pattern(expander: Narrower, site: Site, pattern: Any, sign: bool, kind: str) -> Any:
    found = search(_string(pattern))
    return found if sign else other_than(found)


def _format(expander: Narrower, site: Site, name: Any, sign: bool, kind: str) -> Any:
    found = formats.language(name) if isinstance(name, str) else None
    if found is None:
        expander.note(site, "format", f"format {name!r} is an annotation: not enforced")
        return None
    return found if sign else other_than(found)


def _format_of_number(expander: Narrower, site: Site, name: Any, sign: bool, kind: str) -> Any:
    if not isinstance(name, str) or formats.language(name) is None:
        expander.note(site, "format", f"format {name!r} is an annotation: not enforced")


def _at_least(n: int) -> Expr:
    return times(ANY, n, None)


def _at_most(n: int) -> Expr:
    return times(ANY, 0, n) if n >= 0 else NEVER


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed("must be a number", kind="malformed")
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("must be a string", kind="malformed")
    return value


def _finish_number(found: Expr) -> Expr:
    """Exponents only where nothing is asked of a number: bounds speak of plain spellings."""
    if found is EVERY:
        return numerals.NUMBER
    if found == numerals.NO_FRACTION:
        return numerals.INTEGER
    # Every set of numerals lies within PLAIN; only a complement does not.
    whole = regular.both(numerals.PLAIN, found) if _open_ended(found) else found
    return numerals.written(whole, MAX_STATES) if whole.stateful else whole


def _open_ended(found: Expr) -> bool:
    """Whether texts that are no numbers may be in it."""
    if isinstance(found, regular.And):
        return all(map(_open_ended, found.parts))
    if isinstance(found, regular.Alt):
        return any(map(_open_ended, found.parts))
    return isinstance(found, regular.Not) or found is EVERY


def _finish_string(found: Expr) -> Expr:
    """Bounds on the length melt into one, and go where the other parts imply them."""
    if not isinstance(found, regular.And):
        return found
    bounds = [p for p in found.parts if isinstance(p, regular.Rep) and p.part == ANY]
    others = [p for p in found.parts if p not in bounds]
    if not bounds:
        return found
    low = max(b.low for b in bounds)
    high = min((b.high for b in bounds if b.high is not None), default=None)
    if high is not None and high < low:
        return NEVER
    least, most = regular.lengths(regular.both(*others)) if others else (0, None)
    if least >= low and (high is None or (most is not None and most <= high)):
        return regular.both(*others)
    return regular.both(*others, times(ANY, low, high))


FINISH: Mapping[str, Callable[[Expr], Expr]] = {
    "null": lambda found: text("null") if regular.accepts(found, "null") else NEVER,
    "boolean": lambda found: regular.either(
        *(text(t) for t in ("true", "false") if regular.accepts(found, t))
    ),
    "number": _finish_number,
    "string": _finish_string,
}
"""What is done at the end to the language of a type."""

OF_NUMBERS: dict[str, Method] = {
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _above,
    "exclusiveMaximum": _below,
    "multipleOf": _multiple_of,
    "format": _format_of_number,
}
OF_STRINGS: dict[str, Method] = {
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "format": _format,
}
