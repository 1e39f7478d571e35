"""Leave out what no text can use: alternatives that never end, rules that nothing refers to."""

from collections.abc import Callable, Mapping

from compilers.errors import Contradiction
from compilers.ir import (
    NOTHING,
    Capture,
    Choice,
    Grammar,
    Node,
    Ref,
    Repeat,
    Sequence,
    Unordered,
    children,
    choice,
    sequence,
    walk,
)


def trim(grammar: Grammar) -> Grammar:
    """The same language. Raises Contradiction if it is empty."""
    productive = _productive(grammar.rules)
    if grammar.start not in productive:
        raise Contradiction("no text satisfies this declaration")
    if len(productive) == len(grammar.rules) and not any(map(_has_dead, grammar.rules.values())):
        return grammar
    rules = {n: _cut(node, productive) for n, node in grammar.rules.items() if n in productive}
    used = _reachable(rules, grammar.start)
    kept = {name: node for name, node in rules.items() if name in used}
    return Grammar(kept, grammar.start, grammar.notes)


def _has_dead(node: Node) -> bool:
    """Whether an alternative in it has no text. Members without any `extra` are no such thing."""
    if isinstance(node, Unordered):
        parts = [member for member, _ in node.members]
        return any(map(_has_dead, parts if node.extra == NOTHING else [*parts, node.extra]))
    return node == NOTHING or any(map(_has_dead, children(node)))


def _productive(rules: Mapping[str, Node]) -> set[str]:
    """The rules that have a text: the least fixed point.

    Rules mostly stand before those that they use, so one look from the end finds nearly all; the
    others are looked at again when one that they wait for is found.
    """
    found: set[str] = set()
    for name in reversed(rules):
        if _has_text(rules[name], found):
            found.add(name)
    waiting = [name for name in rules if name not in found]
    users: dict[str, list[str]] = {}
    for name in waiting:
        for each in walk(rules[name]):
            if isinstance(each, Ref):
                users.setdefault(each.name, []).append(name)
    todo = waiting
    while todo:
        name = todo.pop()
        if name not in found and _has_text(rules[name], found):
            found.add(name)
            todo.extend(users.get(name, ()))
    return found


def _has_text(node: Node, productive: set[str]) -> bool:
    if isinstance(node, Ref):
        return node.name in productive
    if isinstance(node, Sequence):
        return all(_has_text(part, productive) for part in node.parts)
    if isinstance(node, Choice):
        return any(_has_text(part, productive) for part in node.parts)
    if isinstance(node, Repeat):
        return node.low == 0 or _has_text(node.part, productive)
    if isinstance(node, Unordered):
        return all(_has_text(member, productive) for member, required in node.members if required)
    return _has_text(node.part, productive) if isinstance(node, Capture) else True


def _cut(node: Node, productive: set[str]) -> Node:
    def cut(part: Node) -> Node:
        return _cut(part, productive)

    if isinstance(node, Ref):
        return node if node.name in productive else NOTHING
    if isinstance(node, Sequence):
        return sequence(*map(cut, node.parts))
    if isinstance(node, Choice):
        return choice(*(part for part in map(cut, node.parts) if part != NOTHING))
    if isinstance(node, Repeat):
        return _cut_repeat(node, cut)
    if isinstance(node, Unordered):
        return _cut_unordered(node, cut)
    if isinstance(node, Capture):
        inner = cut(node.part)
        return NOTHING if inner == NOTHING else Capture(node.name, inner, node.channel)
    return node


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
    return Unordered(kept, cut(node.extra), node.separator)


def _reachable(rules: Mapping[str, Node], start: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for each in walk(rules[todo.pop()]):
            if isinstance(each, Ref) and each.name not in seen:
                seen.add(each.name)
                todo.append(each.name)
    return seen
