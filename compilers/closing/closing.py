"""Closings: the states of a reply, and how far each is from its end."""

from collections.abc import Iterable

from compilers.closing.items import Items, PhaseEnd
from compilers.closing.leaves import FAR, Leaf, Text, joined, size_of, step, text_of
from compilers.closing.stack import END, ROOT, Frame, Rest, Rests, measure, to_phase_end
from compilers.closing.texts import MAX_SIZE, Texts
from compilers.closing.utf8 import characters, completions
from compilers.errors import Contradiction, TooLarge
from compilers.ir import Grammar
from compilers.leaves import Symbol, bounds
from compilers.passes.recursion import no_empty_rounds
from compilers.regular import SURROGATES

_Place = tuple[Leaf, Rest, Frame]


class State:
    """Where the parses of a text stand. `size`: of the shortest text that ends the reply; `phase`:
    of the shortest that ends the phase, 0 where some parse is not in it; `within`: some parse is.
    """

    __slots__ = ("_before", "_ends", "_next", "_pending", "_places", "phase", "size", "within")

    def __init__(self, places: tuple[_Place, ...], ends: bool) -> None:
        self._places = places
        self._ends = ends
        self._pending = b""  # the beginning of a character
        self._before = self  # the state before that
        self._next: dict[Symbol, State | None] = {}
        self.size = 0 if ends else FAR
        self.phase = 0 if ends else FAR
        self.within = False
        for leaf, rest, frame in places:
            size = size_of(leaf)
            self.size = min(self.size, size + rest.size + frame.size)
            ahead = to_phase_end(size, rest, frame)
            self.phase = min(self.phase, ahead or 0)
            self.within = self.within or ahead is not None


class Closing:
    """Of one grammar. May be used by several threads.

    `phase`: the rule that can be closed by itself, too. `group`: the most members that come in any
    order; of an ir.Unordered with more of them, each so many are a group, and the groups come one
    after the other.

    Raises TooLarge where a part of the grammar is too large for its shortest text to be found, in
    `feed` and `special`, too; Contradiction where the grammar has no text.
    """

    def __init__(
        self, grammar: Grammar, phase: str | None = None, group: int | None = None
    ) -> None:
        try:
            grammar = no_empty_rounds(grammar)
            items = Items(grammar, phase, group)
            self._texts = Texts(items)
            self._rests = Rests(items, self._texts)
            self.start = self._arrived([], [(self._rests.of_rule(grammar.start), ROOT)])
        except RecursionError as error:
            raise TooLarge("nested too deeply for a closing", kind="closing") from error
        if self.start.size >= FAR:
            raise Contradiction("the grammar has no text")

    # --- what is there

    def feed(self, state: State, piece: bytes) -> State | None:
        """The state behind some bytes; None where no text of the grammar begins like this."""
        whole, pending = characters(state._pending + piece)
        if whole is None:
            return None
        after = state._before
        for letter in whole:
            further = self._step(after, ord(letter))
            if further is None:
                return None
            after = further
        return self._within(after, pending) if pending else after

    def special(self, state: State, name: str) -> State | None:
        """The state behind a special token."""
        return None if state._pending else self._step(state, name)

    def _step(self, state: State, symbol: Symbol) -> State | None:
        if symbol not in state._next:
            state._next[symbol] = self._behind(state, symbol)
        return state._next[symbol]

    def _behind(self, state: State, symbol: Symbol) -> State | None:
        places: list[_Place] = []
        ended: list[tuple[Rest, Frame]] = []
        for leaf, rest, frame in state._places:
            further, ends = step(leaf, symbol)
            if further is not None:
                places.append((further, rest, frame))
            if ends:
                ended.append((rest, frame))
        found = self._arrived(places, ended)
        if found._places == state._places and found._ends == state._ends:
            return state  # in the middle of a text, mostly: its letters are known from then on
        return found if found.size < FAR else None

    def _arrived(self, places: list[_Place], todo: list[tuple[Rest, Frame]]) -> State:
        """The state of these places and of all that the rests of `todo` begin with."""
        arrival = _Arrival(self._rests, places, todo)
        return State(tuple(arrival.places), arrival.ends)

    def _within(self, state: State, pending: bytes) -> State | None:
        """Within a character: as near as behind the best letter that it may become."""
        found = State(state._places, False)
        found._pending, found._before = pending, state
        found.size = found.phase = FAR
        for letter in _letters(state, pending):
            after = self._step(state, letter)
            if after is not None:
                more = len(chr(letter).encode()) - len(pending)
                found.size = min(found.size, more + after.size)
                behind = state.phase == 0 and after.phase == 0
                found.phase = min(found.phase, 0 if behind else more + after.phase)
        return found if found.size < FAR else None

    # --- the closing

    def shortest(self, state: State, phase: bool = False) -> Text:
        """The shortest text that ends the reply, or the phase: () where some parse is behind it.

        Raises TooLarge where it is longer than MAX_SIZE bytes.
        """
        size = state.phase if phase else state.size
        if size > MAX_SIZE:
            raise TooLarge(f"a closing of {size} bytes", kind="closing")
        if size == 0:
            return ()
        if state._pending:
            return self._ended_letter(state, size, phase)
        for leaf, rest, frame in state._places:
            known = size_of(leaf)
            ahead = to_phase_end(known, rest, frame) if phase else known + rest.size + frame.size
            if ahead == size:
                return joined([*text_of(leaf), *self._texts_behind(rest, frame, phase)])
        raise AssertionError("a state is as near as one of its places")

    def _ended_letter(self, state: State, size: int, phase: bool) -> Text:
        before = state._before
        for letter in _letters(before, state._pending):
            spelled = chr(letter).encode()[len(state._pending) :]
            after = self._step(before, letter)
            if after and len(spelled) + (after.phase if phase else after.size) == size:
                return joined([spelled, *self.shortest(after, phase)])
        raise AssertionError("a state is as near as one of its letters")

    def _texts_behind(self, rest: Rest, frame: Frame, phase: bool) -> Iterable[bytes | str]:
        """The text of a rest and of all that stands behind it."""
        while True:
            inside = phase and rest.phase is not None
            each: Rest | None = rest
            while each is not None and each.item is not None:
                if inside and isinstance(each.item, PhaseEnd):
                    return
                yield from self._texts.text(each.item)
                each = each.below
            way = frame.phase_way if phase else frame.way
            if way is None:
                return
            rest, frame = way


