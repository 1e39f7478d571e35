"""The keywords of arrays."""

from collections.abc import Sequence
from typing import Any

from compilers.errors import Unsupported
from compilers.frontends.json_schema import drafts
from compilers.frontends.json_schema.algebra import Method, Narrower
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.shapes import (
    YES,
    ArrayShape,
    Counter,
    Items,
    Lit,
    at_least,
    at_most,
)
from compilers.frontends.json_schema.unevaluated import Way, narrowed, ways
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
    if schema is True:
        return None if sign else ()
    found = ways(expander, site, _evaluated)
    rest = expander.sub(site, schema, "unevaluatedItems")
    if not sign:
        if any(way.all and not way.lits for way in found):
            return ()
        if len(found) > 1 or found[0].matching:
            raise Unsupported("negated", kind="not: unevaluatedItems")
        n_first = found[0].n_first
        wrong = Counter(n_first, (rest, False), 1, None)
        return (ArrayShape(counters=(wrong,), low=n_first + 1),)

    def closed(way: Way) -> ArrayShape:
        others = rest
        if way.matching:
            schemas = [schema, *(sub.schema for sub, _ in way.matching)]
            others = expander.document.made(site, {"anyOf": schemas})
        return ArrayShape(items=(Items((YES,) * way.n_first, (others, True)),))

    return narrowed(expander, found, kind, closed)


def _evaluated(expander: Narrower, site: Site, outermost: bool) -> Way:
    """The items that the keywords of a schema itself evaluate."""
    schema = site.schema
    matching: tuple[Lit, ...] = ()
    if "contains" in schema and expander.document.draft >= drafts.LATEST:
        matching = ((expander.sub(site, schema["contains"], "contains"), True),)
    items = schema.get("items")
    listed = isinstance(items, list)  # before 2020-12
    rest = "additionalItems" if listed else "items"
    first = items if listed else schema.get("prefixItems", ())
    return Way(
        n_first=len(first),
        matching=matching,
        all=rest in schema or (not outermost and "unevaluatedItems" in schema),
    )


def _min_items(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_least(ArrayShape, count(n)) if sign else at_most(ArrayShape, count(n) - 1)


def _max_items(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_most(ArrayShape, count(n)) if sign else at_least(ArrayShape, count(n) + 1)


def _unique(expander: Narrower, site: Site, wanted: Any, sign: bool, kind: str) -> Any:
    if wanted is not True:
        return None if sign else ()
    if not sign:
        raise Unsupported("an array with doubles", kind="not: uniqueItems")
    return (ArrayShape(unique=f"{site.where}/uniqueItems"),)


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


KEYWORDS: dict[str, Method] = {
    "prefixItems": _items,
    "items": _items,
    "unevaluatedItems": _unevaluated_items,
    "minItems": _min_items,
    "maxItems": _max_items,
    "uniqueItems": _unique,
    "contains": _contains,
}
