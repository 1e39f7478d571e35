"""The time that one declaration may take."""

import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

import compilers
from compilers import clock
from compilers.emitters import gbnf
from compilers.errors import CompileError, TooLarge
from compilers.frontends.json_schema import document, names
from compilers.frontends.surface import Surface
from compilers.leaves import fate
from compilers.passes import lexed
from compilers.regular import Expr, both, cat, chars, plus, text


def spend() -> None:
    """Works until it is told to stop."""
    end = time.thread_time() + 5
    while time.thread_time() < end:
        clock.check()


def test_time_ends_and_stays_ended() -> None:
    begin = time.thread_time()
    with clock.limited():
        for _ in range(2):
            with pytest.raises(TooLarge, match=r"more than 0\.5 seconds"), clock.limited(0.1):
                spend()
    assert time.thread_time() - begin < 2 * clock.MAX_SECONDS
    with clock.limited():
        clock.check()


def test_nobody_makes_do_without_what_took_too_long() -> None:
    with pytest.raises(TooLarge), clock.limited(0.01), suppress(CompileError):
        spend()


TAGGED = Surface(call="<c={name}>{arguments}</c>", parameter="<{key}>{value}</p>", tags=("</c>",))


@pytest.mark.parametrize("surface", [Surface(), TAGGED], ids=["JSON", "tags"])
def test_each_tool_has_so_long(monkeypatch: pytest.MonkeyPatch, surface: Surface) -> None:
    monkeypatch.setattr(document, "_check", lambda _: spend())
    slow = {"function": {"name": "slow", "parameters": {"title": "no other has this title"}}}
    with pytest.raises(TooLarge, match=r"more than 0\.5 seconds") as caught:
        compilers.tools([slow], surface=surface)
    assert caught.value.where == "/0/function/parameters"


def test_no_limit_no_end() -> None:
    for _ in range(10 * clock.TICKS):
        clock.check()


# --- what is kept for others is the same whether the time was up or not

_numbers = count()


def fresh() -> tuple[Expr, Expr]:
    """Two languages that nobody has met. That they differ takes 150 states to find out."""
    own = "a" * 150 + f"{next(_numbers)}:"
    return cat(text(own), plus(chars("xy"))), cat(text(own + "a"), plus(chars("xy")))


KEPT: dict[str, Callable[[Expr, Expr], Any]] = {
    "leaves.fate": lambda one, other: fate(both(one, other)) == (False, False),
    "lexed._alive": lambda one, other: not lexed._alive(both(one, other)),
    "names._disjoint": names._disjoint,
    "gbnf._nameless": lambda one, _: gbnf._nameless(one, ("<think>",)) is one,
}


@pytest.mark.parametrize("is_right", KEPT.values(), ids=KEPT)
def test_what_is_kept_does_not_depend_on_the_clock(is_right: Callable[[Expr, Expr], Any]) -> None:
    assert is_right(*fresh())
    words = fresh()
    with pytest.raises(TooLarge), clock.limited(-1.0):
        is_right(*words)
    assert is_right(*words)