class _Arrival:
    """Where parses stand, between two symbols: `places` are the leaves, `ends` says that some parse
    is complete. `todo`: the rests that parses come to, besides those that are at a leaf."""

    def __init__(self, rests: Rests, places: list[_Place], todo: list[tuple[Rest, Frame]]) -> None:
        self._rests = rests
        self._todo = todo
        self._seen = set(todo)
        self._frames: dict[str, Frame] = {}  # of the rules that are entered here
        self._passed: set[Frame] = set()  # those that a parse has come through
        self.places = dict.fromkeys(places)
        self.ends = False
        while self._todo:
            self._open(*self._todo.pop())
        measure(self._frames.values())

    def _push(self, rest: Rest, frame: Frame) -> None:
        if (rest, frame) not in self._seen and rest.size < FAR:
            self._seen.add((rest, frame))
            self._todo.append((rest, frame))

    def _open(self, rest: Rest, frame: Frame) -> None:
        entry = self._rests.entry(rest)
        self.places.update(((leaf, below, frame), None) for leaf, below in entry.leaves)
        for rule, below in entry.calls:
            self._call(rule, below, frame)
        if entry.ends:
            self._passed.add(frame)
            self.ends = self.ends or not frame.returns
            for back in frame.returns:
                self._push(*back)

    def _call(self, rule: str, below: Rest, frame: Frame) -> None:
        callee = self._frames.get(rule)
        if callee is None:
            callee = self._frames[rule] = Frame()
            self._push(self._rests.of_rule(rule), callee)
        # Behind a call that comes last nothing is left of the frame that it stands in.
        last = below is END and frame.returns and frame not in self._frames.values()
        for back in frame.returns if last else [(below, frame)]:
            callee.returns[back] = None
            if callee in self._passed:
                self._push(*back)


def _letters(state: State, pending: bytes) -> Iterable[int]:
    """One letter of each class that begins with these bytes."""
    low, high = completions(pending)
    edges = bounds(*(leaf for leaf, _, _ in state._places))
    for letter in sorted({low, SURROGATES[1] + 1, *edges}):
        if low <= letter <= high and not SURROGATES[0] <= letter <= SURROGATES[1]:
            yield letter
