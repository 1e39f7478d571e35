"""All texts of a loop but a few: the keys that an object may have besides those it names.

Such a language is an intersection with complements. Through an automaton it would take as long as
all the rest of a schema, and come back as a regex that is larger than need be; and it has a plain
form, of the tree of the words that are left out: some way along the tree, a letter that leaves it,
and then any letters at all; or a way along the tree that ends before a word does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from compilers.emitters.base import rust_regex
from compilers.regular import (
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    either,
    inverse,
    letter_class,
    normal,
    overlap,
)

MAX_WORDS = 2_000
_ASCII = ((0, 0x7F),)
_BEYOND = ((0x80, 0x10FFFF),)


@dataclass(frozen=True, slots=True)
class Loop:
    """`before`, any number of letters, `after`. A letter is one of `plain`, or is `spelled`."""

    before: str
    plain: Chars
    spelled: Expr
    after: str


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


def besides(loop: Loop, words: Iterable[str]) -> str:
    """What the loop holds besides these words and the empty one, as a regex (Rust's syntax)."""
    tree = _Node()
    for word in words:
        node = tree
        for letter in word:
            node = node.children.setdefault(letter, _Node())
        node.is_word = True
    return _Writer(loop).inside(tree)


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


@dataclass
class _Node:
    """A place in the tree of words."""

    children: dict[str, "_Node"] = field(default_factory=dict)
    is_word: bool = False


def _inside(word: str, loop: Loop) -> str | None:
    """What stands between `before` and `after`; None for a word that is not of the loop."""
    long_enough = len(word) >= len(loop.before) + len(loop.after)
    if not long_enough or not word.startswith(loop.before) or not word.endswith(loop.after):
        return None
    return word[len(loop.before) : len(word) - len(loop.after)]


def _is_plain(word: str, loop: Loop) -> bool:
    return all(overlap(loop.plain.ranges, ((ord(letter), ord(letter)),)) for letter in word)


class _Writer:
    """The tree as a regex. Letters beyond ASCII and spelled ones, long in bytes, stand once."""

    def __init__(self, loop: Loop) -> None:
        self._plain = loop.plain.ranges
        self._spelled = [rust_regex(loop.spelled)] if loop.spelled != NEVER else []
        beyond = overlap(self._plain, _BEYOND)
        self._long = ([letter_class(beyond)] if beyond else []) + self._spelled
        self._any = f"{_any_of([letter_class(self._plain), *self._spelled])}*"

    def inside(self, tree: _Node) -> str:
        left, ways, ended = self._walk(tree)
        if ways and self._long:
            left.append(_any_of(ways) + _any_of(self._long))
        return "|".join([*([_any_of(left) + self._any] if left else []), *ended])

    def _walk(self, node: _Node) -> tuple[list[str], list[str], list[str]]:
        """Texts that leave the tree by a short letter; ways along it; and those that end early."""
        foreign = any(letter > "\x7f" for letter in node.children)
        children = normal((ord(letter), ord(letter)) for letter in node.children)
        others = overlap(self._plain, inverse(children))
        others = others if foreign else overlap(others, _ASCII)
        left = [letter_class(others)] if others else []
        left += self._spelled if foreign else []
        ways = [] if foreign else [""]
        ended: list[str] = []
        for letter, child in node.children.items():
            here = letter_class(((ord(letter), ord(letter)),))
            for all_found, found in zip((left, ways, ended), self._walk(child), strict=True):
                if found:
                    all_found.append(here + _any_of(found))
            if not child.is_word:
                ended.append(here)
        return left, ways, ended


def _any_of(ways: list[str]) -> str:
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"
