"""KBNF, the language of the kbnf engine (Formatron's).

An Earley engine explores every way to split a text, so neighbours need not be kept apart. What
costs is something else, and shapes this emitter:

- At compile time the engine tries the whole vocabulary on every state of every regex, 2 to 5 ms
  each with 128k tokens, and again wherever the regex is written, for it inlines a rule of one
  symbol. So a regular language becomes rules, and a regex only where its letters are many (see
  kbnf_regular); and each regex is written once, in a rule that cannot be inlined.
- It multiplies out all that may be empty: `a? b? c?` has eight forms, twelve such take 40 s. So no
  rule here is ever empty: what may be is left out by the rule that refers to it.
- It stops at the first whole text. So the text ends with END, which only end tokens spell.

Plane 16 of Unicode is private to this dialect: END, and special tokens (`spelled`). The texts of a
grammar hold none of it.
"""

from collections.abc import Mapping, Set
from functools import lru_cache
from typing import ClassVar

from compilers.emitters.excluded import Alphabets
from compilers.emitters.kbnf_languages import Unit, Writer, alphabets_of, put_letters, unit_of
from compilers.emitters.kbnf_regular import PLANE_16, Part, unsupported
from compilers.emitters.kbnf_rules import Item, Texts, quote
from compilers.ir import (
    SHARED,
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
)
from compilers.passes.few_orders import few_orders
from compilers.passes.in_order import in_order
from compilers.passes.recursion import nullable
from compilers.regular import Expr, without
from compilers.uses import uses

END = "\U0010fffd"  # what an end token spells
CLOSE = "\U0010fffc"  # after the name of a special token

ORDERS = ("free", "source")


def emit(grammar: Grammar, order: str = "free", tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar. `order` "source" writes the members of objects in one order only.

    "free" allows all orders of few members and two of many (see passes.few_orders). Every special
    token is spelled here, so `tokens` are not needed; the engine knows those of its vocabulary.
    """
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}")
    return _Printer(held(grammar) if order == "free" else in_order(grammar)).run()


def held(grammar: Grammar) -> Grammar:
    """The part of a grammar that is written: members of objects in some orders only."""
    return in_order(few_orders(grammar))


def spelled(name: str) -> str:
    """A special token's name in plane 16, byte by byte; none begins another."""
    return "".join(chr(PLANE_16 + byte) for byte in name.encode("utf-8", "surrogateescape")) + CLOSE


class _Nodes(Writer):
    """Writes nodes of a grammar: `r_` and its name is what a rule of it is called.

    `empty`: the rules that have the empty text, `filled`: those that have any other.
    """

    def __init__(self, empty: Set[str], filled: Set[str], alphabets: Alphabets) -> None:
        super().__init__()
        self._empty, self._filled = empty, filled
        self._alphabets = alphabets
        self._units: dict[Expr, Unit] = {}
        self._of_regular: dict[Expr, Texts] = {}

    def rule(self, name: str, node: Node) -> None:
        self.line(f"r_{name}", self.texts(node)[0])

    def put(self, part: Part, items: list[Item]) -> None:
        if isinstance(part, Literal):
            put_letters(_public(part.text), items)
        elif isinstance(part, Regular):
            for item in self._parts(part.expr):
                if isinstance(item, str):
                    put_letters(item, items)
                else:
                    items.append(item)
        elif isinstance(part, Capture):
            self.put(part.part, items)
        else:
            super().put(part, items)

    def literal(self, node: Literal) -> Texts:
        _public(node.text)
        return super().literal(node)

    def special(self, node: Special) -> Texts:
        return [(quote(spelled(node.name)),)], False

    def ref(self, node: Ref) -> Texts:
        return [(f"r_{node.name}",)] if node.name in self._filled else [], node.name in self._empty

    def capture(self, node: Capture) -> Texts:
        return self.texts(node.part)

    def free_text(self, node: FreeText) -> Texts:
        return self.regular(Regular(without(node.stops)))

    def regular(self, node: Regular) -> Texts:
        found = self._of_regular.get(node.expr)
        if found is None:
            texts, empty = self.row(list(self._parts(node.expr)))
            found = self._of_regular[node.expr] = (self.single(texts), empty)
        return found

    def _parts(self, expr: Expr) -> tuple[Item, ...]:
        found = self._units.get(expr)
        if found is None:
            found = self._units[expr] = unit_of(expr, self._alphabets)
            self.lines.update(found.under(f"l{len(self._units)}x") if found.large else found.lines)
        return found.parts

    methods: ClassVar = {
        **Writer.methods,
        Literal: literal,
        Special: special,
        Regular: regular,
        Ref: ref,
        FreeText: free_text,
        Capture: capture,
    }


class _Printer(_Nodes):
    """Writes a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._start = grammar.start
        self._rules = grammar.rules
        boolean = (expr for node in self._rules.values() for expr in uses(node).boolean)
        super().__init__(nullable(self._rules), _filled(self._rules), alphabets_of(boolean))

    def run(self) -> str:
        for name, node in self._rules.items():
            if name in self._filled:
                if name.startswith(SHARED) and not uses(node).boolean:
                    self._shared(name, node)
                else:
                    self.rule(name, node)
        end = quote(END)
        found, empty = self.ref(Ref(self._start))
        if not found and not empty:
            raise unsupported("the empty language")
        self.line("start", [*((*each, end) for each in found), *([(end,)] if empty else [])])
        return "".join(reversed(self.lines.values()))

    def _shared(self, name: str, node: Node) -> None:
        """A rule that is the same in many grammars."""
        rules = uses(node).rules.keys()
        lines = _lines(name, node, frozenset(rules & self._empty), frozenset(rules & self._filled))
        self.lines.update(lines)


@lru_cache(maxsize=100)
def _lines(
    name: str, node: Node, empty: frozenset[str], filled: frozenset[str]
) -> Mapping[str, str]:
    nodes = _Nodes(empty, filled, Alphabets({}))
    nodes.rule(name, node)
    return nodes.lines


def _filled(rules: Mapping[str, Node]) -> set[str]:
    """The rules that have any text but the empty one: the least fixed point, from both ends."""
    found: set[str] = set()
    todo, size = list(rules), -1
    while size != len(found):
        size = len(found)
        todo = [name for name in reversed(todo) if name not in found]
        for name in todo:
            if _has_other(rules[name], found):
                found.add(name)
    return found


def _has_other(node: Node, filled: set[str]) -> bool:
    """Whether any text but the empty one is of its language."""
    if isinstance(node, Literal):
        return bool(node.text)
    if isinstance(node, Ref):
        return node.name in filled
    if isinstance(node, Sequence | Choice):
        return any(_has_other(part, filled) for part in node.parts)
    if isinstance(node, Repeat):
        return node.high != 0 and _has_other(node.part, filled)
    return _has_other(node.part, filled) if isinstance(node, Capture) else True


def _public(letters: str) -> str:
    if not letters.isascii() and any(ord(letter) >= PLANE_16 for letter in letters):
        raise unsupported("text in plane 16 of Unicode")
    return letters
