"""The keywords of arrays."""

from collections.abc import Mapping, Sequence
from typing import Any

from compilers.errors import Unsupported
from compilers.frontends.json_schema.algebra import Method, Narrower
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.shapes import (
    YES,
    ArrayShape,
    Counter,
    Items,
    at_least,
    at_most,
)
from compilers.frontends.json_schema.wellformed import count


def _items(expander: Narrower, site: Site, _: Any, sign: bool, kind: str) -> Any:
    schema = site.schema
    if "prefixItems" in schema and "items" in schema and _ is schema["items"]:
        return None  # done with prefixItems
    first: list[Site] = []
    if "prefixItems" in schema:
        first = expander.subs(site, schema["prefixItems"], "prefixItems")
        rest = expander.sub(site, schema.get("items", True), "items")
    elif isinstance(schema["items"], list):  # before 2020-12
        first = [expander.sub(site, s, "items", i) for i, s in enumerate(schema["items"])]
        rest = expander.sub(site, schema.get("additionalItems", True), "additionalItems")
    else:
        rest = expander.sub(site, schema["items"], "items")
    if sign:
        return (ArrayShape(items=(Items(tuple((s, True) for s in first), (rest, True)),)),)
    return _not_items(expander, first, rest)


def _not_items(expander: Narrower, first: Sequence[Site], rest: Site) -> tuple[ArrayShape, ...]:
    found = []
    for i, site in enumerate(first):
        at = Items((*[YES] * i, (site, False)))
        found.append(ArrayShape(items=(at,), low=i + 1))
    counter = Counter(len(first), (rest, False), 1, None)
    return (*found, ArrayShape(counters=(counter,), low=len(first) + 1))


def _unevaluated_items(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    if schema is True or any(k in site.schema for k in _IN_PLACE) or "contains" in site.schema:
        if schema is True and sign:
            return None
        raise Unsupported("what others evaluate is not followed", kind="unevaluatedItems")
    items = site.schema.get("items")
    if "items" in site.schema and not isinstance(items, list):
        return None if sign else ()
    first = site.schema.get("prefixItems", items or [])
    rest = expander.sub(site, schema, "unevaluatedItems")
    if not sign:
        wrong = Counter(len(first), (rest, False), 1, None)
        return (ArrayShape(counters=(wrong,), low=len(first) + 1),)
    return (ArrayShape(items=(Items((YES,) * len(first), (rest, True)),)),)


def _min_items(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_least(ArrayShape, count(n)) if sign else at_most(ArrayShape, count(n) - 1)


def _max_items(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_most(ArrayShape, count(n)) if sign else at_least(ArrayShape, count(n) + 1)


def _unique(expander: Narrower, site: Site, wanted: Any, sign: bool, kind: str) -> Any:
    if wanted is not True:
        return None if sign else ()
    if not sign:
        raise Unsupported("an array with doubles", kind="not: uniqueItems")
    return (ArrayShape(unique=True),)


def _contains(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    sub = expander.sub(site, schema, "contains")
    low = count(site.schema.get("minContains", 1))
    high = site.schema.get("maxContains")
    top = None if high is None else count(high)
    if sign:
        return (ArrayShape(counters=(Counter(0, (sub, True), low, top),), low=low),)
    found = [ArrayShape(counters=(Counter(0, (sub, True), 0, low - 1),))] if low else []
    if top is not None:
        found.append(ArrayShape(counters=(Counter(0, (sub, True), top + 1, None),)))
    return tuple(found)


_IN_PLACE = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "not")

KEYWORDS: Mapping[str, Method] = {
    "prefixItems": _items,
    "items": _items,
    "unevaluatedItems": _unevaluated_items,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": _unique,
    "contains": _contains,
}
