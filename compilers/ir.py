"""The one language that every frontend speaks and every emitter prints.

A `Grammar` is a set of named rules; a rule is one node:

    Literal("yes")                     exactly this text
    Regular(expr)                      a regular language (compilers.regular), as one leaf
    Sequence((a, b))                   one after the other; () is the empty text
    Choice((a, b))                     one of them; () is no text at all
    Repeat(a, low, high)               low to high times (None: any number)
    Unordered(members, extra, sep)     named members in any order, each at most once, and others;
                                       with some=True not none of them at all
    Ref("name")                        another rule
    FreeText(("</p>",))                text until one of the stops, which is not part of it
    Special("<tool_call>")             a special token of the vocabulary, by name: not its letters
    Capture("answer", a, "content")    what `a` matches, under a name, on a channel

Nodes are immutable and know nothing of sources or dialects.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compilers.frozen import frozen
from compilers.regular import Expr

if TYPE_CHECKING:
    from compilers.watch import Watch


@frozen
class Literal:
    text: str


@frozen
class Regular:
    expr: Expr


@frozen
class Sequence:
    parts: tuple["Node", ...]


@frozen
class Choice:
    parts: tuple["Node", ...]


@frozen
class Repeat:
    part: "Node"
    low: int = 0
    high: int | None = None


@frozen
class Unordered:
    """Members, each with whether it is required, and any number of `extra`, separated.

    `some`: there must be one of all these at least.
    """

    members: tuple[tuple["Node", bool], ...]
    extra: "Node"
    separator: "Node"
    some: bool = False


@frozen
class Ref:
    name: str


@frozen
class FreeText:
    stops: tuple[str, ...] = ()


@frozen
class Special:
    name: str


@frozen
class Capture:
    name: str
    part: "Node"
    channel: str = "content"


Node = (
    Literal | Regular | Sequence | Choice | Repeat | Unordered | Ref | FreeText | Special | Capture
)

EMPTY = Sequence(())
NOTHING = Choice(())
SHARED = "shared_"
"""How the names of rules begin that are the same in every grammar that has them. No name that a
person gave begins so (frontends/names.py)."""


@frozen
class Note:
    """Something in the source that the grammar does not enforce, and need not."""

    where: str
    message: str


Table = Mapping[str | Expr, tuple[str, ...]]
"""In which places of a declaration that stands of which rules, by their names, and regular
languages are made: JSON pointers, or line and column. One for each is enough."""


@dataclass(slots=True, eq=False)
class Origin:
    """Where some rules come from: `table`, which is made when it is asked for, and what stands
    before each place in it."""

    before: str
    rules: Container[str]
    table: Callable[[], Table]


@frozen
class Watched:
    """What else JSON texts must keep to (compilers.watch), and the JSON pointer of what says so."""

    watch: "Watch"
    where: str


@frozen
class Grammar:
    """`rules[start]` is the whole; `notes` is what the source says and the grammar does not.

    `values` are rules each text of which is one value of JSON in brackets or quotes, as whoever
    made them knows, with the letters that they may begin with: '{', '[' and '"'. `delimited`: no
    terminal can go on with a letter that may follow it, as in JSON, but for numbers that are rules
    (letter_rules.py); whoever makes such a grammar may say so, then nobody needs to look
    (passes/lexed.py). `watched` are rules each text of which is one value of JSON, and what else it
    must keep to, which no rule says; within a value that is watched they do not count. `origins`:
    where rules come from, for errors (origins.py).
    """

    rules: Mapping[str, Node]
    start: str = "start"
    notes: tuple[Note, ...] = field(default=())
    values: Mapping[str, str] = field(default_factory=dict)
    delimited: bool = False
    watched: Mapping[str, Watched] = field(default_factory=dict)
    origins: tuple[Origin, ...] = field(default=(), compare=False)

    @property
    def watches(self) -> list["Watch"]:
        """Each once."""
        return list(dict.fromkeys(each.watch for each in self.watched.values()))


def with_origin(grammar: Grammar, origin: Origin) -> Grammar:
    """The same grammar. (`replace` takes five times as long, of each small schema 1 %.)"""
    of = grammar
    return Grammar(of.rules, of.start, of.notes, of.values, of.delimited, of.watched, (origin,))


_NESTING = frozenset([Sequence, Choice])
_LEAVES = frozenset([Literal, Regular, Ref, FreeText, Special])


def is_nothing(node: Node) -> bool:
    """Whether it is NOTHING; to compare them takes longer."""
    return type(node) is Choice and not node.parts


def children(node: Node) -> tuple[Node, ...]:
    if type(node) in _LEAVES:
        return ()
    if isinstance(node, Sequence) or isinstance(node, Choice):  # noqa: SIM101 (twice as fast)
        return node.parts
    if isinstance(node, Unordered):
        return (*(member for member, _ in node.members), node.extra, node.separator)
    assert isinstance(node, Repeat | Capture)
    return (node.part,)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, references not followed."""
    todo = [node]
    while todo:
        each = todo.pop()
        yield each
        if type(each) not in _LEAVES:
            todo.extend(reversed(children(each)))


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with `change` applied to each of its children; a leaf is itself."""
    if isinstance(node, Sequence):
        return sequence(*map(change, node.parts))
    if isinstance(node, Choice):
        return choice(*map(change, node.parts))
    if isinstance(node, Repeat):
        return Repeat(change(node.part), node.low, node.high)
    if isinstance(node, Capture):
        return Capture(node.name, change(node.part), node.channel)
    if isinstance(node, Unordered):
        members = tuple((change(member), required) for member, required in node.members)
        return Unordered(members, change(node.extra), change(node.separator), node.some)
    return node


def sequence(*parts: Node) -> Node:
    """Flat, and NOTHING where a part is."""
    if _NESTING.isdisjoint(map(type, parts)):
        return parts[0] if len(parts) == 1 else Sequence(parts)
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, Sequence):
            flat.extend(part.parts)
        elif isinstance(part, Choice) and not part.parts:
            return NOTHING
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def choice(*parts: Node) -> Node:
    """Flat, without doubles and NOTHING."""
    if len(parts) == 1:
        return parts[0]
    flat: dict[Node, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Choice) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else Choice(tuple(flat))


def maybe(node: Node) -> Node:
    return node if node == EMPTY else Repeat(node, 0, 1)


def rewritten(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with `change` applied to each leaf below it."""
    if type(node) in _LEAVES:
        return change(node)
    return mapped(node, lambda part: rewritten(part, change))


