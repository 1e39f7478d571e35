"""A reply, as it arrives, taken apart into its captures.

    extraction = Extraction(grammar)              # once for a grammar: Ambiguous if it cannot be
    extractor = extraction.extractor()             # once for a reply
    extractor = extraction.loose("content")        # ... for one that nothing held to the grammar
    events = extractor.feed(b"<think>Wh")         # bytes as tokens bring them
    events = extractor.special("</think>")        # a special token, by name
    events = extractor.close()                    # the reply is over: extractor.complete?

A character goes out as soon as every parse that is still possible puts it into the same captures,
and not before; parses are those of the grammar's skeleton (compilers.skeleton). So what goes out
does not depend on how the reply was cut into pieces, and no fragment splits a character.

All parses are followed at once, by a deterministic automaton that is built as replies need it: a
state is the set of places where a parse may stand, each with the marks that only some parses have
written, and how many symbols ago. What all parses have written is on the way out.
"""

import codecs
from bisect import bisect_right
from collections.abc import Iterable
from threading import Lock
from typing import Literal, NamedTuple

from compilers.ir import Grammar
from compilers.leaves import END, Leaf, Symbol, bounds
from compilers.parses import Entry
from compilers.skeleton import skeleton
from compilers.uses import specials

MAX_STATES = 20_000  # of an automaton; beyond them it is built anew
_TOKEN = "\udfff"  # stands for a special token among text that waits; no text can hold it


class Mark(NamedTuple):
    """An open capture; `nth` (from 0) counts those of its name in the same capture around it."""

    channel: str
    name: str
    nth: int


class Event(NamedTuple):
    """A capture opens, text comes in it, it closes. `path`: the open captures, innermost last."""

    kind: Literal["open", "text", "close"]
    path: tuple[Mark, ...]
    text: str = ""

    @property
    def channel(self) -> str:
        return self.path[-1].channel

    @property
    def name(self) -> str:
        return self.path[-1].name


class NoParse(ValueError):
    """A reply that is not of the grammar."""


Written = tuple[tuple[int, int], ...]
"""Marks, each with the number of symbols behind it."""

_Place = tuple[Leaf, int]
_Edge = tuple["_State", Written]
"""A state, and what all parses have written on the way to it."""


class _State:
    """The places where a parse may stand, and the marks that it alone has written so far.

    `held`: how many symbols wait because parses differ about them; `rest`: the marks to be written
    if the reply ends here, None if it cannot; `edges`: what the characters met so far lead to, and
    the special tokens (behind _TOKEN).
    """

    __slots__ = ("bounds", "classes", "edges", "held", "rest", "ways")

    def __init__(self, ways: dict[_Place, Written]) -> None:
        self.ways = ways
        self.held = max((written[0][0] for written in ways.values() if written), default=0)
        self.rest = next((written for (leaf, _), written in ways.items() if leaf is END), None)
        self.edges: dict[str, _Edge] = {}
        self.bounds = bounds(*(leaf for leaf, _ in ways))
        self.classes: dict[int, _Edge] = {}


