"""Can it be satisfied? Does one thing follow from another? Answers that may be "perhaps".

They keep the alternatives of a schema few: whoever needs to be exact does not ask here.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

from compilers import clock, regular
from compilers.errors import CompileError, TooLarge
from compilers.frontends.json_schema.shapes import (
    ANY_OBJECT,
    NO,
    ArrayShape,
    Conj,
    Lit,
    Members,
    ObjectShape,
    conj,
    has,
    is_no,
    is_yes,
    item_at,
    known,
    negated,
    without_some,
)
from compilers.regular import Expr

MAX_LOOK = 3  # how deep to look whether a conjunction can be satisfied


class Narrowed(Protocol):
    """Conjunctions narrowed to one type (see expand.Expander)."""

    def kinds(self, wanted: Conj) -> tuple[str, ...]: ...

    def language(self, wanted: Conj, kind: str) -> Expr: ...

    def objects(self, wanted: Conj) -> tuple[ObjectShape, ...]: ...

    def arrays(self, wanted: Conj) -> tuple[ArrayShape, ...]: ...

    def is_whole(self, wanted: Conj, kind: str) -> bool: ...


class Satisfiability:
    """What can be said about the conjunctions of one document."""

    def __init__(self, narrowed: Narrowed) -> None:
        self._narrowed = narrowed
        self._known: dict[Conj, bool] = {}
        self._looking: set[Conj] = set()

    def possible(self, wanted: Conj) -> bool:
        """False only if certainly no value satisfies it."""
        if NO in wanted:
            return False
        if not wanted or wanted in self._looking or len(self._looking) >= MAX_LOOK:
            return True
        if wanted not in self._known:
            self._looking.add(wanted)
            try:
                self._known[wanted] = any(
                    self.of_kind(wanted, kind) for kind in self._narrowed.kinds(wanted)
                )
            finally:
                self._looking.discard(wanted)
        return self._known[wanted]

    def of_kind(self, wanted: Conj, kind: str) -> bool:
        clock.check()
        try:
            if kind == "object":
                found = any(map(self._object_satisfiable, self._narrowed.objects(wanted)))
            elif kind == "array":
                found = any(map(self._array_satisfiable, self._narrowed.arrays(wanted)))
            else:
                return not is_empty(self._narrowed.language(wanted, kind))
            return found or not self._narrowed.is_whole(wanted, kind)
        except CompileError:
            return True  # whoever needs the language itself will hear of it

    def _object_satisfiable(self, shape: ObjectShape, touched: set[str] | None = None) -> bool:
        if shape.values is not None:
            return bool(shape.values)
        names = shape.required if touched is None else filter(touched.__contains__, shape.required)
        return all(self.possible(shape.at(name)) for name in names)

    def _array_satisfiable(self, shape: ArrayShape) -> bool:
        if shape.values is not None:
            return bool(shape.values)
        return all(self.possible(item_at(shape.items, i)) for i in range(min(shape.low, 20)))

    def with_one_of(
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
        if not self._object_satisfiable(shape):
            return []
        clock.check()
        found = (self._settled(shape.merge(each), _touched(each)) for each in alternatives)
        return [each for each in found if each is not None]

    def is_every_object(self, shape: ObjectShape) -> bool:
        """True only if certainly every object has the shape."""
        return self._entails(ANY_OBJECT, shape)

    def _settled(self, shape: ObjectShape, touched: set[str] | None) -> ObjectShape | None:
        """What `some` member must be where only one can be it. None: certainly no object.

        `touched`: the members of which more is asked than of an object that can be; None: of all.
        """
        if not shape.possible or not self._object_satisfiable(shape, touched):
            return None
        closed = any(is_no(group.rest) and not group.patterns for group in shape.members)
        if not closed:
            return shape
        names = known(shape)
        for i, (keys, lit) in enumerate(shape.some):
            able = list(islice(self._able(shape, names, keys, lit), 2))
            if not able:
                return None
            if len(able) == 1:
                one = has(able[0], lit)
                return self._settled(without_some(shape, i).merge(one), _touched(one))
        return shape

    def _able(
        self, shape: ObjectShape, names: Sequence[str], keys: Expr, lit: Lit
    ) -> Iterator[str]:
        """The names among these of which a member could satisfy `lit`."""
        for name in names:
            if regular.accepts(keys, name) and self.possible(conj(*shape.at(name), lit)):
                yield name

    def _entails(self, shape: ObjectShape, other: ObjectShape) -> bool:
        """True only if every object of the first shape certainly has the second."""
        if other.values is not None or other.names or other.low > len(shape.required):
            return False
        if other.high is not None and (shape.high is None or shape.high > other.high):
            return False
        if not all(name in shape.required for name in other.required):
            return False
        return all(self.entails_some(shape, keys, lit) for keys, lit in other.some) and all(
            group in shape.members or self._entails_members(shape, group) for group in other.members
        )

    def entails_some(self, shape: ObjectShape, keys: Expr, lit: Lit) -> bool:
        """True only if a member that is required certainly has such a name and satisfies `lit`."""
        return any(
            regular.accepts(keys, name) and self._entails_lit(shape.at(name), lit)
            for name in shape.required
        )

    def _entails_members(self, shape: ObjectShape, group: Members) -> bool:
        if group.patterns or not is_yes(group.rest):
            return False
        pairs = group.named.items()
        return all(self._entails_lit(shape.at(name), lit) for name, lit in pairs)

    def _entails_lit(self, wanted: Conj, lit: Lit) -> bool:
        if is_yes(lit) or lit in wanted or NO in wanted:
            return True
        return not self.possible(conj(*wanted, negated(lit)))


def _touched(shape: ObjectShape) -> set[str] | None:
    """The names of the members that a shape asks something of; None: of those without a name."""
    found = set(shape.required)
    for group in shape.members:
        if group.patterns or not is_yes(group.rest):
            return None
        found.update(group.named)
    return None if shape.names else found


def is_empty(expr: Expr) -> bool:
    """True only if certain; a language too large to explore counts as not empty."""
    try:
        return regular.is_empty(expr, limit=600)
    except TooLarge:
        return False
