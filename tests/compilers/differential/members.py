"""Random texts of a grammar, and texts that nearly are."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from random import Random

from compilers.errors import TooLarge
from compilers.ir import (
    NOTHING,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Special,
    Unordered,
    children,
)
from compilers.regular import Expr, alphabet, derivative, is_empty, without
from tests.compilers.differential.vocabulary import NAMED, Symbols

MAX_DEPTH = 12  # references within references
LETTERS = tuple('aab1é😀 <>/"\\,:{}[]-.e\n')
_GOES_ON = 0.7  # the chance of one more letter where a text may end
_MAX_LETTERS = 60


class _DeadEnd(Exception):
    """A walk that led to no text, or to none in sight."""


def member(grammar: Grammar, random: Random) -> Symbols | None:
    """A text of the language; None where a walk found none."""
    try:
        return tuple(_Walk(grammar, random).node(grammar.rules[grammar.start], 0))
    except _DeadEnd:
        return None


class _Walk:
    def __init__(self, grammar: Grammar, random: Random) -> None:
        self._rules = grammar.rules
        self._random = random

    def node(self, node: Node, depth: int) -> list[str | Special]:
        if depth > MAX_DEPTH:
            raise _DeadEnd
        if isinstance(node, Literal):
            return [*node.text]
        if isinstance(node, Special):
            return [node]
        if isinstance(node, Regular):
            return self._letters(node.expr)
        if isinstance(node, FreeText):
            return self._letters(without(node.stops))
        if isinstance(node, Ref):
            return self.node(self._rules[node.name], depth + 1)
        if isinstance(node, Choice):
            return self._one_of(node.parts, depth)
        if isinstance(node, Repeat):
            return self._all([node.part] * self._times(node), depth)
        if isinstance(node, Unordered):
            return self._members(node, depth)
        return self._all(children(node), depth)

    def _all(self, parts: Iterable[Node], depth: int) -> list[str | Special]:
        return [symbol for part in parts for symbol in self.node(part, depth)]

    def _times(self, node: Repeat) -> int:
        most = node.low + 2 if node.high is None else min(node.high, node.low + 2)
        return self._random.randint(node.low, most)

    def _one_of(self, parts: Sequence[Node], depth: int) -> list[str | Special]:
        for part in self._random.sample(parts, len(parts)):
            try:
                return self.node(part, depth + 1)
            except _DeadEnd:
                continue
        raise _DeadEnd

    def _members(self, node: Unordered, depth: int) -> list[str | Special]:
        chosen = [m for m, required in node.members if required or self._random.random() < 0.5]
        if node.extra != NOTHING:
            chosen += [node.extra] * self._random.randint(0, 1)
        if node.some and not chosen:
            chosen = [self._random.choice([*(m for m, _ in node.members), node.extra])]
        if self._random.random() < 0.5:
            self._random.shuffle(chosen)
        parts = [part for each in chosen for part in (node.separator, each)]
        return self._all(parts[1:], depth)

    def _letters(self, expr: Expr) -> list[str | Special]:
        found: list[str | Special] = []
        while not expr.nullable or self._random.random() < _GOES_ON:
            ways = _ways(expr)
            if not ways and expr.nullable:
                break
            if not ways or len(found) > _MAX_LETTERS:
                raise _DeadEnd
            letter = self._random.choice(self._random.choice(ways))
            found.append(letter)
            expr = derivative(expr, ord(letter))
        return found


@lru_cache(maxsize=20_000)
def _ways(expr: Expr) -> tuple[str, ...]:
    """Letters that lead on, some of each class that the language tells apart."""
    found = []
    for pairs in alphabet(expr):
        if not _leads_on(derivative(expr, pairs[0][0])):
            continue
        usual = [x for x in LETTERS if any(low <= ord(x) <= high for low, high in pairs)]
        edges = [chr(code) for code in (pairs[0][0], pairs[-1][1]) if code]
        found.append("".join(usual or edges))
        if usual and edges:
            found.append(edges[-1])
    return tuple(letters for letters in found if letters)


def _leads_on(expr: Expr) -> bool:
    try:
        return not is_empty(expr)
    except TooLarge:
        return False


def near(text: Symbols, random: Random) -> Symbols:
    """The text after one change: something left out, put in, doubled, replaced, cut or swapped."""
    place = random.randrange(len(text) + 1)
    before, after = text[:place], text[place:]
    change = random.choice(["out", "in", "double", "replace", "cut", "swap", "spell"])
    new = Special(random.choice(NAMED)) if random.random() < 0.1 else random.choice(LETTERS)
    if change == "spell":
        return _with_a_name_in_letters(text, random)
    if change == "in" or not after:
        return (*before, new, *after)
    if change == "out":
        return (*before, *after[1:])
    if change == "double":
        return (*before, after[0], *after)
    if change == "replace":
        return (*before, new, *after[1:])
    return before if change == "cut" else (*before, *after[1:2], after[0], *after[2:])


def _with_a_name_in_letters(text: Symbols, random: Random) -> Symbols:
    """A special token as the letters of its name: one of the text, or one put in."""
    places = [i for i, symbol in enumerate(text) if isinstance(symbol, Special)]
    if not places:
        place = random.randrange(len(text) + 1)
        return (*text[:place], *random.choice(NAMED), *text[place:])
    place = random.choice(places)
    token = text[place]
    assert isinstance(token, Special)
    return (*text[:place], *token.name, *text[place + 1 :])
