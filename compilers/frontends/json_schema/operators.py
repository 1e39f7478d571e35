"""The keywords of every type: references, boolean operators, type, enum and const."""

import json
from collections.abc import Sequence
from typing import Any

from compilers import regular
from compilers.errors import Malformed, Unsupported
from compilers.frontends.json_schema import numerals
from compilers.frontends.json_schema.algebra import (
    ALGEBRAS,
    STRUCTURES,
    TYPES,
    Method,
    Narrower,
    product,
)
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.holds import exact, kind_of
from compilers.frontends.json_schema.holds import key as value_key
from compilers.frontends.json_schema.shapes import (
    YES,
    ArrayShape,
    Conj,
    Items,
    Lit,
    ObjectShape,
    Shape,
    conj,
    has,
    lacks,
)
from compilers.regular import NEVER, Expr, other_than, text


def _ref(expander: Narrower, site: Site, ref: Any, sign: bool, kind: str) -> Any:
    return expander.lit((expander.document.resolve(site, ref, "$ref"), sign), kind)


def _dynamic_ref(expander: Narrower, site: Site, ref: Any, sign: bool, kind: str) -> Any:
    # In a document that is one resource, the dynamic scope changes nothing.
    if expander.document.has_dynamic_scope:
        raise Unsupported("depends on the dynamic scope", kind="$dynamicRef")
    keyword = "$dynamicRef" if "$dynamicRef" in site.schema else "$recursiveRef"
    return expander.lit((expander.document.resolve(site, ref, keyword), sign), kind)


