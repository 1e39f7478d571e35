"""What a grammar is made of, for its closings: captures are gone, words of a choice are one leaf,
rules stand where they are called but for those that hold themselves.

`Items` makes them, equal ones once: so to compare two is to compare two addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compilers import ir
from compilers.closing.leaves import Leaf
from compilers.ir import Grammar, Node
from compilers.leaves import Letters, Token, Word
from compilers.regular import without, words_of
from compilers.uses import uses

MAX_ITEMS = 50_000  # kept of one grammar


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One leaf."""

    leaf: Leaf


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One after the other."""

    parts: tuple["Item", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several."""

    parts: tuple["Item", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """`low` to `high` times; None: any number."""

    part: "Item"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A rule that holds itself."""

    rule: str


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """What is left of an object, of which the members `used` have been written.

    `place`: FIRST, BEHIND a member, or NEXT behind a separator.
    """

    form: "Form"
    used: frozenset[int]
    place: int


@dataclass(frozen=True, slots=True, eq=False)
class PhaseEnd:
    """Here the phase ends."""


Item = Piece | Row | Choice | Repeat | Call | Members | PhaseEnd

FIRST, BEHIND, NEXT = range(3)
"""Where one is among members: before the first, if any comes; behind one; where one must come."""


class Form:
    """An ir.Unordered: its members in any order, each with whether it is required."""

    __slots__ = ("extra", "group", "members", "required", "separator")

    def __init__(
        self,
        members: tuple[tuple[Item, bool], ...],
        extra: Item | None,
        separator: Item,
        group: int,
    ) -> None:
        self.members = members
        self.extra = extra
        self.separator = separator
        self.group = max(group, 1)
        self.required = frozenset(i for i, (_, needed) in enumerate(members) if needed)

    def free(self, used: frozenset[int]) -> list[int]:
        """The members that may come next: of the group where they are, or a later one if all that
        must be there before it is."""
        first = max((i // self.group for i in used), default=0)
        last = min((i // self.group for i in self.required - used), default=len(self.members))
        places = range(first * self.group, min((last + 1) * self.group, len(self.members)))
        return [i for i in places if i not in used]


class Items:
    """The items of a grammar.

    `phase`: the rule behind which a PhaseEnd is put; `group`: see Closing. `called`: the rules that
    are called by name.
    """

    def __init__(self, grammar: Grammar, phase: str | None, group: int | None) -> None:
        self._rules = grammar.rules
        self._phase = phase
        self._group = group
        self._made: dict[tuple[Any, ...], Any] = {}
        self._known: dict[int, Item] = {}  # by the node's id: nodes live as long as the grammar
        self._bodies: dict[str, Item] = {}
        self.called = _on_cycles(grammar.rules)

    def body(self, rule: str) -> Item:
        if rule not in self._bodies:
            self._bodies[rule] = self._item(self._rules[rule])
        return self._bodies[rule]

    def repeat(self, part: Item, low: int, high: int | None) -> Item:
        return self._row() if high == 0 else self._make(Repeat, part, low, high)

    def members(self, form: Form, used: frozenset[int], place: int) -> Item:
        return self._make(Members, form, used, place)

    def _row(self, *parts: Item) -> Item:
        return self._make(Row, parts)

    def _make(self, kind: type[Item], *content: Any) -> Item:
        key = (kind, *content)
        found: Item | None = self._made.get(key)
        if found is None:
            if len(self._made) >= MAX_ITEMS:
                self._made.clear()  # those in use stay as they are, only no longer one
            found = self._made.setdefault(key, kind(*content))
        return found

    def _item(self, node: Node) -> Item:
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._of(node)
        return found

    def _of(self, node: Node) -> Item:
        if isinstance(node, ir.Capture):
            return self._item(node.part)
        if isinstance(node, ir.Sequence):
            return self._row(*map(self._item, node.parts))
        if isinstance(node, ir.Choice):
            return self._choice(node)
        if isinstance(node, ir.Repeat):
            return self.repeat(self._item(node.part), node.low, node.high)
        if isinstance(node, ir.Ref):
            return self._ref(node.name)
        if isinstance(node, ir.Unordered):
            return self._unordered(node)
        if isinstance(node, ir.Literal):
            return self._make(Piece, Word(node.text)) if node.text else self._row()
        if isinstance(node, ir.Special):
            return self._make(Piece, Token(node.name))
        expr = without(node.stops) if isinstance(node, ir.FreeText) else node.expr
        return self._make(Piece, Letters(expr))

    def _ref(self, name: str) -> Item:
        found = self._make(Call, name) if name in self.called else self.body(name)
        return self._row(found, self._make(PhaseEnd)) if name == self._phase else found

    def _unordered(self, node: ir.Unordered) -> Item:
        members = tuple((self._item(member), needed) for member, needed in node.members)
        extra = None if node.extra == ir.NOTHING else self._item(node.extra)
        form = Form(members, extra, self._item(node.separator), self._group or len(members))
        return self.members(form, frozenset(), NEXT if node.some else FIRST)

    def _choice(self, node: ir.Choice) -> Item:
        """Words as one language: a letter costs the same however many there are."""
        words = [part.text for part in node.parts if isinstance(part, ir.Literal)]
        if len(words) < 3:
            return self._make(Choice, tuple(map(self._item, node.parts)))
        others = [self._item(part) for part in node.parts if not isinstance(part, ir.Literal)]
        leaf = self._make(Piece, Letters(words_of(sorted({*words}))))
        return self._make(Choice, (leaf, *others)) if others else leaf


def _on_cycles(rules: Mapping[str, Node]) -> dict[str, None]:
    """The rules that hold themselves, and those between two such rules."""
    holds = {name: set(uses(rule).rules) for name, rule in rules.items()}
    held: dict[str, set[str]] = {name: set() for name in rules}
    for name, names in holds.items():
        for each in names:
            held[each].add(name)
    found = set(rules)
    for arrows, back in ((holds, held), (held, holds)):
        todo = [name for name in found if not arrows[name] & found]
        while todo:
            name = todo.pop()
            if name in found:
                found.remove(name)
                todo += [each for each in back[name] if not arrows[each] & found]
    return dict.fromkeys(name for name in rules if name in found)
