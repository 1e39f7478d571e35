"""Grammars for parsers that expand the leftmost part first: no empty rounds, no left recursion.

Such a parser runs for ever on `x: x "a" | "b"`, and on `(y?)*`, where a round takes no letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compilers.errors import Unsupported, about
from compilers.ir import (
    EMPTY,
    NOTHING,
    Capture,
    Choice,
    FreeText,
    Grammar,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Unordered,
    children,
    choice,
    mapped,
    sequence,
    unused,
    walk,
)
from compilers.regular import nonempty, without
from compilers.uses import has_empty, nullable


def no_empty_rounds(grammar: Grammar) -> Grammar:
    """The same language; no Repeat has a part that the empty text matches."""
    empty = nullable(grammar.rules)
    if not any(
        isinstance(each, Repeat) and has_empty(each.part, empty)
        for node in grammar.rules.values()
        for each in walk(node)
    ):
        return grammar
    work = _NoEmptyRounds(grammar, empty)
    for name, node in grammar.rules.items():
        work.rules[name] = work.rewrite(node)
    return replace(grammar, rules=work.rules)


class _NoEmptyRounds:
    def __init__(self, grammar: Grammar, empty: set[str]) -> None:
        self.rules: dict[str, Node] = {}
        self._source = grammar.rules
        self._empty = empty
        self._made: dict[str, str] = {}

    def rewrite(self, node: Node) -> Node:
        if isinstance(node, Repeat) and has_empty(node.part, self._empty):
            part = self._nonempty(node.part)
            return EMPTY if part == NOTHING else Repeat(part, 0, node.high)
        return mapped(node, self.rewrite)

    def _nonempty(self, node: Node) -> Node:
        """The same language but for the empty text."""
        if not has_empty(node, self._empty):
            return self.rewrite(node)
        if isinstance(node, Regular):
            return Regular(nonempty(node.expr))
        if isinstance(node, FreeText):
            return Regular(nonempty(without(node.stops)))
        if isinstance(node, Sequence):
            return choice(
                *(
                    sequence(self._nonempty(part), *map(self.rewrite, node.parts[i + 1 :]))
                    for i, part in enumerate(node.parts)
                )
            )
        if isinstance(node, Choice):
            return choice(*map(self._nonempty, node.parts))
        if isinstance(node, Repeat):
            return self._some(node)
        if isinstance(node, Capture):
            return Capture(node.name, self._nonempty(node.part), node.channel)
        if isinstance(node, Unordered):
            if node.some or any(required for _, required in node.members):
                return self.rewrite(node)  # its members have some text
            members = tuple((self.rewrite(member), False) for member, _ in node.members)
            return Unordered(members, self.rewrite(node.extra), node.separator, some=True)
        return self._named(node.name) if isinstance(node, Ref) else NOTHING

    def _some(self, node: Repeat) -> Node:
        part = self._nonempty(node.part)
        more = None if node.high is None else node.high - 1
        return part if more == 0 else sequence(part, Repeat(part, 0, more))

    def _named(self, name: str) -> Node:
        if name not in self._made:
            self._made[name] = unused(f"{name}_some", self._source)
            self.rules[self._made[name]] = NOTHING  # holds the name while the body is made
            self.rules[self._made[name]] = self._nonempty(self._source[name])
        return Ref(self._made[name])


def no_left_recursion(grammar: Grammar) -> Grammar:
    """`x: x "a" | "b"` as `x: "b" "a"*`. Unsupported where a rule begins with itself otherwise.

    No Repeat may have a part that the empty text matches, and no Unordered may be left.
    """
    empty = nullable(grammar.rules)
    rules = {name: _unrolled(name, node, empty) for name, node in grammar.rules.items()}
    name = _on_a_cycle({name: set(_corners(node, empty)) for name, node in rules.items()})
    if name is not None:
        what = f"the rule {name!r} begins with itself"
        with about(name):
            raise Unsupported(f"left recursion: {what}", kind="left recursion")
    return replace(grammar, rules=rules)


def _unrolled(name: str, node: Node, empty: set[str]) -> Node:
    if not isinstance(node, Choice) or name not in _corners(node, empty):
        return node
    bases: list[Node] = []
    tails: list[Node] = []
    for part in node.parts:
        head, tail = _split(part)
        if head != Ref(name):
            bases.append(part)
        elif tail != EMPTY:
            tails.append(tail)
    if not tails:
        return choice(*bases)
    more = choice(*tails)
    return node if has_empty(more, empty) else sequence(choice(*bases), Repeat(more))


def _split(node: Node) -> tuple[Node, Node]:
    if isinstance(node, Sequence) and node.parts:
        return node.parts[0], sequence(*node.parts[1:])
    return node, EMPTY


def _corners(node: Node, empty: set[str]) -> Iterable[str]:
    """The rules that may stand at the very beginning of what a node matches."""
    if isinstance(node, Ref):
        yield node.name
    elif isinstance(node, Sequence):
        for part in node.parts:
            yield from _corners(part, empty)
            if not has_empty(part, empty):
                break
    elif isinstance(node, Choice):
        for part in node.parts:
            yield from _corners(part, empty)
    elif isinstance(node, Repeat | Capture):
        yield from _corners(node.part, empty)


def _on_a_cycle(steps: Mapping[str, set[str]]) -> str | None:
    """A name from which steps lead back to it."""
    waiting = {name: len(after) for name, after in steps.items()}
    before: dict[str, list[str]] = {name: [] for name in steps}
    for name, after in steps.items():
        for each in after:
            before[each].append(name)
    done = [name for name, count in waiting.items() if not count]
    for name in done:  # grows
        for user in before[name]:
            waiting[user] -= 1
            if not waiting[user]:
                done.append(user)
    # Each name that is left leads to another that is left: follow them until one comes again.
    left = steps.keys() - set(done)
    if not left:
        return None
    name, seen = min(left), set[str]()
    while name not in seen:
        seen.add(name)
        name = min(steps[name] & left)
    return name


def open_to_itself(members: Unordered, rules: Mapping[str, Node], empty: set[str]) -> bool:
    """Whether members in any order may begin or end with these members themselves.

    `empty`: the rules that the empty text matches.
    """
    return any(_reaches(members, rules, empty, last) for last in (False, True))


def _reaches(members: Unordered, rules: Mapping[str, Node], empty: set[str], last: bool) -> bool:
    todo = [each for part in children(members) for each in _edge(part, empty, last)]
    seen = set(map(id, todo))
    for each in todo:  # grows
        if each is members:
            return True
        inner = [rules[each.name]] if isinstance(each, Ref) else children(each)
        new = [found for part in inner for found in _edge(part, empty, last)]
        todo += [found for found in new if id(found) not in seen]
        seen.update(map(id, new))
    return False


def _edge(node: Node, empty: set[str], last: bool) -> Iterable[Node]:
    """The references and the members in any order that a text of the node may begin with; `last`:
    end with."""
    if isinstance(node, Ref | Unordered):
        yield node
    elif isinstance(node, Sequence):
        for part in reversed(node.parts) if last else node.parts:
            yield from _edge(part, empty, last)
            if not has_empty(part, empty):
                break
    else:
        for part in children(node):
            yield from _edge(part, empty, last)
