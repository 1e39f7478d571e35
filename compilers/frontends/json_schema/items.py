"""How the items of an array are written of which no two may be equal (compilers.watch)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache

from compilers import regular
from compilers.errors import TooLarge, Unsupported
from compilers.frontends.json_schema import numerals, spelling
from compilers.frontends.json_schema.algebra import STRUCTURES
from compilers.frontends.json_schema.expand import Expander
from compilers.frontends.json_schema.shapes import Conj
from compilers.regular import EVERY, NEVER, Dfa, Expr
from compilers.watch import UNIQUE, Counts

MAX_STATES = 5_000  # of the automaton of the items

_BEGINS: Mapping[str, Expr] = {
    "array": regular.cat(regular.text("["), EVERY),
    "object": regular.cat(regular.text("{"), EVERY),
}


class Items:
    """The items of an array. Raises TooLarge.

    `languages` by type: all scalars, of strings what is between the quotes; of arrays and objects
    how they begin. `texts`: how all of them are written; `n_values`: None: without end.
    """

    def __init__(self, languages: Mapping[str, Expr]) -> None:
        self.languages = languages
        self.texts = regular.either(*(_texts(kind, each) for kind, each in languages.items()))
        self.counts = _counts(self.texts)
        self.quoted = not languages.keys() & {"number", "boolean", "null"}

    def are_enough(self, low: int) -> bool:
        """Whether there are so many different ones."""
        return low <= 1 or not self.are_at_most(low - 1)

    def are_at_most(self, high: int) -> bool:
        return self.n_values is not None and self.n_values <= high

    @cached_property
    def n_values(self) -> int | None:
        found = 0
        for language in self.languages.values():
            total = _counts(language).total
            if total is None:
                return None
            found += total - all(regular.accepts(language, zero) for zero in ("0", "-0"))
        return found

    def may_end(self, kind: str) -> bool:
        """Whether one of this type may come to where only so many go on."""
        language = self.languages.get(kind, NEVER)
        return _counts(_texts(kind, language)).has_few(kind == "string")


def joined(several: Sequence[Items]) -> Items | None:
    """The items of arrays at one place; None where one of these may come to an end where another
    goes on."""
    found: dict[str, Expr] = {}
    for kind in dict.fromkeys(kind for items in several for kind in items.languages):
        able = [items for items in several if kind in items.languages]
        found[kind] = regular.either(*(items.languages[kind] for items in able))
        if any(each.languages[kind] != found[kind] and each.may_end(kind) for each in able):
            return None
    whole = Items(found)
    return whole if all(each.n_values == whole.n_values for each in several) else None


def _texts(kind: str, language: Expr) -> Expr:
    return spelling.quoted(language) if kind == "string" else language


@lru_cache(maxsize=100)
def _counts(texts: Expr) -> Counts:
    return Counts(regular.dfa(texts, MAX_STATES))


def items_at(expander: Expander, wanted: Conj, where: str) -> Items:
    """The values at a place. Raises Unsupported, at the pointer `where`, if they are such that it
    is not known how many go on from a beginning."""
    kinds = [kind for kind in expander.kinds(wanted) if expander.kind_satisfiable(wanted, kind)]
    try:
        return Items({kind: _language(expander, wanted, kind, where) for kind in kinds})
    except TooLarge as error:
        raise refused(where, "items of a simpler pattern") from error


def _language(expander: Expander, wanted: Conj, kind: str, where: str) -> Expr:
    if kind in STRUCTURES:
        return _BEGINS[kind]
    language = expander.language(wanted, kind)
    if kind == "number" and not (_is_whole(language) or _is_dense(language)):
        raise refused(where, "integers, and numbers that have no upper bound")
    return language


def refused(where: str, what: str) -> Unsupported:
    message = f"{UNIQUE}: can be enforced for items that are listed in an enum, and for {what}"
    return Unsupported(message, where, UNIQUE)


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
