"""What a schema asks of objects and of arrays, free of all boolean operators.

A schema, narrowed to one of the six types of JSON, is a union of shapes; a shape is a conjunction
of simple demands. Demands on members and items stay what they are in the source: literals, a
subschema that must hold or must not.

Nothing changes a shape once it is made. They are not declared frozen, since a frozen dataclass of
so many fields takes five times as long to make, and many are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compilers.frontends.json_schema.document import FALSE, TRUE, Site
from compilers.regular import Expr, accepts

Lit = tuple[Site, bool]
"""A subschema, and whether it must hold."""

Conj = frozenset[Lit]
"""All of these at once. The empty conjunction is any value."""

YES: Lit = (TRUE, True)
NO: Lit = (FALSE, True)


def negated(lit: Lit) -> Lit:
    return lit[0], not lit[1]


def is_yes(lit: Lit) -> bool:
    return lit[0] is (TRUE if lit[1] else FALSE)


def is_no(lit: Lit) -> bool:
    return lit[0] is (FALSE if lit[1] else TRUE)


@dataclass(slots=True, eq=False)
class Members:
    """One `properties`, `patternProperties`, `additionalProperties` (Core, section 10.3.2)."""

    named: Mapping[str, Lit] = field(default_factory=dict)
    patterns: tuple[tuple[Expr, Lit], ...] = ()
    rest: Lit = YES

    def at(self, name: str) -> list[Lit]:
        """What a member of this name must satisfy."""
        if not self.patterns:
            return [self.named.get(name, self.rest)]
        found = [lit for keys, lit in self.patterns if accepts(keys, name)]
        if name in self.named:
            found.append(self.named[name])
        return found or [self.rest]


@dataclass(slots=True, eq=False)
class ObjectShape:
    """`some`: there is a member whose name is of the language and whose value satisfies it.

    `names`: what `propertyNames` asks of every name. `values`: nothing but one of these. `of`: the
    two shapes that it was merged from, if both speak of members.
    """

    members: tuple[Members, ...] = ()
    required: tuple[str, ...] = ()
    low: int = 0
    high: int | None = None
    names: tuple[Expr, ...] = ()
    some: tuple[tuple[Expr, Lit], ...] = ()
    values: tuple[Any, ...] | None = None
    of: tuple["ObjectShape", "ObjectShape"] | None = None
    _at: dict[str, Conj] = field(default_factory=dict, init=False)

    def merge(self, other: "ObjectShape") -> "ObjectShape":
        if self is ANY_OBJECT or other is ANY_OBJECT:
            return other if self is ANY_OBJECT else self
        of: tuple[ObjectShape, ObjectShape] | None = (self, other)
        if not (self._speaks_of_members and other._speaks_of_members):
            of = self.of or other.of
        return ObjectShape(
            self.members + other.members,
            tuple(dict.fromkeys(self.required + other.required)),
            max(self.low, other.low),
            smaller(self.high, other.high),
            self.names + other.names,
            self.some + tuple(each for each in other.some if each not in self.some),
            self.values if other.values is None else other.values,
            of,
        )

    def at(self, name: str) -> Conj:
        """What the value of a member of this name must satisfy. Asked again and again."""
        found = self._at.get(name)
        if found is None:
            found = self._merged_at(name) if self.of else self._conj_at(name)
            self._at[name] = found
        return found

    def _merged_at(self, name: str) -> Conj:
        spine = [self]  # merged one after the other, perhaps thousands
        while (of := spine[-1].of) is not None and name not in of[0]._at:
            spine.append(of[0])
        for shape in reversed(spine):
            parts = shape.of
            shape._at[name] = (
                _both(parts[0].at(name), parts[1].at(name)) if parts else shape._conj_at(name)
            )
        return self._at[name]

    def _conj_at(self, name: str) -> Conj:
        for names in self.names:
            if not accepts(names, name):
                return _NOTHING
        if len(self.members) == 1:
            return conj(*self.members[0].at(name))
        return conj(*[lit for group in self.members for lit in group.at(name)])

    @property
    def _speaks_of_members(self) -> bool:
        return bool(self.members or self.names)

    @property
    def possible(self) -> bool:
        """False where a glance shows that no object has this shape."""
        if self.high is not None and self.high < max(self.low, len(self.required)):
            return False
        for group in self.members:
            for name in self.required:
                if name in group.named and is_no(group.named[name]):
                    return False
        return True


ANY_OBJECT = ObjectShape()


@dataclass(slots=True, eq=False)
class Items:
    """One `prefixItems` with its `items` (Core, section 10.3.1)."""

    first: tuple[Lit, ...] = ()
    rest: Lit = YES


@dataclass(slots=True, eq=False)
class Counter:
    """From position `start` on, `low` to `high` items satisfy `lit` (as `contains` does)."""

    start: int
    lit: Lit
    low: int
    high: int | None


@dataclass(slots=True, eq=False)
class ArrayShape:
    """`unique`: where it is said that no two items are equal; "": it is not."""

    items: tuple[Items, ...] = ()
    low: int = 0
    high: int | None = None
    counters: tuple[Counter, ...] = ()
    unique: str = ""
    values: tuple[Any, ...] | None = None

    def merge(self, other: "ArrayShape") -> "ArrayShape":
        if self is ANY_ARRAY or other is ANY_ARRAY:
            return other if self is ANY_ARRAY else self
        return ArrayShape(
            self.items + other.items,
            max(self.low, other.low),
            smaller(self.high, other.high),
            self.counters + other.counters,
            self.unique or other.unique,
            self.values if other.values is None else other.values,
        )

    @property
    def possible(self) -> bool:
        return self.high is None or self.high >= self.low


ANY_ARRAY = ArrayShape()

Shape = ObjectShape | ArrayShape


def smaller(one: int | None, two: int | None) -> int | None:
    return one if two is None else two if one is None else min(one, two)


def item_at(items: tuple[Items, ...], index: int) -> Conj:
    """What the item at a position must satisfy."""
    found = (g.first[index] if index < len(g.first) else g.rest for g in items)
    return conj(*found)


_NOTHING: Conj = frozenset([NO])


def conj(*lits: Lit) -> Conj:
    if len(lits) == 1 and lits[0][0] is not TRUE and lits[0][0] is not FALSE:
        return frozenset(lits)
    found = []
    for lit in lits:
        if lit[0] is not TRUE and lit[0] is not FALSE:
            found.append(lit)
        elif is_no(lit):
            return _NOTHING
    return _consistent(frozenset(found))


def _consistent(wanted: Conj) -> Conj:
    """NO where a subschema both must hold and must not."""
    if len(wanted) > 1 and any((site, not sign) in wanted for site, sign in wanted):
        return _NOTHING
    return wanted


def _both(one: Conj, two: Conj) -> Conj:
    if one is _NOTHING or two is _NOTHING:
        return _NOTHING
    return _consistent(one | two) if one and two else one or two


def known(shape: ObjectShape) -> list[str]:
    """The names that a shape speaks of, in the order of the source."""
    names: dict[str, Any] = {}
    for group in shape.members:
        names.update(group.named)
    names.update(dict.fromkeys(shape.required))
    return list(names)


def without_some(shape: ObjectShape, index: int) -> ObjectShape:
    return replace(shape, some=shape.some[:index] + shape.some[index + 1 :])


def has(name: str, lit: Lit) -> ObjectShape:
    return ObjectShape(members=(Members({name: lit}),), required=(name,))


def lacks(name: str) -> ObjectShape:
    return ObjectShape(members=(Members({name: NO}),))


def at_least(shape: type[Any], n: int) -> tuple[Any, ...]:
    return (shape(low=n),)


def at_most(shape: type[Any], n: int) -> tuple[Any, ...]:
    return (shape(high=n),) if n >= 0 else ()
