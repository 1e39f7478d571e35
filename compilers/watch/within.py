"""Where in a reply the values stand that are watched, and what a Watcher says of each.

    places = Places(grammar)                       # once for a grammar
    follower = Follower(places)                    # once for a reply, which an engine holds to it
    follower.feed(b'<tool_call>{"name": "tag"')    # False: something else is wanted here
    follower.special("</tool_call>")

A deterministic automaton follows the reply, byte by byte, built as replies need it; its states are
sets of places in a skeleton of the grammar (skeleton.marked). Where a value begins it says which,
and from there a Watcher follows alone, up to the value's end: what the automaton does
behind that is the same whatever the value was.

    follower.watcher      of the value that the reply is in, None outside of all of them
    follower.state        where it is outside of them: what may come depends on nothing else
"""

from bisect import bisect_right
from threading import Lock

from compilers.closing.utf8 import characters
from compilers.ir import Grammar
from compilers.leaves import CLOSED, END, Leaf, Symbol, bounds
from compilers.parses import Entry
from compilers.skeleton import marked
from compilers.watch.asked import Watch
from compilers.watch.room import ANY_ORDER
from compilers.watch.watcher import Watcher

MAX_STATES = 20_000  # of an automaton; beyond them it is built anew

_Place = tuple[Leaf, int, int | None]
"""A leaf, what comes behind it, and the mark that is written before it."""


class State:
    """A set of places, and `pending` bytes of a character behind `whole`, which has none.

    `edges`: what the bytes and the special tokens met so far lead to. Where a value begins with a
    byte, the state that this leads to has its `watch` and stands `behind` the value. `lost`: no
    text of the grammar leads here.
    """

    __slots__ = ("behind", "bounds", "classes", "edges", "pending", "places", "watch", "whole")

    def __init__(self, places: frozenset[_Place]) -> None:
        self.places = places
        self.edges: dict[Symbol, State] = {}
        self.bounds = bounds(*(leaf for leaf, _, _ in places))
        self.classes: dict[int, State] = {}
        self.pending = b""
        self.whole = self
        self.watch: Watch | None = None
        self.behind = self

    @property
    def lost(self) -> bool:
        return not self.places


class Places:
    """The automaton of one grammar, which all its replies share, in any thread.

    `permuted`: so many members of an object may come in any order.

    Raises Unsupported where it is not certain in time whether a value is watched; TooLarge.
    """

    def __init__(self, grammar: Grammar, permuted: int = ANY_ORDER) -> None:
        self.permuted = permuted
        self._program = marked(grammar)
        self._watches = grammar.watches
        self._states: dict[tuple[frozenset[_Place], bytes], State] = {}
        self._lock = Lock()  # of the states, and of the program, which grows with them
        self.nowhere = State(frozenset())
        self.start = self._arrived(self._program.enter(self._program.start))

    def after(self, state: State, byte: int) -> State:
        """The state behind a byte that the state has not met."""
        with self._lock:
            found = state.edges[byte] = self._after(state, byte)
        return found

    def after_special(self, state: State, name: str) -> State:
        """A special token that the grammar does not name ends the reply, where it may end."""
        with self._lock:
            found = self.nowhere if state.pending else self._behind(state, name)
            if found.lost and any(leaf is END for leaf, _, _ in state.places):
                found = state
            state.edges[name] = found
        return found

    def _after(self, state: State, byte: int) -> State:
        letters, pending = characters(state.pending + bytes([byte]))
        if pending:
            return self._within(state.whole, pending)
        if letters is None:
            return self.nowhere
        return self._character(state.whole, ord(letters))

    def _within(self, whole: State, pending: bytes) -> State:
        found = self._state(whole.places, pending)
        found.whole, found.pending = whole, pending
        return found

    def _character(self, state: State, letter: int) -> State:
        number = bisect_right(state.bounds, letter)
        if number not in state.classes:
            state.classes[number] = self._behind(state, letter)
        return state.classes[number]

    def _behind(self, state: State, symbol: Symbol) -> State:
        found: list[Entry] = []
        begun: set[int | None] = set()
        for leaf, rest, mark in state.places:
            entries = self._program.after(leaf, rest, symbol)
            found += entries
            if entries:
                begun.add(mark)
        arrived = self._arrived(found) if found else self.nowhere
        (mark,) = begun or {None}  # the skeleton is certain of it
        return arrived if mark is None else self._in_value(arrived, mark, symbol)

    def _in_value(self, arrived: State, mark: int, opens: Symbol) -> State:
        assert isinstance(opens, int)
        found = State(arrived.places)
        found.watch = self._watches[mark]
        found.behind = self._character(arrived, ord(CLOSED[chr(opens)][1]))
        return found

    def _arrived(self, entries: "list[Entry] | tuple[Entry, ...]") -> State:
        return self._state(
            frozenset((leaf, rest, marks[-1] if marks else None) for leaf, rest, marks in entries)
        )

    def _state(self, places: frozenset[_Place], pending: bytes = b"") -> State:
        key = places, pending
        if key not in self._states:
            if len(self._states) >= MAX_STATES:
                self._forget()
            self._states[key] = State(places)
        return self._states[key]

    def _forget(self) -> None:
        for state in self._states.values():
            state.edges.clear()
            state.classes.clear()
        self._states.clear()
        self._states[self.start.places, b""] = self.start  # or its edges would stay


class Follower:
    """One reply as it comes."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.state = places.start
        self.watcher: Watcher | None = None

    def copy(self) -> "Follower":
        other = object.__new__(Follower)
        other._places, other.state = self._places, self.state
        other.watcher = None if self.watcher is None else self.watcher.copy()
        return other

    def allows(self, piece: bytes) -> bool:
        """Whether these bytes may come next, as far as it can tell."""
        return self.copy().feed(piece)

    def enters(self, piece: bytes) -> bool:
        """Whether these bytes begin a value, from outside of all of them."""
        other = self.copy()
        return bool(other._outside(piece))

    def feed(self, piece: bytes) -> bool:
        """False where they may not come: then it is of no use any more."""
        while piece:
            if self.watcher is None:
                piece = self._outside(piece)
                continue
            if not self.watcher.feed(piece):
                return False
            if not self.watcher.over:
                break
            piece = piece[len(piece) - self.watcher.left :]
            self.watcher = None
        return True

    def special(self, name: str) -> None:
        """A special token; there is none in a value."""
        if self.watcher is not None:
            self.watcher, self.state = None, self._places.nowhere
            return
        after = self.state.edges.get(name)
        self.state = self._places.after_special(self.state, name) if after is None else after

    @property
    def lost(self) -> bool:
        """Whether what came is not of the grammar."""
        return self.state.lost

    def _outside(self, piece: bytes) -> bytes:
        """The bytes from where a value begins; none where they begin none."""
        state, permuted = self.state, self._places.permuted
        for at, byte in enumerate(piece):
            after = state.edges.get(byte)
            if after is None:
                after = self._places.after(state, byte)
            if after.watch is not None:
                self.watcher, self.state = Watcher(after.watch, permuted), after.behind
                return piece[at:]
            state = after
        self.state = state
        return b""
