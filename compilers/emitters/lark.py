"""Plain Lark, for the Python package of that name: the slow and exact reference.

    lark.Lark(text, parser="earley", lexer="dynamic_complete")

Only single letters and literals become terminals: in a longer regex Python's alternation would take
the first way that fits, not every one. And a regular language is written as it is only where each
letter has one place in it, and few are counted, else as the rules of its smallest automaton: that
package multiplies out what is optional or counted, which takes it minutes for a few holes.
"""

from collections.abc import Mapping

from compilers.emitters.base import quote
from compilers.emitters.ruled import RulePrinter
from compilers.ir import Grammar, Literal, Regular, Repeat
from compilers.passes.in_order import in_order
from compilers.regular import (
    Alt,
    Cat,
    Chars,
    Dfa,
    Expr,
    Ranges,
    Rep,
    children,
    inverse,
    transitions,
)

MAX_COUNT = 3


def emit(grammar: Grammar, tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar; members of objects in the order of the source.

    Lark has no special tokens: `tokens` are of no use to it.
    """
    return _Printer(in_order(grammar)).run()


class _Printer(RulePrinter):
    name = "lark"
    max_states = 1_000

    def literal(self, node: Literal) -> str:
        return quote(node.text) if node.text else self.empty()

    def regular(self, node: Regular) -> str:
        return self.named(node.expr, node)

    def repeat(self, node: Repeat) -> str:
        part = self.tight(node.part)
        return part + self.count(node.low, node.high, part)

    def is_plain(self, expr: Expr) -> bool:
        return super().is_plain(expr) and not _counts(expr)

    def automaton(self, expr: Expr, small: Dfa) -> str:
        """The start's alternatives; every other state from which letters lead on is a rule."""
        steps = transitions(small)
        leading = {state for state, _ in steps}
        ways: dict[int, list[str]] = {
            state: [self.empty()] for state, ends in enumerate(small.ends) if ends
        }
        for (state, after), letters in steps.items():
            rest = f" {self._state(expr, after)}" if after in leading else ""
            ways.setdefault(state, []).append(_letters(letters.ranges) + rest)
        for state in sorted(leading - {0}):
            self._extra_rules.append(self.rule(self._state(expr, state), " | ".join(ways[state])))
        return " | ".join(ways[0])

    def _state(self, expr: Expr, state: int) -> str:
        return f"{self._terminals[expr]}_{state}" if state else self._terminals[expr]

    def written(self, expr: Expr) -> str:
        if isinstance(expr, Chars):
            return _letters(expr.ranges)
        if isinstance(expr, Cat):
            return " ".join(map(self._part, expr.parts)) or self.empty()
        if isinstance(expr, Alt):
            if not expr.parts:
                raise self.unsupported("the empty language")
            return " | ".join(map(self.written, expr.parts))
        assert isinstance(expr, Rep)
        part = self.written(expr.part)
        whole = part if isinstance(expr.part, Chars) else f"({part})"
        return whole + self.count(expr.low, expr.high, whole)

    def _part(self, expr: Expr) -> str:
        return f"({self.written(expr)})" if isinstance(expr, Alt) else self.written(expr)

    def empty(self) -> str:
        return "()"

    def count(self, low: int, high: int | None, part: str = "") -> str:
        short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
        if (low, high) in short:
            return short[low, high]
        return f"~{low} {part}*" if high is None else f"~{low}..{high}"


def _counts(expr: Expr) -> bool:
    """Whether anything in it is counted beyond MAX_COUNT."""
    if isinstance(expr, Rep) and max(expr.low, expr.high or 0) > MAX_COUNT:
        return True
    return any(map(_counts, children(expr)))


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
