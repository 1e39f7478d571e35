"""There is one expression of the same parts in the same order, as long as anybody has it."""

import copy
import gc
import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from compilers.regular import (
    EMPTY,
    EVERY,
    NEVER,
    Expr,
    both,
    cat,
    dfa,
    either,
    expressions,
    other_than,
    plus,
    span,
    star,
    text,
    times,
)


def words(*found: str) -> Expr:
    return either(*map(text, found))


EXPRESSIONS = [
    NEVER,
    EMPTY,
    EVERY,
    text("yes"),
    words("ab", "cd"),
    both(plus(span("a", "z")), other_than(words("ab", "cd"))),
    times(span("0", "9"), 2, 40),
]


@pytest.mark.parametrize("expr", EXPRESSIONS, ids=repr)
def test_a_copy_is_the_same_one(expr: Expr) -> None:
    assert copy.copy(expr) is expr
    assert copy.deepcopy([expr])[0] is expr
    assert pickle.loads(pickle.dumps(expr)) is expr


def test_the_order_of_alternatives_is_kept_where_it_may_be_read() -> None:
    assert words("sun", "mon") is words("sun", "mon")
    assert words("sun", "mon") is not words("mon", "sun")
    assert repr(words("sun", "mon")) == "sun|mon"
    assert other_than(words("sun", "mon")) is other_than(words("mon", "sun"))
    assert both(words("a1", "b2"), other_than(text("b2"))) is both(
        other_than(text("b2")), words("a1", "b2")
    )


A, B = text("a"), text("b")
STATES = [
    (plus(cat(star(words("ab", "ba", "a")), star(words("ba", "b", "aab")))), 7),
    (star(either(cat(A, star(B)), cat(star(A), B), text("ba"))), 6),
]


@pytest.mark.parametrize(("expr", "states"), STATES, ids=str)
def test_a_state_is_the_set_of_what_may_be_left(expr: Expr, states: int) -> None:
    """As derivatives they are 17 and 9; twice that where the order of alternatives counts."""
    assert len(dfa(expr).steps) == states


def test_what_is_large_is_compared_at_once() -> None:
    """Written out, each of these has 2 ** 60 words."""

    def tower(found: Expr) -> Expr:
        for _ in range(60):
            found = either(cat(found, text("-"), found), text("end"))
        return found

    assert tower(words("ab", "cd")) is tower(words("ab", "cd"))
    assert tower(words("ab", "cd")) is not tower(words("cd", "ab"))


def test_nothing_is_kept_that_nobody_has() -> None:
    gc.collect()
    before = len(expressions._made)
    found = [expressions.Rep(expressions.ANY, i, i) for i in range(10_000, 10_100)]
    assert len(expressions._made) == before + len(found)
    del found
    assert len(expressions._made) == before


def test_threads_that_make_the_same_one_get_the_same_one() -> None:
    together = Barrier(4)

    def made(_: int) -> list[Expr]:
        together.wait()
        return [expressions.Rep(expressions.ANY, i, i) for i in range(20_000, 22_000)]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(made, range(4))
    for other in others:
        assert all(one is two for one, two in zip(first, other, strict=True))
