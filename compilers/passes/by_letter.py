"""Numbers letter by letter, all of them where one is, for engines that lex greedily.

Where another number may stand in the place of one that is written as rules (letter_rules.py), and
is one terminal, such an engine takes that for the longest text, and never comes to the rules.
"""

from dataclasses import replace

from compilers.errors import about
from compilers.ir import Grammar, Literal, Node, Ref, Regular, mapped, sequence
from compilers.letter_rules import BEGINS, is_one, letter_rules
from compilers.lookahead import first
from compilers.regular import Expr, dfa, minimise, normal, overlap

MAX_STATES = 1_500  # of the automaton of a number

_RANGES = normal((ord(letter), ord(letter)) for letter in BEGINS)


def by_letter(grammar: Grammar) -> Grammar:
    """The same language, of a grammar that is delimited. Raises TooLarge where a number's automaton
    is."""
    return _Pass(grammar).run() if any(map(is_one, grammar.rules.values())) else grammar


class _Pass:
    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._rules: dict[str, Node] = dict(grammar.rules)
        self._numbers: dict[Expr, Ref] = {}

    def run(self) -> Grammar:
        with about() as at:
            for name, node in self._grammar.rules.items():
                at.parts = (name,)
                self._rules[name] = self._rewritten(node)
        return replace(self._grammar, rules=self._rules)

    def _rewritten(self, node: Node) -> Node:
        if isinstance(node, Literal) and node.text[:1] in BEGINS:
            return sequence(*map(Literal, node.text))
        if isinstance(node, Regular) and _is_number(node.expr):
            return self._number(node.expr)
        return mapped(node, self._rewritten)

    def _number(self, expr: Expr) -> Ref:
        if expr not in self._numbers:
            with about(expr):
                small = minimise(dfa(expr, MAX_STATES))
            made = letter_rules(small, f"d{len(self._rules)}")
            self._rules |= made
            self._numbers[expr] = Ref(next(iter(made)))
        return self._numbers[expr]


def _is_number(expr: Expr) -> bool:
    """Whether all its texts begin as numbers do; words, which may begin with anything, do not."""
    found = first(expr)
    return bool(found) and overlap(found, _RANGES) == found
