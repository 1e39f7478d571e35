"""The rooms of a schema (watch/room.py): what one can add to for ever, and what lists its parts.

Objects that list their members, and arrays of so many items, are taken where there is one way only
to be such, and some part has plenty of values: else a reply might come to where nothing may follow.
"""

from functools import lru_cache

from compilers import clock, regular
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.items import Items, items_at, refused
from compilers.frontends.json_schema.names import others
from compilers.frontends.json_schema.shapes import ArrayShape, Conj, ObjectShape, item_at, known
from compilers.regular import Expr
from compilers.watch import MAX_ITEMS, Counts
from compilers.watch.room import Members, Room, Slots


class Rooms:
    """Of one document. `where`: the pointer of what asks for them."""

    def __init__(self, expander: Expander, where: str) -> None:
        self._expander = expander
        self._where = where
        self._known: dict[Conj, Room] = {}
        self._todo: list[tuple[Conj, Room, Items]] = []

    def of(self, wanted: Conj) -> Room | None:
        """None where one can always add to the arrays and objects at a place.

        Raises Unsupported where it would not be known what may follow.
        """
        room = self._at(wanted)
        self._fill(*self._todo.pop())
        if room.object is None and room.array is None:
            return None
        while self._todo:
            clock.check()
            self._fill(*self._todo.pop())
        self._settle()
        return room

    def _at(self, wanted: Conj) -> Room:
        room = self._known.get(wanted)
        if room is None:
            items = items_at(self._expander, wanted, self._where)
            room = Room(items.counts, items.counts.has_few(items.quoted))
            self._known[wanted] = room
            self._todo.append((wanted, room, items))
        return room

    def _fill(self, wanted: Conj, room: Room, items: Items) -> None:
        room.object = self._members(wanted) if "object" in items.languages else None
        room.array = self._slots(wanted) if "array" in items.languages else None
        listed = {"object"} if room.object else set()
        listed |= {"array"} if room.array else set()
        others = {kind: each for kind, each in items.languages.items() if kind not in listed}
        room.is_plenty = not Items(others).are_at_most(MAX_ITEMS)

    def _members(self, wanted: Conj) -> Members | None:
        shapes = self._expander.objects(wanted)
        if all(_is_open_object(self._expander, shape) for shape in shapes):
            return None
        if not all(_is_list(shape) and _is_like(shape, shapes[0]) for shape in shapes):
            raise refused(self._where, "objects to which one can add, or that list their members")
        names = {name: shapes[0].at(name) for name in known(shapes[0])}
        able = ((name, child) for name, child in names.items() if self._expander.possible(child))
        rooms = {name: self._at(child) for name, child in able}
        required = [frozenset(shape.required) for shape in shapes]
        return Members(rooms, required)

    def _slots(self, wanted: Conj) -> Slots | None:
        shapes = self._expander.arrays(wanted)
        if all(_is_open_array(self._expander, shape) for shape in shapes):
            return None
        shape = shapes[0]
        by_place = shape.values is not None or any(group.first for group in shape.items)
        if len(shapes) > 1 or by_place or shape.counters:
            raise refused(self._where, "arrays to which one can add, or of items of one kind")
        high = MAX_ITEMS if shape.high is None else shape.high
        return Slots(self._at(item_at(shape.items, 0)), min(high, MAX_ITEMS))

    def _settle(self) -> None:
        """Of what there is plenty, if what it is made of is."""
        rooms = list(self._known.values())
        while new := [each for each in rooms if not each.is_plenty and _has_plenty(each)]:
            for each in new:
                each.is_plenty = True
        if not all(_has_plenty(each) for each in rooms if each.object or each.array):
            what = f"objects and arrays of parts of which one has more than {MAX_ITEMS} values"
            raise refused(self._where, what)


def _has_plenty(room: Room) -> bool:
    """Whether its objects and arrays have parts of which there are."""
    members = room.object.rooms.values() if room.object else ()
    objects = room.object is None or any(each.is_plenty for each in members)
    arrays = room.array is None or (room.array.high > 0 and room.array.room.is_plenty)
    return objects and arrays and not (room.object is None and room.array is None)


def _is_list(shape: ObjectShape) -> bool:
    """Whether it says which members there are, and nothing of how many."""
    names = known(shape)
    counted = shape.low > len(shape.required) or (shape.high or len(names)) < len(names)
    unnamed = shape.some or shape.values is not None or others(shape, names)
    return not (counted or unnamed)


def _is_like(shape: ObjectShape, other: ObjectShape) -> bool:
    """Whether they say the same of the same members."""
    names = known(shape)
    return set(names) == set(known(other)) and all(shape.at(n) == other.at(n) for n in names)


def _is_open_array(expander: Expander, shape: ArrayShape) -> bool:
    if shape.values is not None or shape.unique or shape.high is not None:
        return False
    n_first = max((len(group.first) for group in shape.items), default=0)
    bounded = any(counter.high is not None for counter in shape.counters)
    return not bounded and expander.possible(item_at(shape.items, n_first))


def _is_open_object(expander: Expander, shape: ObjectShape) -> bool:
    if shape.values is not None or shape.high is not None:
        return False
    # Those that are listed make no difference: they are so many and no more.
    return any(
        _has_no_end(names) and expander.possible(child) for names, child in others(shape, ())
    )


@lru_cache(maxsize=1000)
def _has_no_end(names: Expr) -> bool:
    return Counts(regular.dfa(names)).total is None
