"""A limit on the work that one schema may take."""

import time

from compilers.errors import TooLarge

MAX_SECONDS = 1.5
TICKS = 256


class Clock:
    """CPU time of this thread, so that a busy machine refuses no more than an idle one.

    The clock is a system call: it is looked at now and then, by most schemas never.
    """

    def __init__(self) -> None:
        self._deadline: float | None = None
        self._ticks = 0

    def check(self) -> None:
        self._ticks += 1
        if self._ticks % TICKS:
            return
        if self._deadline is None:
            self._deadline = time.thread_time() + MAX_SECONDS
        elif time.thread_time() > self._deadline:
            raise TooLarge(f"more than {MAX_SECONDS:g} seconds of work", kind="time")
