"""What is to be seen to in the values at each place of a document (watch.py).

A Watch goes by names and places alone, and an array must have different items if any of the
alternatives at its place asks for it: which of them a reply follows may show only later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from compilers import clock, regular
from compilers.errors import TooLarge, Unsupported
from compilers.frontends.json_schema.distinct import Items, items_of, joined
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.names import others
from compilers.frontends.json_schema.satisfy import is_empty
from compilers.frontends.json_schema.shapes import (
    NO,
    ArrayShape,
    Conj,
    ObjectShape,
    conj,
    item_at,
    known,
)
from compilers.regular import Expr
from compilers.watch import MAX_ITEMS, UNIQUE, Distinct, Watch

MAX_WATCHES = 5_000

S = TypeVar("S", ArrayShape, ObjectShape)

Places = frozenset[Conj]
"""What a value must satisfy one of."""


class Watches:
    """Of one document: what is to be seen to in the values at each place."""

    def __init__(self, expander: Expander, found: Mapping[ArrayShape, Distinct]) -> None:
        self._expander = expander
        self._found = found
        self._where = min((each.where for each in found.values()), default="")
        self._known: dict[Places, Watch] = {}
        self._todo: list[Places] = []

    def of(self, wanted: Conj) -> Watch | None:
        """Raises Unsupported where it depends on more than names and places."""
        watch = self._at([wanted])
        while self._todo:
            clock.check()
            if len(self._known) > MAX_WATCHES:
                raise TooLarge(f"{UNIQUE}: in a schema of too many places", self._where, "size")
            places = self._todo.pop()
            self._arrays(self._known[places], places)
            self._objects(self._known[places], places)
        return self._pruned(watch)

    def _at(self, wanted: Iterable[Conj]) -> Watch | None:
        places = frozenset(each for each in wanted if NO not in each)
        if not places:
            return None
        if places not in self._known:
            self._known[places] = Watch()
            self._todo.append(places)
        return self._known[places]

    def _shapes(
        self, places: Places, kind: str, shapes_of: Callable[[Conj], Iterable[S]]
    ) -> list[S]:
        able = (wanted for wanted in places if kind in self._expander.kinds(wanted))
        return [shape for wanted in able for shape in shapes_of(wanted)]

    def _arrays(self, watch: Watch, places: Places) -> None:
        shapes = self._shapes(places, "array", self._expander.arrays)
        watch.distinct = self._distinct(shapes)
        n_first = max((len(g.first) for shape in shapes for g in shape.items), default=0)
        watch.first = [self._at(_items(shapes, i)) for i in range(n_first)]
        watch.rest = self._at(_items(shapes, n_first))

    def _distinct(self, shapes: Iterable[ArrayShape]) -> Distinct | None:
        several = [shape for shape in shapes if shape.high is None or shape.high > 1]
        found = [self._found[shape] for shape in several if shape in self._found]
        if not found or (len(found) == len(several) and len({each.texts for each in found}) == 1):
            return found[0] if found else None
        return self._held(found[0].where, several)

    def _held(self, where: str, shapes: Sequence[ArrayShape]) -> Distinct:
        """Of arrays that ask for it and others, which are held to it as well."""
        items = [items_of(self._expander, shape, where) for shape in shapes]
        whole = joined(items)
        if whole is None or not all(map(_can_be_held, shapes, items)):
            message = (
                f"{UNIQUE}: only some of the alternatives ask for it, and the others cannot be "
                "held to it"
            )
            raise Unsupported(message, where, UNIQUE)
        if any(shape not in self._found for shape in shapes):
            self._expander.note_at(where, "asked of the alternatives that do not ask for it, too")
        return whole.distinct(where)

    def _objects(self, watch: Watch, places: Places) -> None:
        shapes = self._shapes(places, "object", self._expander.objects)
        names = dict.fromkeys(name for shape in shapes for name in known(shape))
        for name in names:
            watch.members[name] = self._at(each for shape in shapes for each in _at(shape, name))
        classes: dict[Expr, dict[Conj, None]] = {}
        for shape in shapes:
            for keys, children in _others(shape, list(names)):
                classes.setdefault(keys, {}).update(dict.fromkeys(children))
        for keys in classes:
            alike = (other for other in classes if other is keys or _overlap(keys, other))
            watch.others.append((keys, self._at(c for other in alike for c in classes[other])))

    def _pruned(self, start: Watch | None) -> Watch | None:
        """Without those that see to nothing."""
        users: dict[Watch, list[Watch]] = {}
        for watch in self._known.values():
            for below in watch.below():
                users.setdefault(below, []).append(watch)
        todo = [watch for watch in self._known.values() if watch.distinct]
        needed = set(todo)
        while todo:
            new = set(users.get(todo.pop(), ())) - needed
            needed |= new
            todo += new
        for watch in needed:
            _prune(watch, needed)
        return start if start in needed else None


def _can_be_held(shape: ArrayShape, items: Items) -> bool:
    """Whether an array that does not ask for different items can do with such."""
    by_place = shape.values is not None or any(group.first for group in shape.items)
    enough = items.are_enough(shape.low) and shape.low <= MAX_ITEMS
    return enough and not by_place and not shape.counters


def _at(shape: ObjectShape, name: str) -> list[Conj]:
    """What a member may have to satisfy: more, where it is one of which some must be there."""
    found = shape.at(name)
    return [found, *(conj(*found, lit) for keys, lit in shape.some if regular.accepts(keys, name))]


def _others(shape: ObjectShape, names: Sequence[str]) -> Iterator[tuple[Expr, list[Conj]]]:
    """The same of members without a name: more, where some must be there."""
    for keys, child in others(shape, names):
        yield keys, [child, conj(*child, *(lit for _, lit in shape.some))]


def _overlap(one: Expr, two: Expr) -> bool:
    return not is_empty(regular.both(one, two))


def _items(shapes: Iterable[ArrayShape], index: int) -> list[Conj]:
    """The same of an item; more, where items are counted."""
    found: list[Conj] = []
    for shape in shapes:
        wanted = item_at(shape.items, index)
        found.append(wanted)
        found += [conj(*wanted, (c.lit[0], sign)) for c in shape.counters for sign in (True, False)]
    return found


def _prune(watch: Watch, needed: set[Watch]) -> None:
    def kept(below: Watch | None) -> Watch | None:
        return below if below in needed else None

    watch.members = {name: kept(each) for name, each in watch.members.items()}
    watch.others = [(keys, each) for keys, each in watch.others if kept(each)]
    watch.first = list(map(kept, watch.first))
    watch.rest = kept(watch.rest)