def _all_of(expander: Narrower, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
    parts = [expander.lit((sub, sign), kind) for sub in expander.subs(site, schemas, "allOf")]
    return expander.both(parts, kind) if sign else ALGEBRAS[kind].either(parts)


def _any_of(expander: Narrower, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
    parts = [expander.lit((sub, sign), kind) for sub in expander.subs(site, schemas, "anyOf")]
    return ALGEBRAS[kind].either(parts) if sign else expander.both(parts, kind)


def _not(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    return expander.lit((expander.sub(site, schema, "not"), not sign), kind)


def _one_of(expander: Narrower, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
    subs = expander.subs(site, schemas, "oneOf")
    algebra = ALGEBRAS[kind]
    if sum(expander.lit((sub, True), kind) is algebra.true for sub in subs) > 1:
        return algebra.false if sign else algebra.true  # several say nothing of this type
    rivals = _rivals(expander, site, subs, kind)
    found = []
    for i, sub in enumerate(subs):
        parts = [expander.lit((sub, True), kind)]
        parts += [expander.lit((subs[j], False), kind) for j in rivals[i]]
        found.append(expander.both(parts, kind))
    if sign:
        return algebra.either(found)
    none = expander.both([expander.lit((sub, False), kind) for sub in subs], kind)
    pairs = [
        expander.both(
            [expander.lit((subs[i], True), kind), expander.lit((subs[j], True), kind)], kind
        )
        for i in range(len(subs))
        for j in rivals[i]
        if i < j
    ]
    return algebra.either([none, *pairs])


def _rivals(expander: Narrower, site: Site, subs: Sequence[Site], kind: str) -> list[list[int]]:
    """For each schema of a oneOf those that it may share a value of this type with."""
    found: list[list[int]] = [[] for _ in subs]
    beside = _beside(expander, site)
    alive = [i for i, sub in enumerate(subs) if kind in expander.kinds(conj((sub, True)))]
    listed = {i: _listed_members(expander.lit((subs[i], True), kind), kind) for i in alive}
    for n, i in enumerate(alive):
        for j in alive[n + 1 :]:
            if _differ(listed[i], listed[j]):
                continue
            if expander.kind_satisfiable(conj((subs[i], True), (subs[j], True), *beside), kind):
                found[i].append(j)
                found[j].append(i)
    return found


def _listed_members(shapes: Any, kind: str) -> dict[str, frozenset[Any]]:
    """The members that an object must have of which the schema lists the values: most schemas of a
    oneOf are told apart by one."""
    if kind != "object" or len(shapes) != 1:
        return {}
    found = {name: _listed_values(shapes[0].at(name)) for name in shapes[0].required}
    return {name: values for name, values in found.items() if values is not None}


def _listed_values(wanted: Conj) -> frozenset[Any] | None:
    for site, sign in wanted:
        schema = site.schema
        if not sign or isinstance(schema, bool) or "$ref" in schema:
            continue
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        if values is not None:
            return frozenset(map(value_key, values))
    return None


def _differ(one: dict[str, frozenset[Any]], two: dict[str, frozenset[Any]]) -> bool:
    """Whether a member of this name has no value in common."""
    return any(name in two and values.isdisjoint(two[name]) for name, values in one.items())


def _beside(expander: Narrower, site: Site) -> list[Lit]:
    """The simple keywords beside a oneOf, as a schema of their own."""
    simple = {k: v for k, v in site.schema.items() if k in _SIMPLE}
    return [(expander.document.made(site, simple), True)] if simple else []


def _if(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    test = expander.sub(site, schema, "if")
    algebra = ALGEBRAS[kind]
    if "then" not in site.schema and "else" not in site.schema:
        return None
    branches = []
    for holds, keyword in ((True, "then"), (False, "else")):
        branch = expander.sub(site, site.schema.get(keyword, True), keyword)
        parts = [expander.lit((test, holds), kind), expander.lit((branch, sign), kind)]
        branches.append(expander.both(parts, kind))
    return algebra.either(branches)


def _type(expander: Narrower, site: Site, types: Any, sign: bool, kind: str) -> Any:
    wanted = types if isinstance(types, list) else [types]
    algebra = ALGEBRAS[kind]
    for each in wanted:
        if each not in TYPES:
            raise Malformed(f"no type of JSON: {each!r}", kind="malformed")
    if kind == "number" and "number" not in wanted and "integer" in wanted:
        return numerals.NO_FRACTION if sign else numerals.outside(numerals.INTEGRAL)
    return algebra.true if (kind in wanted) == sign else algebra.false


def _enum(expander: Narrower, site: Site, values: Any, sign: bool, kind: str) -> Any:
    if not isinstance(values, list):
        raise Malformed("must be a list", kind="malformed")
    mine = [value for value in values if kind_of(value) == kind]
    if kind in STRUCTURES:
        return _listed(expander, site, mine, sign, kind)
    found = regular.either(*(_spelled(value, sign) for value in mine))
    return found if sign else other_than(found)


def _const(expander: Narrower, site: Site, value: Any, sign: bool, kind: str) -> Any:
    return _enum(expander, site, [value], sign, kind)


def _listed(
    expander: Narrower, site: Site, values: list[Any], sign: bool, kind: str
) -> tuple[Shape, ...]:
    if sign:
        shape = ObjectShape if kind == "object" else ArrayShape
        return (shape(values=tuple(values)),) if values else ()
    unlike = _unlike_object if kind == "object" else _unlike_array
    return product(
        [ALGEBRAS[kind].true, *(tuple(unlike(expander, site, value)) for value in values)]
    )


def _unlike_object(expander: Narrower, site: Site, value: dict[str, Any]) -> list[Shape]:
    """A name is missing, or its value differs, or there is another name."""
    found: list[Shape] = [lacks(name) for name in value]
    for name, each in value.items():
        found.append(has(name, (expander.document.made(site, {"const": each}), False)))
    others = other_than(regular.either(*map(text, value)))
    return [*found, ObjectShape(some=((others, YES),))]


def _unlike_array(expander: Narrower, site: Site, value: list[Any]) -> list[Shape]:
    """It is longer or shorter, or an item differs."""
    found: list[Shape] = [ArrayShape(low=len(value) + 1)]
    if value:
        found.append(ArrayShape(high=len(value) - 1))
    for i, each in enumerate(value):
        other = (expander.document.made(site, {"const": each}), False)
        found.append(ArrayShape(items=(Items((*[YES] * i, other)),), low=i + 1))
    return found


def _spelled(value: Any, canonical: bool) -> Expr:
    """The texts of a scalar: as it is written when it is wanted, every spelling when it is not."""
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool):
        return text(json.dumps(value))
    number = exact(value)
    if not canonical:
        return numerals.equal_to(number)
    short = text(str(number.numerator)) if number.denominator == 1 else NEVER
    if isinstance(value, float) and "e" not in repr(value):
        return regular.either(text(repr(value)), short)
    return short if short is not NEVER else numerals.equal_to(number)


_SIMPLE = ("type", "required", "properties", "minimum", "maximum", "pattern", "enum")

KEYWORDS: dict[str, Method] = {
    "$ref": _ref,
    "$dynamicRef": _dynamic_ref,
    "$recursiveRef": _dynamic_ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "type": _type,
    "enum": _enum,
    "const": _const,
}
