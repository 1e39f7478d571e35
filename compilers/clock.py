"""A limit on the work that one declaration may take.

    with limited():    # by whoever compiles one
        ...
        check()        # in loops that a declaration can make long

It counts CPU time of the thread, so that a busy machine refuses no more than an idle one. The most
laborious of 1,400 schemas from the wild takes about half of it; nobody should wait for a second.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from compilers.errors import TooLarge

MAX_SECONDS = 0.5
TICKS = 64  # the clock is a system call: it is looked at now and then


class _Budget(threading.local):
    deadline: float | None = None
    seconds = MAX_SECONDS
    ticks = 0
    spent = False


_budget = _Budget()


@contextmanager
def limited(seconds: float = MAX_SECONDS) -> Iterator[None]:
    """So long for what is done within, of the thread's CPU time; what is within another counts with
    that. Raises TooLarge at the end, too, if somebody made do without what took too long: what
    comes out must not depend on the clock."""
    if _budget.deadline is not None:
        yield
        return
    _budget.deadline, _budget.seconds = time.thread_time() + seconds, seconds
    try:
        yield
        if _budget.spent:
            raise _too_long()
    finally:
        _budget.deadline, _budget.spent = None, False


def check() -> None:
    """Raises TooLarge when the time is up, and from then on at every call."""
    _budget.ticks += 1
    if _budget.ticks % TICKS == 0 and _budget.deadline is not None:
        _budget.spent = time.thread_time() > _budget.deadline
    if _budget.spent:
        raise _too_long()


def _too_long() -> TooLarge:
    return TooLarge(f"more than {_budget.seconds:g} seconds of work", kind="time")
