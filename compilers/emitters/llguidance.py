"""llguidance's dialect of Lark.

Every Regular is one terminal, and terminals are kept apart by the JSON or other syntax around them:
llguidance lexes greedily and does not backtrack, so a terminal must not be able to go on with a
letter that may also follow it. And and Not are written as `&` and `~`; a complement alone would
admit special tokens, so it is always intersected with all text.
"""

from collections.abc import Callable, Mapping

from compilers.errors import Unsupported
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
)
from compilers.regular import (
    ANY,
    EVERY,
    Alt,
    And,
    Cat,
    Chars,
    Expr,
    Not,
    Rep,
    counted,
    has_boolean,
    letter_class,
)

_ALL = "/(?s:.*)/"


def emit(grammar: Grammar) -> str:
    """The text of a grammar."""
    return _Printer(grammar).run()


class _Printer:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._terminals: dict[Expr, str] = {}
        self._heads: list[str] = []

    def run(self) -> str:
        lines = ["%llguidance {}"]
        names = {name: f"r_{name}" for name in self._grammar.rules}
        names[self._grammar.start] = "start"
        self._names = names
        for name, node in self._grammar.rules.items():
            lines.append(f"{names[name]}: {self.node(node)}")
        lines += [f"{name}: {terminal(expr)}" for expr, name in self._terminals.items()]
        return "\n".join(lines) + "\n"

    def node(self, node: Node) -> str:
        return _NODES[type(node)](self, node)

    def _tight(self, node: Node) -> str:
        """As a part of something that binds more tightly than `|` and juxtaposition."""
        plain = isinstance(node, Literal | Regular | Ref | Special)
        return self.node(node) if plain else f"({self.node(node)})"

    def literal(self, node: Literal) -> str:
        return quote(node.text)

    def regular(self, node: Regular) -> str:
        return self._terminals.setdefault(node.expr, f"T{len(self._terminals)}")

    def sequence(self, node: Sequence) -> str:
        parts = (f"({self.node(p)})" if isinstance(p, Choice) else self.node(p) for p in node.parts)
        return " ".join(parts) or '""'

    def choice(self, node: Choice) -> str:
        if not node.parts:
            raise Unsupported("the empty language has no rule")
        return " | ".join(map(self.node, node.parts))

    def repeat(self, node: Repeat) -> str:
        return self._tight(node.part) + counted(node.low, node.high)

    def ref(self, node: Ref) -> str:
        return self._names[node.name]

    def special(self, node: Special) -> str:
        if not node.name.startswith("<") or not node.name.endswith(">"):
            raise Unsupported(f"special token {node.name!r}: only names in <> can be written")
        return node.name

    def free_text(self, node: FreeText) -> str:
        if node.stops:
            raise Unsupported("free text with a stop")
        return self.regular(Regular(EVERY))

    def capture(self, node: Capture) -> str:
        return f"({self.node(node.part)})"


_NODES: Mapping[type, Callable[..., str]] = {
    Literal: _Printer.literal,
    Regular: _Printer.regular,
    Sequence: _Printer.sequence,
    Choice: _Printer.choice,
    Repeat: _Printer.repeat,
    Ref: _Printer.ref,
    Special: _Printer.special,
    FreeText: _Printer.free_text,
    Capture: _Printer.capture,
}


def quote(text: str) -> str:
    """A literal, in double quotes."""
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (c if c >= " " else f"\\x{ord(c):02x}") for c in text)
        + '"'
    )


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def terminal(expr: Expr) -> str:
    """A terminal's right-hand side: a regex, or regexes joined by Lark's operators."""
    if not has_boolean(expr):
        return f"/{_regex(expr)}/"
    return _TERMINALS[type(expr)](expr)


def _loose(expr: Expr) -> str:
    plain = not has_boolean(expr)
    return terminal(expr) if plain else f"({terminal(expr)})"


def _alt(expr: Alt) -> str:
    return " | ".join(map(_loose, expr.parts))


def _cat(expr: Cat) -> str:
    """Neighbours without operators share one regex."""
    found: list[str] = []
    plain: list[Expr] = []
    for part in (*expr.parts, None):
        if part is not None and not has_boolean(part):
            plain.append(part)
            continue
        if plain:
            found.append(f"/{_regex(Cat(tuple(plain)))}/")
            plain = []
        if part is not None:
            found.append(_loose(part))
    return " ".join(found)


def _and(expr: And) -> str:
    """Complements last; if there is nothing else, of all text."""
    wanted = [_loose(part) for part in expr.parts if not isinstance(part, Not)]
    unwanted = [_complement(part) for part in expr.parts if isinstance(part, Not)]
    return " & ".join([*(wanted or [_ALL]), *unwanted])


def _complement(expr: Not) -> str:
    return "~" + _loose(expr.part)


def _not(expr: Not) -> str:
    return f"{_ALL} & {_complement(expr)}"


def _rep(expr: Rep) -> str:
    return f"({terminal(expr.part)}){counted(expr.low, expr.high)}"


_TERMINALS: Mapping[type, Callable[..., str]] = {
    Alt: _alt,
    Cat: _cat,
    And: _and,
    Not: _not,
    Rep: _rep,
}


def _regex(expr: Expr) -> str:
    """Rust's syntax, between slashes."""
    if isinstance(expr, Chars):
        return "(?s:.)" if expr == ANY else letter_class(expr.ranges)
    if isinstance(expr, Cat):
        return "".join(_group(p) if isinstance(p, Alt) else _regex(p) for p in expr.parts)
    if isinstance(expr, Alt):
        return "|".join(map(_regex, expr.parts)) if expr.parts else r"[^\x00-\x{10FFFF}]"
    assert isinstance(expr, Rep)
    if isinstance(expr.part, Chars):
        return _regex(expr.part) + counted(expr.low, expr.high)
    return _group(expr.part) + counted(expr.low, expr.high)


def _group(expr: Expr) -> str:
    return f"(?:{_regex(expr)})"
