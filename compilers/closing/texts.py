"""The shortest text of each item of a grammar, and its size."""

from collections.abc import Iterable, Sequence

from compilers.closing.items import (
    BEHIND,
    NEXT,
    Call,
    Choice,
    Form,
    Item,
    Items,
    Members,
    Piece,
    Repeat,
    Row,
)
from compilers.closing.leaves import FAR, Text, joined, size_of, text_of

MAX_SIZE = 1_000_000
"""Bytes of a closing beyond which nobody wants it written out."""
MAX_KNOWN = 50_000  # sizes, and texts


class Texts:
    """The shortest texts of the items of one grammar; FAR is the size of an item that has none."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._sizes: dict[Item, int] = {}
        self._texts: dict[Item, Text] = {}
        self._rule_sizes = dict.fromkeys(items.called, FAR)
        self._rule_texts: dict[str, Text] = {}
        self._find_sizes()
        self._find_texts()

    # --- sizes

    def size(self, item: Item) -> int:
        found = self._sizes.get(item)
        if found is None:
            if len(self._sizes) >= MAX_KNOWN:
                self._sizes.clear()
            found = self._sizes[item] = min(self._size_of(item), FAR)
        return found

    def _size_of(self, item: Item) -> int:
        if isinstance(item, Piece):
            return size_of(item.leaf)
        if isinstance(item, Row):
            return sum(map(self.size, item.parts))
        if isinstance(item, Choice):
            return min(map(self.size, item.parts), default=FAR)
        if isinstance(item, Repeat):
            return self.size(item.part) * item.low
        if isinstance(item, Call):
            return self._rule_sizes[item.rule]
        if isinstance(item, Members):
            return min((sum(map(self.size, way)) for way in _needed(item)), default=FAR)
        return 0

    def _find_sizes(self) -> None:
        """Of the rules that hold themselves: the least fixed point."""
        changed = True
        while changed:
            self._sizes.clear()
            changed = False
            for rule in reversed(self._rule_sizes):
                size = self.size(self._items.body(rule))
                if size < self._rule_sizes[rule]:
                    self._rule_sizes[rule] = size
                    changed = True
        self._sizes.clear()

    # --- texts

    def text(self, item: Item) -> Text:
        """There must be one."""
        found = self._texts.get(item)
        if found is None:
            made = self._text_of(item)
            assert made is not None, "every rule with a text has a shortest one"
            if len(self._texts) >= MAX_KNOWN:
                self._texts.clear()
            found = self._texts[item] = joined(made)
        return found

    def _find_texts(self) -> None:
        """A rule's, when those of the rules that it takes are known: so they never go round."""
        todo = [rule for rule, size in self._rule_sizes.items() if size <= MAX_SIZE]
        while todo:
            left = []
            for rule in reversed(todo):
                found = self._text_of(self._items.body(rule))
                if found is None:
                    left.append(rule)
                else:
                    self._rule_texts[rule] = joined(found)
            assert len(left) < len(todo), "rules without a text have no size"
            todo = left[::-1]

    def _text_of(self, item: Item) -> Text | None:
        """None where it takes a rule whose text is not known yet."""
        if isinstance(item, Piece):
            return text_of(item.leaf)
        if isinstance(item, Row):
            return self._texts_of(item.parts)
        if isinstance(item, Choice):
            return self._first_of(item, [(part,) for part in item.parts])
        if isinstance(item, Repeat):
            part = self._text_of(item.part) if item.low else ()
            return None if part is None else part * item.low
        if isinstance(item, Call):
            return self._rule_texts.get(item.rule)
        return self._first_of(item, _needed(item)) if isinstance(item, Members) else ()

    def _first_of(self, item: Item, ways: Iterable[Sequence[Item]]) -> Text | None:
        """Of the shortest ways that make an item, the first whose text is known. There may be
        another, of the same size, that takes the item itself."""
        best = [way for way in ways if sum(map(self.size, way)) == self.size(item)]
        return next((found for way in best if (found := self._texts_of(way)) is not None), None)

    def _texts_of(self, items: Iterable[Item]) -> Text | None:
        found: list[bytes | str] = []
        for item in items:
            part = self._text_of(item)
            if part is None:
                return None
            found += part
        return tuple(found)


def _needed(members: Members) -> list[list[Item]]:
    """What of an object must still come, in the order of its members: each way, where any will
    do."""
    form: Form = members.form
    ways = [[form.members[i][0] for i in sorted(form.required - members.used)]]
    if not ways[0] and members.place == NEXT:
        options = [form.members[i][0] for i in form.free(members.used)]
        options += [] if form.extra is None else [form.extra]
        ways = [[each] for each in options]
    start = 0 if members.place == BEHIND else 1
    return [[each for item in way for each in (form.separator, item)][start:] for way in ways]
