"""Which rules of a grammar have the empty text, and which have any other.

No rule of KBNF may be empty, so both must be known before any is written. Members in any order are
among the nodes here, unlike in passes.recursion.
"""

from collections.abc import Callable, Mapping

from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Unordered,
    children,
)


def nullable(rules: Mapping[str, Node]) -> set[str]:
    """The rules that the empty text matches."""
    return _least(rules, _has_empty)


def filled(rules: Mapping[str, Node]) -> set[str]:
    """The rules that match any text but the empty one, and perhaps some that match nothing."""
    return _least(rules, _has_other)


def _least(rules: Mapping[str, Node], holds: Callable[[Node, set[str]], bool]) -> set[str]:
    """The least fixed point, from both ends: rules mostly stand before those that they use."""
    found: set[str] = set()
    todo, size = list(rules), -1
    while size != len(found):
        size = len(found)
        todo = [name for name in reversed(todo) if name not in found]
        for name in todo:
            if holds(rules[name], found):
                found.add(name)
    return found


def _has_empty(node: Node, found: set[str]) -> bool:
    if isinstance(node, Literal):
        return not node.text
    if isinstance(node, Regular):
        return node.expr.nullable
    if isinstance(node, Ref):
        return node.name in found
    if isinstance(node, Sequence):
        return all(_has_empty(part, found) for part in node.parts)
    if isinstance(node, Choice):
        return any(_has_empty(part, found) for part in node.parts)
    if isinstance(node, Repeat):
        return node.low == 0 or _has_empty(node.part, found)
    if isinstance(node, Unordered):
        return _have_empty(node, found)
    return _has_empty(node.part, found) if isinstance(node, Capture) else isinstance(node, FreeText)


def _have_empty(node: Unordered, found: set[str]) -> bool:
    """Required members must be empty, all of them, and so must be what stands between two."""
    required = [member for member, required in node.members if required]
    if not required:
        others = (*(member for member, _ in node.members), node.extra)
        return not node.some or any(_has_empty(each, found) for each in others)
    between = [node.separator] if len(required) > 1 else []
    return all(_has_empty(each, found) for each in (*required, *between))


def _has_other(node: Node, found: set[str]) -> bool:
    if isinstance(node, Literal):
        return bool(node.text)
    if isinstance(node, Ref):
        return node.name in found
    if isinstance(node, Sequence | Choice | Unordered | Capture):
        return any(_has_other(part, found) for part in children(node))
    if isinstance(node, Repeat):
        return node.high != 0 and _has_other(node.part, found)
    return True
