"""From shapes to rules: every conjunction of subschemas becomes one rule of the grammar.

Members that are named come in any order (Unordered), unless they must be counted beyond the first:
then in the order of the source, and those that only `additionalProperties` or a pattern allows come
after them. A name twice is never allowed where it is known; among names that are free a grammar of
bounded size cannot see it, and RFC 8259 (section 4) leaves open what it means.
"""

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from compilers import clock, regular
from compilers.errors import CompileError, TooLarge, Unsupported
from compilers.frontends.json_schema import leaves, spelling
from compilers.frontends.json_schema.algebra import SCALARS, STRUCTURES
from compilers.frontends.json_schema.counting import CountedItems, CountedMembers, Rule, States
from compilers.frontends.json_schema.distinct import distinct
from compilers.frontends.json_schema.document import Document
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.holds import key as value_key
from compilers.frontends.json_schema.names import Key, others
from compilers.frontends.json_schema.satisfy import is_empty
from compilers.frontends.json_schema.shapes import (
    NO,
    ArrayShape,
    Conj,
    Lit,
    Members,
    ObjectShape,
    item_at,
    known,
    without_some,
)
from compilers.frontends.json_schema.sources import NAMES, Sources
from compilers.frontends.json_schema.spelling import Style
from compilers.frontends.json_schema.watches import Watches
from compilers.ir import (
    EMPTY,
    NOTHING,
    SHARED,
    Grammar,
    Literal,
    Node,
    Note,
    Ref,
    Regular,
    Repeat,
    Unordered,
    choice,
    maybe,
    sequence,
)
from compilers.letter_rules import letter_rules
from compilers.regular import Expr, State
from compilers.uses import uses
from compilers.watch import MAX_ITEMS, Distinct, watching

MAX_RULES = 20_000
MAX_MEMBERS = 5_000  # of one object, by name
MAX_UNIQUE = 8  # different items where their number counts
MAX_SPELLED_OUT = 1_500  # states of an automaton that no regex is short enough for
MAX_LISTED = 60  # different items where it does not
MAX_ALTERNATIVES = 500
MAX_WAYS = 60  # for members of one object that must be there without being named

_BRACES = Literal("{"), Literal("}")
_OPENS = {"string": '"', "array": "[", "object": "{"}
_DELIMITED = frozenset(_OPENS)
_STRUCTURES = frozenset(STRUCTURES)


