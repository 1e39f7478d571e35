r"""GBNF, the grammar language of llama.cpp, as people write it by hand.

    root  ::= "yes" | item ("," ws item)*     # the whole text
    item  ::= [a-z_] [^\n"\]]{0,9} | "(" root ")" | .
    ws    ::= [ \t\n]*
    tag   ::= <wave>                           # a special token of the vocabulary, by name

There are "text", classes, `.` (any character), ( ), ?, *, +, {3}, {2,}, {2,5} and `|`, with the
escapes \n \t \r \\ \" \[ \] \- \^ \x41 \u0041 \U00000041. A rule ends with its line, but within
( ), behind `|` and before a line that begins with `|`. A text belongs to the language if there is
any way to read it; rules may be left recursive. Refused by name: tokens by number (<[5]>), and any
token but one (!<x>).

What of a grammar is regular is made one regular language where it is not too large: there are no
terminals in GBNF, and engines that lex would find poor ones.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from compilers import clock
from compilers.errors import Contradiction, Malformed, TooLarge
from compilers.frontends.names import fitted
from compilers.frontends.texts import count
from compilers.frontends.tokens import Token, Tokens, defined, near
from compilers.ir import (
    EMPTY,
    Choice,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    choice,
    sequence,
)
from compilers.lookahead import repeats, size
from compilers.regular import ANY, Expr, cat, either, inverse, normal, ranges, text, times
from compilers.uses import productive, reachable, uses

MAX_LENGTH = 100_000
MAX_DEPTH = 50
MAX_COUNT = 10_000
MAX_TERMINAL = 400
"""Parts of a regular language, each counted as often as it is written; letters of a text."""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\f]+|\s*\#[^\n]*)
    |(?P<line>\s*\n\s*)
    |(?P<string>"(?:\\.|[^"\\])*")
    |(?P<letters>\[(?:\\.|[^\]\\])*\])
    |(?P<special><[^<>\s\[\]]+>)
    |(?P<other><\[[0-9]+\]>|!<[^<>\s]+>)
    |(?P<name>[A-Za-z0-9_][\w-]*)
    |(?P<count>\{\s*\d+\s*(?:,\s*\d*\s*)?\})
    |(?P<sign>::=|[|()?*+.])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_CHARACTER = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]", re.DOTALL
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"} | {c: c for c in '\\"[]-^'}
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


class _Character(NamedTuple):
    code: int
    written: str


@clock.limited()
def parse(source: str) -> Grammar:
    """The grammar of the rule `root`. Malformed or Unsupported with line and caret; Contradiction
    where no text is of it."""
    if len(source) > MAX_LENGTH:
        raise TooLarge(f"a grammar of more than {MAX_LENGTH} letters", kind="gbnf")
    parser = _Parser(source)
    rules = parser.run()
    found = {name: rules[name] for name in _used_first(rules)}
    lowered: dict[str, Node] = {}
    for name, node in found.items():
        lowered[name] = _lowered(node, lowered)
    needed = reachable(lowered, "root")
    written = {name: lowered[name] for name in reversed(lowered) if name in needed}
    grammar = fitted(defined(Grammar(written, "root"), source, parser.defined))
    if grammar.start not in productive(grammar.rules):
        raise Contradiction("no text is of this grammar")
    return grammar


class _Parser:
    """Rules as nodes."""

    def __init__(self, source: str) -> None:
        self._tokens = Tokens(source, _TOKEN, "GBNF")
        self._depth = 0
        self._rules: dict[str, Node] = {}
        self.defined: dict[str, int] = {}  # where the rules begin
        self._places: dict[str, int] = {}  # where the names that are used stand first

    def _skip_lines(self) -> None:
        while self._tokens.current.kind == "line":
            self._tokens.take()

    def run(self) -> dict[str, Node]:
        self._skip_lines()
        while self._tokens.current.kind != "end":
            self._rule()
            self._skip_lines()
        for name, at in self._places.items():
            if name not in self._rules:
                raise self._tokens.malformed(f"{name} is not defined{near(name, self._rules)}", at)
        if "root" not in self._rules:
            raise Malformed("a grammar needs a rule named root", kind="gbnf: malformed")
        return self._rules

    def _rule(self) -> None:
        token = self._tokens.take("name", "a rule")
        self._tokens.expect("::=")
        if token.text in self._rules:
            raise self._tokens.malformed(f"{token.text} is defined twice", token.at)
        self.defined[token.text] = token.at
        self._skip_lines()
        self._rules[token.text] = self._alternatives()
        self._tokens.take("line", "the end of the line, or '|',")

    def _alternatives(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"groups nested deeper than {MAX_DEPTH}", kind="gbnf")
        parts = [self._sequence()]
        while self._skip_bar():
            parts.append(self._sequence())
        self._depth -= 1
        return choice(*parts)

    def _skip_bar(self) -> bool:
        """A `|` here, or at the beginning of the next line; the line may end behind it."""
        if self._tokens.current.kind == "line" and self._tokens.ahead(1).text == "|":
            self._tokens.take()
        found = self._tokens.skip("|")
        # Where the next rule begins, the alternative is empty, and the line must end it.
        if found and self._tokens.ahead(2).text != "::=":
            self._skip_lines()
        return found

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while True:
            if self._depth > 1:
                self._skip_lines()
            token = self._tokens.current
            if token.kind in ("line", "end") or token.text in ("|", ")"):
                return sequence(*parts)
            parts.append(self._quantified(self._atom()))

    def _quantified(self, node: Node) -> Node:
        while True:
            token = self._tokens.current
            if token.kind == "count":
                low, high = self._counts(token)
            elif token.kind == "sign" and token.text in _QUANTIFIERS:
                low, high = _QUANTIFIERS[token.text]
            else:
                return node
            self._tokens.take()
            node = EMPTY if high == 0 else Repeat(node, low, high)

    def _counts(self, token: Token) -> tuple[int, int | None]:
        low, comma, high = (part.strip() for part in token.text[1:-1].partition(","))
        least = count(low)
        bounds = least, count(high) if high else None if comma else least
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise self._tokens.malformed("the counts are out of order", token.at)
        if max(bounds[0], bounds[1] or 0) > MAX_COUNT:
            raise TooLarge(f"a count of more than {MAX_COUNT}", kind="gbnf")
        return bounds

    def _atom(self) -> Node:
        token = self._tokens.take()
        if token.kind == "name":
            self._places.setdefault(token.text, token.at)
            return Ref(token.text)
        if token.kind == "string":
            return Literal("".join(chr(each.code) for each in self._characters(token)))
        if token.kind == "letters":
            return Regular(self._letters(token))
        if token.kind == "special":
            return Special(token.text)
        if token.kind == "other":
            what = "any token but one" if token.text[0] == "!" else "a token by number"
            raise self._tokens.unsupported(what, token.at)
        if token.text == ".":
            return Regular(ANY)
        if token.text == "(":
            inside = self._alternatives()
            self._tokens.expect(")")
            return inside
        raise self._tokens.malformed("not expected here", token.at)

    def _letters(self, token: Token) -> Expr:
        """A class: letters and ranges of them."""
        found = self._characters(token)
        others = bool(found) and found[0].written == "^"
        found = found[others:]
        pairs: list[tuple[int, int]] = []
        while found:
            low, *found = found
            high = low
            if len(found) > 1 and found[0].written == "-":
                high, found = found[1], found[2:]
            if high.code < low.code:
                raise self._tokens.malformed("a range is of two letters in order, as a-z", token.at)
            pairs.append((low.code, high.code))
        if not pairs:
            raise self._tokens.malformed("a class without letters; any character is .", token.at)
        return ranges(*inverse(normal(pairs))) if others else ranges(*pairs)

    def _characters(self, token: Token) -> list[_Character]:
        return [
            self._character(found, token.at + 1 + found.start())
            for found in _CHARACTER.finditer(token.text[1:-1])
        ]

    def _character(self, found: re.Match[str], at: int) -> _Character:
        digits = found[1] or found[2] or found[3]
        if found[4] is not None and found[4] not in _ESCAPED:
            raise self._tokens.malformed(f"{found[0]} is no escape; a backslash is \\\\", at)
        code = int(digits, 16) if digits else ord(_ESCAPED[found[4]] if found[4] else found[0])
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise self._tokens.malformed("an escape that names no letter", at)
        return _Character(code, found[0])


# --- what is regular, as regular languages


def _used_first(rules: Mapping[str, Node]) -> list[str]:
    """The rules that root needs, each behind those that it uses, as far as it can be."""
    found: dict[str, None] = {}
    seen = {"root"}
    todo: list[tuple[str, Iterator[str]]] = [("root", iter(uses(rules["root"]).rules))]
    while todo:
        name, others = todo[-1]
        further = next((other for other in others if other not in seen), None)
        if further is None:
            found[name] = None
            todo.pop()
        else:
            seen.add(further)
            todo.append((further, iter(uses(rules[further]).rules)))
    return list(found)


def _lowered(node: Node, known: Mapping[str, Node]) -> Node:
    """`known`: rules that are lowered already, of which the regular ones are put in."""
    if isinstance(node, Ref):
        found = known.get(node.name)
        return found if found is not None and _is_small(found) else node
    if isinstance(node, Repeat):
        part = _lowered(node.part, known)
        one = _merged([part], lambda expr: times(expr, node.low, node.high))
        return one or Repeat(part, node.low, node.high)
    if isinstance(node, Choice):
        return _choice([_lowered(part, known) for part in node.parts])
    if isinstance(node, Sequence):
        return _sequence([_lowered(part, known) for part in node.parts])
    return node


def _choice(parts: list[Node]) -> Node:
    """The regular alternatives are one."""
    plain: list[Node] = [part for part in parts if isinstance(part, Literal | Regular)]
    one = _merged(plain, either) if len(plain) > 1 else None
    if one is None:
        return choice(*parts)
    return choice(one, *(part for part in parts if not isinstance(part, Literal | Regular)))


def _sequence(parts: list[Node]) -> Node:
    """Regular neighbours are one."""
    found: list[Node] = []
    for part in (each for p in parts for each in (p.parts if isinstance(p, Sequence) else [p])):
        one = _neighbours(found[-1], part) if found else None
        if one is None:
            found.append(part)
        else:
            found[-1] = one
    return sequence(*found)


def _neighbours(one: Node, two: Node) -> Node | None:
    if isinstance(one, Literal) and isinstance(two, Literal):
        joined = Literal(one.text + two.text)
        return joined if _is_small(joined) else None
    return _merged([one, two], cat)


def _is_small(node: Node) -> bool:
    """Whether it is a terminal that may be written wherever it is used."""
    return isinstance(node, Regular) or (
        isinstance(node, Literal) and len(node.text) <= MAX_TERMINAL
    )


def _merged(parts: list[Node], join: Callable[..., Expr]) -> Regular | None:
    """One regular language, None where it is none, or too large."""
    exprs = [_expr(part) for part in parts if isinstance(part, Literal | Regular)]
    if len(exprs) < len(parts):
        return None
    found = join(*exprs)
    small = size(found) <= MAX_TERMINAL and repeats(found) <= MAX_COUNT
    return Regular(found) if small else None


def _expr(node: Literal | Regular) -> Expr:
    return text(node.text) if isinstance(node, Literal) else node.expr
