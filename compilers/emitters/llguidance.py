"""llguidance's dialect of Lark.

Every Regular is one terminal, and terminals are kept apart by the JSON or other syntax around them:
llguidance lexes greedily and does not backtrack, so a terminal must not be able to go on with a
letter that may also follow it. And and Not are written as `&` and `~`; a complement alone would
admit special tokens, so it is always intersected with all text.
"""

from collections.abc import Callable, Mapping

from compilers.emitters.base import Printer, rust_regex
from compilers.ir import (
    NOTHING,
    Grammar,
    Special,
    Unordered,
)
from compilers.passes.in_order import in_order
from compilers.regular import (
    Alt,
    And,
    Cat,
    Expr,
    Not,
    Rep,
    counted,
    has_boolean,
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


class _Printer(Printer):
    name = "llguidance"
    header = "%llguidance {}"

    def terminal(self, expr: Expr) -> str:
        return terminal(expr)

    def count(self, low: int, high: int | None) -> str:
        return counted(low, high)

    def unordered(self, node: Unordered) -> str:
        """A rule whose parameter has one bit for each member that is written; required ones first.

        The first member has no separator before it, so there is a rule for it and one for the rest.
        """
        members = sorted(node.members, key=lambda each: not each[1])
        n_required = sum(required for _, required in members)
        name = f"u{len(self._extra_rules)}"
        self._extra_rules.append("")  # holds the name: members may have rules of this kind, too
        place = len(self._extra_rules) - 1
        separator = self.tight(node.separator)
        first = [] if n_required else ['""']
        rest = [f'"" %if is_ones([0:{n_required}])' if n_required else '""']
        for i, (member, _) in enumerate(members):
            text = self.in_sequence(member)
            first.append(f"{text} {name}::{1 << i:#x}")
            rest.append(f"{separator} {text} {name}::set_bit({i}) %if bit_clear({i})")
        if node.extra != NOTHING:
            text = self.in_sequence(node.extra)
            first.append(f"{text} {name}::0x0")
            rest.append(f"{separator} {text} {name}::_")
        self._extra_rules[place] = f"{name}::_: " + " | ".join(rest)
        return "(" + " | ".join(first) + ")"

    def special(self, node: Special) -> str:
        if not node.name.startswith("<") or not node.name.endswith(">"):
            raise self.unsupported(f"special token {node.name!r}, not written in <>")
        return node.name


def terminal(expr: Expr) -> str:
    """A terminal's right-hand side: a regex, or regexes joined by Lark's operators."""
    if not has_boolean(expr):
        return f"/{rust_regex(expr)}/"
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
            found.append(f"/{rust_regex(Cat(tuple(plain)))}/")
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
