"""All texts of a loop but a few: the keys that an object may have besides those it names.

Such a language is an intersection with complements. Through an automaton it would take as long as
all the rest of a schema; and it has a plain form, of the tree of the words that are left out: some
way along the tree, a letter that leaves it, and then any letters at all; or a way along the tree
that ends before a word does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from compilers.emitters.kbnf_regular import PLANE_16, below_plane_16
from compilers.emitters.kbnf_rules import Rules, Text, quote, rule
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
    listed,
    normal,
    overlap,
    plus,
    ranges,
    star,
)
from compilers.regular.letters import holds

MAX_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Loop:
    """`before`, any number of letters, `after`. A letter is one of `plain`, or is `spelled`."""

    before: str
    plain: Chars
    spelled: Expr
    after: str


class Left(NamedTuple):
    """A loop below plane 16, and the words that are left out of it, with their letters."""

    loop: Loop
    words: frozenset[str]
    letters: frozenset[str]


@lru_cache(maxsize=2_000)
def split(expr: And) -> Left | None:
    """None if the language is of another kind."""
    wanted = [part for part in expr.parts if not isinstance(part, Not)]
    loop = _loop(wanted[0]) if len(wanted) == 1 else None
    if loop is None:
        return None
    found: set[str] = set()
    for part in expr.parts:
        words = listed(part.part, MAX_WORDS) if isinstance(part, Not) else []
        if words is None:
            return None
        found.update(inside for word in words if (inside := _inside(word, loop)) is not None)
    letters = frozenset[str]().union(*found)
    if max(letters, default="") >= chr(PLANE_16):
        found = {word for word in found if max(word, default="") < chr(PLANE_16)}
        letters = frozenset[str]().union(*found)
    return Left(loop, frozenset(found), letters) if _are_plain(letters, loop) else None


@lru_cache(maxsize=200)
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
    spelled = either(*(below_plane_16(way) for way in ways if way is not plain[0]))
    letters = below_plane_16(plain[0])
    return Loop(before, letters, spelled, after) if isinstance(letters, Chars) else None


def _literal(parts: tuple[Expr, ...]) -> str | None:
    words = listed(Cat(parts), 1)
    return words[0] if words else None


def _inside(word: str, loop: Loop) -> str | None:
    """What stands between `before` and `after`; None for a word that is not of the loop."""
    long_enough = len(word) >= len(loop.before) + len(loop.after)
    if not long_enough or not word.startswith(loop.before) or not word.endswith(loop.after):
        return None
    return word[len(loop.before) : len(word) - len(loop.after)]


def _are_plain(letters: frozenset[str], loop: Loop) -> bool:
    return all(holds(loop.plain.ranges, code) for code in map(ord, letters))


class Alphabets:
    """The letters of the words that are left out of each loop of a grammar; to be compared.

    Kinds of letters are taken as a whole: so most grammars have the same alphabet, and share rules.
    `of`: the letters of each loop, sorted.
    """

    def __init__(self, used: Mapping[Loop, set[str]]) -> None:
        self.of = {loop: _whole_kinds(letters) for loop, letters in used.items()}
        self._hash = hash(frozenset(self.of.items()))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alphabets) and self.of == other.of


_KINDS = (frozenset(ascii_lowercase), frozenset(ascii_uppercase), frozenset(digits))


def _whole_kinds(letters: set[str]) -> str:
    kinds = [kind for kind in _KINDS if not letters.isdisjoint(kind)]
    return "".join(sorted(letters.union(*kinds)))


class Excluder:
    """Rules for what a loop holds besides some words, and the empty text.

    excluder = Excluder(loop, letters, language)
    name = excluder.besides(["type", "name"], rules)

    The words are made of `letters`. `language` writes a language in any form to rules, and gives
    its symbol. `run` is the symbol of plain letters.

    There is a rule for each place in the tree of words: a letter that leaves the tree, and any
    letters after it; a letter along the tree; or the end, where no word ends. What is left of
    different words may be the same, and is one rule then.
    """

    def __init__(self, loop: Loop, letters: str, language: Callable[[Expr, Rules], str]) -> None:
        self._letters = letters
        self._quoted = {letter: quote(letter) for letter in letters}
        self._rules = Rules()
        self.run = self._rules.regex(plus(loop.plain))
        self._any = language(plus(either(loop.plain, loop.spelled)), self._rules)
        self._foreign = self._beginnings(loop, language)

    def _beginnings(self, loop: Loop, language: Callable[[Expr, Rules], str]) -> list[Text]:
        """What does not begin with one of the letters."""
        rules, found = self._rules, list[Text]()
        if loop.spelled != NEVER:
            spelled = language(loop.spelled, rules)
            found = [(rules.symbol([(spelled,), (spelled, self._any)]),)]
        used = normal((ord(each), ord(each)) for each in self._letters)
        others = ranges(*overlap(loop.plain.ranges, inverse(used)))
        if others != NEVER:
            run = rules.regex(cat(others, star(loop.plain)))
            found += [(run,), *((run, *each) for each in found)]
        return found

    def besides(self, words: Sequence[str], rules: Rules) -> str:
        """The name of the rule of what is none of these sorted words, which is put to the rules."""
        rules.lines.update(self._rules.lines)
        tree, tails, ends = _tree(words)
        names = [self._any] * len(tree)
        for place in reversed(range(len(tree))):
            ways = tree[place]
            if ways:
                along = tuple([(one, names[to], to in ends) for one, to in sorted(ways.items())])
                names[place] = self._place(along, rules)
            elif place in tails:
                names[place] = self._along(tails[place], rules)
        return names[0]

    def _along(self, word: str, rules: Rules) -> str:
        """The same of the rest of one word, which may be that of many."""
        name, ends = self._any, True
        for letter in reversed(word):
            name = self._place(((letter, name, ends),), rules)
            ends = False
        return name

    def _place(self, along: "tuple[_Way, ...]", rules: Rules) -> str:
        name, line, left, needed = _place(self, along)
        if name not in rules.lines:
            if left not in rules.lines:
                rules.lines.update(needed)
            rules.lines[name] = line
        return name

    def place(self, along: "tuple[_Way, ...]") -> "_Place":
        """What leaves the tree at a place, or goes some way along it."""
        left, needed = _leaving(self, "".join([letter for letter, _, _ in along]))
        found: list[Text] = [] if left is None else [(left,)]
        for letter, after, is_word in along:
            one = self._quoted[letter]
            found += [(one, after)] if is_word else [(one, after), (one,)]
        return (*rule(found), left, needed)

    def leaving(self, letters: str) -> tuple[str | None, Mapping[str, str]]:
        """The symbol of what begins with none of these letters, None for nothing; its lines."""
        found, rules = list(self._foreign), Rules()
        others = [one for letter, one in self._quoted.items() if letter not in letters]
        if others:
            one = rules.one_of(others)
            found += [(one,), (one, self._any)]
        return rules.symbol(found) if found else None, rules.lines


_Way = tuple[str, str, bool]
"""Out of a place: the letter, the rule of what comes behind it, and whether it ends a word."""

_Place = tuple[str, str, str | None, Mapping[str, str]]
"""The rule of a place: its name, its line; the symbol of what leaves the tree there, its lines."""


@lru_cache(maxsize=2_000)
def _leaving(excluder: Excluder, letters: str) -> tuple[str | None, Mapping[str, str]]:
    return excluder.leaving(letters)


@lru_cache(maxsize=10_000)
def _place(excluder: Excluder, along: tuple[_Way, ...]) -> _Place:
    return excluder.place(along)


def _tree(words: Sequence[str]) -> tuple[list[dict[str, int]], dict[int, str], set[int]]:
    """The places of a tree of sorted words, each after the one above it, as far as words have them
    in common; what is left of one word behind the others; and the places where a word ends."""
    tree: list[dict[str, int]] = [{}]
    tails: dict[int, str] = {}
    ends = set()
    common = [0, *(_in_common(one, two) for one, two in pairwise(words)), 0]
    for i, word in enumerate(words):
        alone = max(common[i], common[i + 1]) + 1
        place = 0
        for letter in word[:alone]:
            place = tree[place].setdefault(letter, len(tree))
            if place == len(tree):
                tree.append({})
        if alone < len(word):
            tails[place] = word[alone:]
        else:
            ends.add(place)
    return tree, tails, ends


def _in_common(one: str, two: str) -> int:
    """How many letters both begin with."""
    for i, (letter, other) in enumerate(zip(one, two, strict=False)):
        if letter != other:
            return i
    return min(len(one), len(two))