class Lowering:
    """One document's rules; their names begin with `prefix`. `sources` is told where they come
    from, if somebody asks."""

    def __init__(
        self, document: Document, style: Style, prefix: str = "", sources: Sources | None = None
    ) -> None:
        self._document = document
        self._expander = Expander(document)
        self._style = style
        self._prefix = prefix
        self._sources = sources
        self._names: dict[Conj, str] = {}
        self._todo: list[tuple[str, Conj]] = []
        self._rules: dict[str, Node] = {}
        self._values: dict[str, str] = {}
        self._members: dict[tuple[str, Conj], Node] = {}
        self._distinct: dict[ArrayShape, Distinct] = {}
        self.item: Node = Literal(style.item)
        self._braces: tuple[Node, Node] = _BRACES
        self._owner: Conj = frozenset()  # of the object that is being made
        self._alternatives = 0  # of members that must be there without being named

    def run(self, wanted: Conj) -> Grammar:
        grammar = self._finish(self._rule(wanted))
        if not self._distinct:
            return grammar
        watch = Watches(self._expander, self._distinct).of(wanted)
        grammar = replace(grammar, notes=self._notes())
        return grammar if watch is None else watching(grammar, {grammar.start: watch})

    def _finish(self, start: str) -> Grammar:
        """The rules that are still wanted are made."""
        while self._todo:
            name, each = self._todo.pop()
            kinds = self._expander.kinds(each)
            try:
                self._rules[name] = self._value(each, kinds)
            except CompileError as error:
                raise error.at(_place(each)) from error
            if self._sources is not None:
                self._sources.put_rule(name, each)
            if kinds and _DELIMITED.issuperset(kinds):
                self._values[name] = "".join(map(_OPENS.__getitem__, kinds))
            self._check_limits()
        return Grammar(self._rules, start, self._notes(), self._values, delimited=True)

    def _notes(self) -> tuple[Note, ...]:
        """At every place that they speak of."""
        found = (*self._document.notes, *self._expander.notes.values())
        return tuple(self._document.at_copies(found)) if found else ()

    @property
    def is_whole(self) -> bool:
        """Whether the grammar has all that the schema allows, not only the simplest."""
        return self._expander.n_cut == 0

    def barren(self, productive: Set[str]) -> str:
        """Where a schema stands that no value satisfies, so that none does the whole."""
        places = {name: _place(wanted) for wanted, name in self._names.items()}
        name = next(iter(places))
        passed = {name}
        while below := uses(self._rules[name]).rules.keys() - productive - passed:
            name = next(each for each in uses(self._rules[name]).rules if each in below)
            passed.add(name)
        return places.get(name, "")

    def _check_limits(self) -> None:
        if len(self._rules) > MAX_RULES:
            raise TooLarge(f"more than {MAX_RULES} rules", kind="rules")
        clock.check()

    def _rule(self, wanted: Conj) -> str:
        name = self._names.get(wanted)
        if name is None:
            name = self._names[wanted] = self._new_name(wanted)
            self._todo.append((name, wanted))
        return name

    def _new_name(self, wanted: Conj) -> str:
        if not self._names:
            return f"{self._prefix}start"
        if not wanted:  # any value: the same rule in every grammar of this style
            return f"{SHARED}any_{self._style.item.encode().hex()}_{self._style.key.encode().hex()}"
        return f"{self._prefix}v{len(self._names)}"

    def node(self, wanted: Conj) -> Node:
        """A reference, or the value itself where it is no structure."""
        if NO in wanted:
            return NOTHING
        found = leaves.once(wanted, self._made)
        if self._sources is not None and type(found) is Regular:  # made for another place, perhaps
            kinds = self._expander.kinds(wanted)
            self._sources.put_language(found.expr, self._expander, wanted, *kinds)
        return found

    def _made(self, wanted: Conj) -> Node:
        kinds = self._expander.kinds(wanted)
        if not _STRUCTURES.isdisjoint(kinds):
            return Ref(self._rule(wanted))
        try:
            return choice(*self._scalars(wanted, kinds))
        except CompileError as error:
            raise error.at(_place(wanted)) from error

    def _value(self, wanted: Conj, kinds: Sequence[str]) -> Node:
        """What is wanted, as far as it is of these types."""
        found = self._scalars(wanted, kinds)
        if "array" in kinds:
            found += [self._array(shape) for shape in self._expander.arrays(wanted)]
        if "object" in kinds:
            found += self._objects(wanted)
        return choice(*found)

    def _scalars(self, wanted: Conj, kinds: Sequence[str]) -> list[Node]:
        found: list[Node] = []
        for kind in kinds:
            if kind in SCALARS:
                expr = self._expander.language(wanted, kind)
                if expr.stateful:
                    found.append(self._spelled_out(expr))
                elif not is_empty(expr):
                    written = spelling.quoted(expr) if kind == "string" else expr
                    if self._sources is not None:
                        self._sources.put_language(written, self._expander, wanted, kind)
                    found.append(Regular(written))
        return found

    def _spelled_out(self, expr: Expr) -> Node:
        """A rule for each state of its automaton, letter by letter."""
        assert isinstance(expr, State)  # see numerals.written
        automaton = expr.automaton
        if len(automaton.steps) > MAX_SPELLED_OUT:
            message = f"a regular language with more than {MAX_SPELLED_OUT} states"
            raise TooLarge(message, kind="states")

        made = letter_rules(automaton, f"{self._prefix}d{len(self._rules)}")
        self._rules |= made
        return Ref(next(iter(made))) if made else NOTHING

    def _listed(self, values: Sequence[Any]) -> Node:
        return choice(*map(self._written, values))

    def _written(self, value: Any) -> Node:
        """One value, cut into the same pieces as any other: engines lex before they parse."""
        if isinstance(value, list):
            items = [part for each in value for part in (self.item, self._written(each))]
            return sequence(Literal("["), *items[1:], Literal("]"))
        if isinstance(value, dict):
            members = [
                part
                for name, each in value.items()
                for part in (self.item, self._key(name), self._written(each))
            ]
            return sequence(Literal("{"), *members[1:], Literal("}"))
        return Literal(self._style.dumps(value))

    def _key(self, name: str) -> Node:
        return Literal(self._style.name(name))

    # --- objects

    def _objects(self, wanted: Conj) -> list[Node]:
        """Every shape; or, where some member could be there in too many ways, those without one."""
        self._owner = wanted
        shapes = self._expander.objects(wanted)
        plain = [shape for shape in shapes if not shape.some]
        if 0 < len(plain) < len(shapes) and sum(map(_n_ways, shapes)) > len(plain) + MAX_WAYS:
            self._expander.note_cut(_place(wanted))
            shapes = tuple(plain)
        return [self._object(shape) for shape in shapes]

    def _object(self, shape: ObjectShape) -> Node:
        if shape.values is not None:
            return self._listed(shape.values)
        if shape.some:
            return choice(*self._someone(shape, []))
        return self._plain_object(shape, [])

    def _someone(self, shape: ObjectShape, pending: list[tuple[Expr, Lit]]) -> list[Node]:
        """Some member must be there: each one that could be it is an alternative."""
        clock.check()
        if not shape.some:
            return [self._plain_object(shape, pending)]
        (keys, lit), shape = shape.some[0], without_some(shape, 0)
        if self._expander.entails_some(shape, keys, lit):
            return self._someone(shape, pending)
        self._alternatives += 1
        if self._alternatives > MAX_ALTERNATIVES:
            raise TooLarge("too many ways in which members may fail", kind="alternatives")
        found: list[Node] = []
        for name in known(shape):
            if regular.accepts(keys, name):
                it = ObjectShape(members=(Members({name: lit}),), required=(name,))
                found += self._someone(shape.merge(it), pending)
        return found + self._someone(shape, [*pending, (keys, lit)])

    def _plain_object(self, shape: ObjectShape, pending: list[tuple[Expr, Lit]]) -> Node:
        members: list[tuple[Node, bool]] = []
        n_required = 0
        demanded = frozenset(shape.required)
        names = known(shape)
        if len(names) > MAX_MEMBERS:
            raise TooLarge(f"an object of more than {MAX_MEMBERS} members", kind="size")
        for name in names:
            child = shape.at(name)
            required = name in demanded
            if NO in child:
                if required:
                    return NOTHING
                continue
            members.append((self._known_member(name, child), required))
            n_required += required
        extras = others(shape, names)
        if shape.high == n_required:  # no room for others
            members, extras = [each for each in members if each[1]], []
        enough = shape.low <= max(n_required, 1)
        fits = shape.high is None or (not extras and shape.high >= len(members))
        if enough and fits and not pending:
            body = self._any_order(members, self._extra(extras), some=shape.low > n_required)
        elif not members and not pending:
            body = _separated(self._extra(extras), self.item, shape.low, shape.high)
        else:
            body = CountedMembers(self, members, extras, pending, shape).run()
        return sequence(self._braces[0], body, self._braces[1])

    def _any_order(self, members: Sequence[tuple[Node, bool]], extra: Node, some: bool) -> Node:
        if members:
            return Unordered(tuple(members), extra, self.item, some)
        return _separated(extra, self.item, int(some), None)

    def _known_member(self, name: str, child: Conj) -> Node:
        """The alternatives of one object have most members in common."""
        key = name, child
        if key not in self._members:
            self._members[key] = self._member(name, child)
        return self._members[key]

    def _member(self, name: str, child: Conj) -> Node:
        clock.check()
        return sequence(self._key(name), self.node(child))

    def _extra(self, extras: Sequence[Key]) -> Node:
        if not extras:
            return NOTHING
        return choice(*[self.pair(names, child) for names, child in extras])

    def pair(self, names: Expr, child: Conj) -> Node:
        written = spelling.quoted(names, self._style.key)
        if self._sources is not None:
            self._sources.put_language(written, self._expander, self._owner, NAMES)
        return sequence(Regular(written), self.node(child))

    # --- arrays

    def _array(self, shape: ArrayShape) -> Node:
        if shape.values is not None:
            return self._listed(shape.values)
        if shape.unique and (shape.high is None or shape.high > 1):
            body = self._unique(shape)
        elif shape.counters:
            body = CountedItems(self, shape).run()
        else:
            body = self._plain_array(shape)
        return sequence(Literal("["), body, Literal("]"))

    def _plain_array(self, shape: ArrayShape) -> Node:
        n_first = max((len(group.first) for group in shape.items), default=0)
        rest = self.node(item_at(shape.items, n_first))
        if n_first == 0:
            return _separated(rest, self.item, shape.low, shape.high)
        low = max(0, shape.low - n_first)
        high = None if shape.high is None else max(0, shape.high - n_first)
        tail: Node = _repeat(sequence(self.item, rest), low, high)
        for i in range(n_first - 1, -1, -1):
            if shape.high is not None and shape.high <= i:
                tail = EMPTY
                continue
            item = self.node(item_at(shape.items, i))
            tail = sequence(*((self.item,) if i else ()), item, tail)
            if shape.low <= i:
                tail = maybe(tail)
        return tail

    def _unique(self, shape: ArrayShape) -> Node:
        """Every order of a few listed values, each at most once."""
        wanted = item_at(shape.items, 0)
        if shape.counters or any(group.first for group in shape.items):
            message = (
                "uniqueItems: a grammar cannot tell items apart beside contains, or where they "
                "differ by place: leave it out"
            )
            raise Unsupported(message, shape.unique, "uniqueItems")
        values = self._few_values(wanted)
        if values is None:
            return self._watched(shape)
        texts = [self._written(value) for value in values]
        if shape.low <= 1 and (shape.high is None or shape.high >= len(texts)):
            return _any_of_them(texts, self.item, shape.low)
        if len(texts) > MAX_UNIQUE:
            return self._watched(shape)
        return self._counted_unique(texts, shape)

    def _watched(self, shape: ArrayShape) -> Node:
        """Any items: that no two are equal is seen to beside the engine."""
        if shape.high is None or shape.high > MAX_ITEMS:
            self._expander.note_at(shape.unique, f"no more than {MAX_ITEMS} items are written")
        found = distinct(self._expander, shape)
        if found is None:
            return NOTHING
        self._distinct[shape] = found
        return self._plain_array(shape)

    def _counted_unique(self, texts: Sequence[Node], shape: ArrayShape) -> Node:
        """By the set of those that are used up."""
        most = len(texts) if shape.high is None else min(shape.high, len(texts))

        def state(used: frozenset[int], rule: Rule) -> Node:
            found: list[Node] = [EMPTY] if len(used) >= shape.low else []
            for i, literal in enumerate(texts):
                if i not in used and len(used) < most:
                    lead = (self.item,) if used else ()
                    found.append(sequence(*lead, literal, rule(used | {i})))
            return choice(*found)

        return self.counted(state, frozenset())

    def _few_values(self, wanted: Conj) -> list[Any] | None:
        """The values that satisfy it, where the source lists them and they are few."""
        for site, sign in wanted:
            if not sign or isinstance(site.schema, bool):
                continue
            listed = [site.schema["const"]] if "const" in site.schema else site.schema.get("enum")
            if site.schema.get("type") == "boolean":
                listed = [True, False]
            elif site.schema.get("type") == "integer" and listed is None:
                listed = _few_integers(site.schema)
            if isinstance(listed, list):
                found = {value_key(v): v for v in listed if self._expander.holds(wanted, v)}
                return list(found.values()) if len(found) <= MAX_LISTED else None
        return None

    def counted(self, body: Callable[[Any, Rule], Node], start: Any) -> Node:
        """The rule of the state `start`; `body` makes one of a state and the rules of others."""
        return States(self._rules, f"{self._prefix}c", body).rule(start)


