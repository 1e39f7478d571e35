"""Where that stands of which rules and regular languages are made, for errors of who cannot print
them.

Of a language it is the keywords that say something of it. References and operators are followed to
what they combine, as far as that tells values of the type apart.
"""

from collections.abc import Mapping
from typing import Any

from compilers.frontends.json_schema import formats
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.shapes import Conj
from compilers.frontends.json_schema.vocabulary import OF_KIND
from compilers.regular import Expr

MAX_SOURCES = 16  # of one schema, within its operators; more of them are those operators

_Place = tuple[Site | None, str]
"""A path below a subschema; None: below the one that is spoken of, wherever that stands."""

NAMES = "names"
"""What is asked for beside the types of JSON: the names of members that are not listed."""

_COMBINE = frozenset(["allOf", "anyOf", "oneOf"])
_OPERATORS = _COMBINE | {"not", "$ref", "if"}
_OF_NAMES = frozenset(
    ["propertyNames", "patternProperties", "additionalProperties", "unevaluatedProperties"]
)
_SPEAK: Mapping[str, frozenset[str]] = {
    **{kind: frozenset(methods) - {"type"} for kind, methods in OF_KIND.items()},
    NAMES: _OF_NAMES | _OPERATORS,
}


class Sources:
    """Of one document, as it is lowered: `table` gets them."""

    def __init__(self) -> None:
        self.table: dict[str | Expr, tuple[str, ...]] = {}
        self._known: dict[tuple[Site, bool, str], list[_Place]] = {}

    def put_rule(self, name: str, wanted: Conj) -> None:
        self.table[name] = tuple(sorted(site.where for site, _ in wanted))

    def put_language(self, expr: Expr, expander: Expander, wanted: Conj, *kinds: str) -> None:
        """Of values of these scalar types, whose languages have been asked for, or of NAMES. Where
        nothing else is said of them, it comes from the schemas as they are."""
        if expr in self.table:
            return
        found = {
            f"{(of or site).where}{path}": None
            for kind in kinds
            for site, sign in sorted(wanted, key=lambda lit: lit[0].where)
            for of, path in self._of(expander, site, sign, kind)
        }
        self.table[expr] = tuple(found or sorted(site.where for site, _ in wanted))

    def _of(self, expander: Expander, site: Site, sign: bool, kind: str) -> list[_Place]:
        if isinstance(site.schema, bool):
            return []
        mark = site, sign, kind
        found = self._known.get(mark)
        if found is None:
            self._known[mark] = []  # while a reference leads back here
            alone = site.refers and expander.document.ref_stands_alone
            names = ["$ref"] if alone else [name for name in site.schema if name in _SPEAK[kind]]
            below = {name: self._keyword(expander, site, name, sign, kind) for name in names}
            found = [place for places in below.values() for place in places]
            if len(found) > MAX_SOURCES:
                found = [(None, f"/{name}") for name, places in below.items() if places]
            self._known[mark] = found
        return found

    def _keyword(
        self, expander: Expander, site: Site, name: str, sign: bool, kind: str
    ) -> list[_Place]:
        value = site.schema[name]
        if name in _COMBINE:
            subs = enumerate(value)
            each = [self._below(expander, site, (name, i), sub, sign, kind) for i, sub in subs]
            return [place for places in each for place in places]
        if name == "not":
            return self._below(expander, site, (name,), value, not sign, kind)
        if name == "$ref":
            target = expander.document.resolve(site, value, name)
            return _placed(self._narrowed(expander, target, sign, kind), target, "")
        if name == "format" and formats.language(value) is None:
            return []
        if kind == NAMES and value is False:  # there are none
            return []
        return [(None, f"/{name}")]

    def _below(
        self,
        expander: Expander,
        site: Site,
        steps: tuple[str | int, ...],
        schema: Any,
        sign: bool,
        kind: str,
    ) -> list[_Place]:
        """Of a subschema that an operator combines; its site may be that of an equal one."""
        sub = expander.sub(site, schema, *steps)
        found = self._narrowed(expander, sub, sign, kind)
        referred = isinstance(schema, dict) and "$ref" in schema and not sub.refers
        return _placed(found, sub if referred else None, "".join(f"/{step}" for step in steps))

    def _narrowed(self, expander: Expander, sub: Site, sign: bool, kind: str) -> list[_Place]:
        """As far as it tells values of this type apart."""
        narrowed = "object" if kind == NAMES else kind
        if not expander.restricts((sub, sign), narrowed):
            return []
        return self._of(expander, sub, sign, kind)


def _placed(found: list[_Place], target: Site | None, path: str) -> list[_Place]:
    """Places below a subschema, of the one that it is found in: at that path, or elsewhere."""
    if target is not None:
        return [(of or target, below) for of, below in found]
    return [(of, below if of else path + below) for of, below in found]
