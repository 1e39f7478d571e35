"""Plain Lark, for the Python package of that name: the slow and exact reference.

    lark.Lark(text, parser="earley", lexer="dynamic_complete")

Only single letters and literals become terminals: in a longer regex Python's alternation would take
the first way that fits, not every one. And and Not are determinised, minimised and written out.
"""

from collections.abc import Mapping

from compilers.emitters.base import Printer, quote
from compilers.errors import CompileError
from compilers.ir import Grammar, Regular
from compilers.passes.in_order import in_order
from compilers.regular import (
    Alt,
    Cat,
    Chars,
    Expr,
    Ranges,
    Rep,
    dfa,
    inverse,
    minimise,
    to_expr,
)

MAX_STATES = 60


def emit(grammar: Grammar, tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar; members of objects in the order of the source.

    Lark has no special tokens: `tokens` are of no use to it.
    """
    return _Printer(in_order(grammar)).run()


class _Printer(Printer):
    name = "lark"

    def regular(self, node: Regular) -> str:
        return self._terminals.setdefault(node.expr, f"t{len(self._terminals)}")

    def terminal(self, expr: Expr) -> str:
        if expr.boolean:
            try:
                expr = to_expr(minimise(dfa(expr)), MAX_STATES)
            except CompileError as error:
                what = f"an intersection or complement ({error.message})"
                raise self.unsupported(what) from error
        return self._written(expr)

    def _written(self, expr: Expr) -> str:
        if isinstance(expr, Chars):
            return _letters(expr.ranges)
        if isinstance(expr, Cat):
            return " ".join(map(self._part, expr.parts)) or self.empty()
        if isinstance(expr, Alt):
            if not expr.parts:
                raise self.unsupported("the empty language")
            return " | ".join(map(self._written, expr.parts))
        assert isinstance(expr, Rep)
        part = self._written(expr.part)
        whole = part if isinstance(expr.part, Chars) else f"({part})"
        return whole + self.count(expr.low, expr.high, whole)

    def _part(self, expr: Expr) -> str:
        return f"({self._written(expr)})" if isinstance(expr, Alt) else self._written(expr)

    def empty(self) -> str:
        return "()"

    def count(self, low: int, high: int | None, part: str = "") -> str:
        short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
        if (low, high) in short:
            return short[low, high]
        if high is not None:
            return f"~{low}..{high}"
        if not part:
            raise self.unsupported(f"{low} times or more")
        return f"~{low} {part}*"


def _letters(found: Ranges) -> str:
    if len(found) == 1 and found[0][0] == found[0][1]:
        return quote(chr(found[0][0]))
    other = inverse(found)
    pairs, sign = (other, "^") if len(other) < len(found) else (found, "")
    if not pairs:
        return r"/[\s\S]/"
    inside = "".join(_letter(a) if a == b else f"{_letter(a)}-{_letter(b)}" for a, b in pairs)
    return f"/[{sign}{inside}]/"


def _letter(code: int) -> str:
    """Lark evaluates \\x and \\u itself, so a letter with a meaning needs a plain backslash."""
    if 0x20 < code < 0x7F:
        return chr(code) if chr(code).isalnum() else "\\" + chr(code)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
