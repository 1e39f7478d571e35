"""What a run of the differential tests saw, counted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from compilers.ir import (
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Regular,
    Repeat,
    Sequence,
    Special,
    walk,
)
from compilers.lookahead import first
from compilers.passes.lexed import _overrun
from compilers.regular import Expr, overlap, text, without
from tests.compilers.differential.vocabulary import Symbols, splits_a_character

AMBIGUOUS = "grammars with adjacent ambiguous terminals"
SPLIT = "texts with a character split over tokens"
EMPTY = "texts of grammars with parts that may be empty"
SPECIAL = "texts with special tokens"
FORCED = "places with forced tokens"
DRAWN = "texts drawn from masks"


class Seen(Counter[str]):
    """How often what was seen; a key that begins with a recogniser's name is about that one."""

    def grammar(self, grammar: Grammar) -> None:
        self[AMBIGUOUS] += any(map(_is_ambiguous, _nodes(grammar)))

    def text(self, grammar: Grammar, text: Symbols, tokens: list[int]) -> None:
        self[SPLIT] += splits_a_character(tokens)
        self[SPECIAL] += any(isinstance(symbol, Special) for symbol in text)
        self[EMPTY] += any(map(_may_be_empty, _nodes(grammar)))

    def lacks(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self[name]]


def _nodes(grammar: Grammar) -> Iterator[Node]:
    return (each for node in grammar.rules.values() for each in walk(node))


def _is_ambiguous(node: Node) -> bool:
    """Whether a terminal can go on with a letter that begins the one behind it."""
    if not isinstance(node, Sequence):
        return False
    exprs = [_terminal(part) for part in node.parts]
    pairs = [(a, b) for a, b in pairwise(exprs) if a is not None and b is not None]
    return any(overlap(_overrun(a, a), first(b)) for a, b in pairs)


def _terminal(node: Node) -> Expr | None:
    if isinstance(node, Capture):
        return _terminal(node.part)
    if isinstance(node, Literal):
        return text(node.text)
    if isinstance(node, FreeText):
        return without(node.stops)
    return node.expr if isinstance(node, Regular) else None


def _may_be_empty(node: Node) -> bool:
    if isinstance(node, Repeat):
        return node.low == 0
    return isinstance(node, FreeText) or (isinstance(node, Regular) and node.expr.nullable)
