"""Objects and arrays of which members or items are counted: a rule for each state of the count."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Protocol

from compilers import clock
from compilers.errors import TooLarge
from compilers.frontends.json_schema.names import Key
from compilers.frontends.json_schema.satisfy import is_empty
from compilers.frontends.json_schema.shapes import (
    NO,
    ArrayShape,
    Conj,
    Lit,
    ObjectShape,
    conj,
    item_at,
    negated,
)
from compilers.ir import EMPTY, NOTHING, Node, Ref, choice, sequence
from compilers.regular import Expr, both

MAX_STATES = 3_000  # of one object or array
MAX_CHAIN = 350  # of states made one within the other: two Python frames each
MAX_AT_ONCE = 4  # demands that one member may meet

Rule = Callable[[Any], Node]
"""The rule of a state."""


class Lowers(Protocol):
    """What makes nodes of conjunctions (see lower.Lowering); `item` stands between two items."""

    item: Node

    def node(self, wanted: Conj) -> Node: ...

    def pair(self, names: Expr, child: Conj) -> Node: ...

    def counted(self, body: Callable[[Any, Rule], Node], start: Any) -> Node: ...


class States:
    """A rule for each state, made when it is first asked for, and put to `rules`."""

    def __init__(
        self, rules: dict[str, Node], prefix: str, body: Callable[[Any, Rule], Node]
    ) -> None:
        self._rules = rules
        self._prefix = prefix
        self._body = body
        self._made: dict[Any, Node] = {}
        self._begun = 0  # bodies that are being made, one within the other

    def rule(self, state: Any) -> Node:
        if state not in self._made:
            if self._begun == MAX_CHAIN:
                message = f"counting takes a chain of more than {MAX_CHAIN} states"
                raise TooLarge(message, kind="counting")
            if len(self._made) > MAX_STATES:
                raise TooLarge(f"counting takes more than {MAX_STATES} states", kind="counting")
            name = f"{self._prefix}{len(self._rules)}"
            self._made[state] = Ref(name)
            self._rules[name] = NOTHING  # holds the name while the body is made
            self._begun += 1
            self._rules[name] = self._body(state, self.rule)
            self._begun -= 1
        return self._made[state]


class CountedMembers:
    """The members of an object where their number counts, or one that must be there is not named.

    A state is (members passed, members written up to a cap, what must still come).
    """

    def __init__(
        self,
        lowering: Lowers,
        members: Sequence[tuple[Node, bool]],
        extras: Sequence[Key],
        pending: Sequence[tuple[Expr, Lit]],
        shape: ObjectShape,
    ) -> None:
        self._lowering = lowering
        self._members = members
        self._extras = extras
        self._pending = pending
        self._low, self._high = shape.low, shape.high
        self._cap = max(1, shape.low if shape.high is None else shape.high)
        if len(members) * self._cap > MAX_STATES or self._cap > 200:
            raise TooLarge(f"counting takes more than {MAX_STATES} states", kind="counting")

    def run(self) -> Node:
        return self._lowering.counted(self._state, (0, 0, frozenset(range(len(self._pending)))))

    def _state(self, state: tuple[int, int, frozenset[int]], rule: Rule) -> Node:
        passed, count, pending = state
        room = self._high is None or count < self._high
        lead = (self._lowering.item,) if count else ()
        after = min(count + 1, self._cap)
        if passed < len(self._members):
            node, required = self._members[passed]
            found = []
            if room:
                found.append(sequence(*lead, node, rule((passed + 1, after, pending))))
            if not required:
                found.append(rule((passed + 1, count, pending)))
            return choice(*found)
        found = [EMPTY] if count >= self._low and not pending else []
        if room:
            for names, child in self._extras:
                pair = self._lowering.pair(names, child)
                found.append(sequence(*lead, pair, rule((passed, after, pending))))
                found += [
                    sequence(*lead, pair, rule((passed, after, pending - met)))
                    for met, pair in self._wanted(names, child, pending)
                ]
        return choice(*found)

    def _wanted(
        self, names: Expr, child: Conj, pending: frozenset[int]
    ) -> list[tuple[frozenset[int], Node]]:
        """The members that are what is pending, perhaps several at once."""
        found = []
        most = len(pending) if len(pending) <= MAX_AT_ONCE else 1
        for size in range(1, most + 1):
            for met in combinations(sorted(pending), size):
                their_names = both(names, *(self._pending[i][0] for i in met))
                values = conj(*child, *(self._pending[i][1] for i in met))
                if not is_empty(their_names) and NO not in values:
                    found.append((frozenset(met), self._lowering.pair(their_names, values)))
        return found


class CountedItems:
    """The items of an array where some must (or must not) satisfy a schema: `contains`.

    A state is (position up to a cap, how many counted for each counter up to its cap).
    """

    def __init__(self, lowering: Lowers, shape: ArrayShape) -> None:
        self._lowering = lowering
        self._shape = shape
        firsts = [len(group.first) for group in shape.items]
        starts = [counter.start for counter in shape.counters]
        bounds = [shape.low, 0 if shape.high is None else shape.high]
        self._cap = max([1, *firsts, *starts, *bounds])
        self._tops = [c.low if c.high is None else c.high + 1 for c in shape.counters]

    def run(self) -> Node:
        return self._lowering.counted(self._state, (0, (0,) * len(self._tops)))

    def _state(self, state: tuple[int, tuple[int, ...]], rule: Rule) -> Node:
        position, counts = state
        shape = self._shape
        found: list[Node] = []
        if position >= shape.low and all(
            n >= c.low for n, c in zip(counts, shape.counters, strict=True)
        ):
            found.append(EMPTY)
        if shape.high is None or position < shape.high:
            lead = (self._lowering.item,) if position else ()
            after = min(position + 1, self._cap)
            for child, new in self._choices(position, counts):
                node = self._lowering.node(child)
                if node != NOTHING:
                    found.append(sequence(*lead, node, rule((after, new))))
        return choice(*found)

    def _choices(
        self, position: int, counts: tuple[int, ...]
    ) -> list[tuple[Conj, tuple[int, ...]]]:
        """What the item may be, and the counts after it."""
        found: list[tuple[Conj, tuple[int, ...]]] = [(item_at(self._shape.items, position), ())]
        for count, counter, top in zip(counts, self._shape.counters, self._tops, strict=True):
            if position < counter.start:
                found = [(child, (*new, count)) for child, new in found]
                continue
            split: list[tuple[Conj, tuple[int, ...]]] = []
            for child, new in found:
                clock.check()
                if counter.high is None or count < counter.high:
                    split.append((conj(*child, counter.lit), (*new, min(count + 1, top))))
                # An item that does not count must fail only where too many are forbidden.
                fails = child if counter.high is None else conj(*child, negated(counter.lit))
                split.append((fails, (*new, count)))
            found = split
        return [each for each in found if NO not in each[0]]
