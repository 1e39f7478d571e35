"""The shortest text that ends a reply, or a phase of it, from any place in it.

    closing = Closing(grammar, "reasoning")                 # the rule that is the phase
    state = closing.feed(closing.start, b'<think>So')       # None: no reply begins like this
    state = closing.special(state, "</think>")
    state.size, closing.shortest(state)                     # to the end of the reply
    state.phase, closing.shortest(state, phase=True)        # to the phase's; 0, () behind it

Sizes are bytes of UTF-8; a special token counts as one. A state is never changed, so it may be kept
and gone on from several times.

All parses are followed at once. Where a rule holds itself, the parses that have entered it at one
place share a `_Call`, which knows what they go on with (a graph-structured stack: Tomita 1985), and
how far it is from there to the end. So a letter costs as much work as there are places where a
parse may stand, however deep it is nested and however many parses there are.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from compilers import ir
from compilers.errors import Contradiction, TooLarge
from compilers.ir import Grammar, Node, walk
from compilers.parses import Letters, Symbol, Token, Word, bounds
from compilers.passes.recursion import no_empty_rounds
from compilers.regular import EMPTY, NEVER, SURROGATES, derivative, shortest, without, words_of

MAX_SIZE = 1_000_000
"""Bytes of a closing beyond which nobody wants it written out."""
MAX_LISTS = 50_000  # kept of one grammar

_FAR = 1 << 62

Text = tuple[bytes | str, ...]
"""Bytes, and special tokens by name."""

_Leaf = Word | Token | Letters


class _Item:
    """A node of the grammar. Equal ones are one; what they are made of is in `body`:

    leaf LEAF · sequence ITEM... · choice ITEM... · repeat ITEM, low, high · call RULE
    members FORM, used, place · over (here the phase ends)
    """

    __slots__ = ("body", "kind")

    def __init__(self, kind: str, body: tuple[Any, ...]) -> None:
        self.kind = kind
        self.body = body


class _Form:
    """An ir.Unordered: its members in any order, each with whether it is required."""

    __slots__ = ("extra", "group", "members", "required", "separator")

    def __init__(
        self,
        members: tuple[tuple[_Item, bool], ...],
        extra: _Item | None,
        separator: _Item,
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


# Where a parse stands in an object: before its first member, behind one, behind a separator.
_FIRST, _BEHIND, _NEXT = range(3)


class _List:
    """What must come, an item after the other. `size`: of its shortest text; `phase`: of the part
    up to the end of the phase, None where that is not in it."""

    __slots__ = ("below", "entry", "item", "phase", "size")

    def __init__(self, item: _Item | None, below: "_List | None", size: int) -> None:
        self.item = item
        self.below = below
        self.entry: _Entry | None = None
        self.size: int = size if below is None else min(size + below.size, _FAR)
        self.phase: int | None = None
        if item is not None and item.kind == "over":
            self.phase = 0
        elif below is not None and below.phase is not None:
            self.phase = size + below.phase


class _Entry:
    """What stands at the beginning of a list: leaves and calls, each with the list behind it."""

    __slots__ = ("calls", "ends", "leaves")

    def __init__(self) -> None:
        self.leaves: list[tuple[_Leaf, _List]] = []
        self.calls: list[tuple[str, _List]] = []
        self.ends = False


class _Call:
    """A rule that was entered at some place: `returns` is where its parses go on behind it, `size`
    and `phase` how far it is from there; `way` and `phase_way` are the nearest of `returns`."""

    __slots__ = ("phase", "phase_way", "returns", "size", "way")

    def __init__(self) -> None:
        self.returns: dict[tuple[_List, _Call], None] = {}
        self.size: int = _FAR
        self.phase: int | None = _FAR
        self.way: tuple[_List, _Call] | None = None
        self.phase_way: tuple[_List, _Call] | None = None

    def measure(self) -> bool:
        """Whether it is nearer than was known. A way is changed for a nearer one only: where calls
        return to each other, the ways do not go round."""
        nearer = False
        for back in self.returns:
            rest, call = back
            if rest.size + call.size < self.size:
                self.size, self.way, nearer = rest.size + call.size, back, True
            ahead = _ahead(0, rest, call)
            if self.phase is not None and (ahead is None or ahead < self.phase):
                self.phase, self.phase_way, nearer = ahead, back, True
        return nearer


def _ahead(size: int, rest: _List, call: _Call) -> int | None:
    """How far it is to the end of the phase; None where that is behind."""
    if rest.phase is not None:
        return size + rest.phase
    return None if call.phase is None else size + rest.size + call.phase


_Place = tuple[_Leaf, _List, _Call]


class State:
    """Where the parses of a text stand. `size`: of the shortest text that ends the reply; `phase`:
    of the shortest that ends the phase, 0 where some parse is not in it; `within`: some parse is.
    """

    __slots__ = ("_before", "_ends", "_next", "_pending", "_places", "phase", "size", "within")

    def __init__(self, places: tuple[_Place, ...], ends: bool) -> None:
        self._places = places
        self._ends = ends
        self._pending = b""  # the beginning of a character
        self._before = self  # the state before that
        self._next: dict[Symbol, State | None] = {}
        self.size = 0 if ends else _FAR
        self.phase = 0 if ends else _FAR
        self.within = False
        for leaf, rest, call in places:
            size = _leaf_size(leaf)
            self.size = min(self.size, size + rest.size + call.size)
            ahead = _ahead(size, rest, call)
            self.phase = min(self.phase, ahead or 0)
            self.within = self.within or ahead is not None


class Closing:
    """Of one grammar. May be used by several threads.

    `group`: the most members that come in any order; of an ir.Unordered with more of them, each so
    many are a group, and the groups come one after the other.

    Raises TooLarge where a part of the grammar is too large for its shortest text to be found, in
    `feed` and `special`, too; Contradiction where the grammar has no text.
    """

    def __init__(
        self, grammar: Grammar, phase: str | None = None, group: int | None = None
    ) -> None:
        try:
            grammar = no_empty_rounds(grammar)
            self._items = _Items(grammar, phase, group)
            self._lists: dict[tuple[_Item, _List], _List] = {}
            self._end = _List(None, None, 0)
            root = _Call()
            root.size, root.phase = 0, None
            body = self._items.body(grammar.start)
            self.start = self._arrived([], [(self._list(body, self._end), root)])
        except RecursionError as error:
            raise TooLarge("nested too deeply for a closing", kind="closing") from error
        if self.start.size >= _FAR:
            raise Contradiction("the grammar has no text")

    # --- what is there

    def feed(self, state: State, piece: bytes) -> State | None:
        """The state behind some bytes; None where no text of the grammar begins like this."""
        whole, pending = _characters(state._pending + piece)
        if whole is None:
            return None
        after = state._before
        for letter in whole:
            further = self._step(after, ord(letter))
            if further is None:
                return None
            after = further
        return self._within(after, pending) if pending else after

    def special(self, state: State, name: str) -> State | None:
        """The state behind a special token."""
        return None if state._pending else self._step(state, name)

    def _step(self, state: State, symbol: Symbol) -> State | None:
        if symbol not in state._next:
            state._next[symbol] = self._behind(state, symbol)
        return state._next[symbol]

    def _behind(self, state: State, symbol: Symbol) -> State | None:
        places: list[_Place] = []
        ended: list[tuple[_List, _Call]] = []
        for leaf, rest, call in state._places:
            further, ends = _stepped(leaf, symbol)
            if further is not None:
                places.append((further, rest, call))
            if ends:
                ended.append((rest, call))
        found = self._arrived(places, ended)
        if found._places == state._places and found._ends == state._ends:
            return state  # in the middle of a text, mostly: its letters are known from then on
        return found if found.size < _FAR else None

    def _within(self, state: State, pending: bytes) -> State | None:
        """Within a character: as near as behind the best letter that it may become."""
        found = State(state._places, False)
        found._pending, found._before = pending, state
        found.size = found.phase = _FAR
        for letter in self._letters(state, pending):
            after = self._step(state, letter)
            if after is not None:
                more = len(chr(letter).encode()) - len(pending)
                found.size = min(found.size, more + after.size)
                behind = state.phase == 0 and after.phase == 0
                found.phase = min(found.phase, 0 if behind else more + after.phase)
        return found if found.size < _FAR else None

    def _letters(self, state: State, pending: bytes) -> Iterable[int]:
        """One letter of each class that begins with these bytes."""
        low, high = _range(pending)
        edges = bounds(*(leaf for leaf, _, _ in state._places))
        for letter in sorted({low, SURROGATES[1] + 1, *edges}):
            if low <= letter <= high and not SURROGATES[0] <= letter <= SURROGATES[1]:
                yield letter

    def _arrived(self, places: list[_Place], todo: list[tuple[_List, _Call]]) -> State:
        """The state of these places and of all that the lists of `todo` begin with."""
        found = dict.fromkeys(places)
        seen = set(todo)
        calls: dict[str, _Call] = {}  # entered here
        over: set[_Call] = set()  # of those, the ones that a parse has come through
        ends = False

        def push(rest: _List, call: _Call) -> None:
            if (rest, call) not in seen and rest.size < _FAR:
                seen.add((rest, call))
                todo.append((rest, call))

        while todo:
            rest, call = todo.pop()
            entry = self._entry(rest)
            found.update(((leaf, below, call), None) for leaf, below in entry.leaves)
            for rule, below in entry.calls:
                callee = calls.get(rule)
                if callee is None:
                    callee = calls[rule] = _Call()
                    push(self._list(self._items.body(rule), self._end), callee)
                # Behind a call that comes last nothing is left of the one that it stands in.
                last = below is self._end and call.returns and call not in calls.values()
                for back in call.returns if last else [(below, call)]:
                    callee.returns[back] = None
                    if callee in over:
                        push(*back)
            if entry.ends:
                over.add(call)
                ends = ends or not call.returns
                for back in call.returns:
                    push(*back)
        _measure(calls.values())
        return State(tuple(found), ends)

    # --- lists

    def _list(self, item: _Item, below: _List) -> _List:
        key = item, below
        found = self._lists.get(key)
        if found is None:
            if len(self._lists) >= MAX_LISTS:
                self._lists.clear()  # those in use stay as they are, only no longer one
            found = self._lists.setdefault(key, _List(item, below, self._items.size(item)))
        return found

    def _entry(self, rest: _List) -> _Entry:
        if rest.entry is None:
            entry, seen, todo = _Entry(), {rest}, [rest]
            while todo:
                for each in self._opened(todo.pop(), entry):
                    if each not in seen and each.size < _FAR:
                        seen.add(each)
                        todo.append(each)
            rest.entry = entry
        return rest.entry

    def _opened(self, rest: _List, entry: _Entry) -> Iterable[_List]:
        """The lists that one may be, its first item taken apart."""
        item, below = rest.item, rest.below
        if item is None or below is None:
            entry.ends = True
            return ()
        kind, body = item.kind, item.body
        if kind == "leaf":
            (leaf,) = body
            entry.leaves.append((leaf, below))
            return (below,) if isinstance(leaf, Letters) and leaf.expr.nullable else ()
        if kind == "call":
            entry.calls.append((body[0], below))
            return ()
        if kind == "sequence":
            for part in reversed(body):
                below = self._list(part, below)
            return (below,)
        if kind == "choice":
            return [self._list(part, below) for part in body]
        if kind == "repeat":
            return self._rounds(item, below)
        return self._members(item, below) if kind == "members" else (below,)

    def _rounds(self, item: _Item, below: _List) -> list[_List]:
        part, low, high = item.body
        fewer = self._items.repeat(part, max(low - 1, 0), None if high is None else high - 1)
        another = self._list(part, self._list(fewer, below))
        return [another, below] if low == 0 else [another]

    def _members(self, item: _Item, below: _List) -> list[_List]:
        form, used, place = item.body
        items = self._items
        found = [below] if place != _NEXT and form.required <= used else []
        free = form.free(used)
        if place == _BEHIND:
            if free or form.extra is not None:
                another = self._list(items.members(form, used, _NEXT), below)
                found.append(self._list(form.separator, another))
            return found
        for i in free:
            others = self._list(items.members(form, used | {i}, _BEHIND), below)
            found.append(self._list(form.members[i][0], others))
        if form.extra is not None:
            others = self._list(items.members(form, used, _BEHIND), below)
            found.append(self._list(form.extra, others))
        return found

    # --- the closing

    def shortest(self, state: State, phase: bool = False) -> Text:
        """The shortest text that ends the reply, or the phase: () where some parse is behind it.

        Raises TooLarge where it is longer than MAX_SIZE bytes.
        """
        size = state.phase if phase else state.size
        if size > MAX_SIZE:
            raise TooLarge(f"a closing of {size} bytes", kind="closing")
        if size == 0:
            return ()
        if state._pending:
            return self._ended_letter(state, size, phase)
        for leaf, rest, call in state._places:
            known = _leaf_size(leaf)
            ahead = _ahead(known, rest, call) if phase else known + rest.size + call.size
            if ahead == size:
                return _joined([*_leaf_text(leaf), *self._rest(rest, call, phase)])
        raise AssertionError("a state is as near as one of its places")

    def _ended_letter(self, state: State, size: int, phase: bool) -> Text:
        before = state._before
        for letter in self._letters(before, state._pending):
            spelled = chr(letter).encode()[len(state._pending) :]
            after = self._step(before, letter)
            if after and len(spelled) + (after.phase if phase else after.size) == size:
                return _joined([spelled, *self.shortest(after, phase)])
        raise AssertionError("a state is as near as one of its letters")

    def _rest(self, rest: _List, call: _Call, phase: bool) -> Iterable[bytes | str]:
        """The text of a list and of all that stands behind it."""
        while True:
            inside = phase and rest.phase is not None
            each: _List | None = rest
            while each is not None and each.item is not None:
                if inside and each.item.kind == "over":
                    return
                yield from self._items.text(each.item)
                each = each.below
            way = call.phase_way if phase else call.way
            if way is None:
                return
            rest, call = way


def _measure(calls: Iterable[_Call]) -> None:
    """Calls mostly stand behind those that they return to; where they go round, again."""
    changed = True
    while changed:
        changed = False
        for call in calls:
            changed |= call.measure()


class _Items:
    """The items of a grammar, their sizes and their shortest texts."""

    def __init__(self, grammar: Grammar, phase: str | None, group: int | None) -> None:
        self._rules = grammar.rules
        self._phase = phase
        self._group = group
        self._made: dict[tuple[Any, ...], _Item] = {}
        self._known: dict[int, _Item] = {}  # by the node's id: nodes live as long as the grammar
        self._bodies: dict[str, _Item] = {}
        self._called = _on_cycles(grammar.rules)
        self._sizes: dict[_Item, int] = {}
        self._texts: dict[_Item, Text] = {}
        self._rule_sizes = dict.fromkeys(self._called, _FAR)
        self._rule_texts: dict[str, Text] = {}
        self.body(grammar.start)
        for name in self._called:
            self.body(name)
        self._find_sizes()
        self._find_texts()

    def body(self, rule: str) -> _Item:
        if rule not in self._bodies:
            self._bodies[rule] = self._item(self._rules[rule])
        return self._bodies[rule]

    def repeat(self, part: _Item, low: int, high: int | None) -> _Item:
        return self._make("sequence") if high == 0 else self._make("repeat", part, low, high)

    def members(self, form: _Form, used: frozenset[int], place: int) -> _Item:
        return self._make("members", form, used, place)

    def _make(self, kind: str, *body: Any) -> _Item:
        key = (kind, *body)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MAX_LISTS:
                self._made.clear()
                self._sizes.clear()
                self._texts.clear()
            found = self._made.setdefault(key, _Item(kind, body))
        return found

    def _item(self, node: Node) -> _Item:
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._of(node)
        return found

    def _of(self, node: Node) -> _Item:
        if isinstance(node, ir.Capture):
            return self._item(node.part)
        if isinstance(node, ir.Sequence):
            return self._make("sequence", *map(self._item, node.parts))
        if isinstance(node, ir.Choice):
            return self._choice(node)
        if isinstance(node, ir.Repeat):
            return self.repeat(self._item(node.part), node.low, node.high)
        if isinstance(node, ir.Ref):
            return self._ref(node.name)
        if isinstance(node, ir.Unordered):
            members = tuple((self._item(member), needed) for member, needed in node.members)
            extra = None if node.extra == ir.NOTHING else self._item(node.extra)
            form = _Form(members, extra, self._item(node.separator), self._group or len(members))
            return self.members(form, frozenset(), _FIRST)
        if isinstance(node, ir.Literal):
            return self._make("leaf", Word(node.text)) if node.text else self._make("sequence")
        if isinstance(node, ir.Special):
            return self._make("leaf", Token(node.name))
        expr = without(node.stops) if isinstance(node, ir.FreeText) else node.expr
        return self._make("leaf", Letters(expr))

    def _ref(self, name: str) -> _Item:
        found = self._make("call", name) if name in self._called else self.body(name)
        if name == self._phase:
            return self._make("sequence", found, self._make("over"))
        return found

    def _choice(self, node: ir.Choice) -> _Item:
        """Words as one language: a letter costs the same however many there are."""
        words = [part.text for part in node.parts if isinstance(part, ir.Literal)]
        if len(words) < 3:
            return self._make("choice", *map(self._item, node.parts))
        others = [self._item(part) for part in node.parts if not isinstance(part, ir.Literal)]
        leaf = self._make("leaf", Letters(words_of(sorted({*words}))))
        return self._make("choice", leaf, *others) if others else leaf

    # --- sizes

    def size(self, item: _Item) -> int:
        found = self._sizes.get(item)
        if found is None:
            found = self._sizes[item] = min(self._size_of(item), _FAR)
        return found

    def _size_of(self, item: _Item) -> int:
        kind, body = item.kind, item.body
        if kind == "leaf":
            return _leaf_size(body[0])
        if kind == "sequence":
            return sum(map(self.size, body))
        if kind == "choice":
            return min(map(self.size, body), default=_FAR)
        if kind == "repeat":
            low: int = body[1]
            return self.size(body[0]) * low
        if kind == "call":
            return self._rule_sizes[body[0]]
        return sum(map(self.size, self._needed(*body))) if kind == "members" else 0

    def _needed(self, form: _Form, used: frozenset[int], place: int) -> list[_Item]:
        """What of an object must still come, in the order of its members."""
        left = [form.members[i][0] for i in sorted(form.required - used)]
        if not left and place == _NEXT:
            options = [form.members[i][0] for i in form.free(used)]
            options += [] if form.extra is None else [form.extra]
            left = [min(options, key=self.size)]
        found = [each for item in left for each in (form.separator, item)]
        return found if place == _BEHIND else found[1:]

    def _find_sizes(self) -> None:
        """Of the rules that hold themselves: the least fixed point."""
        changed = True
        while changed:
            self._sizes.clear()
            changed = False
            for name in reversed(list(self._rule_sizes)):
                size = self.size(self.body(name))
                if size < self._rule_sizes[name]:
                    self._rule_sizes[name] = size
                    changed = True
        self._sizes.clear()

    # --- texts

    def text(self, item: _Item) -> Text:
        found = self._texts.get(item)
        if found is None:
            made = self._text_of(item)
            assert made is not None, "every rule with a text has a shortest one"
            found = self._texts[item] = _joined(made)
        return found

    def _find_texts(self) -> None:
        """A rule's, when those of the rules that it takes are known: so they never go round."""
        todo = [name for name, size in self._rule_sizes.items() if size <= MAX_SIZE]
        while todo:
            left = []
            for name in reversed(todo):
                found = self._text_of(self.body(name))
                if found is None:
                    left.append(name)
                else:
                    self._rule_texts[name] = _joined(found)
            assert len(left) < len(todo), "rules without a text have no size"
            todo = left[::-1]

    def _text_of(self, item: _Item) -> list[bytes | str] | None:
        """None where it takes a rule whose text is not known yet."""
        kind, body = item.kind, item.body
        if kind == "leaf":
            return _leaf_text(body[0])
        if kind == "sequence":
            return self._texts_of(body)
        if kind == "choice":
            best = [part for part in body if self.size(part) == self.size(item)]
            return next((found for p in best if (found := self._text_of(p)) is not None), None)
        if kind == "repeat":
            part = self._text_of(body[0]) if body[1] else []
            return None if part is None else part * body[1]
        if kind == "call":
            known = self._rule_texts.get(body[0])
            return None if known is None else list(known)
        return self._texts_of(self._needed(*body)) if kind == "members" else []

    def _texts_of(self, items: Iterable[_Item]) -> list[bytes | str] | None:
        found: list[bytes | str] = []
        for item in items:
            part = self._text_of(item)
            if part is None:
                return None
            found += part
        return found


