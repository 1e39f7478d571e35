"""The time that one declaration may take."""

import time
from contextlib import suppress

import pytest

from compilers import clock
from compilers.errors import TooLarge


def spend() -> None:
    """Works until it is told to stop."""
    end = time.thread_time() + 5
    while time.thread_time() < end:
        clock.check()


def test_time_ends_and_stays_ended() -> None:
    begin = time.thread_time()
    with suppress(TooLarge), clock.limited():
        with pytest.raises(TooLarge, match="seconds of work"), clock.limited():
            spend()
        with pytest.raises(TooLarge):
            clock.check()
    assert time.thread_time() - begin < 2 * clock.MAX_SECONDS
    with clock.limited():
        clock.check()


def test_what_comes_out_does_not_depend_on_the_clock() -> None:
    with pytest.raises(TooLarge), clock.limited(0.01), suppress(TooLarge):
        spend()


def test_no_limit_no_end() -> None:
    for _ in range(10 * clock.TICKS):
        clock.check()
