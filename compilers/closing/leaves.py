"""The leaves of a reply, in which its letters stand: where one goes on, how far its end is."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from compilers.leaves import Letters, Symbol, Token, Word
from compilers.regular import EMPTY, NEVER, derivative, shortest

Leaf = Word | Token | Letters

Text = tuple[bytes | str, ...]
"""Bytes, and special tokens by name."""

FAR = 1 << 62
"""The size of what has no text."""


def step(leaf: Leaf, symbol: Symbol) -> tuple[Leaf | None, bool]:
    """Where a leaf goes on behind a symbol, and whether it may end there."""
    if not isinstance(leaf, Letters):
        further, ends = leaf.step(symbol)
        assert further is None or isinstance(further, Word)
        return further, ends
    if isinstance(symbol, str):
        return None, False
    # What Letters.step finds out with a search of its own is known from the shortest text.
    after = derivative(leaf.expr, symbol)
    dead = after in (NEVER, EMPTY) or shortest(after) is None
    return None if dead else Letters(after), after.nullable


def size_of(leaf: Leaf) -> int:
    """Bytes of its shortest text; a special token counts as one."""
    if isinstance(leaf, Letters):
        if leaf.expr.nullable:
            return 0
        found = shortest(leaf.expr)
        return FAR if found is None else found.size
    return len(leaf.left.encode()) if isinstance(leaf, Word) else 1


def text_of(leaf: Leaf) -> Text:
    """Its shortest text. There must be one."""
    if isinstance(leaf, Letters):
        found = shortest(leaf.expr)
        assert found is not None
        return (found.text,)
    return (leaf.left.encode() if isinstance(leaf, Word) else leaf.name,)


def joined(parts: Iterable[bytes | str]) -> Text:
    """Bytes that stand side by side as one."""
    found: list[bytes | str] = []
    for kind, run in groupby(parts, type):
        row: list[Any] = list(run)
        found += [b"".join(row)] if kind is bytes else row
    return tuple(filter(None, found))
