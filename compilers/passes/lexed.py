"""Grammars for engines that lex greedily, and do not go back.

Such an engine takes the longest text that any terminal at its place may have. So a terminal must
not end where it, or another that may stand in its place, could go on with a letter that may follow:
in `[a-z]+ "x"` the x would never be read. What can be helped is: a hole and the text that ends it
become one terminal; and where terminals still overrun each other, all that is regular does, so that
only what is recursive stands apart (not where there are special tokens). What overruns even then
keeps to the longest terminal: that is stricter than the grammar, never looser.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from compilers import clock
from compilers.errors import TooLarge
from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    choice,
    mapped,
    sequence,
    walk,
)
from compilers.lookahead import first, size
from compilers.passes.by_letter import by_letter
from compilers.passes.places import Places
from compilers.regular import (
    ANY_LETTER,
    NEVER,
    Expr,
    Ranges,
    alphabet,
    cat,
    derivative,
    either,
    is_empty,
    normal,
    overlap,
    text,
    times,
    without,
)
from compilers.uses import specials

MAX_LEAVES = 200  # or rules; a larger grammar keeps to the longest terminal
MAX_STATES = 500  # of two terminals side by side
MAX_SIZE = 10_000  # nodes of a terminal that is made of others


def lexed(grammar: Grammar) -> Grammar:
    """The same language, captures aside, in terminals that overrun each other as little as may be.

    Of a grammar that is delimited only what `fused` does is left to do, for each sequence, and
    numbers. Raises TooLarge where a number has too many states.
    """
    if grammar.delimited:
        return by_letter(grammar)
    rules = {name: _rewritten(node) for name, node in grammar.rules.items()}
    found = replace(grammar, rules=rules)
    # llguidance 1.9 panics before a special token behind some large terminals: none is made.
    return (
        _Melter(found).run() if not specials(grammar.rules.values()) and overruns(found) else found
    )


# --- a hole and what ends it


def _rewritten(node: Node) -> Node:
    """With all its sequences fused."""
    if isinstance(node, Sequence):
        return sequence(*map(_rewritten, fused(node.parts)))
    return mapped(node, _rewritten)


_HOLES = frozenset([Capture, FreeText])
_ENDED = (FreeText, Regular)


def fused(parts: tuple[Node, ...]) -> Iterable[Node]:
    """A hole and the text that ends it as one terminal, which cannot run past that end."""
    if _HOLES.isdisjoint(map(type, parts)):
        return parts
    found: list[Node] = []
    for part in parts:
        hole = _hole(found[-1]) if found and isinstance(part, Literal) else None
        if hole is None or not isinstance(part, Literal):
            found.append(part)
            continue
        end, rest = _end_of(hole, part.text)
        found[-1] = Regular(cat(_terminal(hole), text(end)))
        if rest:
            found.append(Literal(rest))
    return found


def named(member: Node) -> Node:
    """A member, its name and the text behind it as one terminal: another name may begin with it."""
    if not isinstance(member, Sequence) or Capture not in map(type, member.parts):
        return member
    found: list[Node] = []
    for part in member.parts:
        last = found[-1] if found else None
        name = last.part if isinstance(last, Capture) else None
        if isinstance(name, Literal) and isinstance(part, Literal):
            found[-1] = Literal(name.text + part.text)
        else:
            found.append(part)
    return sequence(*found)


def _hole(node: Node) -> FreeText | Regular | None:
    """What a text right behind ends; None: nothing. A Regular outside of a capture is kept apart
    by what is around it, as in JSON."""
    if isinstance(node, Capture):
        return node.part if isinstance(node.part, _ENDED) else None
    return node if isinstance(node, FreeText) else None


def _end_of(hole: FreeText | Regular, after: str) -> tuple[str, str]:
    """The text after a hole, cut behind the stop that it begins with."""
    stops = hole.stops if isinstance(hole, FreeText) else ()
    size = next((len(stop) for stop in stops if after.startswith(stop)), len(after))
    return after[:size], after[size:]


def _terminal(leaf: Node | None) -> Expr:
    if isinstance(leaf, FreeText):
        return without(leaf.stops)
    if isinstance(leaf, Literal):
        return text(leaf.text)
    assert isinstance(leaf, Regular)
    return leaf.expr


# --- which terminals overrun each other


def overruns(grammar: Grammar) -> bool:
    """Whether some text of the grammar is lost where the longest terminal is taken."""
    if max(len(grammar.rules), _leaves(grammar)) > MAX_LEAVES:
        return False
    places = Places(grammar)
    exprs = {
        each: _terminal(leaf)
        for each, leaf in places.leaves.items()
        if isinstance(leaf, Literal | Regular | FreeText)
    }
    follows = {each: _first_of(places.after.get(each, ()), exprs) for each in exprs}
    return any(
        overlap(_overrun(exprs[one], exprs[other]), follows[one])
        for one, other in _side_by_side(places, exprs)
        if follows[one]
    )


def _leaves(grammar: Grammar) -> int:
    nodes = (each for node in grammar.rules.values() for each in walk(node))
    return sum(isinstance(each, Literal | Regular | FreeText | Special) for each in nodes)


def _first_of(leaves: Iterable[int], exprs: dict[int, Expr]) -> Ranges:
    return normal(pair for each in leaves if each in exprs for pair in first(exprs[each]))


def _side_by_side(places: Places, exprs: dict[int, Expr]) -> set[tuple[int, int]]:
    """Leaves that may be read at one place: at the beginning, or after leaves that end together."""
    found: set[tuple[int, int]] = set()
    todo = [(places.first, places.first)]
    while todo:
        clock.check()
        ones, others = todo.pop()
        new = {(a, b) for a in ones for b in others} - found
        found |= new
        for a, b in new:
            if a == b or (a in exprs and b in exprs and _meet(exprs[a], exprs[b])):
                pair = places.after.get(a, ()), places.after.get(b, ())
                todo.append((frozenset(pair[0]), frozenset(pair[1])))
    return {(a, b) for a, b in found if a in exprs and b in exprs}


def _overrun(one: Expr, other: Expr) -> Ranges:
    """The letters by which a text of `one` goes on to the beginning of a text of `other`."""
    return _compared(one, other)[0]


def _meet(one: Expr, other: Expr) -> bool:
    """Whether they share a text."""
    return _compared(one, other)[1]


@lru_cache(maxsize=10_000)
def _compared(one: Expr, other: Expr) -> tuple[Ranges, bool]:
    """Both of these; too much rather than too little."""
    classes = alphabet(cat(one, other)) or [ANY_LETTER]
    overrun: list[tuple[int, int]] = []
    meet = False
    seen, todo = {(one, other)}, [(one, other)]
    while todo:
        clock.check()
        a, b = todo.pop()
        meet |= a.nullable and b.nullable
        for letters in classes:
            after = derivative(a, letters[0][0]), derivative(b, letters[0][0])
            if not _alive(after[1]):
                continue
            if a.nullable:
                overrun.extend(letters)
            if after not in seen and _alive(after[0]):
                seen.add(after)
                todo.append(after)
        if len(seen) > MAX_STATES:
            return ANY_LETTER, True
    return normal(overrun), meet


@lru_cache(maxsize=10_000)
def _alive(expr: Expr) -> bool:
    try:
        return not is_empty(expr, MAX_STATES)
    except TooLarge:
        return True


# --- all that is regular as terminals


class _Melter:
    """Each part that is regular, and as large as may be, becomes one terminal."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._exprs: dict[str, Expr | None] = {}

    def run(self) -> Grammar:
        rules = {name: self._melted(node) for name, node in self._grammar.rules.items()}
        return replace(self._grammar, rules=rules)

    def _melted(self, node: Node) -> Node:
        found = self._expr(node)
        if found is not None and found is not NEVER:
            return Regular(found)
        if isinstance(node, Sequence):
            return self._sequence(node)
        if isinstance(node, Choice):
            return self._choice(node)
        return mapped(node, self._melted)

    def _sequence(self, node: Sequence) -> Node:
        found: list[Node] = []
        for part in map(self._melted, node.parts):
            last = found[-1] if found else None
            if isinstance(part, Regular) and isinstance(last, Regular):
                found[-1] = Regular(cat(last.expr, part.expr))
            else:
                found.append(part)
        return sequence(*found)

    def _choice(self, node: Choice) -> Node:
        melted = list(map(self._melted, node.parts))
        regular = [part.expr for part in melted if isinstance(part, Regular)]
        others = [part for part in melted if not isinstance(part, Regular)]
        return choice(*others, *([Regular(either(*regular))] if regular else []))

    def _expr(self, node: Node) -> Expr | None:
        """Its language; None where that is not regular, holds special tokens, or is large."""
        if isinstance(node, Literal | Regular | FreeText):
            return _terminal(node)
        if isinstance(node, Capture):
            return self._expr(node.part)
        if isinstance(node, Ref):
            return self._of_rule(node.name)
        if not isinstance(node, Sequence | Choice | Repeat):
            return None
        parts = [
            self._expr(part) for part in ([node.part] if isinstance(node, Repeat) else node.parts)
        ]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or sum(map(size, known)) > MAX_SIZE:
            return None
        if isinstance(node, Repeat):
            return times(known[0], node.low, node.high)
        return cat(*known) if isinstance(node, Sequence) else either(*known)

    def _of_rule(self, name: str) -> Expr | None:
        if name not in self._exprs:
            self._exprs[name] = None  # as long as it is looked at: who asks is within it
            self._exprs[name] = self._expr(self._grammar.rules[name])
        return self._exprs[name]
