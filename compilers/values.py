"""Which parts of a grammar are single values of JSON in brackets or quotes.

    Values(grammar).opens(node)    "{" if each text of the node is one object, "" if not

A value's end can be found without knowing the grammar inside it: it is where all brackets are
closed, outside of strings. Of some rules the frontend knows it (Grammar.values). Of other nodes it
is not taken for granted but computed: what each node and expression does to a reader that knows of
nothing but brackets and strings. Such an `_Effect` exists where all texts of a language do the same
to it.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from compilers.ir import (
    Choice,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Unordered,
)
from compilers.leaves import ESCAPE, OUTSIDE, STRING
from compilers.regular import Alt, And, Cat, Chars, Expr, Rep, State, either
from compilers.regular.letters import holds, n_letters

FAR = 1_000_000
DEEPEST = 50  # a part that closes more brackets than this is not looked into


@dataclass(frozen=True, slots=True)
class _Effect:
    """From a place (outside, in a string, behind a backslash) to another one.

    `depth`: brackets opened less brackets closed; `low`: the least depth outside of strings at any
    letter's end but the last (FAR: there is none); `first`: the brackets and quotes that the texts
    may begin with, "?" for any other letter; `empty`: the empty text is one of them.
    """

    place: int
    depth: int = 0
    low: int = FAR
    first: frozenset[str] = frozenset()
    empty: bool = False


_Outcome = _Effect | None | bool
"""None: no effect, or not one and the same. False: no text at all (so far)."""

_BRACKETS = {"{": 1, "[": 1, "}": -1, "]": -1}


def _joined(outcomes: Iterable[_Outcome]) -> _Outcome:
    """Of a union of languages."""
    found: _Outcome = False
    for each in outcomes:
        if each is None:
            return None
        if found is False or each is False:
            found = found or each
            continue
        assert isinstance(found, _Effect)
        assert isinstance(each, _Effect)
        if (found.place, found.depth) != (each.place, each.depth):
            return None
        found = replace(
            found,
            low=min(found.low, each.low),
            first=found.first | each.first,
            empty=found.empty or each.empty,
        )
    return found


def _then(one: _Effect, two: _Effect) -> _Outcome:
    """Of one language after the other."""
    if not one.first:
        return two
    low = min(one.low, FAR if two.low == FAR else one.depth + two.low)
    if one.place == OUTSIDE and two.first:
        low = min(low, one.depth)
    if low < -DEEPEST:
        return None
    first = one.first | two.first if one.empty else one.first
    return _Effect(two.place, one.depth + two.depth, low, first, one.empty and two.empty)


@lru_cache(maxsize=1000)
def _of_letter(letter: str, start: int) -> _Effect:
    first = frozenset([letter if letter in _BRACKETS or letter == '"' else "?"])
    if start == ESCAPE:
        return _Effect(STRING, first=first)
    if start == STRING:
        place = {'"': OUTSIDE, "\\": ESCAPE}.get(letter, STRING)
        return _Effect(place, first=first)
    if letter == '"':
        return _Effect(STRING, first=first)
    return _Effect(OUTSIDE, _BRACKETS.get(letter, 0), first=first)


@lru_cache(maxsize=5000)
def _of_text(text: str, start: int) -> _Outcome:
    found: _Outcome = _empty(start)
    for letter in text:
        assert isinstance(found, _Effect)
        found = _then(found, _of_letter(letter, found.place))
        if found is None:
            break
    return found


_SPECIAL = '"\\{}[]'


def _of_chars(expr: Chars, start: int) -> _Outcome:
    inside = [c for c in _SPECIAL if holds(expr.ranges, ord(c))]
    known = tuple((ord(c), ord(c)) for c in inside)
    other = ["a"] if n_letters(expr.ranges) > len(known) else []
    return _joined(_of_letter(c, start) for c in [*inside, *other])


def _empty(start: int) -> _Effect:
    return _Effect(start, empty=True)


class _Effects:
    """Of the nodes and expressions of one grammar, by the place that they start from."""

    def __init__(self, grammar: Grammar) -> None:
        self._rules = grammar.rules
        self._values = grammar.values
        self._exprs: dict[tuple[Expr, int], _Outcome] = {}
        self._known: dict[tuple[str, int], _Outcome] = {}
        self._users: dict[tuple[str, int], set[tuple[str, int]]] = {}
        self._current: tuple[str, int] | None = None
        self._new: deque[tuple[str, int]] = deque()

    def of(self, node: Node) -> _Outcome:
        """From outside, by a least fixed point over the rules that it needs."""
        found = self._node(node, OUTSIDE)
        while self._new:
            while self._new:
                self._settle(self._new.popleft())
            found = self._node(node, OUTSIDE)
        return found

    def _settle(self, key: tuple[str, int]) -> None:
        self._current = key
        found = self._node(self._rules[key[0]], key[1])
        self._current = None
        if found != self._known[key]:
            self._known[key] = found
            self._new.extend(self._users[key])

    def _ref(self, name: str, start: int) -> _Outcome:
        if start == OUTSIDE and name in self._values:
            return _Effect(OUTSIDE, low=1, first=frozenset(self._values[name]))
        key = name, start
        if key not in self._known:
            self._known[key] = False
            self._users[key] = set()
            self._new.append(key)
        if self._current is not None:
            self._users[key].add(self._current)
        return self._known[key]

    def _node(self, node: Node, start: int) -> _Outcome:
        if isinstance(node, Literal):
            return _of_text(node.text, start)
        if isinstance(node, Regular):
            return self._expr(node.expr, start)
        if isinstance(node, Sequence):
            return self._cat(node.parts, start)
        if isinstance(node, Choice):
            return _joined(self._node(part, start) for part in node.parts)
        if isinstance(node, Repeat):
            return self._times(node.part, node.low, node.high, start)
        if isinstance(node, Unordered):
            parts = [*(member for member, _ in node.members), node.extra, node.separator]
            return self._times(Choice(tuple(parts)), 0, None, start)
        return self._ref(node.name, start) if isinstance(node, Ref) else None

    def _expr(self, expr: Expr, start: int) -> _Outcome:
        key = expr, start
        if key not in self._exprs:
            self._exprs[key] = self._of_expr(expr, start)
        return self._exprs[key]

    def _of_expr(self, expr: Expr, start: int) -> _Outcome:
        if isinstance(expr, Chars):
            return _of_chars(expr, start)
        if isinstance(expr, Cat):
            return self._cat(expr.parts, start)
        if isinstance(expr, Alt):
            return _joined(self._expr(part, start) for part in expr.parts)
        if isinstance(expr, And):  # what all texts of one part do, those of the whole do, too
            known = (self._expr(part, start) for part in expr.parts)
            return next((each for each in known if each is not None), None)
        if isinstance(expr, State):  # what any text of its letters does
            letters = either(*map(Chars, expr.automaton.classes))
            return self._times(letters, 0, None, start)
        return self._times(expr.part, expr.low, expr.high, start) if isinstance(expr, Rep) else None

    def _part(self, part: Node | Expr, start: int) -> _Outcome:
        return self._expr(part, start) if isinstance(part, Expr) else self._node(part, start)

    def _cat(self, parts: Iterable[Node | Expr], start: int) -> _Outcome:
        found: _Outcome = _empty(start)
        for part in parts:
            assert isinstance(found, _Effect)
            after = self._part(part, found.place)
            if not isinstance(after, _Effect):
                return after
            found = _then(found, after)
            if found is None:
                return None
        return found

    def _times(self, part: Node | Expr, low: int, high: int | None, start: int) -> _Outcome:
        """Any number of times: what leaves the reader as it was."""
        once = self._part(part, start)
        if (low, high) == (1, 1):
            return once
        if once is False:
            return _empty(start) if low == 0 else False
        if not isinstance(once, _Effect) or (once.place, once.depth) != (start, 0):
            return None
        between = 0 if start == OUTSIDE and high != 1 else FAR
        return replace(once, low=min(once.low, between), empty=once.empty or low == 0)


class Values:
    """The values among the nodes of a grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self._effects = _Effects(grammar)

    def opens(self, node: Node) -> str:
        """The letters that the texts of a node begin with if each is one value; "" else."""
        found = self._effects.of(node)
        if not isinstance(found, _Effect) or found.empty or not found.first:
            return ""
        closed = (found.place, found.depth) == (OUTSIDE, 0)
        within = found.low >= 1 and found.first <= frozenset('"{[')
        return "".join(sorted(found.first)) if closed and within else ""
