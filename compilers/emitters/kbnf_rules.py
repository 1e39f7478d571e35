"""Rules of KBNF, each under a name made of what it says, if nobody gives it another.

So the same has the same name in every grammar, and what was written for one can be put into
another as it stands.
"""

from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from compilers import clock
from compilers.emitters.base import rust_regex
from compilers.regular import Expr

NEVER = "x"  # the rule of what no token spells; no other name is as short

CHAIN = 8  # repetitions that are counted one by one; more of them by doubling

Text = tuple[str, ...]
"""Symbols in a row, as an alternative of a rule."""

Texts = tuple[list[Text], bool]
"""The alternatives of a node, none of them empty; and whether the empty text is one besides."""

Item = str | Texts
"""A part of a row: letters, or what the part may be."""


class Rules:
    """Rules are written as they are met, each once. `lines`: what was written, by name.

    rules = Rules()
    number = rules.symbol([('"1"',), ('"2"', rules.symbol([('"3"',), ('"4"',)]))])
    """

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._names: dict[tuple[Text, ...], str] = {}
        self._ways: dict[tuple[str, int], str] = {}  # once to so many times
        self._lists: dict[tuple[object, ...], str] = {}

    def line(self, name: str, alternatives: Iterable[Text]) -> None:
        self.lines[name] = line(name, alternatives)

    def symbol(self, alternatives: Iterable[Text]) -> str:
        """Alternatives as one symbol: itself, or a rule of their own."""
        found = tuple(alternatives)
        if len(found) > 1 and len(different := dict.fromkeys(found)) < len(found):
            found = tuple(different)
        if len(found) == 1 and len(found[0]) == 1:
            return found[0][0]
        name = self._names.get(found)
        if name is None:
            clock.check()
            said = _body(found)
            name = self._names[found] = self.name(said)
            self.lines[name] = _line(name, said)
        return name

    def one_of(self, literals: Sequence[str]) -> str:
        """One of so many letters, each quoted, as one symbol."""
        if len(literals) == 1:
            return literals[0]
        said = " | ".join(literals)
        name = self.name(said)
        self.lines[name] = _line(name, said)
        return name

    def name(self, content: str) -> str:
        """Of a rule with this content, which has none yet."""
        return named(content)

    def regex(self, expr: Expr) -> str:
        name, line = _regex(expr)
        self.lines[name] = line
        return name

    def single(self, alternatives: list[Text]) -> list[Text]:
        """Several as one symbol: what stands beside them is written once."""
        return alternatives if len(alternatives) < 2 else [(self.symbol(alternatives),)]

    def row(self, items: list[Item]) -> Texts:
        """From the end: at each place what is left may be empty, or is one of `rest`."""
        rest: list[Text] = []
        rest_empty = True
        for item in reversed(items):
            heads, empty = item if isinstance(item, tuple) else ([(quote(item),)], False)
            if not heads:
                if not empty:
                    return [], False
                continue
            head = heads[0] if len(heads) == 1 else (self.symbol(heads),)
            if not rest:
                rest = [head]
            else:
                tail = rest[0] if len(rest) == 1 else (self.symbol(rest),)
                rest = [_joined(head, tail)]
                if rest_empty:
                    rest.append(head)
                if empty:
                    rest.append(tail)
            rest_empty = rest_empty and empty
        return rest, rest_empty

    def head(self, item: Item) -> Text | None:
        """A part of a row in one piece; None if that may be empty, or has no text."""
        if isinstance(item, str):
            return (quote(item),)
        texts, empty = item
        if empty or not texts:
            return None
        return texts[0] if len(texts) == 1 else (self.symbol(texts),)

    def before(self, head: Text, rest: Texts) -> Texts:
        """The row of a head, and what may follow it."""
        texts, empty = rest
        if not texts:
            return [head] if empty else [], False
        row = _joined(head, texts[0] if len(texts) == 1 else (self.symbol(texts),))
        return [row, head] if empty else [row], False

    # --- repetitions, at least one

    def repeated(self, one: str, low: int, high: int | None) -> list[Text]:
        if high is None:
            many, _ = self.listed(([(one,)], False), ([], True))
            return [self._exactly(one, max(0, low - 1)) + many[0]]
        if low == 0:
            return [(self._up_to(one, high),)]
        fixed = self._exactly(one, low)
        if low == high:
            return [fixed]
        return [fixed, (*fixed, self._up_to(one, high - low))]

    def listed(self, one: Texts, separator: Texts) -> Texts:
        """Once or more, with separators between; the empty text, too, if `one` has it. Left
        recursive: what was read falls away, and states come back."""
        (texts, empty), (between, bare) = one, separator
        if not texts and (not empty or not between):
            return [], empty
        first, last = self.single(texts), self.single(between)
        key = tuple(first), empty, tuple(last), bare
        name = self._lists.get(key)
        if name is None:
            name = self._lists[key] = self.name(repr(key))
            more, _ = self.row([([(name,)], empty), (last, bare), (first, empty)])
            self.line(name, [*first, *(each for each in more if each != (name,))])
        return [(name,)], empty

    def _exactly(self, one: str, times: int) -> Text:
        """The sum of powers of two, each made of two of the one below."""
        if times <= CHAIN:
            return (one,) * times
        half, odd = divmod(times, 2)
        twice = self.symbol([self._exactly(one, half)])
        return (twice, twice, *[one] * odd)

    def _up_to(self, one: str, times: int) -> str:
        """Once to `times` times: each number is written in one way only."""
        key = one, times
        if key not in self._ways:
            self._ways[key] = self.symbol(self._ways_up_to(one, times))
        return self._ways[key]

    def _ways_up_to(self, one: str, times: int) -> list[Text]:
        if times == 1:
            return [(one,)]
        if times <= CHAIN:
            return [(one,), (one, self._up_to(one, times - 1))]
        power = 1 << (times.bit_length() - 1)
        fixed = self.symbol([self._exactly(one, power)])
        found: list[Text] = [(self._up_to(one, power - 1),), (fixed,)]
        return found if times == power else [*found, (fixed, self._up_to(one, times - power))]


