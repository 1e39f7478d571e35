"""The reference recogniser of the IR: what a Grammar means, in the simplest terms that work.

    recognises(grammar, "yes")
    recognises(grammar, ["<think>", Special("</think>"), "42"])    # text and special tokens

For each node and place it computes the set of places where the node may end. Rules may be left
recursive: the whole table is computed again until it no longer grows. Slow, for tests.
"""

from collections.abc import Callable, Iterable, Mapping

from compilers.ir import (
    NOTHING,
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
    Unordered,
)
from compilers.regular import NEVER, derivative
from compilers.watch import Watcher

Ends = frozenset[int]


def recognises(grammar: Grammar, text: str | Iterable[str | Special]) -> bool:
    """Whether the text, in which special tokens stand as themselves, is of the language."""
    symbols: list[str | Special] = []
    for part in [text] if isinstance(text, str) else text:
        symbols.extend([part] if isinstance(part, Special) else part)
    return _Table(grammar, symbols).run()


class _Table:
    def __init__(self, grammar: Grammar, symbols: list[str | Special]) -> None:
        self._rules = grammar.rules
        self._watched = grammar.watched
        self._start = grammar.start
        self._symbols = symbols
        self._known: dict[tuple[str, int], Ends] = {}
        self._seen: set[tuple[str, int]] = set()

    def run(self) -> bool:
        while True:
            before = dict(self._known)
            self._seen = set()
            found = self._ref(Ref(self._start), 0)
            if self._known == before:
                return len(self._symbols) in found

    def _ends(self, node: Node, at: int) -> Ends:
        return _METHODS[type(node)](self, node, at)

    def _ref(self, node: Ref, at: int) -> Ends:
        key = node.name, at
        if key not in self._seen:
            self._seen.add(key)
            old = self._known.setdefault(key, frozenset())
            self._known[key] = old | self._kept(node.name, at)
        return self._known[key]

    def _kept(self, name: str, at: int) -> Ends:
        """The ends of a rule's texts that keep to what is watched in them."""
        ends, watched = self._ends(self._rules[name], at), self._watched.get(name)
        if watched is None:
            return ends
        return frozenset(
            end for end in ends if Watcher(watched.watch).feed(self._text(at, end).encode())
        )

    def _text(self, start: int, end: int) -> str:
        return "".join(map(str, self._symbols[start:end]))

    def _literal(self, node: Literal, at: int) -> Ends:
        end = at + len(node.text)
        return frozenset([end] if self._symbols[at:end] == list(node.text) else [])

    def _special(self, node: Special, at: int) -> Ends:
        return frozenset([at + 1] if self._symbols[at : at + 1] == [node] else [])

    def _regular(self, node: Regular, at: int) -> Ends:
        expr, found = node.expr, set()
        for end in range(at, len(self._symbols) + 1):
            if expr.nullable:
                found.add(end)
            symbol = self._symbols[end] if end < len(self._symbols) else None
            if not isinstance(symbol, str) or expr is NEVER:
                break
            expr = derivative(expr, ord(symbol))
        return frozenset(found)

    def _free_text(self, node: FreeText, at: int) -> Ends:
        found = {at}
        for end in range(at, len(self._symbols)):
            symbol = self._symbols[end]
            text = self._text(at, end + 1)
            if isinstance(symbol, Special) or any(stop in text for stop in node.stops):
                break
            found.add(end + 1)
        return frozenset(found)

    def _sequence(self, node: Sequence, at: int) -> Ends:
        ends = frozenset([at])
        for part in node.parts:
            ends = self._after(ends, part)
        return ends

    def _after(self, starts: Ends, node: Node) -> Ends:
        return frozenset(end for start in starts for end in self._ends(node, start))

    def _choice(self, node: Choice, at: int) -> Ends:
        return frozenset(end for part in node.parts for end in self._ends(part, at))

    def _repeat(self, node: Repeat, at: int) -> Ends:
        ends, found, count = frozenset([at]), set[int](), 0
        seen: set[int] = set()
        while ends and (node.high is None or count <= node.high):
            if count >= node.low:
                found |= ends
                if ends <= seen:  # nothing new: further rounds only go round
                    break
                seen |= ends
            ends = self._after(ends, node.part)
            count += 1
        return frozenset(found)

    def _unordered(self, node: Unordered, at: int) -> Ends:
        required = frozenset(i for i, (_, needed) in enumerate(node.members) if needed)
        todo: list[tuple[int, frozenset[int], bool]] = [(at, frozenset(), True)]
        seen, found = set(todo), set()
        while todo:
            place, used, first = todo.pop()
            if required <= used and not (first and node.some):
                found.add(place)
            starts = frozenset([place]) if first else self._ends(node.separator, place)
            options = [(i, m) for i, (m, _) in enumerate(node.members) if i not in used]
            if node.extra != NOTHING:
                options.append((-1, node.extra))
            for i, member in options:
                after = used if i < 0 else used | {i}
                states = {(end, after, False) for end in self._after(starts, member)} - seen
                seen |= states
                todo.extend(states)
        return frozenset(found)

    def _capture(self, node: Capture, at: int) -> Ends:
        return self._ends(node.part, at)


_METHODS: Mapping[type, Callable[..., Ends]] = {
    Literal: _Table._literal,
    Regular: _Table._regular,
    Sequence: _Table._sequence,
    Choice: _Table._choice,
    Repeat: _Table._repeat,
    Unordered: _Table._unordered,
    Ref: _Table._ref,
    FreeText: _Table._free_text,
    Special: _Table._special,
    Capture: _Table._capture,
}
