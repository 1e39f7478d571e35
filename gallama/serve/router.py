"""Which replica answers: a pure choice."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Candidate(Protocol):
    @property
    def ready(self) -> bool: ...

    @property
    def in_flight(self) -> int:
        """Requests it was given whose last byte is not out yet."""


C = TypeVar("C", bound=Candidate)


def choose(replicas: Iterable[C]) -> C | None:
    """The ready replica with the fewest requests in flight; of equals the first."""
    ready = [replica for replica in replicas if replica.ready]
    return min(ready, key=lambda replica: replica.in_flight, default=None)
