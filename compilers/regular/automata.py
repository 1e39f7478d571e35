"""Deterministic automata, as tables."""

from functools import cached_property

from compilers.regular.letters import Ranges, holds

MAX_STATES = 2000
"""Of an automaton, and of those that a question about a language explores."""


class Dfa:
    """A deterministic automaton: `steps[state][class]`; state 0 is the start.

    It is complete but for letters of no class, which lead nowhere.
    """

    def __init__(self, classes: list[Ranges], steps: list[list[int]], ends: list[bool]):
        self.classes = classes
        self.steps = steps
        self.ends = ends

    @cached_property
    def content(self) -> int:
        """A hash of its tables, the same in every process."""
        return hash((tuple(self.classes), tuple(map(tuple, self.steps)), tuple(self.ends)))

    @cached_property
    def alive(self) -> frozenset[int]:
        """The states from which an end can be reached."""
        before = self.before()
        alive = {state for state, end in enumerate(self.ends) if end}
        todo = list(alive)
        while todo:
            new = before[todo.pop()] - alive
            alive |= new
            todo.extend(new)
        return frozenset(alive)

    def before(self) -> list[set[int]]:
        """The states that lead to each state."""
        found: list[set[int]] = [set() for _ in self.steps]
        for state, row in enumerate(self.steps):
            for after in set(row):
                found[after].add(state)
        return found

    def after(self, state: int, letter: int) -> int | None:
        """Where a letter leads from a state; None for one of no class."""
        row = zip(self.classes, self.steps[state], strict=True)
        return next((after for letters, after in row if holds(letters, letter)), None)


def minimise(automaton: Dfa) -> Dfa:
    """The smallest automaton of the same language, its states in the order of the first of each.

    Moore's refinement of sets that tell most states apart from the start, but that only those
    states are looked at again one of whose next states has been told apart from others: of a set
    that is split the largest part stays as it is, so each state is told apart log n times at most
    (Hopcroft 1971).
    """
    parts = _Parts(automaton)
    while parts.unsure:
        parts.refine()
    block = parts.block
    first: dict[int, int] = {}
    for state, each in enumerate(block):
        first.setdefault(each, state)
    number = {each: i for i, each in enumerate(first)}
    renamed = [number[each] for each in block]
    steps = [[renamed[after] for after in automaton.steps[state]] for state in first.values()]
    return Dfa(automaton.classes, steps, [automaton.ends[state] for state in first.values()])


def _kinds(automaton: Dfa, before: list[set[int]]) -> list[int]:
    """A number for each state, another one only where its language is another.

    By the nearest end, and by the ways towards it: which letters, and to states of which kind. In
    what is made of words, these tell all apart.
    """
    found = [-1] * len(before)
    nearest = {state for state, end in enumerate(automaton.ends) if end}
    for state in nearest:
        found[state] = 0
    count = 1
    while nearest:
        further = set[int]().union(*map(before.__getitem__, nearest))
        nearest = {state for state in further if found[state] < 0}
        ways: dict[tuple[int, ...], int] = {}
        new = []
        for state in nearest:
            way = tuple(map(found.__getitem__, automaton.steps[state]))
            new.append((state, ways.setdefault(way, count + len(ways))))
        for state, kind in new:
            found[state] = kind
        count += len(ways)
    return [count if kind < 0 else kind for kind in found]


class _Parts:
    """The states of an automaton in sets, those of each as far as known of the same language.

    `block`: the number of the set of each state; `unsure`: states that may be of another one.
    """

    def __init__(self, automaton: Dfa) -> None:
        self._steps = automaton.steps
        self._before = automaton.before()
        self.block = _kinds(automaton, self._before)
        self._members: list[set[int]] = [set() for _ in range(max(self.block) + 1)]
        for state, block in enumerate(self.block):
            self._members[block].add(state)
        self.unsure = set(range(len(self.block)))

    def refine(self) -> None:
        """Splits the sets in which there are unsure states, by the sets that they lead to."""
        found: dict[int, dict[_Ways, list[int]]] = {}
        for state in self.unsure:
            parts = found.setdefault(self.block[state], {})
            parts.setdefault(self._ways(state), []).append(state)
        for block, parts in found.items():
            self._add_others(block, parts)
        moved = [state for block, parts in found.items() for state in self._split(block, parts)]
        self.unsure = set[int]().union(*(self._before[state] for state in moved))

    def _ways(self, state: int) -> "_Ways":
        return tuple(map(self.block.__getitem__, self._steps[state]))

    def _add_others(self, block: int, parts: "dict[_Ways, list[int]]") -> None:
        """All the others of a set lead to the same sets: one is looked at."""
        members = self._members[block]
        if len(members) > sum(map(len, parts.values())):
            other = next(state for state in members if state not in self.unsure)
            parts.setdefault(self._ways(other), []).extend(members - self.unsure)

    def _split(self, block: int, parts: "dict[_Ways, list[int]]") -> list[int]:
        """The states that are of a new set. The largest part stays."""
        moved: list[int] = []
        for states in sorted(parts.values(), key=len)[:-1]:
            for state in states:
                self.block[state] = len(self._members)
            self._members.append(set(states))
            moved += states
        self._members[block].difference_update(moved)
        return moved


_Ways = tuple[int, ...]
"""The sets that a state leads to, by each class of letters."""
