"""Sets of small numbers, as the bits of one."""

from collections.abc import Iterable, Iterator


def bits(numbers: Iterable[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def union(sets: Iterable[int]) -> int:
    found = 0
    for each in sets:
        found |= each
    return found


def numbers(bits: int) -> Iterator[int]:
    """From the lowest."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
