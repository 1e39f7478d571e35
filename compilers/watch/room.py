"""Whether an item of which all members are listed can still become one that was not there before.

A Room says what may stand at a place. As long as a part is to come, or is begun, of which there are
more values than an array has items, there is always such an item; else `lives` tries what it may
become, one after the other.
"""

import json
import sys
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Protocol

from compilers.watch import equal
from compilers.watch.equal import Key

PLENTY = 100_000
"""So many texts have more values than an array has items, though some letters of strings have three
spellings."""


ANY_ORDER = sys.maxsize
"""However many members an object has, they come in any order."""


class Texts(Protocol):
    """How the scalars at a place are written."""

    def behind(self, beginning: bytes) -> int | None:
        """How many begin with these bytes; None: without end."""
        ...

    def beginning_with(self, beginning: bytes) -> Iterator[bytes]:
        """Those that do."""
        ...


@dataclass(slots=True, eq=False)
class Room:
    """What may stand at a place. Its `array` or `object` is None where one can always add to them.

    `has_few`: what begins a scalar may come to where only so many go on; `is_plenty`: there are
    more values than an array has items. Made in steps, since a value may hold such as itself.
    """

    texts: Texts
    has_few: bool
    is_plenty: bool = False
    object: "Members | None" = None
    array: "Slots | None" = None

    def inside(self, is_object: bool) -> "Members | Slots | None":
        return self.object if is_object else self.array

    def goes_on(self, text: bytes) -> bool:
        """Whether a value that begins like this can become any of plenty."""
        if equal.is_only_zero(text):
            return False
        n_texts = self.texts.behind(text)
        return n_texts is None or (n_texts > PLENTY and (self.is_plenty or bool(text)))

    def scalars(self, beginning: bytes = b"") -> Iterator[Key]:
        """Of those that begin with these bytes, of which there is an end; some perhaps twice."""
        if equal.is_only_zero(beginning):
            return iter((equal.of_scalar(b"0"),))
        return map(equal.of_scalar, self.texts.beginning_with(beginning))


class Begun(NamedTuple):
    """An array or object that is part of an item. `inside`: None where one can always add to it.

    `parts`: the members, or items (without names), that are written; `name`: of the member whose
    value comes or is being written; `at_name`: a name comes, or is; `nth`: of the item that comes,
    or is, or was the last. `permuted`: so many members of an object may come in any order; those
    of one that has more come in the order of the source.
    """

    inside: "Members | Slots | None"
    parts: tuple[tuple[str, Key], ...] = ()
    name: str | None = None
    at_name: bool = False
    nth: int = 0
    permuted: int = ANY_ORDER

    def with_one(self, value: Key) -> "Begun":
        return self._replace(parts=(*self.parts, (self.name or "", value)), name=None)

    def ended(self) -> Iterator[Key]:
        """What it may become, where no part of it is being written."""
        return self.inside.ended(self) if self.inside else iter(())