def _on_cycles(rules: Mapping[str, Node]) -> set[str]:
    """The rules that hold themselves, and those between two such rules."""
    holds = {
        name: {each.name for each in walk(rule) if isinstance(each, ir.Ref)}
        for name, rule in rules.items()
    }
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
    return found


def _stepped(leaf: _Leaf, symbol: Symbol) -> tuple[_Leaf | None, bool]:
    """Where a leaf goes on behind a symbol, and whether it may end there."""
    if not isinstance(leaf, Letters):
        further, ends = leaf.step(symbol)
        assert further is None or isinstance(further, Word)
        return further, ends
    if isinstance(symbol, str):
        return None, False
    # What Letters.step finds out with a search of its own is known from the shortest text.
    after = derivative(leaf.expr, symbol)
    dead = after in (NEVER, EMPTY) or shortest(after) is None
    return None if dead else Letters(after), after.nullable


def _leaf_size(leaf: _Leaf) -> int:
    if isinstance(leaf, Letters):
        if leaf.expr.nullable:
            return 0
        found = shortest(leaf.expr)
        return _FAR if found is None else found.size
    return len(leaf.text[leaf.at :].encode()) if isinstance(leaf, Word) else 1


def _leaf_text(leaf: _Leaf) -> list[bytes | str]:
    if isinstance(leaf, Letters):
        found = shortest(leaf.expr)
        assert found is not None
        return [found.text]
    return [leaf.text[leaf.at :].encode() if isinstance(leaf, Word) else leaf.name]


def _joined(parts: Iterable[bytes | str]) -> Text:
    """Bytes that stand side by side as one."""
    found: list[bytes | str] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, bytes) and isinstance(last, bytes):
            found[-1] = last + part
        elif part:
            found.append(part)
    return tuple(found)


def _characters(data: bytes) -> tuple[str | None, bytes]:
    """The whole characters that bytes begin with, and the beginning of one behind them. None where
    they are no UTF-8."""
    try:
        return data.decode(), b""
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return None, b""
        return data[: error.start].decode(), data[error.start :]


def _range(pending: bytes) -> tuple[int, int]:
    """The code points whose UTF-8 begins with these bytes; surrogates may lie among them."""
    first = pending[0]
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    known = first & (0x7F >> length)
    for byte in pending[1:]:
        known = known << 6 | byte & 0x3F
    missing = 6 * (length - len(pending))
    low, high = known << missing, (known + 1 << missing) - 1
    return max(low, (0x80, 0x800, 0x10000)[length - 2]), min(high, 0x10FFFF)
