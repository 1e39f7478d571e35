"""Sets of letters, as ranges of code points. Surrogates are no letters."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)

Ranges = tuple[tuple[int, int], ...]
"""Sorted, disjoint, not adjacent; both ends included."""


def normal(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Any ranges as sorted, disjoint ones, without surrogates."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(_without_surrogates(ranges)):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def _without_surrogates(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for low, high in ranges:
        if high < SURROGATES[0] or low > SURROGATES[1]:
            yield low, high
            continue
        if low < SURROGATES[0]:
            yield low, SURROGATES[0] - 1
        if high > SURROGATES[1]:
            yield SURROGATES[1] + 1, high


ANY_LETTER = normal([(0, LAST)])


def inverse(ranges: Ranges) -> Ranges:
    """All other letters."""
    edges = [-1, *(edge for pair in ranges for edge in pair), LAST + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return normal((low + 1, high - 1) for low, high in gaps if low + 1 <= high - 1)


def holds(letters: Ranges, letter: int) -> bool:
    for low, high in letters:
        if letter <= high:
            return low <= letter
    return False


def n_letters(letters: Ranges) -> int:
    return sum(high - low + 1 for low, high in letters)


def overlap(one: Ranges, two: Ranges) -> Ranges:
    """The letters of both."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in two)
    return normal(pair for pair in pairs if pair[0] <= pair[1])


def classes(sets: Iterable[Ranges]) -> list[Ranges]:
    """All letters, cut into the classes that none of these sets tells apart."""
    changes = {0: 0, LAST + 1: 0}  # where a set begins or ends: one bit for each
    for i, pairs in enumerate(sets):
        for low, high in pairs:
            changes[low] = changes.get(low, 0) ^ 1 << i
            changes[high + 1] = changes.get(high + 1, 0) ^ 1 << i
    found: dict[int, list[tuple[int, int]]] = {}
    within = 0
    for low, after in pairwise(sorted(changes)):
        within ^= changes[low]
        found.setdefault(within, []).append((low, after - 1))
    return [letters for pairs in found.values() if (letters := normal(pairs))]
