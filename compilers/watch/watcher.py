"""One JSON text as it comes: what may not come next."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from compilers.watch import equal
from compilers.watch.asked import MAX_ITEMS, Distinct, Watch
from compilers.watch.equal import Key
from compilers.watch.room import ANY_ORDER, Begun, Item
from compilers.watch.used import Spelling, Used

_MORE_THAN_ONE = re.compile(rb'".*,(.*(".*"|[\],])|[ \-0.]*[eE])', re.DOTALL)

_CLOSES_WITHIN = re.compile(rb'".*[\]}]', re.DOTALL)

_ENDS_SCALAR = frozenset(b" \t\r\n,]}")

_CLOSERS = frozenset(b",]}")

_ZERO_FOR_EVER = re.compile(rb"[ \-0.]*[eE]")

RISKS: Mapping[str, Callable[[bytes], bool]] = {
    "outside": lambda piece: b"," in piece.partition(b"[")[2],
    "string outside": lambda piece: b"," in piece.partition(b'"')[2].partition(b"[")[2],
    "before": lambda piece: piece.count(b'"') > 1 or not _CLOSERS.isdisjoint(piece),
    "string": lambda piece: (
        _MORE_THAN_ONE.search(piece) is not None or RISKS["string outside"](piece)
    ),
    "string of few": lambda piece: b"," in piece.partition(b'"')[2],
    "scalar": lambda piece: not _ENDS_SCALAR.isdisjoint(piece),
    "behind": lambda piece: b"," in piece,
    "within": lambda piece: b"]" in piece or b"}" in piece,
    "string within": lambda piece: _CLOSES_WITHIN.search(piece) is not None,
    "any": lambda piece: True,
    "zero": lambda piece: _ZERO_FOR_EVER.match(piece) is not None,
}
"""Which pieces may be forbidden where a watcher stands (see Watcher.risks), besides those that its
`ends` begin and those that begin its `dead_ends`."""


class _Frame(NamedTuple):
    """An array or an object that is open.

    `nth`: of the item; `used`: the items so far, where they must differ. `begun`: what it is so
    far, where it is part of an item that must differ.
    """

    watch: Watch | None
    is_object: bool
    begun: Begun | None
    nth: int = 0
    used: Used = Used()

    @property
    def value(self) -> Key | None:
        """None where it does not matter."""
        if self.begun is None:
            return None
        parts = self.begun.parts
        return equal.of_object(parts) if self.is_object else equal.of_array(v for _, v in parts)


class Watcher:
    """One text of JSON as it comes, which something else holds to its grammar. `permuted`: so many
    members of an object may come in any order."""

    def __init__(self, watch: Watch, permuted: int = ANY_ORDER) -> None:
        self._permuted = permuted
        self._stack: list[_Frame] = []
        self._next: Watch | None = watch  # of the value that comes next
        self._text = b""  # of the name, or of the item that must differ, so far
        self._in_string = False
        self._escaped = False  # behind a backslash
        self._at_name = False
        self._behind = False  # an item that must differ, and before the comma
        self.over = False  # the array or the object has come to its end
        self.left = 0  # bytes of the last piece that stand behind that
        self._parts = Used()  # the scalars of items that list their parts

    def copy(self) -> "Watcher":
        other = object.__new__(Watcher)
        other.__dict__.update(self.__dict__)
        other._stack = self._stack.copy()
        return other

    def allows(self, piece: bytes) -> bool:
        """Whether these bytes may come next, as far as it can tell."""
        return self.copy().feed(piece)

    def feed(self, piece: bytes) -> bool:
        """False where they may not come: then it is of no use any more."""
        at = 0
        while at < len(piece) and not self.over:
            if self._in_string:
                at, allowed = self._string(piece, at)
            else:
                at, allowed = at + 1, self._byte(piece[at : at + 1])
            if not allowed:
                return False
        self.left = len(piece) - at
        return not self._is_dead()

    @property
    def risks(self) -> tuple[str, ...]:
        """Which of RISKS may be forbidden here."""
        found = dict.fromkeys(self._own_risks())
        if self._stack and self._stack[-1].begun:
            found["string within" if self._in_string else "within"] = None
            for item in self._items():
                found.update(dict.fromkeys(self._risks_of_part(item)))
        return tuple(found)

    def _risks_of_part(self, item: Item) -> Iterable[str]:
        """... where the last part may be ended that an item could have unlike others."""
        n_left, is_value = item.n_left, item.pending is not None
        if n_left is None:
            return ()
        if item.at_a_name:
            return ("any",)
        if n_left + is_value > 1:  # from one part to another
            return ("string of few" if self._in_string else "behind",)
        if not is_value:
            return ("any",)
        if self._in_string:
            return ()  # see `ends`
        return ("scalar" if self._text else "before", "zero")

    def _items(self) -> Iterator[Item]:
        """Those that are open and have room for no more than their schema lists."""
        for i, _ in self._listed():
            path = [f.begun._replace(nth=f.nth) for f in self._stack[i + 1 :] if f.begun]
            path[-1] = path[-1]._replace(at_name=self._at_name)
            yield Item(path, self._text, self._stack[i].used.values)

    def _listed(self) -> Iterator[tuple[int, Distinct]]:
        """Where the arrays of such items stand."""
        for i, frame in enumerate(self._stack[:-1]):
            distinct = _distinct_of(frame)
            if distinct is not None and distinct.room is not None:
                yield i, distinct

    def _own_risks(self) -> tuple[str, ...]:
        """... for the array or object that it is in."""
        distinct = self._distinct
        if distinct is None:
            return ("string outside" if self._in_string else "outside",)
        if self._in_string:
            few = distinct.has_few or 2 * self._stack[-1].nth > MAX_ITEMS
            return ("string of few" if few else "string",)
        if self._behind:
            return ("behind",)
        return ("scalar" if self._text else "before", "zero")

    def ends(self) -> list[Spelling]:
        """Of a string: what would make it equal to one that was there before."""
        return self._alike() if self._in_string else []

    def surely_allows(self, value: Key) -> bool:
        """Whether an item of this value may come next, a string with nothing behind it but a comma
        or what ends the array. False where one must look."""
        frame, distinct = self._stack[-1] if self._stack else None, self._distinct
        if frame is None or distinct is None or distinct.has_few or frame.begun:
            return False
        at_item = not (self._text or self._in_string or self._behind)
        return at_item and value not in frame.used.values and 2 * frame.nth < MAX_ITEMS

    def dead_ends(self) -> list[Spelling]:
        """Texts of which some beginnings would leave nothing but what was there before."""
        if self._behind or self._at_name or not self._has_few:
            return []
        gap = () if self._text else ((b"", b" "),)
        return [(*gap, *rest) for rest in self._alike()]

    @property
    def _has_few(self) -> bool:
        distinct = self._distinct
        if distinct is not None and distinct.has_few:
            return True
        return any(item.pending.has_few for item in self._items() if item.pending)

    @property
    def _distinct(self) -> Distinct | None:
        """Of the array that it is in."""
        return _distinct_of(self._stack[-1]) if self._stack else None

    def _alike(self) -> list[Spelling]:
        """The rests of what was written before, begins as this does, and matters here."""
        used = [] if self._distinct is None else [self._stack[-1].used]
        if not self._at_name and any(item.n_left == 0 and item.pending for item in self._items()):
            used.append(self._parts)
        return [rest for each in used for rest in each.rests(self._text)]

    def _is_dead(self) -> bool:
        distinct = None if self._behind else self._distinct
        if distinct is not None and distinct.is_dead(self._text, self._stack[-1].used):
            return True
        return not all(item.lives() for item in self._items())

    # --- strings

    def _string(self, piece: bytes, start: int) -> tuple[int, bool]:
        """Where the string ends, or the piece, and whether it may."""
        at = start + self._escaped
        while True:
            quote, slash = piece.find(b'"', at), piece.find(b"\\", at)
            if slash < 0 or 0 <= quote < slash:
                break
            at = slash + 2
        self._escaped = at > len(piece)
        self._in_string = quote < 0
        end = len(piece) if quote < 0 else quote + 1
        if self._at_name or self._keeps:
            self._text += piece[start:end]
        return end, self._in_string or self._string_ended()

    def _string_ended(self) -> bool:
        if not self._at_name:
            return not self._keeps or self._scalar_ended()
        frame, name = self._stack[-1], json.loads(self._text)
        self._next = frame.watch.member(name) if frame.watch else None
        if frame.begun:
            self._stack[-1] = frame._replace(begun=frame.begun._replace(name=name))
        self._text, self._at_name = b"", False
        return True

    # --- what is no string

    def _byte(self, byte: bytes) -> bool:
        if byte == b'"':
            self._in_string = True
            if self._at_name or self._keeps:
                self._text = byte
        elif self._text and byte in b" \t\r\n,]}":  # behind a number, true, false or null
            return self._scalar_ended() and self._byte(byte)
        elif byte in b"{[":
            self._open(byte == b"{")
        elif byte in b"}]":
            return self._close()
        elif byte == b",":
            return self._another()
        elif self._keeps and byte not in b" \t\r\n:":
            self._text += byte
        return True

    @property
    def _keeps(self) -> bool:
        """Whether the value of what comes next matters, or of what is being written."""
        if not self._stack:
            return False
        return self._stack[-1].begun is not None or self._distinct is not None

    def _open(self, is_object: bool) -> None:
        watch = self._next
        begun = self._begun(is_object) if self._keeps else None
        self._stack.append(_Frame(watch, is_object, begun))
        self._at_name, self._behind = is_object, False
        self._next = None if watch is None or is_object else watch.item(0)

    def _begun(self, is_object: bool) -> Begun:
        """An array or object where one is to be kept."""
        frame, distinct = self._stack[-1], self._distinct
        room = None if distinct is None else distinct.room
        if room is None and frame.begun and frame.begun.inside:
            room = frame.begun.inside.pending(frame.begun._replace(nth=frame.nth))
        return Begun(room.inside(is_object) if room else None, permuted=self._permuted)

    def _close(self) -> bool:
        value = self._stack.pop().value
        self._at_name = self._behind = False
        self.over = not self._stack
        return value is None or self._ended(value, None)

    def _another(self) -> bool:
        """Behind a comma. False where all items that there are have been used, or MAX_ITEMS."""
        frame = self._stack[-1]
        self._behind = False
        if frame.is_object:
            self._at_name = True
            return True
        self._stack[-1] = frame._replace(nth=frame.nth + 1)
        self._next = None if frame.watch is None else frame.watch.item(frame.nth + 1)
        if self._distinct is not None and frame.nth + 1 == MAX_ITEMS:
            return False
        return not self._is_dead()

    def _scalar_ended(self) -> bool:
        text, distinct = self._text, self._distinct
        self._text = b""
        value = equal.of_scalar(text)
        if value not in self._parts.values:
            for _, each in self._listed():
                self._parts = self._parts.with_one(value, each.spellings(text))
                break
        return self._ended(value, distinct.barring(text) if distinct else None)

    def _ended(self, value: Key, spelling: Spelling | None) -> bool:
        """Of a value that matters: False where an equal one was there before."""
        frame = self._stack[-1]
        if frame.begun:
            frame = frame._replace(begun=frame.begun.with_one(value))
        if self._distinct is not None:
            if value in frame.used.values:
                return False
            frame = frame._replace(used=frame.used.with_one(value, spelling))
            self._behind = True
        self._stack[-1] = frame
        return True


def _distinct_of(frame: _Frame) -> Distinct | None:
    """What is asked of the items of an array."""
    return None if frame.is_object or frame.watch is None else frame.watch.distinct
