"""Boolean operators taken apart: a conjunction of subschemas, narrowed to one type of JSON.

Most keywords speak of one type and hold for all others, so a schema is taken apart one type at a
time, with every negation pushed down to single demands (negation normal form). `algebra` says what
comes out.

`oneOf` needs the others negated only where they overlap, which is looked at first. Subschemas of
members and items are not entered: they stay literals, and the conjunctions of literals are the
rules of the grammar. That is what makes recursion, `allOf` and `not` compose.
"""

import weakref
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from compilers import clock
from compilers.errors import CompileError, Malformed, TooLarge, Unsupported
from compilers.frontends.json_schema.algebra import ALGEBRAS
from compilers.frontends.json_schema.document import Document, Site
from compilers.frontends.json_schema.glance import Glance
from compilers.frontends.json_schema.holds import Checker
from compilers.frontends.json_schema.objects import alone
from compilers.frontends.json_schema.satisfy import Satisfiability
from compilers.frontends.json_schema.scalars import FINISH
from compilers.frontends.json_schema.shapes import ANY_OBJECT, ArrayShape, Conj, Lit, ObjectShape
from compilers.frontends.json_schema.vocabulary import KNOWN, OF_KIND
from compilers.ir import Note
from compilers.regular import Expr

MAX_NESTING = 120  # of operators and references within one value
MAX_WAYS = 200  # to be one object
N_KEPT = 50

_Mark = tuple[Site, bool, str]
"""A subschema, whether it must hold, and a type of JSON."""


