"""Automata are as small as can be, and a regex of one is not made when it would be long."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compilers.errors import TooLarge
from compilers.regular import (
    Dfa,
    accepts,
    cat,
    chars,
    dfa,
    minimise,
    star,
    times,
    to_factored_expr,
)


@st.composite
def automata(draw: st.DrawFn) -> Dfa:
    count, letters = draw(st.integers(1, 6)), draw(st.integers(1, 2))
    row = st.lists(st.integers(0, count - 1), min_size=letters, max_size=letters)
    steps = draw(st.lists(row, min_size=count, max_size=count))
    ends = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return Dfa([((each, each),) for each in range(letters)], steps, ends)


def said(automaton: Dfa, state: int) -> tuple[bool, ...]:
    """Of each word of up to five letters, whether it leads from a state to an end."""
    found = []
    for size in range(6):
        for word in product(range(len(automaton.classes)), repeat=size):
            at = state
            for letter in word:
                at = automaton.steps[at][letter]
            found.append(automaton.ends[at])
    return tuple(found)


@given(automata())
def test_the_smallest_automaton(automaton: Dfa) -> None:
    """Six states are told apart by words of five letters; the first of each kind stays."""
    small = minimise(automaton)
    before, after = (
        [said(each, state) for state in range(len(each.steps))] for each in (automaton, small)
    )
    assert after == list(dict.fromkeys(before))


def test_a_long_regex_is_not_made() -> None:
    third = dfa(cat(star(chars("ab")), chars("a"), times(chars("ab"), 2, 2)))
    found = to_factored_expr(third, max_letters=1_000)
    for word in map("".join, product("ab", repeat=5)):
        assert accepts(found, word) == (word[-3] == "a")
    with pytest.raises(TooLarge, match="more than 100 letters"):
        to_factored_expr(third, max_letters=100)
