"""All texts of a loop but a few: the keys that an object may have besides those it names.

Such a language is an intersection with complements. Through an automaton it would take as long as
all the rest of a schema; and it has a plain form, of the tree of the words that are left out: some
way along the tree, a letter that leaves it, and then any letters at all; or a way along the tree
that ends before a word does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from compilers.regular import (
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    cat,
    either,
    inverse,
    normal,
    overlap,
    plus,
    ranges,
    star,
)

MAX_WORDS = 2_000

Text = tuple[str, ...]
"""Symbols in a row, as an alternative of a rule."""


@dataclass(frozen=True, slots=True)
class Loop:
    """`before`, any number of letters, `after`. A letter is one of `plain`, or is `spelled`."""

    before: str
    plain: Chars
    spelled: Expr
    after: str


@lru_cache(maxsize=2_000)
def split(expr: And, everything: Expr) -> tuple[Loop, frozenset[str]] | None:
    """A loop, and the words that are left out of it; None if the language is of another kind.

    `everything` is the language of all texts: where it is a part of `expr`, it says nothing.
    """
    wanted = [part for part in expr.parts if not isinstance(part, Not) and part != everything]
    loop = _loop(wanted[0]) if len(wanted) == 1 else None
    if loop is None:
        return None
    found: set[str] = set()
    for part in expr.parts:
        words = _words(part.part) if isinstance(part, Not) else []
        if words is None:
            return None
        inside = [word for word in (_inside(word, loop) for word in words) if word is not None]
        if not all(_is_plain(word, loop) for word in inside):
            return None
        found.update(inside)
    return loop, frozenset(found)


def _loop(expr: Expr) -> Loop | None:
    parts = expr.parts if isinstance(expr, Cat) else (expr,)
    at = next((i for i, part in enumerate(parts) if isinstance(part, Rep)), len(parts))
    before, after = _literal(parts[:at]), _literal(parts[at + 1 :])
    if at == len(parts) or before is None or after is None:
        return None
    repeated = parts[at]
    assert isinstance(repeated, Rep)
    if (repeated.low, repeated.high) != (0, None):
        return None
    ways = repeated.part.parts if isinstance(repeated.part, Alt) else (repeated.part,)
    plain = [way for way in ways if isinstance(way, Chars)]
    if len(plain) != 1:
        return None
    return Loop(before, plain[0], either(*(way for way in ways if way is not plain[0])), after)


def _literal(parts: tuple[Expr, ...]) -> str | None:
    words = _words(Cat(parts))
    return words[0] if words is not None and len(words) == 1 else None


def _words(expr: Expr) -> list[str] | None:
    """The texts of a finite language, None if it is not, or has more than MAX_WORDS."""
    if isinstance(expr, Chars):
        size = sum(high - low + 1 for low, high in expr.ranges)
        if size > MAX_WORDS:
            return None
        return [chr(code) for low, high in expr.ranges for code in range(low, high + 1)]
    if isinstance(expr, Alt):
        found: list[str] = []
        for part in expr.parts:
            words = _words(part)
            if words is None or len(found) + len(words) > MAX_WORDS:
                return None
            found += words
        return found
    if not isinstance(expr, Cat):
        return None
    found = [""]
    for part in expr.parts:
        words = _words(part)
        if words is None or len(found) * len(words) > MAX_WORDS:
            return None
        found = [one + other for one in found for other in words]
    return found


def _inside(word: str, loop: Loop) -> str | None:
    """What stands between `before` and `after`; None for a word that is not of the loop."""
    long_enough = len(word) >= len(loop.before) + len(loop.after)
    if not long_enough or not word.startswith(loop.before) or not word.endswith(loop.after):
        return None
    return word[len(loop.before) : len(word) - len(loop.after)]


def _is_plain(word: str, loop: Loop) -> bool:
    pairs = loop.plain.ranges
    return all(any(low <= code <= high for low, high in pairs) for code in set(map(ord, word)))


class Excluder:
    """Rules for what a loop holds besides some words, and the empty text.

    rules = Excluder(loop, every_word, line, regex, language, literal)
    name = rules.besides(["type", "name"])

    Each of these writes something and gives its symbol: `line` alternatives, `regex` a language as
    one regex, `language` one in any form, `literal` a text. `run` is the symbol of plain letters.

    There is a rule for each place in the tree of words: a letter that leaves the tree, and any
    letters after it; a letter along the tree; or the end, where no word ends. What is left of
    different words may be the same, and is one rule then.
    """

    def __init__(
        self,
        loop: Loop,
        words: Iterable[str],
        line: Callable[[list[Text]], str],
        regex: Callable[[Expr], str],
        language: Callable[[Expr], str],
        literal: Callable[[str], str],
    ) -> None:
        self._line, self._literal = line, literal
        self._letters = sorted(set().union(*words))
        self._places: dict[tuple[_Way, ...], str] = {}
        self._left: dict[str, list[Text]] = {}
        self.run = regex(plus(loop.plain))
        self.any = language(plus(either(loop.plain, loop.spelled)))
        self._foreign: list[Text] = []
        if loop.spelled != NEVER:
            spelled = language(loop.spelled)
            self._foreign = [(line([(spelled,), (spelled, self.any)]),)]
        used = normal((ord(each), ord(each)) for each in self._letters)
        others = ranges(*overlap(loop.plain.ranges, inverse(used)))
        if others != NEVER:
            run = regex(cat(others, star(loop.plain)))
            self._foreign += [(run,), *((run, *spelled) for spelled in self._foreign)]

    def besides(self, words: Iterable[str]) -> str:
        """The name of the rule of what is none of these words."""
        tree, ends = _tree(words)
        names = [self.any] * len(tree)
        for place in reversed(range(len(tree))):
            ways = [(letter, names[at], at in ends) for letter, at in tree[place].items()]
            if ways:
                names[place] = self._place(tuple(sorted(ways)))
        return names[0]

    def _place(self, ways: "tuple[_Way, ...]") -> str:
        if ways not in self._places:
            found = list(self._leaving("".join(letter for letter, _, _ in ways)))
            for letter, after, is_word in ways:
                along = self._literal(letter)
                found += [(along, after)] if is_word else [(along, after), (along,)]
            self._places[ways] = self._line(found)
        return self._places[ways]

    def _leaving(self, letters: str) -> list[Text]:
        """What begins with none of these letters."""
        if letters not in self._left:
            found = list(self._foreign)
            others: list[Text] = [
                (self._literal(each),) for each in self._letters if each not in letters
            ]
            if others:
                one = self._line(others)
                found += [(one,), (one, self.any)]
            self._left[letters] = [(self._line(found),)] if found else []
        return self._left[letters]


_Way = tuple[str, str, bool]
"""Out of a place: the letter, the rule of what comes behind it, and whether it ends a word."""


def _tree(words: Iterable[str]) -> tuple[list[dict[str, int]], set[int]]:
    """The places of a tree of words, each after the one above it; and those where a word ends."""
    tree: list[dict[str, int]] = [{}]
    ends = set()
    for word in words:
        place = 0
        for letter in word:
            place = tree[place].setdefault(letter, len(tree))
            if place == len(tree):
                tree.append({})
        ends.add(place)
    return tree, ends