class Extraction:
    """The automaton of one grammar, which all its replies share, in any thread."""

    def __init__(self, grammar: Grammar) -> None:
        self._program = skeleton(grammar)
        self.specials = specials(grammar.rules.values())
        self._states: dict[frozenset[tuple[_Place, Written]], _State] = {}
        self._lock = Lock()  # of the states, and of the program, which grows with them
        entries = self._program.enter(self._program.start)
        self.start, self.first = self._arrived((entry, ()) for entry in entries)

    @property
    def captures(self) -> list[tuple[str, str]]:
        """Name and channel of each capture."""
        return self._program.captures

    def extractor(self) -> "Extractor":
        return Extractor(self)

    def loose(self, channel: str) -> "LooseExtractor":
        return LooseExtractor(self, channel)

    def character(self, state: _State, character: str) -> _Edge:
        """What a character leads to that the state has not met."""
        number = bisect_right(state.bounds, ord(character))
        edge = state.classes.get(number)
        if edge is None:
            edge = state.classes[number] = self._edge(state, ord(character))
        state.edges[character] = edge
        return edge

    def special(self, state: _State, name: str) -> _Edge:
        edge = state.edges.get(_TOKEN + name)
        if edge is None:
            edge = state.edges[_TOKEN + name] = self._edge(state, name)
        return edge

    def _edge(self, state: _State, symbol: Symbol) -> _Edge:
        after = self._program.after
        with self._lock:
            found = [
                (entry, tuple((ago + 1, mark) for ago, mark in written))
                for (leaf, rest), written in state.ways.items()
                for entry in after(leaf, rest, symbol)
            ]
            if found:
                return self._arrived(found)
        shown = repr(symbol if isinstance(symbol, str) else chr(symbol))
        raise NoParse(f"the reply is not of its grammar from {shown} on")

    def _arrived(self, entries: Iterable[tuple[Entry, Written]]) -> _Edge:
        """The state of these places, and what all parses have written."""
        ways: dict[_Place, Written] = {}
        for (leaf, rest, marks), written in entries:
            # Two parses that meet have written the same: the skeleton is not ambiguous.
            ways.setdefault((leaf, rest), (*written, *((0, mark) for mark in marks)))
        shared = _shared(list(ways.values()))
        if shared:
            ways = {place: written[len(shared) :] for place, written in ways.items()}
        key = frozenset(ways.items())
        if key not in self._states:
            if len(self._states) >= MAX_STATES:
                self._forget()
            self._states[key] = _State(ways)
        return self._states[key], shared

    def _forget(self) -> None:
        for state in self._states.values():
            state.edges.clear()
            state.classes.clear()
        self._states.clear()
        self._states[frozenset(self.start.ways.items())] = self.start  # or its edges would stay


def _shared(rows: list[Written]) -> Written:
    """What all rows begin with."""
    shortest = min(rows, key=len)
    n = next((i for i, mark in enumerate(shortest) if any(row[i] != mark for row in rows)), None)
    return shortest if n is None else shortest[:n]