class Expander:
    """Conjunctions of one document, taken apart; `notes` gathers what need not be enforced.

    `n_cut`: how often there were too many alternatives and only the simplest have been kept.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sub = document.child  # asked for every subschema, as `kinds` is
        self.notes: dict[tuple[str, str], Note] = {}
        self.kinds = Glance(document).of
        self._nesting = 0
        self._open: dict[_Mark, None] = {}
        self.n_cut = 0
        self._cut: set[tuple[Conj, str] | _Mark] = set()
        self._cache: dict[tuple[Conj, str], Any] = {}
        self._lits: dict[_Mark, Any] = {}

    @cached_property
    def _checker(self) -> Checker:
        return Checker(self.document)

    @cached_property
    def _satisfiability(self) -> Satisfiability:
        # No circle: all that one document took is freed as soon as it is done.
        return Satisfiability(weakref.proxy(self))

    # --- questions

    def entails_some(self, shape: ObjectShape, keys: Expr, lit: Lit) -> bool:
        return self._satisfiability.entails_some(shape, keys, lit)

    def kind_satisfiable(self, wanted: Conj, kind: str) -> bool:
        return self._satisfiability.of_kind(wanted, kind)

    def possible(self, wanted: Conj) -> bool:
        """False only if certainly no value satisfies it."""
        return self._satisfiability.possible(wanted)

    def language(self, wanted: Conj, kind: str) -> Expr:
        """For a scalar type: the values' texts; of strings the strings themselves."""
        key = wanted, kind
        if key not in self._cache:
            found: Expr = self._all(wanted, kind)
            self._cache[key] = FINISH[kind](found)
        cached: Expr = self._cache[key]
        return cached

    def objects(self, wanted: Conj) -> tuple[ObjectShape, ...]:
        found: tuple[ObjectShape, ...] = self._structures(wanted, "object")
        return found

    def arrays(self, wanted: Conj) -> tuple[ArrayShape, ...]:
        found: tuple[ArrayShape, ...] = self._structures(wanted, "array")
        return found

    def _structures(self, wanted: Conj, kind: str) -> Any:
        key = wanted, kind
        if key not in self._cache:
            before = self.n_cut
            shapes = self._all(wanted, kind)
            found = [self._checked(shape, wanted) for shape in shapes if shape.possible]
            self._cache[key] = tuple(found)
            if self.n_cut > before:
                self._cut.add(key)
        return self._cache[key]

    def is_whole(self, wanted: Conj, kind: str) -> bool:
        """Whether the shapes of a type, once asked for, were all of them."""
        return (wanted, kind) not in self._cut

    def _checked(self, shape: Any, wanted: Conj) -> Any:
        """Listed values only if the whole conjunction holds for them."""
        if shape.values is None:
            return shape
        kept = tuple(v for v in shape.values if self.holds(wanted, v))
        return type(shape)(values=kept)

    def holds(self, wanted: Conj, value: Any) -> bool:
        return all(self._checker.holds(site, value) == sign for site, sign in wanted)

    def both(self, parts: Sequence[Any], kind: str) -> Any:
        """The conjunction of narrowed schemas, one at least."""
        if kind != "object" or all(len(part) == 1 for part in parts):
            return ALGEBRAS[kind].both(parts)
        if len(parts) == 1 and not any(shape.some for shape in parts[0]):
            every = any(map(self._satisfiability.is_every_object, parts[0]))
            return (ANY_OBJECT,) if every else self._simplest(parts[0])
        found: tuple[ObjectShape, ...] = (ANY_OBJECT,)
        for part in sorted(parts, key=len):
            found = self._simplest(
                [s for each in found for s in self._satisfiability.with_one_of(each, part)]
            )
        return found

    def _simplest(self, found: Sequence[ObjectShape]) -> tuple[ObjectShape, ...]:
        """All of them, or where they are too many those that ask for least: a smaller language.

        An object that is told from its rivals by a discriminator asks for nothing else.
        """
        if len(found) <= MAX_WAYS:
            return tuple(found)
        self.note_cut(next(reversed(self._open))[0].where if self._open else "")
        return tuple(sorted(found, key=lambda shape: len(shape.members) + len(shape.some))[:N_KEPT])

    def note_cut(self, where: str) -> None:
        self.n_cut += 1
        self.note_at(where, "too many ways to satisfy it: only the simplest are allowed")

    def _all(self, wanted: Conj, kind: str) -> Any:
        if kind == "object" and (shape := alone(self, wanted)) is not None:
            return (shape,)
        parts = [self.lit(lit, kind) for lit in _ordered(wanted)]
        return self.both(parts, kind) if parts else ALGEBRAS[kind].true

    def lit(self, lit: Lit, kind: str) -> Any:
        site, sign = lit
        algebra = ALGEBRAS[kind]
        if isinstance(site.schema, bool):
            return algebra.true if site.schema == sign else algebra.false
        mark = (site, sign, kind)
        if mark not in self._lits:
            before = self.n_cut
            self._lits[mark] = self._opened(mark)
            if self.n_cut > before:
                self._cut.add(mark)
        elif mark in self._cut:
            self.n_cut += 1  # whoever uses it has not all of it either
        return self._lits[mark]

    def restricts(self, lit: Lit, kind: str) -> bool:
        """Whether a subschema, once narrowed to a type, takes some of its values and not others."""
        found = self._lits.get((*lit, kind))
        return found is not ALGEBRAS[kind].true and found is not ALGEBRAS[kind].false

    def _opened(self, mark: _Mark) -> Any:
        """A subschema narrowed to a type, by its keywords."""
        site, sign, kind = mark
        if mark in self._open:
            raise Unsupported("a schema that refers to itself", site.where, "$ref: circle")
        clock.check()
        if self._nesting > MAX_NESTING:
            raise TooLarge(f"operators nested deeper than {MAX_NESTING}", site.where, "depth")
        self._open[mark] = None
        self._nesting += 1
        try:
            parts = self._keywords(site, sign, kind)
        except RecursionError as error:  # pragma: no cover (the limit above comes first)
            raise TooLarge("nested too deeply", site.where, "depth") from error
        finally:
            del self._open[mark]
            self._nesting -= 1
        algebra = ALGEBRAS[kind]
        if not parts:
            return algebra.true if sign else algebra.false
        return self.both(parts, kind) if sign else algebra.either(parts)

    def _only_ref(self, site: Site) -> bool:
        return self.document.ref_stands_alone and "$ref" in site.schema

    def _keywords(self, site: Site, sign: bool, kind: str) -> list[Any]:
        """Each keyword's share; none of what says nothing of this type."""
        names: Iterable[str] = ("$ref",) if self._only_ref(site) else site.schema
        methods = OF_KIND[kind]
        nothing = ALGEBRAS[kind].true if sign else ALGEBRAS[kind].false
        found = []
        for name in names:
            method = methods.get(name)
            if method is None:
                if name not in KNOWN:
                    self.note(site, name, f"{name}: no keyword of JSON Schema")
                continue
            try:
                part = method(self, site, site.schema[name], sign, kind)
            except CompileError as error:
                raise error.at(f"{site.where}/{name}") from error
            if part is not None and part is not nothing:
                found.append(part)
        return found

    def note(self, site: Site, name: str, message: str) -> None:
        self.note_at(f"{site.where}/{name}", message)

    def note_at(self, where: str, message: str) -> None:
        self.notes[where, message] = Note(where, message)

    def subs(self, site: Site, schemas: Any, keyword: str) -> list[Site]:
        if not isinstance(schemas, list) or not schemas:
            raise Malformed("must be a list of schemas", kind="malformed")
        return [self.sub(site, schema, keyword, i) for i, schema in enumerate(schemas)]


def _ordered(wanted: Conj) -> list[Lit]:
    """In the order of the source: a frozenset has none, and a grammar must not depend on it."""
    return sorted(wanted, key=lambda lit: (lit[0].where, lit[1]))
