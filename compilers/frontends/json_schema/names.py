"""The names of members that an object does not list, in classes that the same patterns match."""

from collections.abc import Sequence
from functools import lru_cache

from compilers import clock
from compilers.errors import TooLarge
from compilers.frontends.json_schema.satisfy import is_empty
from compilers.frontends.json_schema.shapes import NO, Conj, Lit, ObjectShape, conj
from compilers.regular import Expr, both, either, other_than, text

MAX_CLASSES = 64

Key = tuple[Expr, Conj]
"""A language of names, and what the values of such members must satisfy."""


def others(shape: ObjectShape, listed: Sequence[str]) -> list[Key]:
    """The names that are not listed and that some value may have. Raises TooLarge."""
    patterns = dict.fromkeys([keys for group in shape.members for keys, _ in group.patterns])
    if not patterns and NO in conj(*[group.rest for group in shape.members]):
        return []
    free = other_than(either(*map(text, listed)))
    classes = [(both(free, *shape.names), frozenset[Expr]())]
    for pattern in patterns:
        classes = [each for old in classes for each in _split(*old, pattern)]
        if len(classes) > MAX_CLASSES:
            raise TooLarge("patterns of names that overlap too much", kind="patternProperties")
        clock.check()
    found = [(names, _for_others(shape, matched)) for names, matched in classes]
    return [(names, child) for names, child in found if NO not in child and not is_empty(names)]


def _split(
    names: Expr, matched: frozenset[Expr], pattern: Expr
) -> list[tuple[Expr, frozenset[Expr]]]:
    """A class of names cut into those that a pattern matches and those that it does not."""
    if any(_disjoint(other, pattern) for other in matched):
        return [(names, matched)]
    inside = both(names, pattern)
    if is_empty(inside):
        return [(names, matched)]
    outside = both(names, other_than(pattern))
    found = [(inside, matched | {pattern})]
    # The names that no pattern matches are looked at once, at the end.
    return found if matched and is_empty(outside) else [*found, (outside, matched)]


@lru_cache(maxsize=10_000)
def _disjoint(one: Expr, two: Expr) -> bool:
    return is_empty(both(one, two))


def _for_others(shape: ObjectShape, matched: frozenset[Expr]) -> Conj:
    """What members must satisfy whose names are not listed and which these patterns match."""
    lits: list[Lit] = []
    for group in shape.members:
        found = [lit for keys, lit in group.patterns if keys in matched]
        lits.extend(found or [group.rest])
    return conj(*lits)
