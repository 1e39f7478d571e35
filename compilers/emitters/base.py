"""What the dialects of Lark share: rules from nodes, one terminal for each regular language."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

from compilers import clock
from compilers.errors import Unsupported, about
from compilers.ir import (
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
    Unordered,
)
from compilers.regular import (
    ANY_LETTER,
    Alt,
    Cat,
    Chars,
    Expr,
    Ranges,
    Rep,
    counted,
    letter_class,
    without,
)


class Printer:
    """A dialect is a subclass: `terminal` at least, `unordered` and `special` where it can.

    A method for each type of node gives its text; what a dialect cannot say it refuses by name.
    """

    name = "base"
    header = ""
    start = "start"
    _methods: ClassVar[Mapping[type, Callable[[Any, Any], str]]]
    _in_sequence: ClassVar[Mapping[type, Callable[[Any, Any], str]]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._methods = {kind: getattr(cls, name) for kind, name in _METHODS.items()}
        cls._in_sequence = {**cls._methods, Choice: cls.grouped}

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._terminals: dict[Expr, str] = {}
        self._met: dict[str, tuple[Expr, str]] = {}  # of a terminal: its Regular, and in which rule
        self._rule = ""  # that is printed
        self._extra_rules: list[str] = []
        self._names = {name: self.rule_name(i, name) for i, name in enumerate(grammar.rules)}
        self._names[grammar.start] = self.start

    def run(self) -> str:
        lines = [self.header] if self.header else []
        terminals = []
        with about() as at:
            for name, node in self._grammar.rules.items():
                at.parts = (name,)
                self._rule = name
                lines.append(self.rule(self._names[name], self.node(node)))
            for expr, name in self._terminals.items():
                at.parts = self._met[name]
                terminals.append(self.rule(name, self.terminal(expr)))  # may need rules of its own
        return "\n".join([*lines, *self._extra_rules, *terminals]) + "\n"

    def rule_name(self, number: int, name: str) -> str:
        return f"r_{name}"

    def rule(self, name: str, body: str) -> str:
        return f"{name}: {body}"

    def terminal(self, expr: Expr) -> str:
        raise NotImplementedError

    @classmethod
    def unsupported(cls, what: str) -> Unsupported:
        return Unsupported(f"{cls.name} cannot say: {what}", kind=f"{cls.name}: {what}")

    def node(self, node: Node) -> str:
        return self._methods[type(node)](self, node)

    def tight(self, node: Node) -> str:
        """As a part of something that binds more tightly than `|` and juxtaposition."""
        found = self.node(node)
        return found if type(node) in _TIGHT else f"({found})"

    def in_sequence(self, node: Node) -> str:
        return self._in_sequence[type(node)](self, node)

    def grouped(self, node: Choice) -> str:
        return f"({self.choice(node)})"

    def literal(self, node: Literal) -> str:
        return quote(node.text)

    def regular(self, node: Regular) -> str:
        return self.named(node.expr, node)

    def named(self, expr: Expr, node: Regular) -> str:
        """The name of a terminal, which is what a Regular has become."""
        name = self._terminals.get(expr)
        if name is None:
            name = self._terminals[expr] = f"t{len(self._terminals)}"
            self._met[name] = node.expr, self._rule
        return name

    def sequence(self, node: Sequence) -> str:
        clock.check()
        printed = self._in_sequence
        return self.row([printed[type(part)](self, part) for part in node.parts]) or self.empty()

    def row(self, parts: Iterable[str]) -> str:
        return " ".join(parts)

    def ways(self, parts: Iterable[str]) -> str:
        return " | ".join(parts)

    def empty(self) -> str:
        return '""'

    def choice(self, node: Choice) -> str:
        if not node.parts:
            raise self.unsupported("the empty language")
        clock.check()
        return self.ways([self.node(part) for part in node.parts])

    def repeat(self, node: Repeat) -> str:
        return self.tight(node.part) + self.count(node.low, node.high)

    def count(self, low: int, high: int | None) -> str:
        raise NotImplementedError

    def unordered(self, node: Unordered) -> str:
        raise self.unsupported("members in any order")

    def ref(self, node: Ref) -> str:
        return self._names[node.name]

    def special(self, node: Special) -> str:
        raise self.unsupported("a special token")

    def free_text(self, node: FreeText) -> str:
        return self.regular(Regular(without(node.stops)))

    def capture(self, node: Capture) -> str:
        return f"({self.node(node.part)})"


_TIGHT = frozenset([Literal, Regular, Ref, Special])
_METHODS: Mapping[type, str] = {
    Literal: "literal",
    Regular: "regular",
    Sequence: "sequence",
    Choice: "choice",
    Repeat: "repeat",
    Unordered: "unordered",
    Ref: "ref",
    Special: "special",
    FreeText: "free_text",
    Capture: "capture",
}


@lru_cache(maxsize=20_000)
def quote(letters: str) -> str:
    """A literal, in double quotes."""
    return f'"{letters.translate(_ESCAPES)}"'


_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES = str.maketrans({chr(c): f"\\x{c:02x}" for c in range(0x20)} | _SHORT)


@lru_cache(maxsize=20_000)
def rust_regex(expr: Expr) -> str:
    """An expression without And and Not in the syntax of Rust's regex."""
    if isinstance(expr, Chars):
        return _letters(expr.ranges)
    if isinstance(expr, Cat):
        return "".join(
            [_letters(p.ranges) if type(p) is Chars else _in_a_row(p) for p in expr.parts]
        )
    if isinstance(expr, Alt):
        return "|".join(map(rust_regex, expr.parts)) if expr.parts else r"[^\x00-\x{10FFFF}]"
    assert isinstance(expr, Rep)
    part = _letters(expr.part.ranges) if isinstance(expr.part, Chars) else _group(expr.part)
    return part + counted(expr.low, expr.high)


@lru_cache(maxsize=4_000)
def _letters(found: Ranges) -> str:
    return "(?s:.)" if found == ANY_LETTER else letter_class(found)


def _in_a_row(expr: Expr) -> str:
    return _group(expr) if isinstance(expr, Alt) else rust_regex(expr)


def _group(expr: Expr) -> str:
    return f"(?:{rust_regex(expr)})"
