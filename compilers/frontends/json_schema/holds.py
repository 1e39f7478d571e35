"""Does a value satisfy a schema? (JSON Schema 2020-12, Core and Validation.)

Asked of the values of `enum` and `const`, so that whatever stands beside them holds exactly.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from compilers import clock
from compilers.errors import Unsupported
from compilers.frontends.json_schema import formats
from compilers.frontends.json_schema.document import Document, Site
from compilers.frontends.regex import search
from compilers.regular import accepts

MAX_DEPTH = 200


def kind_of(value: Any) -> str:
    """The type of JSON that a value is of."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"


def exact(number: Any) -> Fraction:
    """The number that was written, not the binary one next to it."""
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def key(value: Any) -> Any:
    """Equal for equal values of JSON (Core, section 4.2.2): 1 is 1.0 and not true."""
    if isinstance(value, list):
        return ("array", *map(key, value))
    if isinstance(value, dict):
        return "object", frozenset((name, key(each)) for name, each in value.items())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return kind_of(value), value
    return "number", exact(value)


class Checker:
    """Values against the subschemas of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._depth = 0
        self._keys: dict[Site, frozenset[Any]] = {}  # of the values that an enum lists

    def holds(self, site: Site, value: Any) -> bool:
        clock.check()
        if isinstance(site.schema, bool):
            return site.schema
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unsupported("references that go round in a circle", site.where, "$ref: circle")
        try:
            if "$ref" in site.schema and self._document.ref_stands_alone:
                return self._ref(site, "$ref", value)
            return all(self._keyword(site, keyword, value) for keyword in site.schema)
        finally:
            self._depth -= 1

    def _keyword(self, site: Site, keyword: str, value: Any) -> bool:
        if keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            return self._ref(site, keyword, value)
        for table in (_ANY, _OF_KIND[kind_of(value)]):
            if keyword in table:
                return table[keyword](self, site, site.schema[keyword], value)
        if keyword in ("unevaluatedProperties", "unevaluatedItems"):
            raise Unsupported(f"{keyword} beside enum or const", site.where, keyword)
        return True

    def _ref(self, site: Site, keyword: str, value: Any) -> bool:
        target = self._document.resolve(site, site.schema[keyword], keyword)
        return self.holds(target, value)

    def _sub(self, site: Site, schema: Any, value: Any, *path: str | int) -> bool:
        return self.holds(self._document.child(site, schema, *path), value)

    def _each(self, site: Site, keyword: str, value: Any) -> list[bool]:
        schemas = enumerate(site.schema[keyword])
        return [self._sub(site, schema, value, keyword, i) for i, schema in schemas]

    def _type(self, site: Site, types: Any, value: Any) -> bool:
        kind = kind_of(value)
        wanted = types if isinstance(types, list) else [types]
        whole = kind == "number" and exact(value).denominator == 1
        return kind in wanted or (whole and "integer" in wanted)

    def _enum(self, site: Site, values: Any, value: Any) -> bool:
        if site not in self._keys:
            self._keys[site] = frozenset(map(key, values))
        return key(value) in self._keys[site]

    def _const(self, site: Site, wanted: Any, value: Any) -> bool:
        return bool(key(value) == key(wanted))

    def _not(self, site: Site, schema: Any, value: Any) -> bool:
        return not self._sub(site, schema, value, "not")

    def _all_of(self, site: Site, _: Any, value: Any) -> bool:
        return all(self._each(site, "allOf", value))

    def _any_of(self, site: Site, _: Any, value: Any) -> bool:
        return any(self._each(site, "anyOf", value))

    def _one_of(self, site: Site, _: Any, value: Any) -> bool:
        return sum(self._each(site, "oneOf", value)) == 1

    def _if(self, site: Site, schema: Any, value: Any) -> bool:
        branch = "then" if self._sub(site, schema, value, "if") else "else"
        return self._sub(site, site.schema.get(branch, True), value, branch)

    def _min_length(self, site: Site, n: Any, value: str) -> bool:
        return bool(len(value) >= n)

    def _max_length(self, site: Site, n: Any, value: str) -> bool:
        return bool(len(value) <= n)

    def _pattern(self, site: Site, pattern: Any, value: str) -> bool:
        return accepts(search(pattern), value)

    def _format(self, site: Site, name: Any, value: str) -> bool:
        found = formats.language(name) if isinstance(name, str) else None
        return found is None or accepts(found, value)

    def _minimum(self, site: Site, bound: Any, value: Any) -> bool:
        strict = site.schema.get("exclusiveMinimum") is True  # draft 4
        return exact(value) > exact(bound) if strict else exact(value) >= exact(bound)

    def _maximum(self, site: Site, bound: Any, value: Any) -> bool:
        strict = site.schema.get("exclusiveMaximum") is True
        return exact(value) < exact(bound) if strict else exact(value) <= exact(bound)

    def _above(self, site: Site, bound: Any, value: Any) -> bool:
        return isinstance(bound, bool) or exact(value) > exact(bound)

    def _below(self, site: Site, bound: Any, value: Any) -> bool:
        return isinstance(bound, bool) or exact(value) < exact(bound)

    def _multiple_of(self, site: Site, unit: Any, value: Any) -> bool:
        return bool((exact(value) / exact(unit)).denominator == 1)

    def _min_items(self, site: Site, n: Any, value: list[Any]) -> bool:
        return bool(len(value) >= n)

    def _max_items(self, site: Site, n: Any, value: list[Any]) -> bool:
        return bool(len(value) <= n)

    def _unique(self, site: Site, wanted: Any, value: list[Any]) -> bool:
        return wanted is not True or len({key(each) for each in value}) == len(value)

    def _prefix(self, site: Site, schemas: Any, value: list[Any]) -> bool:
        return all(
            self._sub(site, s, v, "prefixItems", i)
            for i, (s, v) in enumerate(zip(schemas, value, strict=False))
        )

    def _items(self, site: Site, schema: Any, value: list[Any]) -> bool:
        if isinstance(schema, list):  # before 2020-12
            pairs = enumerate(zip(schema, value, strict=False))
            if not all(self._sub(site, s, v, "items", i) for i, (s, v) in pairs):
                return False
            rest = site.schema.get("additionalItems", True)
            return all(self._sub(site, rest, v, "additionalItems") for v in value[len(schema) :])
        start = len(site.schema.get("prefixItems", ()))
        return all(self._sub(site, schema, v, "items") for v in value[start:])

    def _contains(self, site: Site, schema: Any, value: list[Any]) -> bool:
        count = sum(self._sub(site, schema, v, "contains") for v in value)
        high = site.schema.get("maxContains", len(value))
        return bool(site.schema.get("minContains", 1) <= count <= high)

    def _min_properties(self, site: Site, n: Any, value: dict[str, Any]) -> bool:
        return bool(len(value) >= n)

    def _max_properties(self, site: Site, n: Any, value: dict[str, Any]) -> bool:
        return bool(len(value) <= n)

    def _required(self, site: Site, names: Any, value: dict[str, Any]) -> bool:
        return not isinstance(names, list) or all(name in value for name in names)

    def _names(self, site: Site, schema: Any, value: dict[str, Any]) -> bool:
        return all(self._sub(site, schema, name, "propertyNames") for name in value)

    def _properties(self, site: Site, schemas: Any, value: dict[str, Any]) -> bool:
        for name, schema in schemas.items():
            sub = self._document.child(site, schema, "properties", name)
            if name in value:
                if not self.holds(sub, value[name]):
                    return False
            elif isinstance(sub.schema, dict) and sub.schema.get("required") is True:  # draft 3
                return False
        return True

    def _patterns(self, site: Site, schemas: Any, value: dict[str, Any]) -> bool:
        return all(
            self._sub(site, s, v, "patternProperties", pattern)
            for pattern, s in schemas.items()
            for name, v in value.items()
            if accepts(search(pattern), name)
        )

    def _additional(self, site: Site, schema: Any, value: dict[str, Any]) -> bool:
        named = site.schema.get("properties", {})
        patterns = [search(pattern) for pattern in site.schema.get("patternProperties", {})]
        return all(
            self._sub(site, schema, v, "additionalProperties")
            for name, v in value.items()
            if name not in named and not any(accepts(p, name) for p in patterns)
        )

    def _dependencies(self, site: Site, table: Any, value: dict[str, Any]) -> bool:
        for name, wanted in table.items():
            if name not in value:
                continue
            if isinstance(wanted, list):
                if not all(each in value for each in wanted):
                    return False
            elif not self._sub(site, wanted, value, "dependentSchemas", name):
                return False
        return True


_Check = Callable[[Checker, Site, Any, Any], bool]

_ANY: Mapping[str, _Check] = {
    "type": Checker._type,
    "enum": Checker._enum,
    "const": Checker._const,
    "not": Checker._not,
    "allOf": Checker._all_of,
    "anyOf": Checker._any_of,
    "oneOf": Checker._one_of,
    "if": Checker._if,
}
_OF_KIND: Mapping[str, Mapping[str, _Check]] = {
    "null": {},
    "boolean": {},
    "number": {
        "minimum": Checker._minimum,
        "maximum": Checker._maximum,
        "exclusiveMinimum": Checker._above,
        "exclusiveMaximum": Checker._below,
        "multipleOf": Checker._multiple_of,
    },
    "string": {
        "minLength": Checker._min_length,
        "maxLength": Checker._max_length,
        "pattern": Checker._pattern,
        "format": Checker._format,
    },
    "array": {
        "minItems": Checker._min_items,
        "maxItems": Checker._max_items,
        "uniqueItems": Checker._unique,
        "prefixItems": Checker._prefix,
        "items": Checker._items,
        "contains": Checker._contains,
    },
    "object": {
        "minProperties": Checker._min_properties,
        "maxProperties": Checker._max_properties,
        "required": Checker._required,
        "propertyNames": Checker._names,
        "properties": Checker._properties,
        "patternProperties": Checker._patterns,
        "additionalProperties": Checker._additional,
        "dependencies": Checker._dependencies,
        "dependentRequired": Checker._dependencies,
        "dependentSchemas": Checker._dependencies,
    },
}
