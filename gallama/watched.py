"""A matcher with a watcher beside it, for what no grammar says (compilers.watch).

    matcher = watched(engine.compile(text, vocabulary), grammar, dialect, lambda: pieces)

Of the tokens that the engine allows, those that may break what is watched are looked at one by one:
few within what is watched, and outside of it hardly any. There it depends on the place alone which
tokens begin a value and get to its second item in one piece: that is found out once, of the few
dozen that could.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

import compilers
from compilers.ir import Grammar
from compilers.watch import RISKS, UNIQUE, Spelling, Watcher
from compilers.watch.equal import Key, of_string
from compilers.watch.within import MAX_STATES, Follower, Places, State
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary

_ITEM = re.compile(rb'[ \n]*"([^"\\]*)"[,\] \n]*')


class Pieces:
    """The tokens of a vocabulary by what they spell (0.5 s for 128k tokens); special ones spell
    nothing and are `special` by name. `risky`: those of each of RISKS, as the bits of a mask;
    `items`: the values of those that are one string, and perhaps what ends the array behind it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        tokens = frozenset(vocabulary.special.values())
        self.special = {token: vocabulary.spelling(token) for token in tokens}
        self.all = [b"" if i in tokens else each for i, each in enumerate(vocabulary.pieces)]
        self.risky = {risk: self._mask(may) for risk, may in RISKS.items()}
        self.items = {i: value for i, each in enumerate(self.all) if (value := _item(each))}
        self.outside = _set(self.risky["outside"])
        self._together: dict[tuple[str, ...], NDArray[np.int32]] = {}
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

    def any_of(self, risks: tuple[str, ...]) -> NDArray[np.int32]:
        """The tokens of any of these risks, as a mask."""
        if risks not in self._together:
            masks = [self.risky[risk] for risk in risks]
            self._together[risks] = np.bitwise_or.reduce(masks)
        return self._together[risks]

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


def _item(piece: bytes) -> Key | None:
    found = _ITEM.fullmatch(piece)
    return None if found is None else of_string(found[1].decode("utf-8", "replace"))


def _set(mask: NDArray[np.int32]) -> list[int]:
    """The tokens of a mask, in which they are few."""
    words = np.flatnonzero(mask)
    bits = np.unpackbits(mask[words].view(np.uint8), bitorder="little").reshape(-1, 32)
    rows, columns = np.nonzero(bits)
    found: list[int] = (words[rows] * 32 + columns).tolist()
    return found


def watched(
    matcher: Matcher, grammar: Grammar, dialect: str, pieces: Callable[[], Pieces]
) -> Matcher:
    """The matcher itself where there is nothing to watch: then `pieces` are not asked for.
    `dialect`: of what the matcher was made of.

    Raises compilers.CompileError where it cannot be watched.
    """
    if not grammar.watched:
        return matcher
    beside = _Beside(Places(grammar, compilers.PERMUTED[dialect]), pieces())
    return WatchedMatcher(matcher, Follower(beside.places), beside)


class _Beside:
    """What all replies of one grammar share."""

    def __init__(self, places: Places, pieces: Pieces) -> None:
        self.places = places
        self.pieces = pieces
        self._entering: dict[State, list[int]] = {}

    def entering(self, follower: Follower) -> list[int]:
        """The tokens that begin a value from outside of all of them, and may break it."""
        found = self._entering.get(follower.state)
        if found is None:
            pieces = self.pieces
            found = [token for token in pieces.outside if follower.enters(pieces.all[token])]
            if len(self._entering) >= MAX_STATES:
                self._entering.clear()
            self._entering[follower.state] = found
        return found


class WatchedMatcher(Matcher):
    """Matcher that forbids what its follower does not allow, too."""

    def __init__(self, matcher: Matcher, follower: Follower, beside: _Beside) -> None:
        self._matcher = matcher
        self._follower = follower
        self._beside = beside

    @property
    def done(self) -> bool:
        return self._matcher.done

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        self._matcher.fill_mask(row)
        words = row.view(np.uint32)
        for token in self._suspects(row):
            if not self._follower.allows(self._beside.pieces.all[token]):
                words[token // 32] &= ~np.uint32(1 << token % 32)

    def _suspects(self, row: NDArray[np.int32]) -> Iterable[int]:
        """The tokens of a mask that may be forbidden. (No others are of use to a watcher.)"""
        watcher = self._follower.watcher
        if watcher is not None:
            return self._suspects_within(row, watcher)
        entering = self._beside.entering(self._follower)
        return [token for token in entering if row[token // 32] >> token % 32 & 1]

    def _suspects_within(self, row: NDArray[np.int32], watcher: Watcher) -> set[int]:
        pieces = self._beside.pieces
        items, risky = pieces.items, _set(pieces.any_of(watcher.risks) & row)
        found = {t for t in risky if t not in items or not watcher.surely_allows(items[t])}
        others = chain(
            chain.from_iterable(map(pieces.from_end, watcher.ends())),
            chain.from_iterable(map(pieces.along, watcher.dead_ends())),
        )
        found.update(token for token in others if row[token // 32] >> token % 32 & 1)
        return found

    def advance(self, token: int) -> int | None:
        follower = self._follower.copy()
        if not self._follows(follower, token):
            raise EngineFailure(f"{UNIQUE} does not allow token {token} here")
        taken = self._matcher.advance(token)
        if follower.lost:
            raise EngineFailure(f"the engine allows token {token}, which the grammar does not")
        self._follower = follower
        return taken

    def forced(self) -> tuple[int, ...]:
        follower, found = self._follower.copy(), []
        for token in self._matcher.forced():
            if not self._follows(follower, token):
                break
            found.append(token)
        return tuple(found)

    def _follows(self, follower: Follower, token: int) -> bool:
        pieces = self._beside.pieces
        name = pieces.special.get(token)
        if name is None:
            return follower.feed(pieces.all[token])
        follower.special(name)
        return True

    def fork(self) -> "WatchedMatcher":
        return WatchedMatcher(self._matcher.fork(), self._follower.copy(), self._beside)
