"""The captures of a reply as a tree of fields.

    fields(compilers.template("<a>{x:int}</a><b>{y}</b><!-- add more -->"), "<a>1</a><b>u</b>")
    # {"x": 1, "y": ["u"]}

A capture is a field of its name in the capture around it. Its value is its text, or a number or a
boolean where it is a template's hole of that type, or, where it holds captures itself, a tree of
these. A name that may occur more than once at one place is a list.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compilers.extract import Event, Extraction, Mark, NoParse
from compilers.frontends.template import BOOL, INT, NUMBER
from compilers.ir import Capture, Choice, Grammar, Node, Ref, Regular, Repeat, children
from compilers.regular import Expr

_READ: Mapping[Expr, Callable[[str], Any]] = {
    INT: int,
    NUMBER: json.loads,
    BOOL: lambda text: text == "true",
}


def fields(grammar: Grammar, text: str) -> dict[str, Any]:
    """The tree of a complete text. NoParse if it is not of the grammar, Ambiguous if that is."""
    extractor = Extraction(grammar).extractor()
    tree = Tree(grammar)
    tree.push(extractor.feed(text.encode()))
    tree.push(extractor.close())
    if not extractor.complete:
        raise NoParse("the text ends too early")
    return tree.value


@dataclass(frozen=True, slots=True)
class _Field:
    """`many`: it is a list; `inner`: the fields in it, none where it is a text read by `read`."""

    many: bool
    inner: "Mapping[str, _Field]"
    read: Callable[[str], Any]

    def joined(self, other: "_Field", many: bool) -> "_Field":
        inner = _alternatives([self.inner, other.inner])
        read = self.read if self.read is other.read else str
        return _Field(self.many or other.many or many, inner, read)


_Shape = Mapping[str, _Field]


class _Shapes:
    """The fields that the texts of nodes may have, of one channel if it is named.

    A rule is looked at once. One that holds itself has no captures (see skeleton).
    """

    def __init__(self, rules: Mapping[str, Node], channel: str | None) -> None:
        self._rules = rules
        self._channel = channel
        self._known: dict[str, _Shape] = {}

    def of(self, node: Node) -> _Shape:
        if isinstance(node, Ref):
            return self.of_rule(node.name)
        if isinstance(node, Capture) and self._channel in (None, node.channel):
            expr = node.part.expr if isinstance(node.part, Regular) else None
            read = str if expr is None else _READ.get(expr, str)
            return {node.name: _Field(False, self.of(node.part), read)}
        if isinstance(node, Choice):
            return _alternatives(map(self.of, node.parts))
        found: dict[str, _Field] = {}
        for part in children(node):
            for name, each in self.of(part).items():
                found[name] = found[name].joined(each, True) if name in found else each
        if isinstance(node, Repeat) and node.high != 1:
            found = {name: replace(each, many=True) for name, each in found.items()}
        return found

    def of_rule(self, name: str) -> _Shape:
        if name not in self._known:
            self._known[name] = {}  # while a reference leads back here
            self._known[name] = self.of(self._rules[name])
        return self._known[name]


def _alternatives(shapes: Iterable[_Shape]) -> _Shape:
    found: dict[str, _Field] = {}
    for shape in shapes:
        for name, each in shape.items():
            found[name] = found[name].joined(each, False) if name in found else each
    return found


@dataclass(slots=True)
class _Open:
    """A capture that is open: what is known of its field, and what has come of it."""

    known: _Field
    inner: dict[str, Any]
    text: list[str] = field(default_factory=list)


class Tree:
    """The fields of a reply as they come; of one channel only, if it is named.

    `value` has what is closed: of a reply that was cut, what was there.
    """

    def __init__(self, grammar: Grammar, channel: str | None = None) -> None:
        self._channel = channel
        self._shape = _Shapes(grammar.rules, channel).of_rule(grammar.start)
        self._value = _empty(self._shape)
        self._open: list[_Open] = []

    @property
    def value(self) -> dict[str, Any]:
        return _ordered(self._value, self._shape)

    def push(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.kind == "text":
                self._text(event)
            elif self._channel in (None, event.channel):
                self._begin(event.path[-1]) if event.kind == "open" else self._end(event.name)

    def _text(self, event: Event) -> None:
        """Text of a capture of another channel belongs to the capture of ours around it, too."""
        if self._open:
            self._open[-1].text.append(event.text)

    def _begin(self, mark: Mark) -> None:
        shape = self._open[-1].known.inner if self._open else self._shape
        found = shape[mark.name]
        self._open.append(_Open(found, _empty(found.inner)))

    def _end(self, name: str) -> None:
        closed = self._open.pop()
        known = closed.known
        inner = _ordered(closed.inner, known.inner)
        value = inner if known.inner else known.read("".join(closed.text))
        around = self._open[-1].inner if self._open else self._value
        if known.many:
            around[name].append(value)
        else:
            around[name] = value


def _empty(shape: _Shape) -> dict[str, Any]:
    return {name: [] for name, each in shape.items() if each.many}


def _ordered(tree: Mapping[str, Any], shape: _Shape) -> dict[str, Any]:
    """In the order of the grammar."""
    return {name: tree[name] for name in shape if name in tree}
