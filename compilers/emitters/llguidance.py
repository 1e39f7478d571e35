"""llguidance's dialect of Lark.

Every Regular is one terminal, and terminals are kept apart by the JSON or other syntax around them:
llguidance lexes greedily and does not backtrack, so a terminal must not be able to go on with a
letter that may also follow it. And and Not are written as `&` and `~`; a complement alone would
admit special tokens, so it is always intersected with all text.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from compilers.errors import Unsupported
from compilers.ir import (
    NOTHING,
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
from compilers.passes.in_order import in_order
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
    both,
    cat,
    counted,
    has_boolean,
    letter_class,
    other_than,
    text,
)

_ALL = "/(?s:.*)/"


MAX_PERMUTED = 60  # a rule's parameter has 64 bits
ORDERS = ("free", "source")


def emit(grammar: Grammar, order: str = "free") -> str:
    """The text of a grammar. `order` "source" writes the members of objects in one order only."""
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}")
    return _Printer(in_order(grammar, _permuted if order == "free" else lambda node: False)).run()


def _permuted(node: Unordered) -> bool:
    size = len(node.members) + (node.extra != NOTHING)
    return size > 1 and len(node.members) <= MAX_PERMUTED


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
        lines += self._heads
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
        parts = _fused(node.parts)
        return " ".join(map(self._tight_sequence, parts)) or '""'

    def choice(self, node: Choice) -> str:
        if not node.parts:
            raise Unsupported("the empty language has no rule")
        return " | ".join(map(self.node, node.parts))

    def repeat(self, node: Repeat) -> str:
        return self._tight(node.part) + counted(node.low, node.high)

    def unordered(self, node: Unordered) -> str:
        """A rule whose parameter has one bit for each member that is written; required ones first.

        The first member has no separator before it, so there is a rule for it and one for the rest.
        """
        members = sorted(node.members, key=lambda each: not each[1])
        n_required = sum(required for _, required in members)
        name = f"u{len(self._heads)}"
        self._heads.append("")  # holds the name: members may have rules of this kind, too
        place = len(self._heads) - 1
        separator = self._tight(node.separator)
        first = [] if n_required else ['""']
        rest = [f'"" %if is_ones([0:{n_required}])' if n_required else '""']
        for i, (member, _) in enumerate(members):
            text = self._tight_sequence(member)
            first.append(f"{text} {name}::{1 << i:#x}")
            rest.append(f"{separator} {text} {name}::set_bit({i}) %if bit_clear({i})")
        if node.extra != NOTHING:
            text = self._tight_sequence(node.extra)
            first.append(f"{text} {name}::0x0")
            rest.append(f"{separator} {text} {name}::_")
        self._heads[place] = f"{name}::_: " + " | ".join(rest)
        return "(" + " | ".join(first) + ")"

    def _tight_sequence(self, node: Node) -> str:
        text = self.node(node)
        return f"({text})" if isinstance(node, Choice) else text

    def ref(self, node: Ref) -> str:
        return self._names[node.name]

    def special(self, node: Special) -> str:
        if not node.name.startswith("<") or not node.name.endswith(">"):
            raise Unsupported(f"special token {node.name!r}: only names in <> can be written")
        return node.name

    def free_text(self, node: FreeText) -> str:
        return self.regular(Regular(_without(node.stops)))

    def capture(self, node: Capture) -> str:
        return f"({self.node(node.part)})"


_NODES: Mapping[type, Callable[..., str]] = {
    Literal: _Printer.literal,
    Regular: _Printer.regular,
    Sequence: _Printer.sequence,
    Choice: _Printer.choice,
    Repeat: _Printer.repeat,
    Unordered: _Printer.unordered,
    Ref: _Printer.ref,
    Special: _Printer.special,
    FreeText: _Printer.free_text,
    Capture: _Printer.capture,
}


def _fused(parts: tuple[Node, ...]) -> list[Node]:
    """A hole and the text that ends it in one terminal: greedy lexing cannot run past the end."""
    found: list[Node] = []
    for part in parts:
        last = found[-1] if found else None
        hole = last.part if isinstance(last, Capture) else last
        # A Regular outside of a capture is kept apart by what is around it, as in JSON.
        regular = isinstance(last, Capture) and isinstance(hole, Regular)
        if isinstance(part, Literal) and (regular or isinstance(hole, FreeText)):
            end, rest = _end_of(hole, part.text)
            found[-1] = Regular(cat(_language(hole), text(end)))
            if rest:
                found.append(Literal(rest))
        else:
            found.append(part)
    return found


def _end_of(hole: Node | None, after: str) -> tuple[str, str]:
    """The text after a hole, cut behind the stop that it begins with."""
    stops = hole.stops if isinstance(hole, FreeText) else ()
    size = next((len(stop) for stop in stops if after.startswith(stop)), len(after))
    return after[:size], after[size:]


def _language(hole: Node | None) -> Expr:
    if isinstance(hole, FreeText):
        return _without(hole.stops)
    assert isinstance(hole, Regular)
    return hole.expr


def _without(stops: tuple[str, ...]) -> Expr:
    """All text that holds none of the stops."""
    return both(EVERY, *(other_than(cat(EVERY, text(stop), EVERY)) for stop in stops))


def quote(letters: str) -> str:
    """A literal, in double quotes."""
    return (
        '"'
        + "".join(_ESCAPES.get(c) or (c if c >= " " else f"\\x{ord(c):02x}") for c in letters)
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


@lru_cache(maxsize=20_000)
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
