"""A limit on the work that one declaration may take.

    with limited():    # by whoever compiles one
        ...
        check()        # in loops that a declaration can make long

It counts CPU time of the thread, so that a busy machine refuses no more than an idle one. The most
laborious of 1,400 schemas from the wild takes about half of it; nobody should wait for a second.

What comes out must not depend on the clock, nor what is kept for others: so nothing may make do
without what took too long, as it may without what is too large. Hence the end of the time is no
CompileError until whoever set the limit has it.
"""

import threading
import time
from contextlib import ContextDecorator

from compilers.errors import TooLarge

MAX_SECONDS = 0.5
TICKS = 64  # the clock is a system call: it is looked at now and then


class _TimeIsUp(Exception):
    """Goes through all that catches a TooLarge."""


class _Budget(threading.local):
    depth = 0  # of limits within each other
    deadline: float | None = None
    seconds = MAX_SECONDS
    ticks = 0


_budget = _Budget()


class limited(ContextDecorator):
    """So long for what is done within, of the thread's CPU time; what is within another counts with
    that. Raises TooLarge when the time is up, and where what is done goes too deep for Python."""

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        if not _budget.depth:
            _budget.deadline = time.thread_time() + self._seconds
            _budget.seconds = self._seconds
        _budget.depth += 1

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        _budget.depth -= 1
        if not _budget.depth:
            _budget.deadline = None
        if isinstance(error, _TimeIsUp):
            raise TooLarge(f"more than {_budget.seconds:g} seconds of work", kind="time") from None
        if isinstance(error, RecursionError):
            raise TooLarge("nested too deeply", kind="depth") from error


def check() -> None:
    """Whether there is time left is looked at in one of TICKS calls."""
    _budget.ticks += 1
    if _budget.ticks % TICKS or _budget.deadline is None:
        return
    if time.thread_time() > _budget.deadline:
        raise _TimeIsUp
