"""What `unevaluatedProperties` and `unevaluatedItems` leave over (Core, section 11).

Which members other keywords evaluate may depend on the value: on which schemas of an `anyOf` hold.
So there are ways: where certain subschemas hold, certain members are evaluated. It is enough that
one way fits. That more subschemas may hold than a way says does no harm: more is evaluated then,
and another way says so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from compilers.errors import TooLarge, Unsupported
from compilers.frontends.json_schema.algebra import Narrower
from compilers.frontends.json_schema.document import Site
from compilers.frontends.json_schema.shapes import Lit
from compilers.regular import Expr

MAX_DEPTH = 6  # of references and combined schemas
MAX_WAYS = 64


@dataclass(frozen=True, slots=True)
class Way:
    """Where `lits` hold, members are evaluated: of these names, or of these `patterns`; of an array
    the first `n_first`, and those that match one of these schemas; or `all`, whatever they are."""

    lits: tuple[Lit, ...] = ()
    names: tuple[str, ...] = ()
    patterns: tuple[Expr, ...] = ()
    n_first: int = 0
    matching: tuple[Lit, ...] = ()
    all: bool = False

    def beside(self, other: "Way") -> "Way":
        return Way(
            self.lits + other.lits,
            self.names + other.names,
            self.patterns + other.patterns,
            max(self.n_first, other.n_first),
            self.matching + other.matching,
            self.all or other.all,
        )

    @property
    def helps(self) -> bool:
        return bool(self.names or self.patterns or self.n_first or self.matching or self.all)


Own = Callable[[Narrower, Site, bool], Way]
"""What the keywords in a schema itself evaluate; with whether it is the outermost one."""


def ways(expander: Narrower, site: Site, own: Own) -> list[Way]:
    """All ways of a schema that holds. Raises Unsupported, TooLarge."""
    return _Ways(expander, own).of(site, 0)


class _Ways:
    def __init__(self, expander: Narrower, own: Own) -> None:
        self._expander = expander
        self._own = own

    def of(self, site: Site, depth: int) -> list[Way]:
        if isinstance(site.schema, bool):
            return [Way()]
        if depth > MAX_DEPTH:
            raise Unsupported("what others evaluate is nested too deeply", kind="unevaluated")
        found = [self._own(self._expander, site, depth == 0)]
        for choices in self._choices(site, depth + 1):
            found = [one.beside(two) for one, two in product(found, choices)]
            if len(found) > MAX_WAYS:
                raise TooLarge("too many ways to evaluate members", kind="unevaluated")
        return found

    def _choices(self, site: Site, depth: int) -> Iterator[Sequence[Way]]:
        """For each keyword, what it may evaluate beside the others."""
        schema, expander = site.schema, self._expander
        for keyword in ("$ref", "$dynamicRef", "$recursiveRef"):
            if keyword in schema:
                if keyword != "$ref" and expander.document.has_dynamic_scope:
                    raise Unsupported("depends on the dynamic scope", kind=keyword)
                yield self.of(expander.document.resolve(site, schema[keyword], keyword), depth)
        for sub in self._subs(site, "allOf"):
            yield self.of(sub, depth)
        for sub in self._subs(site, "anyOf"):
            yield [Way(), *self._where(sub, depth)]
        alone = [way for sub in self._subs(site, "oneOf") for way in self._where(sub, depth)]
        yield [Way(), *alone]
        if "if" in schema:
            yield self._conditional(site, depth)
        for name, dependent in schema.get("dependentSchemas", {}).items():
            sub = expander.sub(site, dependent, "dependentSchemas", name)
            there = Way(((expander.document.made(site, {"required": [name]}), True),))
            yield [Way(), *(there.beside(way) for way in self.of(sub, depth) if way.helps)]

    def _subs(self, site: Site, keyword: str) -> list[Site]:
        present = keyword in site.schema
        return self._expander.subs(site, site.schema[keyword], keyword) if present else []

    def _where(self, sub: Site, depth: int) -> list[Way]:
        """Where this one holds, as far as that helps."""
        holds = Way(((sub, True),))
        return [holds.beside(way) for way in self.of(sub, depth) if way.helps]

    def _conditional(self, site: Site, depth: int) -> list[Way]:
        schema, expander = site.schema, self._expander
        test = expander.sub(site, schema["if"], "if")
        then, other = (
            self.of(expander.sub(site, schema.get(keyword, True), keyword), depth)
            for keyword in ("then", "else")
        )
        holds, fails = Way(((test, True),)), Way(((test, False),))
        tested = self.of(test, depth)
        return [
            *(holds.beside(one).beside(two) for one, two in product(tested, then)),
            *(fails.beside(way) for way in other),
        ]


def narrowed(
    expander: Narrower, found: Sequence[Way], kind: str, closed: Callable[[Way], Any]
) -> Any:
    """Any of these ways, each with what is `closed` around it. None: nothing is left over."""
    if any(way.all and not way.lits for way in found):
        return None
    parts = []
    for way in dict.fromkeys(found):
        wanted = [expander.lit(lit, kind) for lit in dict.fromkeys(way.lits)]
        wanted += [] if way.all else [(closed(way),)]
        parts.append(expander.both(wanted, kind))
    return tuple(shape for part in parts for shape in part)
