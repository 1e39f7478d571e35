"""What the dialects without regexes share: a regular language is written as rules."""

from compilers.emitters.base import Printer
from compilers.errors import TooLarge
from compilers.lookahead import deterministic
from compilers.regular import Dfa, Expr, dfa, minimise


class RulePrinter(Printer):
    """A language is written as it is where each letter has one place in it, else as its smallest
    automaton: `written` and `automaton` are the dialect's.
    """

    max_states: int
    """Of an automaton; where there are more, the language is written as it is, if that can be."""

    def terminal(self, expr: Expr) -> str:
        if self.is_plain(expr):
            return self.written(expr)
        try:
            small = minimise(dfa(expr, self.max_states))
        except TooLarge as error:
            if expr.boolean:
                what = f"an intersection or complement ({error.message})"
                raise self.unsupported(what) from error
            return self.written(expr)
        if not small.alive:
            raise self.unsupported("the empty language")
        return self.automaton(expr, small)

    def is_plain(self, expr: Expr) -> bool:
        """Whether it is best written as it is."""
        return deterministic(expr)

    def written(self, expr: Expr) -> str:
        """An expression without And and Not, as it is."""
        raise NotImplementedError

    def automaton(self, expr: Expr, small: Dfa) -> str:
        """The alternatives of its start; other states are rules of their own."""
        raise NotImplementedError
