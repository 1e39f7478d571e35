"""How many texts of a regular language go on from a beginning."""

from collections.abc import Iterator

from compilers.closing.utf8 import characters, completions
from compilers.regular import Dfa, overlap
from compilers.regular.letters import n_letters


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

    def beginning_with(self, beginning: bytes) -> Iterator[bytes]:
        """The texts that begin with these bytes, of which there is an end."""
        whole, pending = characters(beginning)
        state = None if whole is None else self._after(whole)
        if state is not None and whole is not None:
            first = completions(pending) if pending else None
            yield from self._texts(state, whole, first)

    def _texts(self, state: int, text: str, first: tuple[int, int] | None) -> Iterator[bytes]:
        """... that go on from a state. `first`: its next letter is one of these."""
        if self._automaton.ends[state] and first is None:
            yield text.encode()
        todo = [self._longer(state, text, first)]
        while todo:
            found = next(todo[-1], None)
            if found is None:
                todo.pop()
                continue
            state, text = found
            if self._automaton.ends[state]:
                yield text.encode()
            todo.append(self._longer(state, text, None))

    def _longer(
        self, state: int, text: str, first: tuple[int, int] | None
    ) -> Iterator[tuple[int, str]]:
        """With one letter more, and the state behind it."""
        for each, after in zip(self._automaton.classes, self._automaton.steps[state], strict=True):
            if self._counts[after] == 0:
                continue
            for low, high in each if first is None else overlap(each, (first,)):
                for letter in range(low, high + 1):
                    yield after, text + chr(letter)

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