def _place(wanted: Conj) -> str:
    """Where the first of these subschemas stands."""
    return min((site.where for site, _ in wanted), default="")


def _n_ways(shape: ObjectShape) -> int:
    """In how many ways the members could be there that must be without being named, at most."""
    names = known(shape)
    n_able = [sum(regular.accepts(keys, name) for name in names) for keys, _ in shape.some]
    return math.prod(n + 1 for n in n_able)


def _any_of_them(values: Sequence[Node], separator: Node, low: int) -> Node:
    """These values in any order, each at most once; with `low` 1 at least one of them."""
    return Unordered(tuple((value, False) for value in values), NOTHING, separator, low == 1)


def _few_integers(schema: Mapping[str, Any]) -> list[int] | None:
    """The integers between the bounds of a schema, and perhaps these; None: they are many."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None or high is None or high - low > MAX_LISTED:
        return None
    return list(range(math.ceil(low), math.floor(high) + 1))


def _repeat(node: Node, low: int, high: int | None) -> Node:
    if high == 0:
        return EMPTY
    return node if (low, high) == (1, 1) else Repeat(node, low, high)


def _separated(item: Node, separator: Node, low: int, high: int | None) -> Node:
    """`low` to `high` items with a separator between each two."""
    if high == 0 or item == NOTHING:
        return EMPTY if low == 0 else NOTHING
    top = None if high is None else high - 1
    if top is not None and top < max(0, low - 1):
        return NOTHING
    found = sequence(item, _repeat(sequence(separator, item), max(0, low - 1), top))
    return found if low else maybe(found)
