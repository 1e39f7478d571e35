"""The spellings of what is used up: JSON writes some letters in several ways."""

from bisect import bisect_left
from math import prod
from typing import NamedTuple

from compilers.watch.equal import Key

Spelling = tuple[tuple[bytes, ...], ...]
"""A text part by part, each with the ways to write it, none of which begins with another."""

# A string's end, and another item, or one that can only become a zero.


def rest_of(spelling: Spelling, beginning: bytes) -> Spelling | None:
    """What is left of it behind these bytes; None where it does not begin with them."""
    for i, ways in enumerate(spelling):
        if not beginning:
            return spelling[i:]
        way = next(filter(beginning.startswith, ways), None)
        if way is None:
            cut = tuple(way[len(beginning) :] for way in ways if way.startswith(beginning))
            return (cut, *spelling[i + 1 :]) if cut else None
        beginning = beginning[len(way) :]
    return None if beginning else ()


def n_ways(spelling: Spelling | None) -> int:
    return 0 if spelling is None else prod(map(len, spelling))


class Used(NamedTuple):
    """The items so far: their `values`, and their spellings where these matter: those that have one
    only, sorted, and the others."""

    values: frozenset[Key] = frozenset()
    plain: tuple[bytes, ...] = ()
    others: tuple[Spelling, ...] = ()

    def with_one(self, value: Key, spelling: Spelling | None) -> "Used":
        values, plain = self.values | {value}, self.plain
        if spelling is None:
            return Used(values, plain, self.others)
        if n_ways(spelling) > 1:
            return Used(values, plain, (*self.others, spelling))
        text = b"".join(way for (way,) in spelling)
        at = bisect_left(plain, text)
        return Used(values, (*plain[:at], text, *plain[at:]), self.others)

    def count(self, beginning: bytes) -> int:
        """How many spellings begin with these bytes."""
        low, high = self._range(beginning)
        return high - low + sum(n_ways(rest_of(each, beginning)) for each in self.others)

    def rests(self, beginning: bytes) -> list[Spelling]:
        """What is left of each item that begins with these bytes."""
        low, high = self._range(beginning)
        found: list[Spelling] = [((text[len(beginning) :],),) for text in self.plain[low:high]]
        others = (rest_of(each, beginning) for each in self.others)
        return found + [rest for rest in others if rest is not None]

    def _range(self, beginning: bytes) -> tuple[int, int]:
        after = beginning + b"\xff"  # no text holds this byte
        return bisect_left(self.plain, beginning), bisect_left(self.plain, after)
