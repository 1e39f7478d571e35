"""uniqueItems where items are not listed: what a watch sees to beside the engine (watch.py).

A Watch goes by names and places alone. So where alternatives of a schema differ in whether items
must, or in which of them, the schema is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from compilers import clock, regular
from compilers.errors import TooLarge, Unsupported
from compilers.frontends.json_schema import numerals, spelling
from compilers.frontends.json_schema.algebra import STRUCTURES
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.names import others
from compilers.frontends.json_schema.shapes import (
    NO,
    ArrayShape,
    Conj,
    ObjectShape,
    conj,
    item_at,
    known,
)
from compilers.regular import NEVER, Expr
from compilers.watch import MAX_ITEMS, UNIQUE, Counts, Distinct, Watch

MAX_STATES = 5_000  # of the automaton of the items
MAX_WATCHES = 5_000

S = TypeVar("S", ArrayShape, ObjectShape)

Places = frozenset[Conj]
"""What a value must satisfy one of."""


def distinct(expander: Expander, shape: ArrayShape) -> Distinct | None:
    """The items of an array whose items must differ; None: there are not so many as there must be.

    Raises Unsupported where that cannot be seen to.
    """
    if shape.low > MAX_ITEMS:
        raise _refused(shape, f"at most {MAX_ITEMS} items")
    wanted = item_at(shape.items, 0)
    strings: Expr = NEVER
    unquoted: list[Expr] = []
    for kind in expander.kinds(wanted):
        if kind in STRUCTURES:
            raise _refused(shape, "items that are no arrays or objects")
        language = expander.language(wanted, kind)
        if kind == "string":
            strings = language
            continue
        if kind == "number" and not _is_whole(language):
            raise _refused(shape, "numbers that are of type integer")
        unquoted.append(language)
    try:
        texts = regular.either(spelling.quoted(strings), *unquoted)
        counts = Counts(regular.dfa(texts, MAX_STATES))
        n_values = _n_values([strings, *unquoted])
    except TooLarge as error:
        raise _refused(shape, "items of a simpler pattern") from error
    if n_values is not None and n_values < shape.low:
        return None
    return Distinct(shape.unique, texts, counts, not unquoted, spelling.ways)


def _is_whole(language: Expr) -> bool:
    outside = regular.both(language, regular.other_than(numerals.INTEGER))
    return not language.stateful and regular.is_empty(outside)


def _n_values(languages: Iterable[Expr]) -> int | None:
    """How many values they have; 0 is -0. None: without end."""
    found = 0
    for language in languages:
        total = Counts(regular.dfa(language, MAX_STATES)).total
        if total is None:
            return None
        found += total - all(regular.accepts(language, zero) for zero in ("0", "-0"))
    return found


def _refused(shape: ArrayShape, what: str) -> Unsupported:
    message = f"{UNIQUE}: can be enforced for items that are listed in an enum, and for {what}"
    return Unsupported(message, shape.unique, UNIQUE)


class Watches:
    """Of one document: what is to be seen to in the values at each place."""

    def __init__(self, expander: Expander, found: Mapping[ArrayShape, Distinct]) -> None:
        self._expander = expander
        self._found = found
        self._where = min((each.where for each in found.values()), default="")
        self._known: dict[Places, Watch] = {}
        self._todo: list[Places] = []
        self._alternatives: list[set[Watch]] = []  # of which a name may have any

    def of(self, wanted: Conj) -> Watch | None:
        """Raises Unsupported where it depends on more than names and places."""
        watch = self._at([wanted])
        while self._todo:
            clock.check()
            if len(self._known) > MAX_WATCHES:
                raise TooLarge(f"{UNIQUE}: in a schema of too many places", self._where, "size")
            places = self._todo.pop()
            self._arrays(self._known[places], places)
            self._objects(self._known[places], places)
        return self._pruned(watch)

    def _at(self, wanted: Iterable[Conj]) -> Watch | None:
        places = frozenset(each for each in wanted if NO not in each)
        if not places:
            return None
        if places not in self._known:
            self._known[places] = Watch()
            self._todo.append(places)
        return self._known[places]

    def _shapes(
        self, places: Places, kind: str, shapes_of: Callable[[Conj], Iterable[S]]
    ) -> list[S]:
        able = (wanted for wanted in places if kind in self._expander.kinds(wanted))
        return [shape for wanted in able for shape in shapes_of(wanted)]

    def _arrays(self, watch: Watch, places: Places) -> None:
        shapes = self._shapes(places, "array", self._expander.arrays)
        watch.distinct = self._distinct(shapes)
        n_first = max((len(g.first) for shape in shapes for g in shape.items), default=0)
        watch.first = [self._at(_items(shapes, i)) for i in range(n_first)]
        watch.rest = self._at(_items(shapes, n_first))

    def _distinct(self, shapes: Iterable[ArrayShape]) -> Distinct | None:
        several = [shape for shape in shapes if shape.high is None or shape.high > 1]
        found = [self._found[shape] for shape in several if shape in self._found]
        if not found:
            return None
        if len(found) < len(several) or any(each.texts != found[0].texts for each in found):
            raise self._of_some()
        return found[0]

    def _of_some(self) -> Unsupported:
        message = f"{UNIQUE}: cannot be enforced where only some of the alternatives ask for it"
        return Unsupported(message, self._where, UNIQUE)

    def _objects(self, watch: Watch, places: Places) -> None:
        shapes = self._shapes(places, "object", self._expander.objects)
        names = dict.fromkeys(name for shape in shapes for name in known(shape))
        for name in names:
            watch.members[name] = self._at(each for shape in shapes for each in _at(shape, name))
        for shape in shapes:
            for keys, child in others(shape, list(names)):
                more = [conj(*child, lit) for _, lit in shape.some]
                watch.others.append((keys, self._at([child, *more])))
        if len(shapes) > 1:
            self._alternatives.append({each for _, each in watch.others if each})

    def _pruned(self, start: Watch | None) -> Watch | None:
        """Without those that see to nothing."""
        users: dict[Watch, list[Watch]] = {}
        for watch in self._known.values():
            for below in watch.below():
                users.setdefault(below, []).append(watch)
        todo = [watch for watch in self._known.values() if watch.distinct]
        needed = set(todo)
        while todo:
            new = set(users.get(todo.pop(), ())) - needed
            needed |= new
            todo += new
        if any(len(each) > 1 and each & needed for each in self._alternatives):
            raise self._of_some()
        for watch in needed:
            _prune(watch, needed)
        return start if start in needed else None


def _at(shape: ObjectShape, name: str) -> list[Conj]:
    """What a member may have to satisfy: more, where it is one of which some must be there."""
    found = shape.at(name)
    return [found, *(conj(*found, lit) for keys, lit in shape.some if regular.accepts(keys, name))]


def _items(shapes: Iterable[ArrayShape], index: int) -> list[Conj]:
    """The same of an item; more, where items are counted."""
    found: list[Conj] = []
    for shape in shapes:
        wanted = item_at(shape.items, index)
        found.append(wanted)
        found += [conj(*wanted, (c.lit[0], sign)) for c in shape.counters for sign in (True, False)]
    return found


def _prune(watch: Watch, needed: set[Watch]) -> None:
    def kept(below: Watch | None) -> Watch | None:
        return below if below in needed else None

    watch.members = {name: kept(each) for name, each in watch.members.items()}
    watch.others = [(keys, each) for keys, each in watch.others if kept(each)]
    watch.first = list(map(kept, watch.first))
    watch.rest = kept(watch.rest)
