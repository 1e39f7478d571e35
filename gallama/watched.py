"""A matcher with a watcher beside it, for what no grammar says (compilers.watch).

    matcher = watched(engine.compile(text, vocabulary), grammar.watch, lambda: pieces)

Of the tokens that the engine allows, those that may break what is watched are looked at one by one:
few at any place, and none but a few dozen outside of what is watched.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from compilers.watch import RISKS, UNIQUE, Spelling, Watch, Watcher
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary


class Pieces:
    """The tokens of a vocabulary by what they spell (0.5 s for 128k tokens); special ones spell
    nothing. `risky`: those of each of RISKS, as the bits of a mask."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        special = frozenset(vocabulary.special.values())
        self.all = [b"" if i in special else each for i, each in enumerate(vocabulary.pieces)]
        self.risky = {risk: self._mask(may) for risk, may in RISKS.items()}
        self._longest = max(map(len, self.all))
        self._tokens: dict[bytes, list[int]] = {}
        for token, piece in enumerate(self.all):
            if piece:
                self._tokens.setdefault(piece, []).append(token)
        self._sorted = sorted(self._tokens)

    def _mask(self, may: Callable[[bytes], bool]) -> NDArray[np.int32]:
        bits = np.zeros((len(self.all) + 31) // 32 * 32, np.uint8)
        bits[: len(self.all)] = list(map(may, self.all))
        return np.packbits(bits, bitorder="little").view(np.int32)

    def along(self, spelling: Spelling) -> Iterator[int]:
        """The tokens that spell a beginning of it, or all of it."""
        for before, whole, _ in self._ways(spelling):
            for end in range(len(before) + 1, min(len(whole), self._longest) + 1):
                yield from self._tokens.get(whole[:end], ())

    def from_end(self, spelling: Spelling) -> Iterator[int]:
        """The tokens that spell all of it, and perhaps more."""
        for _, whole, n_parts in self._ways(spelling):
            if n_parts == len(spelling):
                at = bisect_left(self._sorted, whole)
                while at < len(self._sorted) and self._sorted[at].startswith(whole):
                    yield from self._tokens[self._sorted[at]]
                    at += 1

    def _ways(self, spelling: Spelling) -> Iterator[tuple[bytes, bytes, int]]:
        """Beginnings of its texts, part by part, as far as tokens go: each without its last part,
        with it, and the number of its parts."""
        todo = [(b"", 0)]
        while todo:
            before, n_parts = todo.pop()
            for way in spelling[n_parts] if n_parts < len(spelling) else ():
                whole = before + way
                yield before, whole, n_parts + 1
                if self._go_on(whole):
                    todo.append((whole, n_parts + 1))

    def _go_on(self, beginning: bytes) -> bool:
        """Whether some token begins with it."""
        at = bisect_left(self._sorted, beginning)
        return at < len(self._sorted) and self._sorted[at].startswith(beginning)


def watched(matcher: Matcher, watch: Watch | None, pieces: Callable[[], Pieces]) -> Matcher:
    """The matcher itself where there is nothing to watch: then `pieces` are not asked for."""
    return matcher if watch is None else WatchedMatcher(matcher, watch.watcher(), pieces())


class WatchedMatcher(Matcher):
    """Matcher that forbids what its watcher does not allow, too."""

    def __init__(self, matcher: Matcher, watcher: Watcher, pieces: Pieces) -> None:
        self._matcher = matcher
        self._watcher = watcher
        self._pieces = pieces

    @property
    def done(self) -> bool:
        return self._matcher.done

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        self._matcher.fill_mask(row)
        words = row.view(np.uint32)
        for token in self._suspects(row):
            if not self._watcher.allows(self._pieces.all[token]):
                words[token // 32] &= ~np.uint32(1 << token % 32)

    def _suspects(self, row: NDArray[np.int32]) -> set[int]:
        """The tokens of a mask that may be forbidden."""
        watcher, pieces = self._watcher, self._pieces
        risky = np.bitwise_or.reduce([pieces.risky[risk] for risk in watcher.risks])
        bits = np.unpackbits((risky & row).view(np.uint8), bitorder="little")
        found = set(np.flatnonzero(bits).tolist())
        others = chain(
            chain.from_iterable(map(pieces.from_end, watcher.ends())),
            chain.from_iterable(map(pieces.along, watcher.dead_ends())),
        )
        found.update(token for token in others if row[token // 32] >> token % 32 & 1)
        return found

    def advance(self, token: int) -> int | None:
        watcher = self._watcher.copy()
        if not watcher.feed(self._pieces.all[token]):
            raise EngineFailure(f"{UNIQUE} does not allow token {token} here")
        taken = self._matcher.advance(token)
        self._watcher = watcher
        return taken

    def forced(self) -> tuple[int, ...]:
        watcher, found = self._watcher.copy(), []
        for token in self._matcher.forced():
            if not watcher.feed(self._pieces.all[token]):
                break
            found.append(token)
        return tuple(found)

    def fork(self) -> "WatchedMatcher":
        return WatchedMatcher(self._matcher.fork(), self._watcher.copy(), self._pieces)