@dataclass(slots=True, eq=False)
class Members:
    """All members of an object, in the order of the source. `required`: these, or these, must be
    there."""

    rooms: dict[str, Room]
    required: Sequence[Set[str]]

    def pending(self, begun: Begun) -> Room | None:
        """Of the value that comes, or is being written."""
        return None if begun.name is None else self.rooms.get(begun.name)

    def n_left(self, begun: Begun, text: bytes = b"") -> int:
        """Of how many members that may still come there are plenty of values. `text`: of a name."""
        left = self._left(begun)
        if begun.at_name and self.in_order(begun):  # the others may be passed by
            while left and not _quoted(left[0]).startswith(text):
                left.pop(0)
        return sum(self.rooms[name].is_plenty for name in left)

    def ways(self, begun: Begun, text: bytes) -> Iterator[Begun]:
        """To end the value that comes or begins with this text, or to choose a name that does and
        its value."""
        if begun.name is not None:
            return map(begun.with_one, self.rooms[begun.name].scalars(text))
        if not begun.at_name:
            return iter((begun,))
        names = (name for name in self._left(begun) if _quoted(name).startswith(text))
        named = (begun._replace(name=name, at_name=False) for name in names)
        found = (way for each in named for way in self.ways(each, b""))
        return found if begun.parts or text else chain((begun,), found)

    def ended(self, begun: Begun) -> Iterator[Key]:
        """What it may become."""
        return self._ended(begun.parts, self._left(begun))

    def _ended(self, parts: tuple[tuple[str, Key], ...], left: Sequence[str]) -> Iterator[Key]:
        names = {name for name, _ in parts}.union(left)
        if not any(each <= names for each in self.required):
            return
        if not left:
            yield equal.of_object(parts)
            return
        name, *more = left
        if not all(name in each for each in self.required):
            yield from self._ended(parts, more)
        for key in self.rooms[name].scalars():
            yield from self._ended((*parts, (name, key)), more)

    def in_order(self, begun: Begun) -> bool:
        """Whether members come in the order of the source."""
        return len(self.rooms) > begun.permuted

    def _left(self, begun: Begun) -> list[str]:
        taken = {begun.name, *(name for name, _ in begun.parts)}
        if not self.in_order(begun):
            return [name for name in self.rooms if name not in taken]
        last = max((i for i, name in enumerate(self.rooms) if name in taken), default=-1)
        return list(self.rooms)[last + 1 :]


@dataclass(slots=True, eq=False)
class Slots:
    """The items of an array: at most `high`, and of each there are plenty."""

    room: Room
    high: int

    def pending(self, begun: Begun) -> Room | None:
        return self.room if begun.nth == len(begun.parts) else None

    def n_left(self, begun: Begun, text: bytes = b"") -> int:
        return self.high - begun.nth - 1

    def ways(self, begun: Begun, text: bytes) -> Iterator[Begun]:
        if not self.pending(begun):
            return iter((begun,))
        found = map(begun.with_one, self.room.scalars(text))
        return found if begun.parts or text else chain((begun,), found)

    def ended(self, begun: Begun) -> Iterator[Key]:
        yield equal.of_array(value for _, value in begun.parts)


class Item(NamedTuple):
    """An item that is open: from it to its part where a reply stands. `text`: of the scalar, or
    name, that is being written there; `used`: the items before it.

    While there are none, it may be the only one of an array of which its room does not speak.
    """

    path: Sequence[Begun]
    text: bytes
    used: Set[Key]

    @property
    def pending(self) -> Room | None:
        """Of the value that comes, or is being written."""
        last = self.path[-1]
        return None if last.inside is None else last.inside.pending(last)

    @property
    def n_left(self) -> int | None:
        """How many parts may still come of which there are plenty; None: without end."""
        insides = [(begun, begun.inside) for begun in self.path]
        if any(inside is None for _, inside in insides):
            return None
        return sum(inside.n_left(begun, self.text) for begun, inside in insides if inside)

    @property
    def at_a_name(self) -> bool:
        """Whether one comes, or is being written, by which others may be passed by."""
        last = self.path[-1]
        return last.at_name and isinstance(last.inside, Members) and last.inside.in_order(last)

    def lives(self) -> bool:
        """Whether it can still become one that is not used."""
        if not self.used or self.n_left != 0:
            return True
        if self.pending is not None and self.pending.goes_on(self.text):
            return True
        *outer, last = self.path
        ways = last.inside.ways(last, self.text) if last.inside else ()
        keys = (key for way in ways for key in _whole(outer, way.ended()))
        return not all(map(self.used.__contains__, keys))


def _whole(path: Sequence[Begun], keys: Iterator[Key]) -> Iterator[Key]:
    """The items that have one of these values at the end of the path."""
    if not path:
        return keys
    *outer, last = path
    return _whole(outer, (whole for key in keys for whole in last.with_one(key).ended()))


def _quoted(name: str) -> bytes:
    return json.dumps(name, ensure_ascii=False).encode()
