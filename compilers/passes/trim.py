"""Leave out what no text can use: alternatives that never end, rules that nothing refers to."""

from collections.abc import Callable
from dataclasses import replace

from compilers.errors import Contradiction
from compilers.ir import (
    NOTHING,
    Capture,
    Grammar,
    Node,
    Ref,
    Repeat,
    Unordered,
    mapped,
    sequence,
)
from compilers.uses import productive, reachable, sound, uses


def trim(grammar: Grammar) -> Grammar:
    """The same language. Raises Contradiction if it is empty."""
    whole = sound(grammar.rules)
    if len(whole) == len(grammar.rules):
        return grammar
    alive = productive(grammar.rules, whole)
    if grammar.start not in alive:
        raise Contradiction("no text satisfies this declaration")
    others = grammar.rules.keys() - whole
    touched = {name for name in others if _has_dead(grammar.rules[name], alive)}
    if not touched and len(alive) == len(grammar.rules):
        return grammar
    rules = {
        name: _cut(node, alive) if name in touched else node
        for name, node in grammar.rules.items()
        if name in alive
    }
    used = reachable(rules, grammar.start)
    kept = {name: node for name, node in rules.items() if name in used}
    return replace(grammar, rules=kept)


def _has_dead(node: Node, alive: set[str]) -> bool:
    """Whether an alternative in it has no text. Members without any `extra` are no such thing."""
    known = uses(node)
    return known.nothing or not alive >= known.rules.keys()


def _cut(node: Node, alive: set[str]) -> Node:
    def cut(part: Node) -> Node:
        return _cut(part, alive)

    if isinstance(node, Ref):
        return node if node.name in alive else NOTHING
    if isinstance(node, Repeat):
        return _cut_repeat(node, cut)
    if isinstance(node, Unordered):
        return _cut_unordered(node, cut)
    if isinstance(node, Capture):
        inner = cut(node.part)
        return NOTHING if inner == NOTHING else Capture(node.name, inner, node.channel)
    return mapped(node, cut)


def _cut_repeat(node: Repeat, cut: Callable[[Node], Node]) -> Node:
    part = cut(node.part)
    if part == NOTHING:
        return sequence() if node.low == 0 else NOTHING
    return Repeat(part, node.low, node.high)


def _cut_unordered(node: Unordered, cut: Callable[[Node], Node]) -> Node:
    members = [(cut(member), required) for member, required in node.members]
    if any(required and member == NOTHING for member, required in members):
        return NOTHING
    kept = tuple(each for each in members if each[0] != NOTHING)
    extra = cut(node.extra)
    if node.some and not kept and extra == NOTHING:
        return NOTHING
    return Unordered(kept, extra, node.separator, node.some)