class Extractor:
    """One reply. Raises NoParse where it is not of the grammar; it is of no use after that."""

    def __init__(self, extraction: Extraction) -> None:
        self._extraction = extraction
        self._state = extraction.start
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._buffer = ""  # symbols that have come and are not out
        self._path: list[Mark] = []
        self._counts: list[dict[int, int]] = [{}]  # captures so far, of each open one
        self._events: list[Event] = []
        self._sent = 0  # symbols of the buffer that are out
        self._gone = 0  # symbols that stood before the buffer
        self._read = 0  # symbols of the buffer up to the state
        self.complete = False
        self._write(extraction.first, 0)

    @property
    def read(self) -> int:
        """Characters and special tokens so far."""
        return self._gone + len(self._buffer)

    @property
    def out(self) -> int:
        """How many of them are decided, whether any capture has them or none."""
        return self._gone + self._sent

    def feed(self, piece: bytes) -> list[Event]:
        """Bytes of the reply; those that are no UTF-8 count as U+FFFD."""
        return self._text(self._decoder.decode(piece))

    def special(self, name: str, printed: bytes = b"") -> list[Event]:
        """A special token of the vocabulary, and what it prints. One that the grammar does not name
        is no parse."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        before = self._text(text)
        self._read = len(self._buffer)
        self._buffer += _TOKEN
        self._state, written = self._extraction.special(self._state, name)
        self._write(written, len(self._buffer))
        return [*before, *self._out()]

    def close(self) -> list[Event]:
        """The reply is over. What no parse is certain of, as it was cut, does not go out."""
        cut = bool(self._decoder.decode(b"", final=True))
        if self._state.rest is not None:
            self._write(self._state.rest, len(self._buffer))
            self._emit(len(self._buffer))
            self.complete = not cut
        found, self._events = self._events, []
        return found

    def _text(self, text: str) -> list[Event]:
        at = len(self._buffer)
        self._buffer += text
        state = self._state
        edges = state.edges
        for character in text:
            edge = edges.get(character)
            if edge is None:
                self._state, self._read = state, at
                edge = self._extraction.character(state, character)
            at += 1
            state, written = edge
            edges = state.edges
            if written:
                self._write(written, at)
        self._state = state
        return self._out()

    def _out(self) -> list[Event]:
        """What is certain now."""
        self._emit(len(self._buffer) - self._state.held)
        self._buffer = self._buffer[self._sent :]
        self._gone += self._sent
        self._sent = 0
        found, self._events = self._events, []
        return found

    def _write(self, written: Written, at: int) -> None:
        """Marks, and the text before each, when `at` symbols of the buffer have been read."""
        for ago, mark in written:
            self._emit(at - ago)
            if mark % 2 == 0:
                self._open(mark // 2)
            else:
                self._close()

    def _close(self) -> None:
        self._events.append(Event("close", tuple(self._path)))
        self._path.pop()
        self._counts.pop()

    def _open(self, capture: int) -> None:
        name, channel = self._extraction.captures[capture]
        counts = self._counts[-1]
        nth = counts[capture] = counts.get(capture, -1) + 1
        self._path.append(Mark(channel, name, nth))
        self._counts.append({})
        self._events.append(Event("open", tuple(self._path)))

    def _emit(self, end: int) -> None:
        """The symbols of the buffer before `end`, as text of the captures that are open."""
        if end > self._sent and self._path:
            text = self._buffer[self._sent : end].replace(_TOKEN, "")
            if text:
                self._events.append(Event("text", tuple(self._path), text))
        self._sent = max(end, self._sent)


class LooseExtractor(Extractor):
    """One reply that nothing held to the grammar; it raises nothing.

    From where the reply leaves the grammar, all that is left of it is text on one channel, as it
    stands. What special tokens print is text where the grammar does not name them.
    """

    def __init__(self, extraction: Extraction, channel: str) -> None:
        super().__init__(extraction)
        self._stray = Mark(channel, channel, 0)
        self._left = False  # whether it has left the grammar

    def feed(self, piece: bytes) -> list[Event]:
        if self._left:
            return self._as_it_stands(self._decoder.decode(piece))
        try:
            return super().feed(piece)
        except NoParse:
            return self._leave()

    def special(self, name: str, printed: bytes = b"") -> list[Event]:
        before = self._cut()
        if self._left or name not in self._extraction.specials:
            return [*before, *self.feed(printed)]
        try:
            return [*before, *super().special(name)]
        except NoParse:
            self._buffer = self._buffer[:-1]
            return [*before, *self._leave(), *self.feed(printed)]

    def close(self) -> list[Event]:
        """The reply is over: what waited is text of the capture that is open."""
        before = self._cut()
        if self._left:
            return before
        if self._state.rest is None:
            self._emit(len(self._buffer))
        return [*before, *super().close()]

    def _cut(self) -> list[Event]:
        """A character of which the end is missing, as U+FFFD."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return self.feed(text.encode()) if text else []

    def _leave(self) -> list[Event]:
        """All captures end where the reply was last of the grammar."""
        self._emit(self._read - self._state.held)
        while self._path:
            self._close()
        found, self._events = self._events, []
        rest = self._buffer[self._sent :].replace(_TOKEN, "")
        self._gone += len(self._buffer) - len(rest)
        self._buffer, self._sent, self._left = "", 0, True
        return [*found, Event("open", (self._stray,)), *self._as_it_stands(rest)]

    def _as_it_stands(self, text: str) -> list[Event]:
        self._gone += len(text)
        return [Event("text", (self._stray,), text)] if text else []
