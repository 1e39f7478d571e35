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
from itertools import count
from typing import ClassVar

from compilers.emitters import kbnf_members as members
from compilers.emitters.excluded import Alphabets
from compilers.emitters.kbnf_languages import Unit, Writer, alphabets_of, put_letters, unit_of
from compilers.emitters.kbnf_regular import PLANE_16, unsupported
from compilers.emitters.kbnf_rules import NEVER, NEVER_LINE, Item, Texts, quote
from compilers.errors import about
from compilers.ir import (
    SHARED,
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Special,
    Unordered,
)
from compilers.passes.few_orders import few_orders, orders_of
from compilers.passes.in_order import in_order
from compilers.regular import Expr, without
from compilers.uses import filled, nullable, uses

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
    return _Printer(grammar, free=order == "free").run()


def held(grammar: Grammar) -> Grammar:
    """The part of a grammar that is written in the order "free"."""
    return in_order(few_orders(grammar))


def spelled(name: str) -> str:
    """A special token's name in plane 16, byte by byte; none begins another."""
    return "".join(chr(PLANE_16 + byte) for byte in name.encode("utf-8", "surrogateescape")) + CLOSE


class _Nodes(Writer):
    """Writes nodes of a grammar: `r_` and its name is what a rule of it is called.

    `empty`: the rules that have the empty text, `filled`: those that have any other. `free`:
    members are written in more than one order.
    """

    def __init__(self, empty: Set[str], filled: Set[str], alphabets: Alphabets, free: bool) -> None:
        super().__init__()
        self._empty, self._filled = empty, filled
        self._alphabets = alphabets
        self._free = free
        self._units: dict[Expr, Unit] = {}
        self._of_regular: dict[Expr, Texts] = {}

    def rule(self, name: str, node: Node) -> None:
        self.line(f"r_{name}", self.texts(node)[0])

    def put_literal(self, part: Literal, items: list[Item]) -> None:
        put_letters(_public(part.text), items)

    def put_regular(self, part: Regular, items: list[Item]) -> None:
        for item in self._parts(part.expr):
            if isinstance(item, str):
                put_letters(item, items)
            else:
                items.append(item)

    def put_captured(self, part: Capture, items: list[Item]) -> None:
        self.put(part.part, items)

    def literal(self, node: Literal) -> Texts:
        _public(node.text)
        return super().literal(node)

    def special(self, node: Special) -> Texts:
        return [(quote(spelled(node.name)),)], False

    def ref(self, node: Ref) -> Texts:
        return [(f"r_{node.name}",)] if node.name in self._filled else [], node.name in self._empty

    def capture(self, node: Capture) -> Texts:
        return self.texts(node.part)

    def unordered(self, node: Unordered) -> Texts:
        required = [required for _, required in node.members]
        orders = orders_of(required) if self._free else [list(range(len(required)))]
        item = self._items if orders is not None and len(orders) == 1 else self._one_item
        written = [(item(member), required) for member, required in node.members]
        separator = self.texts(node.separator)
        others = self.listed(self.texts(node.extra), separator)
        if orders is None:
            texts, empty = members.in_any_order(self, written, others, separator)
        else:
            ways = ([written[member] for member in order] for order in orders)
            found = [members.in_order(self, way, others, separator) for way in ways]
            texts, empty = members.either(found)
        return texts, empty or not (node.some or any(required))

    def _one_item(self, node: Node) -> list[Item]:
        """A member that is written in several orders."""
        if isinstance(node, Literal):
            return [_public(node.text)]
        texts, empty = self.texts(node)
        return [([(self.symbol(texts),)] if texts else [], empty)]

    def _items(self, node: Node) -> list[Item]:
        """A node as a part of a row."""
        items: list[Item] = []
        self.put(node, items)
        return items

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
            own = f"l{len(self._units)}x"
            with about(expr):
                found = self._units[expr] = unit_of(expr, self._alphabets, own)
            self.lines.update(found.lines)
        return found.parts

    methods: ClassVar = {
        **Writer.methods,
        Literal: literal,
        Special: special,
        Regular: regular,
        Ref: ref,
        FreeText: free_text,
        Capture: capture,
        Unordered: unordered,
    }
    putters: ClassVar = {
        **Writer.putters,
        Literal: put_literal,
        Regular: put_regular,
        Capture: put_captured,
    }


class _Printer(_Nodes):
    """Writes a grammar."""

    def __init__(self, grammar: Grammar, free: bool) -> None:
        self._start = grammar.start
        self._rules = grammar.rules
        boolean = (expr for node in self._rules.values() for expr in uses(node).boolean)
        super().__init__(nullable(self._rules), filled(self._rules), alphabets_of(boolean), free)
        self._numbers = count()

    def name(self, content: str) -> str:
        """A number: shorter than a hash, and never met outside this grammar."""
        return f"n{next(self._numbers)}"

    def run(self) -> str:
        self.lines[NEVER] = NEVER_LINE
        with about() as at:
            for name, node in self._rules.items():
                at.parts = (name,)
                if name in self._filled:
                    self._put_rule(name, node)
        end = quote(END)
        found, empty = self.ref(Ref(self._start))
        if not found and not empty:
            raise unsupported("the empty language")
        self.line("start", [*((*each, end) for each in found), *([(end,)] if empty else [])])
        return "".join(reversed(self.lines.values()))

    def _put_rule(self, name: str, node: Node) -> None:
        if name.startswith(SHARED) and not uses(node).boolean:
            self._shared(name, node)
        else:
            self.rule(name, node)

    def _shared(self, name: str, node: Node) -> None:
        """A rule that is the same in many grammars."""
        rules = uses(node).rules.keys()
        empty, filled = frozenset(rules & self._empty), frozenset(rules & self._filled)
        self.lines.update(_lines(name, node, empty, filled, self._free))


@lru_cache(maxsize=100)
def _lines(
    name: str, node: Node, empty: frozenset[str], filled: frozenset[str], free: bool
) -> Mapping[str, str]:
    nodes = _Nodes(empty, filled, Alphabets({}), free)
    nodes.rule(name, node)
    return nodes.lines


def _public(letters: str) -> str:
    if not letters.isascii() and any(ord(letter) >= PLANE_16 for letter in letters):
        raise unsupported("text in plane 16 of Unicode")
    return letters
