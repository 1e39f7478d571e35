"""What a pattern is made of: plain languages, and what asks for more than its own letters.

`concat`, `alternation` and `repetition` make of plain parts one plain language.
"""

from dataclasses import dataclass
from itertools import groupby
from types import UnionType

from compilers.errors import TooLarge
from compilers.lookahead import repeats
from compilers.regular import EMPTY, Expr, cat, either, times

MAX_COUNT = 100_000


@dataclass(frozen=True, slots=True)
class Plain:
    """A part without anchors or look-ahead: a language."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Concat:
    """One part after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Alternation:
    """Any of the parts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """`low` to `high` times; None: any number."""

    part: "Node"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Begin:
    """`^`"""


@dataclass(frozen=True, slots=True)
class End:
    """`$`"""


@dataclass(frozen=True, slots=True)
class Boundary:
    r"""`\b`, or `\B` where it is not `wanted`."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Lookahead:
    """`(?=x)`, or `(?!x)` where it is not `wanted`."""

    part: "Node"
    wanted: bool


Node = Plain | Concat | Alternation | Repetition | Begin | End | Boundary | Lookahead


def concat(parts: list[Node]) -> Node:
    """Neighbours without anchors melt into one language."""
    out: list[Node] = []
    for plain, run in groupby(parts, lambda part: isinstance(part, Plain)):
        nodes = list(run)
        exprs = [part.expr for part in nodes if isinstance(part, Plain)]
        out += [Plain(cat(*exprs))] if plain else nodes
    return out[0] if len(out) == 1 else Concat(tuple(out)) if out else Plain(EMPTY)


def alternation(parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    plain = [part.expr for part in parts if isinstance(part, Plain)]
    return Plain(either(*plain)) if len(plain) == len(parts) else Alternation(tuple(parts))


def repetition(part: Node, low: int, high: int | None) -> Node:
    """TooLarge where counts multiply to more than MAX_COUNT."""
    if not isinstance(part, Plain):
        return Repetition(part, low, high)
    if repeats(part.expr) * max(low, high or 1) > MAX_COUNT:
        raise TooLarge(f"counts within counts of more than {MAX_COUNT} in all", kind="regex")
    return Plain(times(part.expr, low, high))


def has(node: Node, kind: type | UnionType) -> bool:
    """Whether a node of this kind stands anywhere in it."""
    if isinstance(node, kind):
        return True
    if isinstance(node, Concat | Alternation):
        return any(has(part, kind) for part in node.parts)
    return isinstance(node, Repetition | Lookahead) and has(node.part, kind)
