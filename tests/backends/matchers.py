"""Small real matchers: no engine, but every promise of the seam."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gallama.errors import EngineFailure
from gallama.types import Matcher


def set_bits(row: NDArray[np.int32], tokens: Iterable[int]) -> None:
    row[:] = 0
    words = row.view(np.uint32)
    for token in tokens:
        words[token // 32] |= np.uint32(1 << token % 32)


class Choice(Matcher):
    """One of several sequences of tokens; none may be the beginning of another."""

    def __init__(self, *choices: Sequence[int]) -> None:
        self._left = [tuple(choice) for choice in choices]

    @property
    def done(self) -> bool:
        return self._left == [()]

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        set_bits(row, {choice[0] for choice in self._left})

    def advance(self, token: int) -> int:
        self._left = [choice[1:] for choice in self._left if choice[0] == token]
        if not self._left:
            raise EngineFailure(f"token {token} was never allowed")
        return token

    def forced(self) -> tuple[int, ...]:
        return ()

    def fork(self) -> "Choice":
        return Choice(*self._left)


class Without(Matcher):
    """Any text that has none of some tokens, without end."""

    done = False

    def __init__(self, tokens: Iterable[int]) -> None:
        self._tokens = frozenset(tokens)

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        set_bits(row, set(range(len(row) * 32)) - self._tokens)

    def advance(self, token: int) -> int:
        if token in self._tokens:
            raise EngineFailure(f"token {token} was never allowed")
        return token

    def forced(self) -> tuple[int, ...]:
        return ()

    def fork(self) -> "Without":
        return Without(self._tokens)


class Breaking(Without):
    """Raises `error` when the `after`-th token arrives."""

    def __init__(self, error: Exception, after: int) -> None:
        super().__init__(())
        self._error = error
        self._after = after

    def advance(self, token: int) -> int:
        self._after -= 1
        if self._after == 0:
            raise self._error
        return token
