"""The leaves of a skeleton: words, special tokens, regular languages, values of JSON.

    leaf.step(symbol)      where a text goes on behind a symbol, and whether it may end there
    bounds(*leaves)        the code points that they tell apart
    symbols(*leaves)       a symbol of each class that they do not tell apart

Symbols are code points, or the names of special tokens. A leaf is never changed: `step` gives
another one, for what is left of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from compilers.errors import TooLarge
from compilers.regular import (
    ANY,
    LAST,
    NEVER,
    SURROGATES,
    Expr,
    alphabet,
    both,
    derivative,
    is_empty,
    lengths,
    plus,
)

Symbol = int | str


@lru_cache(maxsize=50_000)
def fate(expr: Expr) -> tuple[bool, bool]:
    """Whether it has a text, and one that is not empty. True where that cannot be found out."""
    if expr is NEVER or lengths(expr)[1] == 0:
        return expr.nullable, False
    try:
        goes_on = not is_empty(both(expr, plus(ANY)) if expr.nullable else expr)
    except TooLarge:
        goes_on = True
    return expr.nullable or goes_on, goes_on


@lru_cache(maxsize=10_000)
def _edges(expr: Expr) -> tuple[int, ...]:
    """Where code points begin that it tells apart from those before."""
    pairs = (pair for letters in alphabet(expr) for pair in letters)
    return tuple({edge for low, high in pairs for edge in (low, high + 1)})


class Step(NamedTuple):
    """`leaf`: where a text goes on, None where it cannot; `ends`: it may end here."""

    leaf: "Leaf | None"
    ends: bool


NO_STEP = Step(None, False)
THE_END = Step(None, True)


@dataclass(frozen=True, slots=True)
class Word:
    """A literal text, from a place on."""

    text: str
    at: int = 0

    @property
    def left(self) -> str:
        return self.text[self.at :]

    def step(self, symbol: Symbol) -> Step:
        if symbol != ord(self.text[self.at]):
            return NO_STEP
        return (
            Step(Word(self.text, self.at + 1), False) if self.at + 1 < len(self.text) else THE_END
        )


@dataclass(frozen=True, slots=True)
class Token:
    """A special token."""

    name: str

    def step(self, symbol: Symbol) -> Step:
        return THE_END if symbol == self.name else NO_STEP


@dataclass(frozen=True, slots=True)
class Letters:
    """A regular language."""

    expr: Expr

    def step(self, symbol: Symbol) -> Step:
        if isinstance(symbol, str):
            return NO_STEP
        after = derivative(self.expr, symbol)
        alive, goes_on = fate(after)
        return Step(Letters(after) if goes_on else None, after.nullable) if alive else NO_STEP

    @property
    def edges(self) -> tuple[int, ...]:
        return _edges(self.expr)


OUTSIDE, STRING, ESCAPE = range(3)
CLOSED = {"{": "{}", "[": "[]", '"': '""'}
_EDGES = tuple(sorted(edge for c in '"[]{}\\' for edge in (ord(c), ord(c) + 1)))


@dataclass(frozen=True, slots=True)
class Value:
    """A value of JSON in brackets or quotes, of which only the end is looked for.

    `opens` are the letters that it may begin with; once it has begun, `place` says whether this is
    within a string, `depth` counts the brackets that are open.
    """

    opens: str
    place: int = OUTSIDE
    depth: int = 0

    def step(self, symbol: Symbol) -> Step:
        if isinstance(symbol, str):
            return NO_STEP
        letter = chr(symbol)
        if self.opens:
            if letter not in self.opens:
                return NO_STEP
            return Step(_INSIDE_STRING if letter == '"' else Value("", OUTSIDE, 1), False)
        if self.place == ESCAPE:
            return Step(Value("", STRING, self.depth), False)
        if self.place == STRING:
            return self._in_string(letter)
        if letter == '"':
            return Step(Value("", STRING, self.depth), False)
        depth = self.depth + (letter in "{[") - (letter in "}]")
        return Step(Value("", OUTSIDE, depth), False) if depth else THE_END

    def _in_string(self, letter: str) -> Step:
        if letter == "\\":
            return Step(Value("", ESCAPE, self.depth), False)
        if letter != '"':
            return Step(self, False)
        return Step(Value("", OUTSIDE, self.depth), False) if self.depth else THE_END

    @property
    def edges(self) -> tuple[int, ...]:
        return _EDGES


_INSIDE_STRING = Value("", STRING, 0)


@dataclass(frozen=True, slots=True)
class End:
    """Where a parse is complete: no symbol may follow."""

    def step(self, symbol: Symbol) -> Step:
        return NO_STEP


Leaf = Word | Token | Letters | Value | End
END = End()


def bounds(*leaves: Leaf) -> tuple[int, ...]:
    """Where the code points begin that some leaf tells apart from those before."""
    edges = {0, LAST + 1}
    for leaf in leaves:
        if isinstance(leaf, Word):
            edges.update((ord(leaf.text[leaf.at]), ord(leaf.text[leaf.at]) + 1))
        elif isinstance(leaf, Letters | Value):
            edges.update(leaf.edges)
    return tuple(sorted(edges))


def symbols(*leaves: Leaf) -> list[Symbol]:
    """One symbol of each class that none of these leaves tells apart."""
    named = dict.fromkeys(leaf.name for leaf in leaves if isinstance(leaf, Token))
    return [*_representatives(bounds(*leaves)), *named]


@lru_cache(maxsize=5000)
def _representatives(edges: tuple[int, ...]) -> tuple[int, ...]:
    """A letter between each two edges, one that prints where there is one."""
    found = []
    for low, above in pairwise(edges):
        letter = next((c for c in (0x61, 0x20) if low <= c < above), low)
        if SURROGATES[0] <= letter <= SURROGATES[1]:
            letter = SURROGATES[1] + 1
        if letter < above:
            found.append(letter)
    return tuple(found)
