"""The keywords of objects."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compilers import regular
from compilers.errors import Malformed, Unsupported
from compilers.frontends.json_schema.algebra import Method, Narrower, product, union
from compilers.frontends.json_schema.contents import SILENT
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.shapes import (
    NO,
    YES,
    Conj,
    Members,
    ObjectShape,
    at_least,
    at_most,
    conj,
    has,
    lacks,
)
from compilers.frontends.json_schema.unevaluated import Way, narrowed, ways
from compilers.frontends.json_schema.wellformed import count
from compilers.frontends.regex import search
from compilers.regular import NEVER, Expr, other_than, text


def _members(expander: Narrower, site: Site, value: Any, sign: bool, kind: str) -> Any:
    schema = site.schema
    first = next(k for k in _MEMBER_KEYWORDS if k in schema)
    return _all_members(expander, site, sign) if value is schema[first] else None


def _all_members(expander: Narrower, site: Site, sign: bool) -> tuple[ObjectShape, ...]:
    """What the three keywords say of members that speak of each other."""
    schema = site.schema
    named = {n: expander.sub(site, s, "properties", n) for n, s in _table(schema, "properties")}
    patterns = [
        (search(pattern), expander.sub(site, s, "patternProperties", pattern))
        for pattern, s in _table(schema, "patternProperties")
    ]
    rest = expander.sub(site, schema.get("additionalProperties", True), "additionalProperties")
    if sign:
        lits = {name: (sub, True) for name, sub in named.items()}
        of_patterns = tuple([(keys, (sub, True)) for keys, sub in patterns])
        members = Members(lits, of_patterns, (rest, True))
        return (ObjectShape(members=(members,), required=_demanded(named)),)
    missing = tuple(lacks(name) for name in _demanded(named))
    return missing + _not_members(expander, named, patterns, rest)


def alone(expander: Narrower, wanted: Conj) -> ObjectShape | None:
    """The shape of a schema that says which members an object has, and nothing else; None for any
    other. Most are such, and need no taking apart."""
    if len(wanted) != 1:
        return None
    ((site, sign),) = wanted
    schema = site.schema
    if not sign or isinstance(schema, bool) or not _ALONE.issuperset(schema):
        return None
    if schema.get("type") != "object":
        return None
    required = schema.get("required", [])
    if _OF_MEMBERS.isdisjoint(schema) or not isinstance(required, list):
        return None
    (shape,) = _all_members(expander, site, True)
    if required:
        shape.required = tuple(dict.fromkeys((*shape.required, *required)))
    return shape


def _demanded(named: Mapping[str, Site]) -> tuple[str, ...]:
    """The members that say so themselves, as in draft 3."""
    found = []
    for name, site in named.items():
        schema = site.schema
        if not isinstance(schema, bool) and schema.get("required") is True:
            found.append(name)
    return tuple(found)


def _not_members(
    expander: Narrower, named: Mapping[str, Site], patterns: Sequence[tuple[Expr, Site]], rest: Site
) -> tuple[ObjectShape, ...]:
    """Some member is there and wrong."""
    found = [has(name, (sub, False)) for name, sub in named.items()]
    found += [ObjectShape(some=((keys, (sub, False)),)) for keys, sub in patterns]
    names = regular.either(*map(text, named), *(keys for keys, _ in patterns))
    found.append(ObjectShape(some=((other_than(names), (rest, False)),)))
    return tuple(shape for shape in found if shape.possible and not _hopeless(shape))


def _unevaluated(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    if schema is True:
        return None if sign else ()
    found = ways(expander, site, _evaluated)
    if not sign:
        if any(way.all and not way.lits for way in found):
            return ()
        raise Unsupported("negated", kind="not: unevaluatedProperties")
    rest = expander.sub(site, schema, "unevaluatedProperties"), True

    def closed(way: Way) -> ObjectShape:
        patterns = tuple((keys, YES) for keys in way.patterns)
        return ObjectShape(members=(Members(dict.fromkeys(way.names, YES), patterns, rest),))

    return narrowed(expander, found, kind, closed)


def _evaluated(expander: Narrower, site: Site, outermost: bool) -> Way:
    """The members that the keywords of a schema itself evaluate."""
    schema = site.schema
    return Way(
        names=tuple(name for name, _ in _table(schema, "properties")),
        patterns=tuple(search(pattern) for pattern, _ in _table(schema, "patternProperties")),
        all="additionalProperties" in schema
        or (not outermost and "unevaluatedProperties" in schema),
    )


def _required(expander: Narrower, site: Site, names: Any, sign: bool, kind: str) -> Any:
    if isinstance(names, bool):  # draft 3: said of a member, enforced by what has the member
        if names and not site.where.rpartition("/")[0].endswith("/properties"):
            expander.note(site, "required", "required: true says something of members only")
        return None
    wanted = tuple(dict.fromkeys(_strings(names)))
    if sign:
        return (ObjectShape(required=wanted),)
    return tuple(lacks(name) for name in wanted)


def _names(expander: Narrower, site: Site, schema: Any, sign: bool, kind: str) -> Any:
    sub = expander.sub(site, schema, "propertyNames")
    names = expander.language(conj((sub, True)), "string")
    if sign:
        return (ObjectShape(names=(names,)),)
    return (ObjectShape(some=((other_than(names), YES),)),)


def _min_properties(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_least(ObjectShape, count(n)) if sign else at_most(ObjectShape, count(n) - 1)


def _max_properties(expander: Narrower, site: Site, n: Any, sign: bool, kind: str) -> Any:
    return at_most(ObjectShape, count(n)) if sign else at_least(ObjectShape, count(n) + 1)


def _dependencies(expander: Narrower, site: Site, value: Any, sign: bool, kind: str) -> Any:
    keyword = next(k for k in _DEPENDENCIES if site.schema.get(k) is value)
    found = []
    for name, wanted in _table(site.schema, keyword):
        if isinstance(wanted, str | list):
            names = [wanted] if isinstance(wanted, str) else _strings(wanted)
            then = _required(expander, site, names, sign, kind)
        else:
            then = expander.lit((expander.sub(site, wanted, keyword, name), sign), kind)
        has = (ObjectShape(required=(name,)),)
        found.append(union([(lacks(name),), then]) if sign else product([has, then]))
    if not found:
        return None
    return expander.both(found, kind) if sign else union(found)


def _hopeless(shape: ObjectShape) -> bool:
    return any(keys is NEVER or conj(lit) == frozenset([NO]) for keys, lit in shape.some)


def _strings(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Malformed("must be a list of strings", kind="malformed")
    return value


def _table(schema: Mapping[str, Any], keyword: str) -> Iterable[tuple[str, Any]]:
    found = schema.get(keyword, {})
    if not isinstance(found, dict):
        raise Malformed(f"{keyword} must be an object", kind="malformed")
    return found.items()


_MEMBER_KEYWORDS = ("properties", "patternProperties", "additionalProperties")
_OF_MEMBERS = frozenset(_MEMBER_KEYWORDS)
_ALONE = SILENT.union(_MEMBER_KEYWORDS, ["type", "required"])
_DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")

KEYWORDS: dict[str, Method] = {
    "properties": _members,
    "patternProperties": _members,
    "additionalProperties": _members,
    "unevaluatedProperties": _unevaluated,
    "required": _required,
    "propertyNames": _names,
    "minProperties": _min_properties,
    "maxProperties": _max_properties,
    "dependencies": _dependencies,
    "dependentRequired": _dependencies,
    "dependentSchemas": _dependencies,
}
