"""Numbers that are written as rules: one for each state of an automaton, letter by letter.

So are sets of numbers for which no regex is short enough: the multiples of 7.
"""

from compilers.ir import EMPTY, Choice, Literal, Node, Ref, Sequence, choice, sequence
from compilers.regular import Dfa

BEGINS = frozenset("-0123456789")
"""The letters that a number may begin with."""


def letter_rules(automaton: Dfa, prefix: str) -> dict[str, Node]:
    """The rules, that of the start first; none where there is no text."""
    names = {number: f"{prefix}_{number}" for number in sorted(automaton.alive)}

    def rule(number: int) -> Node:
        found: list[Node] = [EMPTY] if automaton.ends[number] else []
        for letters, after in zip(automaton.classes, automaton.steps[number], strict=True):
            if after in automaton.alive:
                each = (chr(c) for low, high in letters for c in range(low, high + 1))
                found += [sequence(Literal(letter), Ref(names[after])) for letter in each]
        return choice(*found)

    return {name: rule(number) for number, name in names.items()}


def is_one(rule: Node) -> bool:
    """Whether it is such a rule of JSON, in which nothing else goes on right behind a digit."""
    return isinstance(rule, Choice) and any(
        isinstance(way, Sequence)
        and way != EMPTY
        and isinstance(way.parts[0], Literal)
        and way.parts[0].text in BEGINS
        for way in rule.parts
    )
