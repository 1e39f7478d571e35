"""Rules of KBNF, each under a name made of what it says.

So the same has the same name in every grammar, and what was written for one can be put into
another as it stands.
"""

from binascii import b2a_base64
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from compilers.emitters.base import rust_regex
from compilers.regular import Expr

NEVER = "\U0010fffe"  # what no token spells

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
    number = rules.symbol([('"1"',), ('"2"', rules.many('"3"'))])
    """

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._names: dict[tuple[Text, ...], str] = {}
        self._ways: dict[tuple[str, int], str] = {}  # once to so many times

    def line(self, name: str, alternatives: Iterable[Text]) -> None:
        self.lines[name] = line(name, alternatives)

    def symbol(self, alternatives: Iterable[Text]) -> str:
        """Alternatives as one symbol: itself, or a rule of their own."""
        found = tuple(dict.fromkeys(alternatives))
        if len(found) == 1 and len(found[0]) == 1:
            return found[0][0]
        name = self._names.get(found)
        if name is None:
            name, self.lines[name] = rule(found)
            self._names[found] = name
        return name

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
            found, empty = _literal(item) if isinstance(item, str) else item
            heads = found if len(found) < 2 else self.single(found)
            if not heads and not empty:
                return [], False
            tails = rest if len(rest) < 2 else self.single(rest)
            rest = [head + tail for head in heads for tail in tails]
            if rest_empty:
                rest += heads
            if empty:
                rest += tails
            else:
                rest_empty = False
        return rest, rest_empty

    # --- repetitions, at least one

    def repeated(self, one: str, low: int, high: int | None) -> list[Text]:
        if high is None:
            return [(*self._exactly(one, max(0, low - 1)), self.many(one))]
        if low == 0:
            return [(self._up_to(one, high),)]
        fixed = self._exactly(one, low)
        if low == high:
            return [fixed]
        return [fixed, (*fixed, self._up_to(one, high - low))]

    def many(self, one: str) -> str:
        """Once or more. Left recursive: what was read falls away, and states come back."""
        name = named(f"{one}+")
        if name not in self.lines:
            self.line(name, [(one,), (name, one)])
        return name

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


def _literal(letters: str) -> Texts:
    return [(quote(letters),)], False


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
    found = list(map(" ".join, alternatives)) or [NEVER_WRITTEN]
    found += [f"{each} {NEVER_WRITTEN}" for each in found if each[-1] != '"']
    return " | ".join(found)


@lru_cache(maxsize=1_000)
def _regex(expr: Expr) -> tuple[str, str]:
    """In a rule with a second alternative, which no token spells: so it is not inlined."""
    return rule([(f'#"{_escaped(rust_regex(expr))}"',), (NEVER_WRITTEN,)])


def _escaped(regex: str) -> str:
    """A regex as it stands in a string of KBNF, which evaluates escapes first."""
    return regex.replace("\\", "\\\\").replace('"', '\\"')


@lru_cache(maxsize=10_000)
def quote(letters: str) -> str:
    """A literal, in double quotes."""
    return f'"{letters.translate(_ESCAPES)}"'


_CONTROLS = {chr(c): f"\\x{c:02x}" for c in (*range(0x20), 0x7F)}
_ESCAPES = str.maketrans({**_CONTROLS, '"': '\\"', "\\": "\\\\"})

NEVER_WRITTEN = quote(NEVER)
