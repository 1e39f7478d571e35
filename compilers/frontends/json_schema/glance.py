"""Which types of JSON a schema allows, as far as a glance tells: what it says about them itself."""

from functools import lru_cache

from compilers.errors import CompileError
from compilers.frontends.json_schema.algebra import KINDS
from compilers.frontends.json_schema.document import Document, Site
from compilers.frontends.json_schema.holds import kind_of
from compilers.frontends.json_schema.shapes import Conj

MAX_DEPTH = 8

_EVERY_KIND = frozenset(KINDS)
_OF_TYPE = {kind: frozenset([kind]) for kind in KINDS} | {"integer": frozenset(["number"])}


@lru_cache(maxsize=1 << len(KINDS))
def _in_order(kinds: frozenset[str]) -> tuple[str, ...]:
    return tuple(kind for kind in KINDS if kind in kinds)


def _of_types(types: str | list[str]) -> frozenset[str] | None:
    """None: one of them is no type."""
    if isinstance(types, str):
        return _OF_TYPE.get(types)
    known = _OF_TYPE.keys() >= set(types)
    return frozenset[str]().union(*map(_OF_TYPE.__getitem__, types)) if known else None


class Glance:
    """The types of one document's schemas."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._kinds: dict[Site, frozenset[str]] = {}
        self._found: dict[Conj, tuple[str, ...]] = {}

    def of(self, wanted: Conj) -> tuple[str, ...]:
        """The types that are possible at a glance: all but those that are certainly not."""
        found = self._found.get(wanted)
        if found is None:
            kinds = [self._site_kinds(site, MAX_DEPTH) for site, sign in wanted if sign]
            found = self._found[wanted] = _in_order(_EVERY_KIND.intersection(*kinds))
        return found

    def _site_kinds(self, site: Site, depth: int) -> frozenset[str]:
        schema = site.schema
        if isinstance(schema, bool) or depth == 0:
            return _EVERY_KIND if schema else frozenset()
        if site not in self._kinds:
            self._kinds[site] = _EVERY_KIND  # while a reference leads back here
            self._kinds[site] = self._glance(site, depth)
        return self._kinds[site]

    def _glance(self, site: Site, depth: int) -> frozenset[str]:
        schema, found = site.schema, _EVERY_KIND
        try:
            if "$ref" in schema:
                target = self._document.resolve(site, schema["$ref"], "$ref")
                found = self._site_kinds(target, depth - 1)
                if self._document.ref_stands_alone:
                    return found
            if "type" in schema:
                kinds = _of_types(schema["type"])
                if kinds is None:
                    return _EVERY_KIND
                found &= kinds
            if isinstance(schema.get("enum"), list):
                found &= frozenset(map(kind_of, schema["enum"]))
            for keyword in ("anyOf", "oneOf"):
                if keyword in schema:
                    subs = self._subs(site, keyword)
                    found &= frozenset().union(*(self._site_kinds(s, depth - 1) for s in subs))
        except (CompileError, TypeError):  # it is refused where it is taken apart
            return _EVERY_KIND
        return found

    def _subs(self, site: Site, keyword: str) -> list[Site]:
        schemas = enumerate(site.schema[keyword])
        return [self._document.child(site, schema, keyword, i) for i, schema in schemas]
