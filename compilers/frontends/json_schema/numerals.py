"""Sets of JSON numbers (RFC 8259, section 6) as regular languages of their spellings.

Every set here is exact among the plain spellings, PLAIN (digits, perhaps a fraction; no exponent;
no minus before zero), so that intersection and complement in PLAIN are exact too.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from compilers.errors import Unsupported
from compilers.regular import (
    EMPTY,
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Dfa,
    Expr,
    Not,
    Ranges,
    State,
    both,
    cat,
    children,
    dfa,
    either,
    maybe,
    minimise,
    other_than,
    plus,
    span,
    star,
    text,
    times,
    to_expr,
)

MAX_DIGITS = 40
MAX_MODULUS = 1000
MAX_STATES = 20  # of which a regex is tried
MAX_SIZE = 2_500  # of such a regex, in sets of letters

D = span("0", "9")
NON_ZERO = span("1", "9")
WHOLE = either(text("0"), cat(NON_ZERO, star(D)))
FRACTION = cat(text("."), plus(D))
SOME = cat(text("."), star(text("0")), NON_ZERO, star(D))  # a fraction that is not zero
MINUS = maybe(text("-"))
EXPONENT = cat(either(text("e"), text("E")), maybe(either(text("+"), text("-"))), plus(D))

INTEGER = cat(MINUS, WHOLE)
NUMBER = cat(MINUS, WHOLE, maybe(FRACTION), maybe(EXPONENT))
ZERO = cat(text("0"), maybe(cat(text("."), plus(text("0")))))
POSITIVE = either(cat(text("0"), SOME), cat(NON_ZERO, star(D), maybe(FRACTION)))
PLAIN = either(ZERO, cat(MINUS, POSITIVE))

NO_FRACTION = either(text("0"), cat(MINUS, NON_ZERO, star(D)))
"""Integers as they are written: what a positive `type: integer` asks for."""
INTEGRAL = either(ZERO, cat(MINUS, NON_ZERO, star(D), maybe(cat(text("."), plus(text("0"))))))
"""Integers by value, 1.0 among them: what a negated `type: integer` must exclude."""


def digits(value: Fraction) -> tuple[str, str]:
    """The digits before and after the point of a decimal >= 0. Unsupported: too many of them."""
    whole, rest = divmod(value, 1)
    after = ""
    while rest and len(after) <= MAX_DIGITS:
        digit, rest = divmod(rest * 10, 1)
        after += str(digit)
    if rest or len(str(whole)) > 400:
        raise Unsupported(f"a bound of more than {MAX_DIGITS} decimal places", kind="number")
    return str(whole), after


def equal_to(value: Fraction) -> Expr:
    """Every plain spelling of one number."""
    before, after = digits(abs(value))
    zeros = star(text("0"))
    if after:
        spelled = cat(text(before), text("."), text(after), zeros)
    else:
        spelled = cat(text(before), maybe(cat(text("."), plus(text("0")))))
    return cat(text("-"), spelled) if value < 0 else spelled


def at_least(bound: Fraction, strict: bool = False) -> Expr:
    """Numbers >= bound, or > bound."""
    if bound > 0:
        return _above(bound, strict)
    if bound == 0:
        return POSITIVE if strict else either(ZERO, POSITIVE)
    return either(ZERO, POSITIVE, cat(text("-"), both(POSITIVE, _below(-bound, strict))))


def at_most(bound: Fraction, strict: bool = False) -> Expr:
    """Numbers <= bound, or < bound."""
    if bound > 0:
        return either(cat(text("-"), POSITIVE), _below(bound, strict))
    negative = cat(text("-"), POSITIVE if bound == 0 else _above(-bound, strict))
    return negative if bound < 0 or strict else either(ZERO, negative)


def _above(bound: Fraction, strict: bool) -> Expr:
    """Spellings without a sign of numbers above a bound > 0."""
    before, after = digits(bound)
    bigger = cat(_bigger(before), maybe(FRACTION))
    same = cat(text("."), _fraction_above(after, strict))
    if not after and not strict:
        same = maybe(same)
    return either(bigger, cat(text(before), same))


def _below(bound: Fraction, strict: bool) -> Expr:
    """Spellings without a sign of numbers from 0 up to a bound > 0."""
    before, after = digits(bound)
    smaller = cat(_smaller(before), maybe(FRACTION))
    below = _fraction_below(after, strict)
    same: Expr = EMPTY if after or not strict else NEVER
    if below is not NEVER:
        same = either(same, cat(text("."), below))
    return either(smaller, cat(text(before), same))


def _span(low: int, high: int) -> Expr:
    return span(str(low), str(high)) if low <= high else NEVER


def _bigger(number: str) -> Expr:
    """Whole numbers above `number`: more digits, or the first difference is upwards."""
    found = [cat(NON_ZERO, times(D, len(number), None))]
    for i, digit in enumerate(number):
        found.append(
            cat(text(number[:i]), _span(int(digit) + 1, 9), times(D, *[len(number) - i - 1] * 2))
        )
    return either(*found)


def _smaller(number: str) -> Expr:
    """Whole numbers from 0 below `number`."""
    if number == "0":
        return NEVER
    found = [text("0")]
    if len(number) > 1:
        found.append(cat(NON_ZERO, times(D, 0, len(number) - 2)))
    for i, digit in enumerate(number):
        low = 1 if i == 0 else 0
        found.append(
            cat(text(number[:i]), _span(low, int(digit) - 1), times(D, *[len(number) - i - 1] * 2))
        )
    return either(*found)


def _fraction_above(after: str, strict: bool) -> Expr:
    """Digits after the point, at least one, of a fraction >= (or >) 0.after"""
    if not after:
        return cat(star(text("0")), NON_ZERO, star(D)) if strict else plus(D)
    here = int(after[0])
    rest = _fraction_above(after[1:], strict)
    if len(after) == 1 and not strict:
        rest = maybe(rest)
    return either(cat(_span(here + 1, 9), star(D)), cat(text(after[0]), rest))


def _fraction_below(after: str, strict: bool) -> Expr:
    """Digits after the point, at least one, of a fraction <= (or <) 0.after"""
    if not after:
        return NEVER if strict else plus(text("0"))
    here = int(after[0])
    rest = _fraction_below(after[1:], strict)
    if len(after) > 1 or not strict:  # the end is below (or at) what remains
        rest = EMPTY if rest is NEVER else maybe(rest)
    return either(cat(_span(0, here - 1), star(D)), cat(text(after[0]), rest))


@lru_cache(maxsize=200)
def multiple_of(unit: Fraction) -> Expr:
    """Numbers k * unit, by value. Unsupported beyond MAX_MODULUS remainders."""
    places = 0
    while (unit * 10**places).denominator != 1:
        places += 1
        if places > MAX_DIGITS:
            raise Unsupported("multipleOf: not a decimal fraction", kind="multipleOf")
    modulus = int(unit * 10**places)
    if modulus > MAX_MODULUS:
        raise Unsupported(f"multipleOf: {unit} has too many remainders", kind="multipleOf")
    return both(PLAIN, cat(MINUS, State(minimise(_remainders(modulus, places)), 0)))


def written(expr: Expr, limit: int) -> Expr:
    """An expression without State where that is short, else nothing but one State.

    TooLarge beyond `limit` states of its automaton.
    """
    used = _automata(expr)
    if len(used) == 1 and _regex(*used) is not None:
        return _without_states(expr)
    automaton = minimise(dfa(expr, limit))
    short = _regex(automaton)
    return State(automaton, 0) if short is None else short


@lru_cache(maxsize=200)
def _regex(automaton: Dfa) -> Expr | None:
    """None: it would be long."""
    if len(automaton.steps) > MAX_STATES:
        return None
    found = to_expr(automaton)
    return found if _size(found, {}) <= MAX_SIZE else None


def _size(expr: Expr, known: dict[Expr, int]) -> int:
    """How many sets of letters it is written with."""
    if isinstance(expr, Chars):
        return 1
    if expr not in known:
        known[expr] = sum(_size(child, known) for child in children(expr))
    return known[expr]


def _automata(expr: Expr) -> set[Dfa]:
    if isinstance(expr, State):
        return {expr.automaton}
    return set().union(*map(_automata, children(expr))) if expr.stateful else set()


def _without_states(expr: Expr) -> Expr:
    if isinstance(expr, State):
        return _regex(expr.automaton) or expr
    if not expr.stateful:
        return expr
    parts = map(_without_states, children(expr))
    joined: Mapping[type, Callable[..., Expr]]
    joined = {Cat: cat, Alt: either, And: both, Not: other_than}
    return joined[type(expr)](*parts)


def _remainders(modulus: int, places: int) -> Dfa:
    """Numerals whose value times 10**places is 0 modulo `modulus`.

    States: (digits after the point, None before it; remainder), and one that nothing leaves.
    """
    classes: list[Ranges] = [((c, c),) for c in (0x2E, *range(0x30, 0x3A))]
    keys: list[tuple[int, int]] = [(-2, 0)]  # -2: no digit yet, -1: before the point
    number = {keys[0]: 0}
    steps: list[list[int]] = []

    def state(key: tuple[int, int]) -> int:
        if key not in number:
            number[key] = len(keys)
            keys.append(key)
        return number[key]

    dead = (-3, 0)
    while len(steps) < len(keys):
        place, remainder = keys[len(steps)]
        row = [state((0, remainder) if place == -1 else dead)]
        after = (_next(place, remainder, digit, modulus, places) for digit in range(10))
        row.extend(state(key or dead) for key in after)
        steps.append(row)
    ends = [
        place >= -1 and place != 0 and (r * 10 ** (places - max(place, 0))) % modulus == 0
        for place, r in keys
    ]
    return Dfa(classes, steps, ends)


def _next(place: int, r: int, digit: int, modulus: int, places: int) -> tuple[int, int] | None:
    if place == -3:
        return None
    if place < 0:
        return -1, (r * 10 + digit) % modulus
    if place < places:
        return place + 1, (r * 10 + digit) % modulus
    return (max(place, 1), r) if digit == 0 else None  # beyond the last place: zeros only


def outside(expr: Expr) -> Expr:
    """Complement among the plain spellings."""
    return both(PLAIN, other_than(expr))