def renamed(grammar: Grammar, prefix: str) -> Grammar:
    """The same grammar, its rules under names of their own, to be put beside others."""
    own = (name for name in grammar.rules if not name.startswith(SHARED))
    return under_names(grammar, {name: prefix + name for name in own})


def under_names(grammar: Grammar, names: Mapping[str, str]) -> Grammar:
    """The same grammar, its rules under these names; those that are not mentioned keep theirs."""

    def name_of(name: str) -> str:
        return names.get(name, name)

    def change(node: Node) -> Node:
        return Ref(name_of(node.name)) if isinstance(node, Ref) else node

    rules = {name_of(name): rewritten(node, change) for name, node in grammar.rules.items()}
    values = {name_of(name): opens for name, opens in grammar.values.items()}
    watched = {name_of(name): each for name, each in grammar.watched.items()}
    origins = tuple(_under_names(origin, rules, names) for origin in grammar.origins)
    start = name_of(grammar.start)
    return replace(
        grammar, rules=rules, start=start, values=values, watched=watched, origins=origins
    )


def _under_names(origin: Origin, rules: Container[str], names: Mapping[str, str]) -> Origin:
    def table() -> Table:
        found = origin.table()
        return {names.get(p, p) if isinstance(p, str) else p: found[p] for p in found}

    return Origin(origin.before, rules, table)


def unused(name: str, names: Container[str]) -> str:
    """A name that is none of these: this one, or with underscores behind it."""
    while name in names:
        name += "_"
    return name
