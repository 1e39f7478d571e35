"""Boolean operators taken apart: a conjunction of subschemas, narrowed to one type of JSON.

Most keywords speak of one type and hold for all others, so a schema is taken apart one type at a
time, with every negation pushed down to single demands (negation normal form). What comes out for

    null, boolean, number, string    one regular language: regular languages have all the operators
    array, object                    a list of shapes, any of which will do

`oneOf` needs the others negated only where they overlap, which is looked at first. Subschemas of
members and items are not entered: they stay literals, and the conjunctions of literals are the
rules of the grammar. That is what makes recursion, `allOf` and `not` compose.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compilers import regular
from compilers.errors import CompileError, Malformed, TooLarge, Unsupported
from compilers.frontends.json_schema import formats, numerals
from compilers.frontends.json_schema.document import Document, Site
from compilers.frontends.json_schema.holds import Checker, exact, kind_of
from compilers.frontends.json_schema.shapes import (
    NO,
    YES,
    ArrayShape,
    Conj,
    Counter,
    Items,
    Lit,
    Members,
    ObjectShape,
    conj,
    is_no,
    is_yes,
    item_at,
    known,
    negated,
    without_some,
)
from compilers.frontends.regex import search
from compilers.ir import Note
from compilers.regular import ANY, EVERY, NEVER, Expr, other_than, text, times

SCALARS = ("null", "boolean", "number", "string")
STRUCTURES = ("array", "object")
KINDS = (*SCALARS, *STRUCTURES)
_ALL_KINDS = frozenset(KINDS)

MAX_SHAPES = 400
MAX_SECONDS = 1.5
CLOCK_TICKS = 64
MAX_NESTING = 120  # of operators and references within one value
MAX_GLANCE = 8
MAX_LOOK = 3  # how deep to look whether a conjunction can be satisfied

Shape = ObjectShape | ArrayShape


@dataclass(frozen=True, slots=True)
class Algebra:
    """What a narrowed schema is made of: languages, or lists of shapes."""

    true: Any
    false: Any
    both: Callable[[Sequence[Any]], Any]
    either: Callable[[Sequence[Any]], Any]


def _product(lists: Sequence[tuple[Shape, ...]]) -> tuple[Shape, ...]:
    found: tuple[Any, ...] = lists[0]
    for each in lists[1:]:
        merged = (one.merge(two) for one in found for two in each)
        found = tuple(shape for shape in merged if shape.possible)
        _limit(found)
    return found


def _union(lists: Sequence[tuple[Shape, ...]]) -> tuple[Shape, ...]:
    found = tuple(shape for each in lists for shape in each)
    _limit(found)
    return found


def _limit(found: tuple[Shape, ...]) -> None:
    if len(found) > MAX_SHAPES:
        raise TooLarge(f"more than {MAX_SHAPES} alternatives of one value", kind="alternatives")


_LANGUAGES = Algebra(
    EVERY, NEVER, lambda parts: regular.both(*parts), lambda parts: regular.either(*parts)
)
_ALGEBRAS = {
    **dict.fromkeys(SCALARS, _LANGUAGES),
    "array": Algebra((ArrayShape(),), (), _product, _union),
    "object": Algebra((ObjectShape(),), (), _product, _union),
}

_TEXTS = {"null": text("null"), "boolean": regular.either(text("true"), text("false"))}


class Expander:
    """Conjunctions of one document, taken apart; `notes` gathers what need not be enforced."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.notes: dict[tuple[str, str], Note] = {}
        self._checker = Checker(document)
        self._nesting = 0
        self._deadline: float | None = None
        self._ticks = 0
        self._open: set[tuple[Site, bool, str]] = set()
        self._cache: dict[tuple[Conj, str], Any] = {}
        self._kinds: dict[Site, frozenset[str]] = {}
        self._satisfiable: dict[Conj, bool] = {}
        self._looking: set[Conj] = set()

    def check_time(self) -> None:
        """CPU time of this thread, so that a busy machine refuses no more than an idle one.

        The clock is a system call: it is looked at now and then, by most schemas never.
        """
        self._ticks += 1
        if self._ticks % CLOCK_TICKS:
            return
        if self._deadline is None:
            self._deadline = time.thread_time() + MAX_SECONDS
        elif time.thread_time() > self._deadline:
            raise TooLarge(f"more than {MAX_SECONDS:g} seconds of work", kind="time")

    # --- questions

    def kinds(self, wanted: Conj) -> tuple[str, ...]:
        """The types that are possible at a glance: all but those that are certainly not."""
        found = _ALL_KINDS
        for site, sign in wanted:
            if sign:
                found = found & self._site_kinds(site, MAX_GLANCE)
        return KINDS if found == _ALL_KINDS else tuple(kind for kind in KINDS if kind in found)

    def _site_kinds(self, site: Site, depth: int) -> frozenset[str]:
        schema = site.schema
        if isinstance(schema, bool) or depth == 0:
            return _ALL_KINDS if schema else frozenset()
        if site not in self._kinds:
            self._kinds[site] = _ALL_KINDS  # while a reference leads back here
            self._kinds[site] = self._glance(site, depth)
        return self._kinds[site]

    def _glance(self, site: Site, depth: int) -> frozenset[str]:
        schema, found = site.schema, _ALL_KINDS
        try:
            if "$ref" in schema:
                target = self.document.resolve(site, schema["$ref"], "$ref")
                found = self._site_kinds(target, depth - 1)
                if self.document.ref_stands_alone:
                    return found
            if "type" in schema:
                types = schema["type"]
                wanted = types if isinstance(types, list) else [types]
                if not set(wanted) <= set(_TYPES):
                    return _ALL_KINDS
                found &= frozenset("number" if t == "integer" else t for t in wanted)
            if isinstance(schema.get("enum"), list):
                found &= frozenset(map(kind_of, schema["enum"]))
            for keyword in ("anyOf", "oneOf"):
                if keyword in schema:
                    subs = self._subs(site, schema[keyword], keyword)
                    found &= frozenset().union(*(self._site_kinds(s, depth - 1) for s in subs))
        except (CompileError, TypeError):  # it is refused where it is taken apart
            return _ALL_KINDS
        return found

    def language(self, wanted: Conj, kind: str) -> Expr:
        """For a scalar type: the values' texts; of strings the strings themselves."""
        key = wanted, kind
        if key not in self._cache:
            found: Expr = self._all(wanted, kind)
            self._cache[key] = _FINISH[kind](found)
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
            shapes = [shape for shape in self._all(wanted, kind) if shape.possible]
            self._cache[key] = tuple(self._checked(shape, wanted) for shape in shapes)
        return self._cache[key]

    def _checked(self, shape: Any, wanted: Conj) -> Any:
        """Listed values only if the whole conjunction holds for them."""
        if shape.values is None:
            return shape
        kept = tuple(v for v in shape.values if self.holds(wanted, v))
        return type(shape)(values=kept)

    def holds(self, wanted: Conj, value: Any) -> bool:
        return all(self._checker.holds(site, value) == sign for site, sign in wanted)

    def satisfiable(self, wanted: Conj) -> bool:
        """False only if certainly no value satisfies it."""
        if NO in wanted:
            return False
        if not wanted or wanted in self._looking or len(self._looking) >= MAX_LOOK:
            return True
        if wanted not in self._satisfiable:
            self._looking.add(wanted)
            try:
                self._satisfiable[wanted] = any(
                    self._kind_satisfiable(wanted, kind) for kind in self.kinds(wanted)
                )
            finally:
                self._looking.discard(wanted)
        return self._satisfiable[wanted]

    def _kind_satisfiable(self, wanted: Conj, kind: str) -> bool:
        try:
            if kind == "object":
                return any(map(self._object_satisfiable, self.objects(wanted)))
            if kind == "array":
                return any(map(self._array_satisfiable, self.arrays(wanted)))
            return not is_empty(self.language(wanted, kind))
        except CompileError as error:
            if error.kind == "time":
                raise
            return True  # whoever needs the language itself will hear of it

    def _object_satisfiable(self, shape: ObjectShape) -> bool:
        if shape.values is not None:
            return bool(shape.values)
        return all(self.satisfiable(self.member(shape, name)) for name in shape.required)

    def _array_satisfiable(self, shape: ArrayShape) -> bool:
        if shape.values is not None:
            return bool(shape.values)
        return all(self.satisfiable(item_at(shape.items, i)) for i in range(min(shape.low, 20)))

    def member(self, shape: ObjectShape, name: str) -> Conj:
        """What the value of a member of this name must satisfy."""
        if not all(regular.accepts(names, name) for names in shape.names):
            return frozenset([NO])
        lits: list[Lit] = []
        for group in shape.members:
            found = [lit for keys, lit in group.patterns if regular.accepts(keys, name)]
            if name in group.named:
                found.append(group.named[name])
            lits.extend(found or [group.rest])
        return conj(*lits)

    # --- shapes of objects, put together

    def _both(self, parts: Sequence[Any], kind: str) -> Any:
        """The conjunction of narrowed schemas."""
        if kind != "object" or all(len(part) == 1 for part in parts):
            return _ALGEBRAS[kind].both(parts)
        found: tuple[ObjectShape, ...] = (ObjectShape(),)
        for part in sorted(parts, key=len):
            found = tuple(shape for each in found for shape in self._with_one_of(each, part))
            _limit(found)
        return found

    def _with_one_of(
        self, shape: ObjectShape, alternatives: Sequence[ObjectShape]
    ) -> list[ObjectShape]:
        """The alternatives that are possible beside `shape`; itself, if one holds already.

        This keeps a `oneOf` of twenty objects, each without the nineteen others, from growing to
        the product of all the ways in which an object can fail to be one of the nineteen.
        """
        if len(alternatives) == 1:
            merged = shape.merge(alternatives[0])
            return [merged] if merged.possible else []
        if any(self._entails(shape, each) for each in alternatives):
            return [shape]
        found = (self._settled(shape.merge(each)) for each in alternatives)
        return [each for each in found if each is not None]

    def _settled(self, shape: ObjectShape) -> ObjectShape | None:
        """What `some` member must be where only one can be it. None: certainly no object."""
        if not shape.possible or not self._object_satisfiable(shape):
            return None
        closed = any(is_no(group.rest) and not group.patterns for group in shape.members)
        if not closed:
            return shape
        for i, (keys, lit) in enumerate(shape.some):
            names = [n for n in known(shape) if regular.accepts(keys, n)]
            able = [n for n in names if self.satisfiable(conj(*self.member(shape, n), lit))]
            if not able:
                return None
            if len(able) == 1:
                return self._settled(without_some(shape, i).merge(_has(able[0], lit)))
        return shape

    def _entails(self, shape: ObjectShape, other: ObjectShape) -> bool:
        """True only if every object of the first shape certainly has the second."""
        if other.values is not None or other.names or other.low > len(shape.required):
            return False
        if other.high is not None and (shape.high is None or shape.high > other.high):
            return False
        if not set(other.required) <= set(shape.required):
            return False
        return all(self._entails_some(shape, keys, lit) for keys, lit in other.some) and all(
            group in shape.members or self._entails_members(shape, group) for group in other.members
        )

    def _entails_some(self, shape: ObjectShape, keys: Expr, lit: Lit) -> bool:
        return any(
            regular.accepts(keys, name) and self._entails_lit(self.member(shape, name), lit)
            for name in shape.required
        )

    def _entails_members(self, shape: ObjectShape, group: Members) -> bool:
        if group.patterns or not is_yes(group.rest):
            return False
        pairs = group.named.items()
        return all(self._entails_lit(self.member(shape, name), lit) for name, lit in pairs)

    def _entails_lit(self, wanted: Conj, lit: Lit) -> bool:
        if is_yes(lit) or lit in wanted or NO in wanted:
            return True
        return not self.satisfiable(conj(*wanted, negated(lit)))

    # --- operators

    def _all(self, wanted: Conj, kind: str) -> Any:
        algebra = _ALGEBRAS[kind]
        parts = [self._lit(lit, kind) for lit in _ordered(wanted)]
        return self._both(parts, kind) if parts else algebra.true

    def _lit(self, lit: Lit, kind: str) -> Any:
        site, sign = lit
        algebra = _ALGEBRAS[kind]
        if isinstance(site.schema, bool):
            return algebra.true if site.schema == sign else algebra.false
        mark = (site, sign, kind)
        if mark in self._open:
            raise Unsupported("a schema that refers to itself", site.where, "$ref: circle")
        self.check_time()
        if self._nesting > MAX_NESTING:
            raise TooLarge(f"operators nested deeper than {MAX_NESTING}", site.where, "depth")
        self._open.add(mark)
        self._nesting += 1
        try:
            parts = self._keywords(site, sign, kind)
        except RecursionError as error:  # pragma: no cover (the limit above comes first)
            raise TooLarge("nested too deeply", site.where, "depth") from error
        finally:
            self._open.discard(mark)
            self._nesting -= 1
        if not parts:
            return algebra.true if sign else algebra.false
        return self._both(parts, kind) if sign else algebra.either(parts)

    def _only_ref(self, site: Site) -> bool:
        return self.document.ref_stands_alone and "$ref" in site.schema

    def _keywords(self, site: Site, sign: bool, kind: str) -> list[Any]:
        """Each keyword's share; of no use to this type: none."""
        names: Iterable[str] = ("$ref",) if self._only_ref(site) else site.schema
        found = []
        for name in names:
            method = _COMMON.get(name) or _OF_KIND[kind].get(name)
            if method is None:
                if name not in KNOWN:
                    self._note(site, name, f"{name}: no keyword of JSON Schema")
                continue
            try:
                part = method(self, site, site.schema[name], sign, kind)
            except CompileError as error:
                raise error.at(f"{site.where}/{name}") from error
            if part is not None:
                found.append(part)
        return found

    def _note(self, site: Site, name: str, message: str) -> None:
        where = f"{site.where}/{name}"
        self.notes[where, message] = Note(where, message)

    def _sub(self, site: Site, schema: Any, *path: str | int) -> Site:
        return self.document.child(site, schema, *path)

    def _subs(self, site: Site, schemas: Any, keyword: str) -> list[Site]:
        if not isinstance(schemas, list) or not schemas:
            raise Malformed("must be a list of schemas", kind="malformed")
        return [self._sub(site, schema, keyword, i) for i, schema in enumerate(schemas)]

    def _ref(self, site: Site, ref: Any, sign: bool, kind: str) -> Any:
        return self._lit((self.document.resolve(site, ref, "$ref"), sign), kind)

    def _dynamic_ref(self, site: Site, ref: Any, sign: bool, kind: str) -> Any:
        # In a document that is one resource, the dynamic scope changes nothing.
        if self.document.has_dynamic_scope:
            raise Unsupported("depends on the dynamic scope", kind="$dynamicRef")
        keyword = "$dynamicRef" if "$dynamicRef" in site.schema else "$recursiveRef"
        return self._lit((self.document.resolve(site, ref, keyword), sign), kind)

    def _all_of(self, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
        parts = [self._lit((sub, sign), kind) for sub in self._subs(site, schemas, "allOf")]
        return self._both(parts, kind) if sign else _ALGEBRAS[kind].either(parts)

    def _any_of(self, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
        parts = [self._lit((sub, sign), kind) for sub in self._subs(site, schemas, "anyOf")]
        return _ALGEBRAS[kind].either(parts) if sign else self._both(parts, kind)

    def _not(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        return self._lit((self._sub(site, schema, "not"), not sign), kind)

    def _one_of(self, site: Site, schemas: Any, sign: bool, kind: str) -> Any:
        subs = self._subs(site, schemas, "oneOf")
        algebra = _ALGEBRAS[kind]
        rivals = self._rivals(site, subs, kind)
        found = []
        for i, sub in enumerate(subs):
            parts = [self._lit((sub, True), kind)]
            parts += [self._lit((subs[j], False), kind) for j in rivals[i]]
            found.append(self._both(parts, kind))
        if sign:
            return algebra.either(found)
        none = self._both([self._lit((sub, False), kind) for sub in subs], kind)
        pairs = [
            self._both([self._lit((subs[i], True), kind), self._lit((subs[j], True), kind)], kind)
            for i in range(len(subs))
            for j in rivals[i]
            if i < j
        ]
        return algebra.either([none, *pairs])

    def _rivals(self, site: Site, subs: Sequence[Site], kind: str) -> list[list[int]]:
        """For each schema of a oneOf those that it may share a value of this type with."""
        found: list[list[int]] = [[] for _ in subs]
        beside = self._beside(site)
        alive = [i for i, sub in enumerate(subs) if kind in self.kinds(conj((sub, True)))]
        for n, i in enumerate(alive):
            for j in alive[n + 1 :]:
                if self._kind_satisfiable(conj((subs[i], True), (subs[j], True), *beside), kind):
                    found[i].append(j)
                    found[j].append(i)
        return found

    def _beside(self, site: Site) -> list[Lit]:
        """The simple keywords beside a oneOf, as a schema of their own."""
        simple = {k: v for k, v in site.schema.items() if k in _SIMPLE}
        return [(self.document.made(site, simple), True)] if simple else []

    def _if(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        test = self._sub(site, schema, "if")
        algebra = _ALGEBRAS[kind]
        if "then" not in site.schema and "else" not in site.schema:
            return None
        branches = []
        for holds, keyword in ((True, "then"), (False, "else")):
            branch = self._sub(site, site.schema.get(keyword, True), keyword)
            parts = [self._lit((test, holds), kind), self._lit((branch, sign), kind)]
            branches.append(self._both(parts, kind))
        return algebra.either(branches)

    def _type(self, site: Site, types: Any, sign: bool, kind: str) -> Any:
        wanted = types if isinstance(types, list) else [types]
        algebra = _ALGEBRAS[kind]
        for each in wanted:
            if each not in _TYPES:
                raise Malformed(f"no type of JSON: {each!r}", kind="malformed")
        if kind == "number" and "number" not in wanted and "integer" in wanted:
            return numerals.NO_FRACTION if sign else numerals.outside(numerals.INTEGRAL)
        return algebra.true if (kind in wanted) == sign else algebra.false

    def _enum(self, site: Site, values: Any, sign: bool, kind: str) -> Any:
        if not isinstance(values, list):
            raise Malformed("must be a list", kind="malformed")
        mine = [value for value in values if kind_of(value) == kind]
        if kind in STRUCTURES:
            return self._listed(site, mine, sign, kind)
        found = regular.either(*(_spelled(value, sign) for value in mine))
        return found if sign else other_than(found)

    def _const(self, site: Site, value: Any, sign: bool, kind: str) -> Any:
        return self._enum(site, [value], sign, kind)

    def _listed(self, site: Site, values: list[Any], sign: bool, kind: str) -> tuple[Shape, ...]:
        if sign:
            shape = ObjectShape if kind == "object" else ArrayShape
            return (shape(values=tuple(values)),) if values else ()
        unlike = self._unlike_object if kind == "object" else self._unlike_array
        return _product([_ALGEBRAS[kind].true, *(tuple(unlike(site, value)) for value in values)])

    def _unlike_object(self, site: Site, value: dict[str, Any]) -> list[Shape]:
        """A name is missing, or its value differs, or there is another name."""
        found: list[Shape] = [_lacks(name) for name in value]
        for name, each in value.items():
            found.append(_has(name, (self.document.made(site, {"const": each}), False)))
        others = other_than(regular.either(*map(text, value)))
        return [*found, ObjectShape(some=((others, YES),))]

    def _unlike_array(self, site: Site, value: list[Any]) -> list[Shape]:
        """It is longer or shorter, or an item differs."""
        found: list[Shape] = [ArrayShape(low=len(value) + 1)]
        if value:
            found.append(ArrayShape(high=len(value) - 1))
        for i, each in enumerate(value):
            other = (self.document.made(site, {"const": each}), False)
            found.append(ArrayShape(items=(Items((*[YES] * i, other)),), low=i + 1))
        return found

    # --- numbers and strings

    def _minimum(self, site: Site, bound: Any, sign: bool, kind: str) -> Any:
        strict = site.schema.get("exclusiveMinimum") is True  # draft 4
        found = numerals.at_least(exact(_number(bound)), strict)
        return found if sign else numerals.outside(found)

    def _maximum(self, site: Site, bound: Any, sign: bool, kind: str) -> Any:
        strict = site.schema.get("exclusiveMaximum") is True
        found = numerals.at_most(exact(_number(bound)), strict)
        return found if sign else numerals.outside(found)

    def _above(self, site: Site, bound: Any, sign: bool, kind: str) -> Any:
        if isinstance(bound, bool):
            return None
        found = numerals.at_least(exact(_number(bound)), True)
        return found if sign else numerals.outside(found)

    def _below(self, site: Site, bound: Any, sign: bool, kind: str) -> Any:
        if isinstance(bound, bool):
            return None
        found = numerals.at_most(exact(_number(bound)), True)
        return found if sign else numerals.outside(found)

    def _multiple_of(self, site: Site, unit: Any, sign: bool, kind: str) -> Any:
        if _number(unit) <= 0:
            raise Malformed("must be above 0", kind="malformed")
        found = numerals.multiple_of(exact(unit))
        return found if sign else numerals.outside(found)

    def _min_length(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _at_least(_count(n)) if sign else _at_most(_count(n) - 1)

    def _max_length(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _at_most(_count(n)) if sign else _at_least(_count(n) + 1)

    def _pattern(self, site: Site, pattern: Any, sign: bool, kind: str) -> Any:
        found = search(_string(pattern))
        return found if sign else other_than(found)

    def _format(self, site: Site, name: Any, sign: bool, kind: str) -> Any:
        found = formats.language(name) if isinstance(name, str) else None
        if found is None:
            self._note(site, "format", f"format {name!r} is an annotation: not enforced")
            return None
        return found if sign else other_than(found)

    def _format_of_number(self, site: Site, name: Any, sign: bool, kind: str) -> Any:
        if not isinstance(name, str) or formats.language(name) is None:
            self._note(site, "format", f"format {name!r} is an annotation: not enforced")

    # --- arrays

    def _items(self, site: Site, _: Any, sign: bool, kind: str) -> Any:
        schema = site.schema
        if "prefixItems" in schema and "items" in schema and _ is schema["items"]:
            return None  # done with prefixItems
        first: list[Site] = []
        if "prefixItems" in schema:
            first = self._subs(site, schema["prefixItems"], "prefixItems")
            rest = self._sub(site, schema.get("items", True), "items")
        elif isinstance(schema["items"], list):  # before 2020-12
            first = [self._sub(site, s, "items", i) for i, s in enumerate(schema["items"])]
            rest = self._sub(site, schema.get("additionalItems", True), "additionalItems")
        else:
            rest = self._sub(site, schema["items"], "items")
        if sign:
            return (ArrayShape(items=(Items(tuple((s, True) for s in first), (rest, True)),)),)
        return self._not_items(first, rest)

    def _not_items(self, first: Sequence[Site], rest: Site) -> tuple[ArrayShape, ...]:
        found = []
        for i, site in enumerate(first):
            at = Items((*[YES] * i, (site, False)))
            found.append(ArrayShape(items=(at,), low=i + 1))
        counter = Counter(len(first), (rest, False), 1, None)
        return (*found, ArrayShape(counters=(counter,), low=len(first) + 1))

    def _unevaluated_items(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        if schema is True or any(k in site.schema for k in _IN_PLACE) or "contains" in site.schema:
            if schema is True and sign:
                return None
            raise Unsupported("what others evaluate is not followed", kind="unevaluatedItems")
        items = site.schema.get("items")
        if "items" in site.schema and not isinstance(items, list):
            return None if sign else ()
        first = site.schema.get("prefixItems", items or [])
        rest = self._sub(site, schema, "unevaluatedItems")
        if not sign:
            wrong = Counter(len(first), (rest, False), 1, None)
            return (ArrayShape(counters=(wrong,), low=len(first) + 1),)
        return (ArrayShape(items=(Items((YES,) * len(first), (rest, True)),)),)

    def _min_items(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _low(ArrayShape, _count(n)) if sign else _high(ArrayShape, _count(n) - 1)

    def _max_items(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _high(ArrayShape, _count(n)) if sign else _low(ArrayShape, _count(n) + 1)

    def _unique(self, site: Site, wanted: Any, sign: bool, kind: str) -> Any:
        if wanted is not True:
            return None if sign else ()
        if not sign:
            raise Unsupported("an array with doubles", kind="not: uniqueItems")
        return (ArrayShape(unique=True),)

    def _contains(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        sub = self._sub(site, schema, "contains")
        low = _count(site.schema.get("minContains", 1))
        high = site.schema.get("maxContains")
        top = None if high is None else _count(high)
        if sign:
            return (ArrayShape(counters=(Counter(0, (sub, True), low, top),), low=low),)
        found = [ArrayShape(counters=(Counter(0, (sub, True), 0, low - 1),))] if low else []
        if top is not None:
            found.append(ArrayShape(counters=(Counter(0, (sub, True), top + 1, None),)))
        return tuple(found)

    # --- objects

    def _members(self, site: Site, value: Any, sign: bool, kind: str) -> Any:
        schema = site.schema
        present = [k for k in _MEMBER_KEYWORDS if k in schema]
        if value is not schema[present[0]]:
            return None  # done with the first of them
        named = {n: self._sub(site, s, "properties", n) for n, s in _table(schema, "properties")}
        patterns = []
        for pattern, s in _table(schema, "patternProperties"):
            sub = self._sub(site, s, "patternProperties", pattern)
            patterns.append((search(pattern), sub))
        rest = self._sub(site, schema.get("additionalProperties", True), "additionalProperties")
        if sign:
            lits = {name: (sub, True) for name, sub in named.items()}
            of_patterns = tuple((keys, (sub, True)) for keys, sub in patterns)
            return (ObjectShape(members=(Members(lits, of_patterns, (rest, True)),)),)
        return self._not_members(named, patterns, rest)

    def _not_members(
        self, named: Mapping[str, Site], patterns: Sequence[tuple[Expr, Site]], rest: Site
    ) -> tuple[ObjectShape, ...]:
        """Some member is there and wrong."""
        found = [_has(name, (sub, False)) for name, sub in named.items()]
        found += [ObjectShape(some=((keys, (sub, False)),)) for keys, sub in patterns]
        names = regular.either(*map(text, named), *(keys for keys, _ in patterns))
        found.append(ObjectShape(some=((other_than(names), (rest, False)),)))
        return tuple(shape for shape in found if shape.possible and not _hopeless(shape))

    def _unevaluated(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        if schema is True:
            return None if sign else ()
        found = self._evaluated(site, 0)
        if found is None:
            return None if sign else ()
        names, patterns = found
        rest = self._sub(site, schema, "unevaluatedProperties")
        if not sign:
            raise Unsupported("negated", kind="not: unevaluatedProperties")
        open_patterns = tuple((keys, YES) for keys in patterns)
        members = Members(dict.fromkeys(names, YES), open_patterns, (rest, True))
        return (ObjectShape(members=(members,)),)

    def _evaluated(self, site: Site, depth: int) -> tuple[list[str], list[Expr]] | None:
        """The names that a schema evaluates whatever the value is; None: all of them."""
        schema = site.schema
        if isinstance(schema, bool):
            return [], []
        undecided = [k for k in ("anyOf", "oneOf", "if", "dependentSchemas", "not") if k in schema]
        if undecided or depth > MAX_LOOK:
            raise Unsupported("depends on which alternative holds", kind="unevaluatedProperties")
        if "additionalProperties" in schema or (depth and "unevaluatedProperties" in schema):
            return None
        names = [name for name, _ in _table(schema, "properties")]
        patterns = [search(pattern) for pattern, _ in _table(schema, "patternProperties")]
        subs = self._subs(site, schema["allOf"], "allOf") if "allOf" in schema else []
        if "$ref" in schema:
            subs.append(self.document.resolve(site, schema["$ref"], "$ref"))
        for sub in subs:
            found = self._evaluated(sub, depth + 1)
            if found is None:
                return None
            names += found[0]
            patterns += found[1]
        return names, patterns

    def _required(self, site: Site, names: Any, sign: bool, kind: str) -> Any:
        if isinstance(names, bool):  # draft 3: said of a member, read by its parent
            self._note(site, "required", "required as a boolean (draft 3): not enforced")
            return None
        wanted = tuple(dict.fromkeys(_strings(names)))
        if sign:
            return (ObjectShape(required=wanted),)
        return tuple(_lacks(name) for name in wanted)

    def _names(self, site: Site, schema: Any, sign: bool, kind: str) -> Any:
        sub = self._sub(site, schema, "propertyNames")
        names = self.language(conj((sub, True)), "string")
        if sign:
            return (ObjectShape(names=(names,)),)
        return (ObjectShape(some=((other_than(names), YES),)),)

    def _min_properties(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _low(ObjectShape, _count(n)) if sign else _high(ObjectShape, _count(n) - 1)

    def _max_properties(self, site: Site, n: Any, sign: bool, kind: str) -> Any:
        return _high(ObjectShape, _count(n)) if sign else _low(ObjectShape, _count(n) + 1)

    def _dependencies(self, site: Site, value: Any, sign: bool, kind: str) -> Any:
        keyword = next(k for k in _DEPENDENCIES if site.schema.get(k) is value)
        found = []
        for name, wanted in _table(site.schema, keyword):
            if isinstance(wanted, str | list):
                names = [wanted] if isinstance(wanted, str) else _strings(wanted)
                then = self._required(site, names, sign, kind)
            else:
                then = self._lit((self._sub(site, wanted, keyword, name), sign), kind)
            has = (ObjectShape(required=(name,)),)
            found.append(_union([(_lacks(name),), then]) if sign else _product([has, then]))
        if not found:
            return None
        return self._both(found, kind) if sign else _union(found)


def is_empty(expr: Expr) -> bool:
    """True only if certain; a language too large to explore counts as not empty."""
    try:
        return regular.is_empty(expr, limit=600)
    except TooLarge:
        return False


def _ordered(wanted: Conj) -> list[Lit]:
    """In the order of the source: a frozenset has none, and a grammar must not depend on it."""
    return sorted(wanted, key=lambda lit: (lit[0].where, lit[1]))


def _has(name: str, lit: Lit) -> ObjectShape:
    return ObjectShape(members=(Members({name: lit}),), required=(name,))


def _lacks(name: str) -> ObjectShape:
    return ObjectShape(members=(Members({name: NO}),))


def _hopeless(shape: ObjectShape) -> bool:
    return any(keys is NEVER or conj(lit) == frozenset([NO]) for keys, lit in shape.some)


def _low(shape: type[Any], n: int) -> tuple[Any, ...]:
    return (shape(low=n),)


def _high(shape: type[Any], n: int) -> tuple[Any, ...]:
    return (shape(high=n),) if n >= 0 else ()


def _at_least(n: int) -> Expr:
    return times(ANY, n, None)


def _at_most(n: int) -> Expr:
    return times(ANY, 0, n) if n >= 0 else NEVER


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


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed("must be a number", kind="malformed")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value % 1:
        raise Malformed("must be a whole number from 0", kind="malformed")
    return int(value)


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("must be a string", kind="malformed")
    return value


def _strings(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise Malformed("must be a list of strings", kind="malformed")
    return [_string(each) for each in value]


def _table(schema: Mapping[str, Any], keyword: str) -> Iterable[tuple[str, Any]]:
    found = schema.get(keyword, {})
    if not isinstance(found, dict):
        raise Malformed(f"{keyword} must be an object", kind="malformed")
    return found.items()


def _finish_number(found: Expr) -> Expr:
    """Exponents only where nothing is asked of a number: bounds speak of plain spellings."""
    if found == EVERY:
        return numerals.NUMBER
    if found is numerals.NO_FRACTION:
        return numerals.INTEGER
    # Every set of numerals lies within PLAIN; only a complement does not.
    return regular.both(numerals.PLAIN, found) if _open_ended(found) else found


def _open_ended(found: Expr) -> bool:
    """Whether texts that are no numbers may be in it."""
    if isinstance(found, regular.And):
        return all(map(_open_ended, found.parts))
    if isinstance(found, regular.Alt):
        return any(map(_open_ended, found.parts))
    return isinstance(found, regular.Not) or found == EVERY


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


_FINISH: Mapping[str, Callable[[Expr], Expr]] = {
    "null": lambda found: _TEXTS["null"] if regular.accepts(found, "null") else NEVER,
    "boolean": lambda found: regular.either(
        *(text(t) for t in ("true", "false") if regular.accepts(found, t))
    ),
    "number": _finish_number,
    "string": _finish_string,
}

_Method = Callable[[Expander, Site, Any, bool, str], Any]

_COMMON: Mapping[str, _Method] = {
    "$ref": Expander._ref,
    "$dynamicRef": Expander._dynamic_ref,
    "$recursiveRef": Expander._dynamic_ref,
    "allOf": Expander._all_of,
    "anyOf": Expander._any_of,
    "oneOf": Expander._one_of,
    "not": Expander._not,
    "if": Expander._if,
    "type": Expander._type,
    "enum": Expander._enum,
    "const": Expander._const,
}
_OF_KIND: Mapping[str, Mapping[str, _Method]] = {
    "null": {},
    "boolean": {},
    "number": {
        "minimum": Expander._minimum,
        "maximum": Expander._maximum,
        "exclusiveMinimum": Expander._above,
        "exclusiveMaximum": Expander._below,
        "multipleOf": Expander._multiple_of,
        "format": Expander._format_of_number,
    },
    "string": {
        "minLength": Expander._min_length,
        "maxLength": Expander._max_length,
        "pattern": Expander._pattern,
        "format": Expander._format,
    },
    "array": {
        "prefixItems": Expander._items,
        "items": Expander._items,
        "unevaluatedItems": Expander._unevaluated_items,
        "minItems": Expander._min_items,
        "maxItems": Expander._max_items,
        "uniqueItems": Expander._unique,
        "contains": Expander._contains,
    },
    "object": {
        "properties": Expander._members,
        "patternProperties": Expander._members,
        "additionalProperties": Expander._members,
        "unevaluatedProperties": Expander._unevaluated,
        "required": Expander._required,
        "propertyNames": Expander._names,
        "minProperties": Expander._min_properties,
        "maxProperties": Expander._max_properties,
        "dependencies": Expander._dependencies,
        "dependentRequired": Expander._dependencies,
        "dependentSchemas": Expander._dependencies,
    },
}
_MEMBER_KEYWORDS = ("properties", "patternProperties", "additionalProperties")
_DEPENDENCIES = ("dependencies", "dependentRequired", "dependentSchemas")
_IN_PLACE = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "not")
_TYPES = (*KINDS, "integer")
_SIMPLE = ("type", "required", "properties", "minimum", "maximum", "pattern", "enum")

_ANNOTATIONS = (
    "$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary",
    "$comment", "$defs", "definitions", "title", "description", "default", "examples", "example",
    "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
)  # fmt: skip
_HELPERS = ("then", "else", "additionalItems", "minContains", "maxContains")

ASSERTIONS = frozenset([*_COMMON, *(k for table in _OF_KIND.values() for k in table), *_HELPERS])
KNOWN = ASSERTIONS.union(_ANNOTATIONS)
