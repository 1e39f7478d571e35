"""What a rule is made of; which rules have a text, which the empty one, and which any other."""

from collections.abc import Callable, Iterable, Mapping, Set

from compilers.frozen import frozen
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
    Special,
    Unordered,
    children,
    is_nothing,
)
from compilers.per_node import per_node
from compilers.regular import Expr


@frozen
class Uses:
    """`rules`: those that a node refers to, each once, in the order of the node; `specials`: the
    special tokens in it; `boolean`: its regular languages with And or Not, each once. `nothing`:
    whether a part of it has no text by itself; that there is no `extra` member is no such thing.
    `unordered`: whether there are members in any order."""

    rules: Mapping[str, None]
    specials: frozenset[str]
    boolean: Mapping[Expr, None]
    nothing: bool
    unordered: bool


@per_node
def uses(node: Node) -> Uses:
    """What is found in one walk through a node, references not followed."""
    rules: dict[str, None] = {}
    specials: set[str] = set()
    boolean: dict[Expr, None] = {}
    nothing = unordered = False
    todo = [node]
    while todo:
        each = todo.pop()
        if isinstance(each, Literal) or (isinstance(each, Regular) and not each.expr.boolean):
            continue
        if isinstance(each, Sequence):
            todo += each.parts[::-1]
        elif isinstance(each, Regular):
            boolean[each.expr] = None
        elif isinstance(each, Ref):
            rules[each.name] = None
        elif isinstance(each, Capture):
            todo.append(each.part)
        elif isinstance(each, Unordered):
            unordered = True
            parts = _parts(each)
            nothing |= each.some and len(parts) == 1
            todo += parts
        elif is_nothing(each):
            nothing = True
        elif isinstance(each, Special):
            specials.add(each.name)
        else:
            todo += children(each)[::-1]
    return Uses(rules, frozenset(specials), boolean, nothing, unordered)


def _parts(node: Unordered) -> list[Node]:
    """The separator, what other members there may be, and the members, the last first."""
    extra = [] if is_nothing(node.extra) else [node.extra]
    return [node.separator, *extra, *[member for member, _ in reversed(node.members)]]


def specials(nodes: Iterable[Node]) -> frozenset[str]:
    """The special tokens in any of them, by name."""
    return frozenset[str]().union(*(uses(node).specials for node in nodes))


def reachable(rules: Mapping[str, Node], start: str) -> set[str]:
    """The rules that a rule needs, itself among them."""
    found, todo = {start}, [start]
    while todo:
        further = uses(rules[todo.pop()]).rules.keys() - found
        found |= further
        todo += further
    return found


def sound(rules: Mapping[str, Node]) -> set[str]:
    """The rules of which every part has a text, those that they use among them: mostly all but
    what refers to itself."""
    return _least(rules, _is_sound, set())


def productive(rules: Mapping[str, Node], known: Set[str] = frozenset()) -> set[str]:
    """The rules that have a text. It is `known` of some."""
    found = {*known} if known else sound(rules)
    return found if len(found) == len(rules) else _least(rules, _has_text, found)


def nullable(rules: Mapping[str, Node]) -> set[str]:
    """The rules that the empty text matches."""
    return _least(rules, has_empty, set())


def filled(rules: Mapping[str, Node]) -> set[str]:
    """The rules that match any text but the empty one, and perhaps some that match nothing."""
    return _least(rules, _has_other, set())


def _least(
    rules: Mapping[str, Node], holds: Callable[[Node, Set[str]], bool], found: set[str]
) -> set[str]:
    """The rules of which something holds, if it holds of those that they use: the least fixed
    point. It holds of those `found`, to which they are added.

    Rules mostly stand before those that they use, so one look from the end finds nearly all; the
    others are looked at again when one that they wait for is found.
    """
    for name in reversed(list(rules)):
        if name not in found and holds(rules[name], found):
            found.add(name)
    todo = [name for name in rules if name not in found]
    users: dict[str, list[str]] = {}
    for name in todo:
        for each in uses(rules[name]).rules:
            users.setdefault(each, []).append(name)
    while todo:
        name = todo.pop()
        if name not in found and holds(rules[name], found):
            found.add(name)
            todo.extend(users.get(name, ()))
    return found


def _is_sound(node: Node, found: Set[str]) -> bool:
    """Whether all of it has a text."""
    known = uses(node)
    return not known.nothing and found >= known.rules.keys()


def _has_text(node: Node, found: Set[str]) -> bool:
    return _is_sound(node, found) or _some_text(node, found)


def _some_text(node: Node, found: Set[str]) -> bool:
    kind = type(node)
    if kind is Literal or kind is Regular:
        return True
    if isinstance(node, Ref):
        return node.name in found
    if isinstance(node, Sequence):
        return all(_some_text(part, found) for part in node.parts)
    if isinstance(node, Choice):
        return any(_some_text(part, found) for part in node.parts)
    if isinstance(node, Repeat):
        return node.low == 0 or _some_text(node.part, found)
    if isinstance(node, Unordered):
        any_of = (*(member for member, _ in node.members), node.extra)
        if node.some and not any(_some_text(each, found) for each in any_of):
            return False
        return all(_some_text(member, found) for member, required in node.members if required)
    return _some_text(node.part, found) if isinstance(node, Capture) else True


def has_empty(node: Node, found: Set[str]) -> bool:
    """Whether the empty text matches a node, if it does the rules that were found."""
    if isinstance(node, Literal):
        return not node.text
    if isinstance(node, Regular):
        return node.expr.nullable
    if isinstance(node, Ref):
        return node.name in found
    if isinstance(node, Sequence):
        return all(has_empty(part, found) for part in node.parts)
    if isinstance(node, Choice):
        return any(has_empty(part, found) for part in node.parts)
    if isinstance(node, Repeat):
        return node.low == 0 or has_empty(node.part, found)
    if isinstance(node, Unordered):
        return _have_empty(node, found)
    return has_empty(node.part, found) if isinstance(node, Capture) else isinstance(node, FreeText)


def _have_empty(node: Unordered, found: Set[str]) -> bool:
    """Required members must be empty, all of them, and so must be what stands between two."""
    required = [member for member, required in node.members if required]
    if not required:
        others = (*(member for member, _ in node.members), node.extra)
        return not node.some or any(has_empty(each, found) for each in others)
    between = [node.separator] if len(required) > 1 else []
    return all(has_empty(each, found) for each in (*required, *between))


def _has_other(node: Node, found: Set[str]) -> bool:
    if isinstance(node, Literal):
        return bool(node.text)
    if isinstance(node, Ref):
        return node.name in found
    if isinstance(node, Sequence | Choice | Unordered | Capture):
        return any(_has_other(part, found) for part in children(node))
    if isinstance(node, Repeat):
        return node.high != 0 and _has_other(node.part, found)
    return True
