"""Deterministic automata, as tables."""

from functools import cached_property

from compilers.regular.letters import Ranges

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
        before: dict[int, set[int]] = {}
        for state, row in enumerate(self.steps):
            for after in set(row):
                before.setdefault(after, set()).add(state)
        alive = {state for state, end in enumerate(self.ends) if end}
        todo = list(alive)
        while todo:
            new = before.get(todo.pop(), set()) - alive
            alive |= new
            todo.extend(new)
        return frozenset(alive)


def minimise(automaton: Dfa) -> Dfa:
    """The smallest automaton of the same language (Moore's refinement)."""
    block = [int(end) for end in automaton.ends]
    count = 0
    while True:
        numbers: dict[tuple[int, ...], int] = {}
        of = block.__getitem__
        keys = [(block[s], *map(of, row)) for s, row in enumerate(automaton.steps)]
        block = [numbers.setdefault(key, len(numbers)) for key in keys]
        if len(numbers) == count:
            break
        count = len(numbers)
    first = {b: s for s, b in reversed(list(enumerate(block)))}
    steps = [[block[t] for t in automaton.steps[first[b]]] for b in range(count)]
    return Dfa(automaton.classes, steps, [automaton.ends[first[b]] for b in range(count)])