def _joined(head: Text, tail: Text) -> Text:
    """One after the other; letters beside letters are one literal."""
    if head[-1][0] == '"' == tail[0][0]:
        return (*head[:-1], head[-1][:-1] + tail[0][1:], *tail[1:])
    return head + tail


def rule(alternatives: Iterable[Text]) -> tuple[str, str]:
    """Its name, and its line."""
    said = _body(alternatives)
    name = named(said)
    return name, _line(name, said)


def line(name: str, alternatives: Iterable[Text]) -> str:
    return _line(name, _body(alternatives))


def named(content: str) -> str:
    """64 bits: two of a grammar's at most some thousand rules are not taken for each other."""
    digest = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return "n" + b2a_base64(digest)[:11].translate(_WORD).decode()


_WORD = bytes.maketrans(b"+/", b"__")


def _line(name: str, said: str) -> str:
    return f"{name} ::= {said};\n"


def _body(alternatives: Iterable[Text]) -> str:
    """What ends with another rule gets a twin that no token can finish.

    It keeps kbnf from shortening chains of rules that end together (Leo's way): it keeps masks
    under a state that does not tell such chains apart, and would give those of another.
    """
    found, twins = [], []
    for each in alternatives:
        said = " ".join(each)
        found.append(said)
        last = each[-1]
        if last[-1] != '"' and last != NEVER:
            twins.append(f"{said} {NEVER}")
    return " | ".join(found + twins) or NEVER


@lru_cache(maxsize=1_000)
def _regex(expr: Expr) -> tuple[str, str]:
    """In a rule with a second alternative, which no token spells: so it is not inlined."""
    said = f'#"{_escaped(rust_regex(expr))}" | {NEVER}'
    name = named(said)
    return name, _line(name, said)


def _escaped(regex: str) -> str:
    """A regex as it stands in a string of KBNF, which evaluates escapes first."""
    return regex.replace("\\", "\\\\").replace('"', '\\"')


@lru_cache(maxsize=10_000)
def quote(letters: str) -> str:
    """A literal, in double quotes."""
    return f'"{letters.translate(_ESCAPES)}"'


_CONTROLS = {chr(c): f"\\x{c:02x}" for c in (*range(0x20), 0x7F)}
_ESCAPES = str.maketrans({**_CONTROLS, '"': '\\"', "\\": "\\\\"})

NEVER_LINE = _line(NEVER, quote("\U0010fffe"))
"""A rule, so that all others are ASCII as far as their texts are: kbnf inlines it."""
