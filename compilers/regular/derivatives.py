"""What may follow a letter: the derivatives of an expression, which are its states."""

from collections.abc import Callable
from functools import lru_cache

from compilers import clock
from compilers.regular.constructors import both, cat, either, other_than, similar, times
from compilers.regular.expressions import (
    EMPTY,
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    State,
    children,
)
from compilers.regular.letters import Ranges, classes, holds


@lru_cache(maxsize=20_000)
def derivative(expr: Expr, letter: int) -> Expr:
    """What may follow `letter`."""
    return _DERIVATIVES[type(expr)](expr, letter)


def _of_chars(expr: Chars, letter: int) -> Expr:
    return EMPTY if holds(expr.ranges, letter) else NEVER


def _of_cat(expr: Cat, letter: int) -> Expr:
    parts = expr.parts
    if len(parts) > 2 and isinstance(parts[0], Chars):  # as in a word
        return Cat(parts[1:]) if holds(parts[0].ranges, letter) else NEVER
    found = []
    for i, part in enumerate(parts):
        clock.check()
        after = derivative(part, letter)
        if after is not NEVER:
            found.append(_followed(after, parts[i + 1 :]))
        if not part.nullable:
            break
    return _any_of(found)


def _followed(expr: Expr, rest: tuple[Expr, ...]) -> Expr:
    """As `cat` does: none of the rest is NEVER or another Cat, for they are parts of one."""
    if isinstance(expr, Cat):
        flat = expr.parts + rest
        return flat[0] if len(flat) == 1 else Cat(flat)
    return Cat((expr, *rest)) if rest else expr


def _of_alt(expr: Alt, letter: int) -> Expr:
    """Most of many alternatives, as words are, begin with another letter."""
    found = []
    for part in expr.parts:
        head = part.parts[0] if isinstance(part, Cat) and part.parts else part
        if not isinstance(head, Chars) or holds(head.ranges, letter):
            found.append(derivative(part, letter))
    return _any_of(found)


def _any_of(found: list[Expr]) -> Expr:
    if len(found) == 1 and not isinstance(found[0], Alt):
        return found[0]
    return similar(either(*found))


def _of_and(expr: And, letter: int) -> Expr:
    return both(*(derivative(part, letter) for part in expr.parts))


def _of_not(expr: Not, letter: int) -> Expr:
    return other_than(derivative(expr.part, letter))


def _of_rep(expr: Rep, letter: int) -> Expr:
    high = None if expr.high is None else expr.high - 1
    return cat(derivative(expr.part, letter), times(expr.part, max(0, expr.low - 1), high))


def _of_state(expr: State, letter: int) -> Expr:
    automaton = expr.automaton
    after = automaton.after(expr.state, letter)
    return NEVER if after is None or after not in automaton.alive else State(automaton, after)


_DERIVATIVES: dict[type[Expr], Callable[..., Expr]] = {
    Chars: _of_chars,
    Cat: _of_cat,
    Alt: _of_alt,
    And: _of_and,
    Not: _of_not,
    Rep: _of_rep,
    State: _of_state,
}


@lru_cache(maxsize=20_000)
def accepts(expr: Expr, letters: str) -> bool:
    """Whether the text is in the language."""
    for letter in map(ord, letters):
        expr = derivative(expr, letter)
        if expr is NEVER:
            return False
    return expr.nullable


def alphabet(expr: Expr) -> list[Ranges]:
    """The classes of letters that no set of `expr` tells apart."""
    sets: dict[Ranges, None] = {}
    todo, seen = [expr], {expr}
    while todo:
        each = todo.pop()
        if isinstance(each, Chars):
            sets[each.ranges] = None
        elif isinstance(each, State):
            sets.update(dict.fromkeys(each.automaton.classes))
        new = [child for child in children(each) if child not in seen]
        seen.update(new)
        todo.extend(new)
    return classes(sets)


@lru_cache(maxsize=4_000)
def steps(expr: Expr) -> tuple[tuple[int, Expr], ...]:
    """The states after one letter, but for NEVER, each with a letter that leads there."""
    clock.check()
    found = ((letter, derivative(expr, letter)) for letter in _deciding(first_sets(expr)))
    return tuple({after: (letter, after) for letter, after in found if after is not NEVER}.values())


@lru_cache(maxsize=10_000)
def moves(expr: Expr) -> tuple[tuple[int, Expr], ...]:
    """The states after one letter, but for NEVER; of the letters that lead to one, one with the
    fewest bytes in UTF-8."""
    found: dict[Expr, int] = {}
    letters = _deciding(first_sets(expr))
    for letter in sorted(letters, key=lambda letter: len(chr(letter).encode())):
        if (after := derivative(expr, letter)) is not NEVER:
            found.setdefault(after, letter)
    return tuple((letter, after) for after, letter in found.items())


@lru_cache(maxsize=4_000)
def first_sets(expr: Expr) -> frozenset[Ranges]:
    """The sets that the first letter of a text is looked up in (Owens, Reppy, Turon 2009)."""
    if isinstance(expr, Chars):
        return frozenset([expr.ranges])
    if isinstance(expr, State):
        return frozenset(expr.automaton.classes)
    found: set[Ranges] = set()
    for child in children(expr):
        found |= first_sets(child)
        if isinstance(expr, Cat) and not child.nullable:
            break
    return frozenset(found)


@lru_cache(maxsize=5_000)
def _deciding(sets: frozenset[Ranges]) -> tuple[int, ...]:
    """A letter for each way of lying in some of these sets and not in others, if it can, "a"."""
    return tuple(_nice(pairs) for pairs in classes(sets))


def _nice(pairs: Ranges) -> int:
    low, high = next((p for p in pairs if p[0] < 0x7F and p[1] >= 0x20), pairs[0])
    return max(low, min(high, ord("a")))
