"""Sets of numbers against arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compilers.frontends.json_schema import numerals as n
from compilers.regular import accepts

WHOLE = st.integers(0, 1200).map(str)
SPELLED = st.one_of(
    st.builds(lambda a, b: f"{a}.{b}", WHOLE, st.text("0159", min_size=1, max_size=4)), WHOLE
)
NUMBERS = st.builds(lambda sign, x: sign + x, st.sampled_from(["", "-"]), SPELLED).filter(
    lambda x: not (x.startswith("-") and float(x) == 0)
)


@settings(max_examples=1500, deadline=None)
@given(NUMBERS, NUMBERS)
@example("0", "0.0")
@example("1", "1.00")
@example("0.5", "0.50")
@example("-0.5", "0")
@example("10", "9.99")
def test_bounds(bound: str, number: str) -> None:
    b, x = Fraction(bound), Fraction(number)
    assert accepts(n.PLAIN, number)
    assert accepts(n.at_least(b), number) == (x >= b)
    assert accepts(n.at_least(b, True), number) == (x > b)
    assert accepts(n.at_most(b), number) == (x <= b)
    assert accepts(n.at_most(b, True), number) == (x < b)
    assert accepts(n.equal_to(b), number) == (x == b)
    assert accepts(n.INTEGRAL, number) == (x.denominator == 1)


@pytest.mark.parametrize("unit", ["1", "2", "3", "5", "7", "10", "100", "0.01", "0.5", "2.5", "60"])
@settings(max_examples=100, deadline=None)
@given(NUMBERS)
def test_multiples(unit: str, number: str) -> None:
    expr = n.multiple_of(Fraction(unit))
    assert accepts(expr, number) == ((Fraction(number) / Fraction(unit)).denominator == 1)


@pytest.mark.parametrize("spelled", ["-0", "01", "1.", ".5", "+1", "1e5", "", "-", "-0.0", "1.0.0"])
def test_not_plain(spelled: str) -> None:
    assert not accepts(n.PLAIN, spelled)
    for expr in (n.at_least(Fraction(-5)), n.at_most(Fraction(5)), n.multiple_of(Fraction(1, 2))):
        assert not accepts(expr, spelled)
