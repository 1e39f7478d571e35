"""What no grammar says of a JSON text, seen to beside the engine: that items of an array
differ.

    text = compilers.emit(compilers.unwatched(grammar), "llguidance")
    watcher = grammar.watch.watcher()           # of one reply, which an engine holds to that text
    watcher.allows(b'"a", "a"')                 # whether these bytes may come next
    watcher.feed(b'"a"')                        # False: they may not

An item that was there before may not be written again, and none may be begun that could only become
one of those: so a reply that was let pass can always be ended. For that the texts of a language are
counted that go on from where an item stands, and among them the spellings of those that are used up
(JSON writes some letters in several ways).
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import NamedTuple

from compilers import equal
from compilers.closing.utf8 import characters, completions
from compilers.equal import Key
from compilers.errors import Unsupported
from compilers.ir import Grammar
from compilers.regular import Dfa, Expr, accepts, overlap
from compilers.regular.letters import n_letters

UNIQUE = "uniqueItems"

MAX_ITEMS = 1_000
"""That are written in an array that is watched: each has its part in every mask of the array."""

Spelling = tuple[tuple[bytes, ...], ...]
"""A text part by part, each with the ways to write it, none of which begins with another."""

_MORE_THAN_ONE = re.compile(rb'".*,.*(".*"|[\],])', re.DOTALL)  # a string's end, and another item

_CLOSES_WITHIN = re.compile(rb'".*[\]}]', re.DOTALL)

_ENDS_SCALAR = frozenset(b" \t\r\n,]}")

_CLOSERS = frozenset(b",]}")

_ONLY_ZERO = re.compile(rb"-?0(\.0*)?[eE]")  # whatever exponent follows

_ZERO_FOR_EVER = re.compile(rb"[ \-0.]*[eE]")

RISKS: Mapping[str, Callable[[bytes], bool]] = {
    "outside": lambda piece: b"," in piece.partition(b"[")[2],
    "string outside": lambda piece: b"," in piece.partition(b'"')[2].partition(b"[")[2],
    "before": lambda piece: piece.count(b'"') > 1 or not _CLOSERS.isdisjoint(piece),
    "string": lambda piece: _MORE_THAN_ONE.search(piece) is not None,
    "string of few": lambda piece: b"," in piece.partition(b'"')[2],
    "scalar": lambda piece: not _ENDS_SCALAR.isdisjoint(piece),
    "behind": lambda piece: b"," in piece,
    "within": lambda piece: b"]" in piece or b"}" in piece,
    "string within": lambda piece: _CLOSES_WITHIN.search(piece) is not None,
    "zero": lambda piece: _ZERO_FOR_EVER.match(piece) is not None,
}
"""Which pieces may be forbidden where a watcher stands (see Watcher.risks), besides those that its
`ends` begin and those that begin its `dead_ends`."""


class Counts:
    """How many texts of a language go on from a state of its automaton; None: without end."""

    def __init__(self, automaton: Dfa) -> None:
        self._automaton = automaton
        self._counts = _counted(automaton)

    @property
    def total(self) -> int | None:
        return self._counts[0]

    def has_few(self, quoted: bool) -> bool:
        """Whether a text may come to where only so many go on. `quoted`: its end, which its last
        letter shows, is no such place."""
        return any(
            count and not (quoted and self._is_last(state))
            for state, count in enumerate(self._counts)
        )

    def behind(self, beginning: bytes) -> int | None:
        """Of the texts that begin with these bytes, perhaps within a letter."""
        whole, pending = characters(beginning)
        state = None if whole is None else self._after(whole)
        if state is None:
            return 0
        return self._going_on(state, completions(pending)) if pending else self._counts[state]

    def _after(self, text: str) -> int | None:
        state: int | None = 0
        for letter in map(ord, text):
            if state is None:
                break
            state = self._automaton.after(state, letter)
        return state

    def _going_on(self, state: int, letters: tuple[int, int]) -> int | None:
        """Of the texts that go on with one of these letters."""
        found = 0
        for each, after in zip(self._automaton.classes, self._automaton.steps[state], strict=True):
            n_ways, count = n_letters(overlap(each, (letters,))), self._counts[after]
            if n_ways and count is None:
                return None
            found += n_ways * (count or 0)
        return found

    def _is_last(self, state: int) -> bool:
        return all(self._counts[after] == 0 for after in self._automaton.steps[state])


def _counted(automaton: Dfa) -> list[int | None]:
    """A state is counted when all that it leads to are; those that never are lead in circles."""
    alive = automaton.alive
    sizes = list(map(n_letters, automaton.classes))
    waiting = {state: set(automaton.steps[state]) & alive for state in alive}
    before = automaton.before()
    found: list[int | None] = [None if s in alive else 0 for s in range(len(automaton.ends))]
    todo = [state for state in alive if not waiting[state]]
    while todo:
        state = todo.pop()
        row = zip(sizes, automaton.steps[state], strict=True)
        found[state] = automaton.ends[state] + sum(n * (found[after] or 0) for n, after in row)
        for each in before[state]:
            waiting[each].discard(state)
            if not waiting[each]:
                todo.append(each)
    return found


class Distinct:
    """Items of an array, of which no two are equal.

    `where`: the JSON pointer of what says so; `texts`: how the items are written, in the letters of
    `counts`, all scalars in quotes or not. Of arrays and objects, of which as many are left as one
    likes until they end, the first letter is said. `has_few`: it may come to that only so many are
    left; `spell`: the spellings of a string.
    """

    def __init__(
        self,
        where: str,
        texts: Expr,
        counts: Counts,
        quoted: bool,
        spell: Callable[[str], Spelling],
    ) -> None:
        self.where = where
        self.texts = texts
        self.has_few = counts.has_few(quoted)
        self._counts = counts
        self._spell = spell

    def spellings(self, text: bytes) -> Spelling | None:
        """All ways to write the scalar that is written like this; None where it bars no way: where
        another item may go on from its end, as 12 does from 1, or it can be the only item."""
        if text[:1] == b'"':
            return self._spell(json.loads(text))
        if not self._counts.behind(text):
            return None
        ways = (b"0", b"-0") if text in (b"0", b"-0") else (text,)
        return (tuple(way for way in ways if self._counts.behind(way) != 0),)

    def is_dead(self, beginning: bytes, used: "Used") -> bool:
        """Whether an item that begins like this could only be one of those that are used up."""
        if b"0" in used.values and _ONLY_ZERO.match(beginning):
            return True
        if not self.has_few:
            return False
        n_used = used.count(beginning)
        if not n_used:
            return False
        n_texts = self._counts.behind(beginning)
        return n_texts is not None and n_texts <= n_used


def rest_of(spelling: Spelling, beginning: bytes) -> Spelling | None:
    """What is left of it behind these bytes; None where it does not begin with them."""
    for i, ways in enumerate(spelling):
        if not beginning:
            return spelling[i:]
        way = next(filter(beginning.startswith, ways), None)
        if way is None:
            cut = tuple(way[len(beginning) :] for way in ways if way.startswith(beginning))
            return (cut, *spelling[i + 1 :]) if cut else None
        beginning = beginning[len(way) :]
    return None if beginning else ()


def n_ways(spelling: Spelling | None) -> int:
    return 0 if spelling is None else prod(map(len, spelling))


class Used(NamedTuple):
    """The items so far: their `values`, and their spellings where these matter: those that have one
    only, sorted, and the others."""

    values: frozenset[Key] = frozenset()
    plain: tuple[bytes, ...] = ()
    others: tuple[Spelling, ...] = ()

    def with_one(self, value: Key, spelling: Spelling | None) -> "Used":
        values, plain = self.values | {value}, self.plain
        if spelling is None:
            return Used(values, plain, self.others)
        if n_ways(spelling) > 1:
            return Used(values, plain, (*self.others, spelling))
        text = b"".join(way for (way,) in spelling)
        at = bisect_left(plain, text)
        return Used(values, (*plain[:at], text, *plain[at:]), self.others)

    def count(self, beginning: bytes) -> int:
        """How many spellings begin with these bytes."""
        low, high = self._range(beginning)
        return high - low + sum(n_ways(rest_of(each, beginning)) for each in self.others)

    def rests(self, beginning: bytes) -> list[Spelling]:
        """What is left of each item that begins with these bytes."""
        low, high = self._range(beginning)
        found: list[Spelling] = [((text[len(beginning) :],),) for text in self.plain[low:high]]
        others = (rest_of(each, beginning) for each in self.others)
        return found + [rest for rest in others if rest is not None]

    def _range(self, beginning: bytes) -> tuple[int, int]:
        after = beginning + b"\xff"  # no text holds this byte
        return bisect_left(self.plain, beginning), bisect_left(self.plain, after)


@dataclass(slots=True, eq=False)
class Watch:
    """What is to be seen to in the values at one place; None where nothing is.

    `members` by name; else the first of `others` that has the name. `first` items by their place,
    then `rest`. Nobody changes it once it is made.
    """

    distinct: Distinct | None = None
    members: dict[str, "Watch | None"] = field(default_factory=dict)
    others: list[tuple[Expr, "Watch | None"]] = field(default_factory=list)
    first: list["Watch | None"] = field(default_factory=list)
    rest: "Watch | None" = None

    def member(self, name: str) -> "Watch | None":
        if name in self.members:
            return self.members[name]
        return next((watch for names, watch in self.others if accepts(names, name)), None)

    def item(self, index: int) -> "Watch | None":
        return self.first[index] if index < len(self.first) else self.rest

    @property
    def where(self) -> str:
        """The JSON pointer of the first that it sees to."""
        seen, todo, places = {self}, [self], []
        while todo:
            watch = todo.pop()
            if watch.distinct:
                places.append(watch.distinct.where)
            new = set(watch.below()) - seen
            seen |= new
            todo += new
        return min(places)

    def below(self) -> Iterable["Watch"]:
        """Those of its members and items."""
        found = (*self.members.values(), *(w for _, w in self.others), *self.first, self.rest)
        return (watch for watch in found if watch is not None)

    def holds(self, text: bytes) -> bool:
        """Whether a whole text, of the grammar, keeps to it."""
        return self.watcher().feed(text)

    def watcher(self) -> "Watcher":
        return Watcher(self)


class _Frame(NamedTuple):
    """An array or an object that is open.

    `nth`: of the item; `used`: the items so far, where they must differ. `kept`: it is part of an
    item that must differ from others, so its `parts` are gathered: the name of the member that is
    written, and the names and values of those that are.
    """

    watch: Watch | None
    is_object: bool
    kept: bool
    nth: int = 0
    used: Used = Used()
    name: str = ""
    parts: tuple[tuple[str, Key], ...] = ()

    @property
    def value(self) -> Key:
        if self.is_object:
            return equal.of_object(self.parts)
        return equal.of_array(value for _, value in self.parts)


def beside(where: str) -> Unsupported:
    """That no grammar says it, of whoever cannot have it watched."""
    message = (
        "no grammar can tell items apart that are not listed; of a reply that is all JSON the "
        f"server sees to it. Give the items an enum, or leave {UNIQUE} out"
    )
    return Unsupported(message, where, UNIQUE)


def unwatched(grammar: Grammar) -> Grammar:
    """What can be said of it. Whoever emits that must hold replies to `grammar.watch`, too."""
    return replace(grammar, watch=None)


class Watcher:
    """One text of JSON as it comes, which something else holds to its grammar."""

    def __init__(self, watch: Watch) -> None:
        self._stack: list[_Frame] = []
        self._next: Watch | None = watch  # of the value that comes next
        self._text = b""  # of the name, or of the item that must differ, so far
        self._in_string = False
        self._escaped = False  # behind a backslash
        self._at_name = False
        self._behind = False  # an item that must differ, and before the comma

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
        while at < len(piece):
            if self._in_string:
                at, allowed = self._string(piece, at)
            else:
                at, allowed = at + 1, self._byte(piece[at : at + 1])
            if not allowed:
                return False
        return not self._is_dead()

    @property
    def risks(self) -> tuple[str, ...]:
        """Which of RISKS may be forbidden here."""
        own = self._own_risks()
        if not self._stack or not self._stack[-1].kept:
            return own
        return (*own, "string within" if self._in_string else "within")

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
        return self._alike() if self._in_string and self._distinct else []

    def dead_ends(self) -> list[Spelling]:
        """Texts of which some beginnings would leave nothing but what was there before."""
        distinct = self._distinct
        if distinct is None or not distinct.has_few or self._behind:
            return []
        gap = () if self._text else ((b"", b" "),)
        return [(*gap, *rest) for rest in self._alike()]

    @property
    def _distinct(self) -> Distinct | None:
        """Of the array that it is in."""
        frame = self._stack[-1] if self._stack else None
        return None if frame is None or frame.is_object or not frame.watch else frame.watch.distinct

    def _alike(self) -> list[Spelling]:
        """The rests of the items so far that begin as this one does."""
        return self._stack[-1].used.rests(self._text)

    def _is_dead(self) -> bool:
        distinct = self._distinct
        if distinct is None or self._behind:
            return False
        return distinct.is_dead(self._text, self._stack[-1].used)

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
        if frame.kept:
            self._stack[-1] = frame._replace(name=name)
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
        return bool(self._stack) and (self._stack[-1].kept or self._distinct is not None)

    def _open(self, is_object: bool) -> None:
        watch = self._next
        self._stack.append(_Frame(watch, is_object, self._keeps))
        self._at_name, self._behind = is_object, False
        self._next = None if watch is None or is_object else watch.item(0)

    def _close(self) -> bool:
        frame = self._stack.pop()
        self._at_name = self._behind = False
        return not frame.kept or self._ended(frame.value, None)

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
        return self._ended(equal.of_scalar(text), distinct.spellings(text) if distinct else None)

    def _ended(self, value: Key, spelling: Spelling | None) -> bool:
        """Of a value that matters: False where an equal one was there before."""
        frame = self._stack[-1]
        if frame.kept:
            frame = frame._replace(parts=(*frame.parts, (frame.name, value)))
        if self._distinct is not None:
            if value in frame.used.values:
                return False
            frame = frame._replace(used=frame.used.with_one(value, spelling))
            self._behind = True
        self._stack[-1] = frame
        return True
