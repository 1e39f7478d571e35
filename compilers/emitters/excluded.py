"""All texts of a loop but a few: the keys that an object may have besides those it names.

Such a language is an intersection with complements. Through an automaton it would take as long as
all the rest of a schema, and come back as a regex that is larger than need be; and it has a plain
form, of the tree of the words that are left out: some way along the tree, a letter that leaves it,
and then any letters at all; or a way along the tree that ends before a word does.
"""

from dataclasses import dataclass, field

from compilers.regular import (
    EMPTY,
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
    ranges,
    star,
    text,
)

MAX_WORDS = 2_000
_ASCII = ((0, 0x7F),)
_BEYOND = ((0x80, 0x10FFFF),)


@dataclass(frozen=True, slots=True)
class Excluded:
    """`before`, then perhaps `inside`, then `after`. Without `may_be_bare`, `inside` must come."""

    before: str
    inside: Expr
    after: str
    may_be_bare: bool


def excluded(expr: And, everything: Expr) -> Excluded | None:
    """The form of a language, if it is a loop of letters (some of them spelled) without some words.

    `inside` has no And, no Not and no empty text. None: it is of another kind. `everything` is the
    language of all texts: where it is a part of `expr`, it says nothing.
    """
    wanted = [part for part in expr.parts if not isinstance(part, Not) and part != everything]
    loop = _loop(wanted[0]) if len(wanted) == 1 else None
    if loop is None:
        return None
    tree = _Node()
    for part in expr.parts:
        words = _words(part.part) if isinstance(part, Not) else []
        if words is None or not all(_add(tree, word, loop) for word in words):
            return None
    writer = _Writer(loop)
    return Excluded(loop.before, writer.inside(tree), loop.after, not tree.is_word)


@dataclass(frozen=True, slots=True)
class _Loop:
    """`before`, any number of letters, `after`. A letter: one of `plain`, or spelled otherwise."""

    before: str
    plain: Chars
    spelled: Expr
    after: str


def _loop(expr: Expr) -> _Loop | None:
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
    return _Loop(before, plain[0], either(*(way for way in ways if way is not plain[0])), after)


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


def _add(tree: _Node, word: str, loop: _Loop) -> bool:
    """False if it has letters that are not plain. A word that is not of the loop changes nothing."""
    long_enough = len(word) >= len(loop.before) + len(loop.after)
    if not long_enough or not word.startswith(loop.before) or not word.endswith(loop.after):
        return True
    inside = word[len(loop.before) : len(word) - len(loop.after)]
    if not all(overlap(loop.plain.ranges, ((ord(c), ord(c)),)) for c in inside):
        return False
    for letter in inside:
        tree = tree.children.setdefault(letter, _Node())
    tree.is_word = True
    return True


class _Writer:
    """The tree as expressions. Letters beyond ASCII and spelled ones, long in bytes, stand once."""

    def __init__(self, loop: _Loop) -> None:
        self._plain = loop.plain.ranges
        self._spelled = loop.spelled
        beyond = ranges(*overlap(self._plain, _BEYOND))
        self._long = either(beyond, loop.spelled)
        self._any = star(either(loop.plain, loop.spelled))

    def inside(self, tree: _Node) -> Expr:
        left, ways, ended = self._walk(tree)
        leaving = either(left, cat(ways, self._long))
        return either(cat(leaving, self._any), ended)

    def _walk(self, node: _Node) -> tuple[Expr, Expr, Expr]:
        """Texts that leave the tree by a short letter; ways along it; and those that end early."""
        foreign = any(ord(letter) > 0x7F for letter in node.children)
        children = normal((ord(letter), ord(letter)) for letter in node.children)
        others = overlap(self._plain, inverse(children))
        left = [ranges(*(others if foreign else overlap(others, _ASCII)))]
        left += [self._spelled] if foreign else []
        ways, ended = [NEVER if foreign else EMPTY], []
        for letter, child in node.children.items():
            here = text(letter)
            below = self._walk(child)
            left.append(cat(here, below[0]))
            ways.append(cat(here, below[1]))
            ended.append(cat(here, below[2]))
            if not child.is_word:
                ended.append(here)
        return either(*left), either(*ways), either(*ended)
