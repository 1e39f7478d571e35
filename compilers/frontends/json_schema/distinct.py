"""uniqueItems where items are not listed: how such items are written, and whether it can be seen to
beside the engine that they differ (watch.py).

It can if a reply never comes to where nothing may follow: of scalars it is counted how many are
left, and to arrays and objects something can be added for ever.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from compilers import regular
from compilers.errors import TooLarge, Unsupported
from compilers.frontends.json_schema import numerals, spelling
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.names import others
from compilers.frontends.json_schema.shapes import ArrayShape, Conj, ObjectShape, item_at
from compilers.regular import EVERY, Dfa, Expr
from compilers.watch import MAX_ITEMS, UNIQUE, Counts, Distinct

MAX_STATES = 5_000  # of the automaton of the items


class Items:
    """The items of an array. Raises TooLarge.

    `languages` by type: all scalars, of strings what is between the quotes; of arrays and objects
    how they begin. `texts`: how all of them are written; `n_values`: None: without end.
    """

    def __init__(self, languages: Mapping[str, Expr]) -> None:
        self.languages = languages
        self.texts = regular.either(*(_texts(kind, each) for kind, each in languages.items()))
        self._counts = _counts(self.texts)
        self._quoted = not languages.keys() & {"number", "boolean", "null"}

    def are_enough(self, low: int) -> bool:
        """Whether there are so many different ones."""
        return low <= 1 or self.n_values is None or self.n_values >= low

    def distinct(self, where: str) -> Distinct:
        return Distinct(where, self.texts, self._counts, self._quoted, spelling.ways)

    @cached_property
    def n_values(self) -> int | None:
        found = 0
        for language in self.languages.values():
            total = _counts(language).total
            if total is None:
                return None
            found += total - all(regular.accepts(language, zero) for zero in ("0", "-0"))
        return found

    def has_few(self, kind: str) -> bool:
        """Whether an item of this type may come to where only so many go on."""
        return _counts(_texts(kind, self.languages[kind])).has_few(kind == "string")


def joined(several: Sequence[Items]) -> Items | None:
    """The items of arrays at one place; None where one of these may come to an end where another
    goes on."""
    found: dict[str, Expr] = {}
    for kind in dict.fromkeys(kind for items in several for kind in items.languages):
        able = [items for items in several if kind in items.languages]
        found[kind] = regular.either(*(items.languages[kind] for items in able))
        if any(each.languages[kind] != found[kind] and each.has_few(kind) for each in able):
            return None
    whole = Items(found)
    return whole if all(each.n_values == whole.n_values for each in several) else None


def _texts(kind: str, language: Expr) -> Expr:
    return spelling.quoted(language) if kind == "string" else language


def _counts(texts: Expr) -> Counts:
    return Counts(regular.dfa(texts, MAX_STATES))


def distinct(expander: Expander, shape: ArrayShape) -> Distinct | None:
    """The items of an array whose items must differ; None: there are not so many as there must be.

    Raises Unsupported where that cannot be seen to.
    """
    if shape.low > MAX_ITEMS:
        raise _refused(shape.unique, f"at most {MAX_ITEMS} items")
    items = items_of(expander, shape, shape.unique)
    return items.distinct(shape.unique) if items.are_enough(shape.low) else None


def items_of(expander: Expander, shape: ArrayShape, where: str) -> Items:
    """Raises Unsupported, at the pointer `where`, if it cannot be seen to that they differ."""
    wanted = item_at(shape.items, 0)
    kinds = [kind for kind in expander.kinds(wanted) if expander.kind_satisfiable(wanted, kind)]
    try:
        return Items({kind: _written(expander, wanted, kind, where) for kind in kinds})
    except TooLarge as error:
        raise _refused(where, "items of a simpler pattern") from error


def _written(expander: Expander, wanted: Conj, kind: str, where: str) -> Expr:
    if kind in _BEGINS:
        if not _OPEN[kind](expander, wanted):
            raise _refused(where, f"{kind}s to which more can be added at any time")
        return _BEGINS[kind]
    language = expander.language(wanted, kind)
    if kind == "number" and not (_is_whole(language) or _is_dense(language)):
        raise _refused(where, "integers, and numbers that have no upper bound")
    return language


def _refused(where: str, what: str) -> Unsupported:
    message = f"{UNIQUE}: can be enforced for items that are listed in an enum, and for {what}"
    return Unsupported(message, where, UNIQUE)


# --- numbers


def _is_whole(language: Expr) -> bool:
    outside = regular.both(language, regular.other_than(numerals.INTEGER))
    return not language.stateful and regular.is_empty(outside)


_ENDS_IN_1_TO_9 = regular.cat(EVERY, numerals.NON_ZERO)


def _is_dense(language: Expr) -> bool:
    """Whether what begins a number can always become any of infinitely many.

    Plain ones that end in 1 to 9 are all different. With an exponent only zero stays what it is,
    which Distinct knows.
    """
    if language is numerals.NUMBER:
        return True
    varied = regular.both(language, numerals.PLAIN, _ENDS_IN_1_TO_9)
    try:
        automaton, counts = regular.dfa(language, MAX_STATES), _counts(varied)
    except TooLarge:
        return False
    return all(counts.behind(text.encode()) is None for text in _beginnings(automaton))


def _beginnings(automaton: Dfa) -> Iterator[str]:
    """Of each state from which a number can end: what leads to it."""
    seen, todo = {0}, [(0, "")]
    while todo:
        state, text = todo.pop()
        yield text
        for letter in "-.0123456789":
            after = automaton.after(state, ord(letter))
            if after in automaton.alive and after not in seen:
                seen.add(after)
                todo.append((after, text + letter))


# --- arrays and objects


def _arrays_are_open(expander: Expander, wanted: Conj) -> bool:
    """Whether items can be added to any of them for ever."""
    return all(_is_open_array(expander, shape) for shape in expander.arrays(wanted))


def _is_open_array(expander: Expander, shape: ArrayShape) -> bool:
    if shape.values is not None or shape.unique or shape.high is not None:
        return False
    n_first = max((len(group.first) for group in shape.items), default=0)
    bounded = any(counter.high is not None for counter in shape.counters)
    return not bounded and expander.possible(item_at(shape.items, n_first))


def _objects_are_open(expander: Expander, wanted: Conj) -> bool:
    """Whether members can be added to any of them for ever."""
    return all(_is_open_object(expander, shape) for shape in expander.objects(wanted))


def _is_open_object(expander: Expander, shape: ObjectShape) -> bool:
    if shape.values is not None or shape.high is not None:
        return False
    # Those that are listed make no difference: they are so many and no more.
    return any(
        _has_no_end(names) and expander.possible(child) for names, child in others(shape, ())
    )


@lru_cache(maxsize=1000)
def _has_no_end(names: Expr) -> bool:
    return _counts(names).total is None


_OPEN: Mapping[str, Callable[[Expander, Conj], bool]] = {
    "array": _arrays_are_open,
    "object": _objects_are_open,
}
_BEGINS: Mapping[str, Expr] = {
    "array": regular.cat(regular.text("["), EVERY),
    "object": regular.cat(regular.text("{"), EVERY),
}
