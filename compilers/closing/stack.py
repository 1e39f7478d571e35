"""What stands before a parse: the rest of its rule, and the frames of the rules it is called from.

Where a rule holds itself, the parses that have entered it at one place share a `Frame`, which knows
what they go on with (a graph-structured stack: Tomita 1985), and how far it is from there to the
end.
"""

from collections.abc import Iterable

from compilers.closing.items import (
    BEHIND,
    NEXT,
    Call,
    Choice,
    Item,
    Items,
    Members,
    PhaseEnd,
    Piece,
    Repeat,
    Row,
)
from compilers.closing.leaves import FAR, Leaf
from compilers.closing.texts import Texts
from compilers.leaves import Letters

MAX_RESTS = 50_000  # kept of one grammar


class Rest:
    """What must come, an item after the other; END is nothing. `size`: of its shortest text;
    `phase`: of the part up to the end of the phase, None where that is not in it."""

    __slots__ = ("below", "entry", "item", "phase", "size")

    def __init__(self, item: Item | None, below: "Rest | None", size: int) -> None:
        self.item = item
        self.below = below
        self.entry: Entry | None = None
        self.size: int = size if below is None else min(size + below.size, FAR)
        self.phase: int | None = None
        if isinstance(item, PhaseEnd):
            self.phase = 0
        elif below is not None and below.phase is not None:
            self.phase = size + below.phase


END = Rest(None, None, 0)


class Entry:
    """What stands at the beginning of a rest: leaves and calls, each with the rest behind it."""

    __slots__ = ("calls", "ends", "leaves")

    def __init__(self) -> None:
        self.leaves: list[tuple[Leaf, Rest]] = []
        self.calls: list[tuple[str, Rest]] = []
        self.ends = False


class Frame:
    """A rule that was entered at some place: `returns` is where its parses go on behind it, `size`
    and `phase` how far it is from there; `way` and `phase_way` are the nearest of `returns`."""

    __slots__ = ("phase", "phase_way", "returns", "size", "way")

    def __init__(self) -> None:
        self.returns: dict[tuple[Rest, Frame], None] = {}
        self.size: int = FAR
        self.phase: int | None = FAR
        self.way: tuple[Rest, Frame] | None = None
        self.phase_way: tuple[Rest, Frame] | None = None

    def measure(self) -> bool:
        """Whether it is nearer than was known. A way is changed for a nearer one only: where frames
        return to each other, the ways do not go round."""
        nearer = False
        for back in self.returns:
            rest, frame = back
            if rest.size + frame.size < self.size:
                self.size, self.way, nearer = rest.size + frame.size, back, True
            ahead = to_phase_end(0, rest, frame)
            if self.phase is not None and (ahead is None or ahead < self.phase):
                self.phase, self.phase_way, nearer = ahead, back, True
        return nearer


ROOT = Frame()
"""The frame of the reply itself: it returns to nothing, and no phase ends behind it."""
ROOT.size, ROOT.phase = 0, None


def to_phase_end(size: int, rest: Rest, frame: Frame) -> int | None:
    """How far the end of the phase is: `size`, and then the rest. None where it is behind."""
    if rest.phase is not None:
        return size + rest.phase
    return None if frame.phase is None else size + rest.size + frame.phase


def measure(frames: Iterable[Frame]) -> None:
    """Frames mostly stand behind those that they return to; where they go round, again."""
    changed = True
    while changed:
        changed = False
        for frame in frames:
            changed |= frame.measure()


class Rests:
    """The rests of one grammar. Equal ones are one."""

    def __init__(self, items: Items, texts: Texts) -> None:
        self._items = items
        self._texts = texts
        self._made: dict[tuple[Item, Rest], Rest] = {}

    def of_rule(self, name: str) -> Rest:
        return self._rest(self._items.body(name), END)

    def entry(self, rest: Rest) -> Entry:
        if rest.entry is None:
            entry, seen, todo = Entry(), {rest}, [rest]
            while todo:
                for each in self._opened(todo.pop(), entry):
                    if each not in seen and each.size < FAR:
                        seen.add(each)
                        todo.append(each)
            rest.entry = entry
        return rest.entry

    def _rest(self, item: Item, below: Rest) -> Rest:
        key = item, below
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MAX_RESTS:
                self._made.clear()  # those in use stay as they are, only no longer one
            found = self._made.setdefault(key, Rest(item, below, self._texts.size(item)))
        return found

    def _opened(self, rest: Rest, entry: Entry) -> Iterable[Rest]:
        """The rests that one may be, its first item taken apart. Leaves and calls go to `entry`."""
        item, below = rest.item, rest.below
        if item is None or below is None:
            entry.ends = True
            return ()
        if isinstance(item, Piece):
            entry.leaves.append((item.leaf, below))
            empty = isinstance(item.leaf, Letters) and item.leaf.expr.nullable
            return (below,) if empty else ()
        if isinstance(item, Call):
            entry.calls.append((item.rule, below))
            return ()
        if isinstance(item, Row):
            for part in reversed(item.parts):
                below = self._rest(part, below)
            return (below,)
        if isinstance(item, Choice):
            return [self._rest(part, below) for part in item.parts]
        if isinstance(item, Repeat):
            return self._rounds(item, below)
        return self._members(item, below) if isinstance(item, Members) else (below,)

    def _rounds(self, item: Repeat, below: Rest) -> list[Rest]:
        high = None if item.high is None else item.high - 1
        fewer = self._items.repeat(item.part, max(item.low - 1, 0), high)
        another = self._rest(item.part, self._rest(fewer, below))
        return [another, below] if item.low == 0 else [another]

    def _members(self, item: Members, below: Rest) -> list[Rest]:
        form, used, place = item.form, item.used, item.place
        found = [below] if place != NEXT and form.required <= used else []
        free = form.free(used)
        if place == BEHIND:
            if free or form.extra is not None:
                another = self._rest(self._items.members(form, used, NEXT), below)
                found.append(self._rest(form.separator, another))
            return found
        for i in free:
            others = self._rest(self._items.members(form, used | {i}, BEHIND), below)
            found.append(self._rest(form.members[i][0], others))
        if form.extra is not None:
            others = self._rest(self._items.members(form, used, BEHIND), below)
            found.append(self._rest(form.extra, others))
        return found
