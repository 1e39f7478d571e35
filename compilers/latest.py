"""A table with so many places, for what would be made again if it were not there."""

from collections import OrderedDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Latest(OrderedDict[K, V]):
    """At most `limit` values. What is put when it is full takes the place of the one that was put,
    or fetched by `use`, the longest time ago. Threads that `use` one need a lock."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def put(self, key: K, value: V) -> V:
        """The value."""
        self[key] = value
        if len(self) > self._limit:
            self.popitem(last=False)
        return value

    def use(self, key: K) -> V | None:
        """What is there, which becomes the latest; None: nothing."""
        found = self.get(key)
        if found is not None:
            self.move_to_end(key)
        return found
