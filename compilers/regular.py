"""Regular languages of Unicode strings, as expressions closed under all boolean operators.

An expression is its own automaton: its states are its derivatives (Brzozowski 1964, "Derivatives
of Regular Expressions"), so product and complement need no construction of their own, and a
question about a language (is it empty? does it hold this text?) explores only the states it needs.

    word = plus(chars("az"))                   # [az]+
    odd = both(word, other_than(text("a")))    # [az]+ but not "a"
    accepts(odd, "a"), is_empty(odd), example(odd)

Letters are code points, or bytes once `utf8` has been applied. Surrogates are no letters.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from operator import attrgetter, is_
from typing import Any, ClassVar

from compilers import clock
from compilers.errors import TooLarge

MAX_STATES = 2000
MAX_WORK = 100_000  # derivatives on the way to an automaton, one of each alternative
MAX_MADE = 50_000
LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)

Ranges = tuple[tuple[int, int], ...]
"""Sorted, disjoint, not adjacent; both ends included."""


_NULLABLE, _BOOLEAN, _STATEFUL = map(attrgetter, ("nullable", "boolean", "stateful"))


class _Once(type):
    """Makes an expression once and finds it again: to compare two is to compare two addresses."""

    made: ClassVar[dict[tuple[object, ...], Any]] = {}

    def __call__(cls, *args: Any) -> Any:
        address = (cls, *args)
        found = _Once.made.get(address)
        if found is None:
            if len(_Once.made) >= MAX_MADE:
                _Once.made.clear()  # what is in use stays equal by structure, only less quickly
            found = _Once.made[address] = super().__call__(*args)
        return found


class Expr(metaclass=_Once):
    """An expression: built by the functions below, never changed, equal by structure.

    `boolean`: whether And or Not stands anywhere in it; `stateful`: whether a State does.
    """

    __slots__ = ("_hash", "boolean", "nullable", "stateful")
    nullable: bool
    boolean: bool
    stateful: bool

    def _set(self, nullable: bool, boolean: bool, *parts: "Expr") -> None:
        self.nullable = nullable
        self.boolean = boolean
        self.stateful = any(map(_STATEFUL, parts))
        self._hash = hash((type(self).__name__, self._content()))

    def _content(self) -> object:
        """What makes two expressions of a type equal. Not kept: it is seldom asked for."""
        raise NotImplementedError

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, Expr):
            return False
        return self._hash == other._hash and self._content() == other._content()

    def __repr__(self) -> str:
        return show(self)


class Chars(Expr):
    """One letter of a set."""

    __slots__ = ("ranges",)

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._set(False, False)

    def _content(self) -> object:
        return self.ranges


class Cat(Expr):
    """One part after the other; no parts: the empty text."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        self._set(all(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts)), *parts)

    def _content(self) -> object:
        return self.parts


class Alt(Expr):
    """Any of the parts; no parts: the empty language."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        self._set(any(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts)), *parts)

    def _content(self) -> object:
        return frozenset(self.parts)


class And(Expr):
    """All of the parts at once."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        self._set(all(map(_NULLABLE, parts)), True, *parts)

    def _content(self) -> object:
        return frozenset(self.parts)


class Not(Expr):
    """Every text but those of `part`."""

    __slots__ = ("part",)

    def __init__(self, part: Expr) -> None:
        self.part = part
        self._set(not part.nullable, True, part)

    def _content(self) -> object:
        return self.part


class Rep(Expr):
    """`low` to `high` times (None: any number)."""

    __slots__ = ("high", "low", "part")

    def __init__(self, part: Expr, low: int, high: int | None) -> None:
        self.part, self.low, self.high = part, low, high
        self._set(low == 0 or part.nullable, part.boolean, part)

    def _content(self) -> object:
        return self.part, self.low, self.high


class State(Expr):
    """The texts that lead from a state of an automaton to one of its ends.

    For languages whose automaton is small and whose expression is not, such as the multiples of a
    number. Only `dfa` can take it apart: no regex of a sensible length says it.
    """

    __slots__ = ("automaton", "state")

    def __init__(self, automaton: "Dfa", state: int) -> None:
        self.automaton, self.state = automaton, state
        self._set(automaton.ends[state], True)
        self.stateful = True

    def _content(self) -> object:
        return self.automaton, self.state


NEVER = Alt(())
EMPTY = Cat(())


def normal(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Any ranges as sorted, disjoint ones, without surrogates."""
    out: list[tuple[int, int]] = []
    for low, high in sorted(_without_surrogates(ranges)):
        if out and low <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return tuple(out)


def _without_surrogates(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for low, high in ranges:
        if high < SURROGATES[0] or low > SURROGATES[1]:
            yield low, high
            continue
        if low < SURROGATES[0]:
            yield low, SURROGATES[0] - 1
        if high > SURROGATES[1]:
            yield SURROGATES[1] + 1, high


def inverse(ranges: Ranges) -> Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), LAST + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return normal((low + 1, high - 1) for low, high in gaps if low + 1 <= high - 1)


def overlap(one: Ranges, two: Ranges) -> Ranges:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in two)
    return normal(pair for pair in pairs if pair[0] <= pair[1])


def ranges(*pairs: tuple[int, int]) -> Expr:
    found = normal(pairs)
    return Chars(found) if found else NEVER


def chars(letters: str) -> Expr:
    """One of these letters."""
    if len(letters) == 1:
        return _letter_expr(letters)
    return ranges(*((ord(c), ord(c)) for c in letters))


@lru_cache(maxsize=4096)
def _letter_expr(letter: str) -> Expr:
    return ranges((ord(letter), ord(letter)))


def span(low: str, high: str) -> Expr:
    return ranges((ord(low), ord(high)))


ANY_LETTER = normal([(0, LAST)])
ANY = Chars(ANY_LETTER)


@lru_cache(maxsize=8_000)
def text(letters: str) -> Expr:
    """Exactly this text."""
    found = tuple(map(_letter_expr, letters))
    if len(found) == 1:
        return found[0]
    return NEVER if NEVER in found else Cat(found) if found else EMPTY


def cat(*parts: Expr) -> Expr:
    flat: list[Expr] = []
    for part in parts:
        if part is NEVER:
            return NEVER
        flat.extend(part.parts if isinstance(part, Cat) else (part,))
    return flat[0] if len(flat) == 1 else Cat(tuple(flat)) if flat else EMPTY


def either(*parts: Expr) -> Expr:
    """Union. Sets of letters melt into one."""
    flat: dict[Expr, None] = {}
    letters: list[tuple[int, int]] = []
    for part in parts:
        for each in part.parts if isinstance(part, Alt) else (part,):
            if isinstance(each, Chars):
                letters.extend(each.ranges)
            else:
                flat[each] = None
    if EVERY in flat:
        return EVERY
    found = ([Chars(normal(letters))] if letters else []) + list(flat)
    return found[0] if len(found) == 1 else Alt(tuple(found)) if found else NEVER


def both(*parts: Expr) -> Expr:
    """Intersection."""
    flat: dict[Expr, None] = {}
    letters: Ranges | None = None
    for part in parts:
        for each in part.parts if isinstance(part, And) else (part,):
            if each is NEVER:
                return NEVER
            if isinstance(each, Chars):
                letters = each.ranges if letters is None else overlap(letters, each.ranges)
            elif each != EVERY:
                flat[each] = None
    if letters is not None:
        if not letters:
            return NEVER
        flat[Chars(letters)] = None
    found = list(flat)
    return found[0] if len(found) == 1 else And(tuple(found)) if found else EVERY


def other_than(part: Expr) -> Expr:
    """Complement, among all texts."""
    if isinstance(part, Not):
        return part.part
    if part is NEVER:
        return EVERY
    return NEVER if part == EVERY else Not(part)


def times(part: Expr, low: int, high: int | None = None) -> Expr:
    """`low` to `high` times; None is any number."""
    if high == 0 or part is EMPTY:
        return EMPTY
    if part is NEVER:
        return EMPTY if low == 0 else NEVER
    if (low, high) == (1, 1):
        return part
    if isinstance(part, Rep) and part.low <= 1 and part.high is None and high is None:
        return Rep(part.part, min(part.low, low), None)
    return Rep(part, low, high)


def star(part: Expr) -> Expr:
    return times(part, 0, None)


def plus(part: Expr) -> Expr:
    return times(part, 1, None)


def maybe(part: Expr) -> Expr:
    return part if part.nullable else either(part, EMPTY)


EVERY = Rep(ANY, 0, None)


def without(stops: Iterable[str]) -> Expr:
    """All text that holds none of the stops."""
    return both(EVERY, *(other_than(cat(EVERY, text(stop), EVERY)) for stop in stops))


def words_of(words: list[str]) -> Expr:
    """Sorted words as a tree: a letter costs the same, however many there are."""
    if len(words) <= 1:
        return text(words[0]) if words else NEVER
    common = shared((words[0], words[-1]))
    rests = [word[common:] for word in words]
    branches = [words_of(list(group)) for _, group in groupby(rests, lambda rest: rest[:1])]
    return cat(text(words[0][:common]), either(*branches))


def shared(rows: Sequence[Sequence[object]]) -> int:
    """How many items (or letters) all rows begin with."""
    shortest = min(map(len, rows))
    return next((i for i in range(shortest) if len({row[i] for row in rows}) > 1), shortest)


def nonempty(expr: Expr) -> Expr:
    """The same language but for the empty text; no And or Not is added where there was none."""
    if not expr.nullable:
        return expr
    if isinstance(expr, Cat):
        parts = expr.parts
        return either(*(cat(nonempty(p), *parts[i + 1 :]) for i, p in enumerate(parts)))
    if isinstance(expr, Alt):
        return either(*map(nonempty, expr.parts))
    if isinstance(expr, Rep):
        part = nonempty(expr.part)
        return cat(part, times(part, 0, None if expr.high is None else expr.high - 1))
    return both(expr, plus(ANY))


# --- derivatives


@lru_cache(maxsize=20_000)
def derivative(expr: Expr, letter: int) -> Expr:
    """What may follow `letter`."""
    return _DERIVATIVES[type(expr)](expr, letter)


def _of_chars(expr: Chars, letter: int) -> Expr:
    return EMPTY if any(low <= letter <= high for low, high in expr.ranges) else NEVER


def _of_cat(expr: Cat, letter: int) -> Expr:
    found = []
    for i, part in enumerate(expr.parts):
        clock.check()
        found.append(cat(derivative(part, letter), *expr.parts[i + 1 :]))
        if not part.nullable:
            break
    return either(*found)


def _of_alt(expr: Alt, letter: int) -> Expr:
    return either(*(derivative(part, letter) for part in expr.parts))


def _of_and(expr: And, letter: int) -> Expr:
    return both(*(derivative(part, letter) for part in expr.parts))


def _of_not(expr: Not, letter: int) -> Expr:
    return other_than(derivative(expr.part, letter))


def _of_rep(expr: Rep, letter: int) -> Expr:
    high = None if expr.high is None else expr.high - 1
    return cat(derivative(expr.part, letter), times(expr.part, max(0, expr.low - 1), high))


def _of_state(expr: State, letter: int) -> Expr:
    automaton = expr.automaton
    for pairs, after in zip(automaton.classes, automaton.steps[expr.state], strict=True):
        if any(low <= letter <= high for low, high in pairs):
            return State(automaton, after) if after in automaton.alive else NEVER
    return NEVER


_DERIVATIVES: dict[type[Expr], Callable[..., Expr]] = {
    Chars: _of_chars,
    Cat: _of_cat,
    Alt: _of_alt,
    And: _of_and,
    Not: _of_not,
    Rep: _of_rep,
    State: _of_state,
}


def children(expr: Expr) -> tuple[Expr, ...]:
    if isinstance(expr, Cat | Alt | And):
        return expr.parts
    return (expr.part,) if isinstance(expr, Not | Rep) else ()


def alphabet(expr: Expr) -> list[Ranges]:
    """The classes of letters that no set of `expr` tells apart."""
    sets: dict[Ranges, None] = {}
    todo, seen = [expr], {expr}
    while todo:
        each = todo.pop()
        if isinstance(each, Chars):
            sets[each.ranges] = None
        elif isinstance(each, State):
            sets.update(dict.fromkeys(each.automaton.classes))
        new = [child for child in children(each) if child not in seen]
        seen.update(new)
        todo.extend(new)
    return _classes(sets)


@lru_cache(maxsize=20_000)
def accepts(expr: Expr, letters: str | bytes) -> bool:
    for letter in letters if isinstance(letters, bytes) else map(ord, letters):
        expr = derivative(expr, letter)
        if expr is NEVER:
            return False
    return expr.nullable


def example(expr: Expr, limit: int = MAX_STATES) -> str | None:
    """A shortest text of the language, None if it is empty. TooLarge after `limit` states."""
    seen, level = {expr}, [(expr, "")]
    while level:
        below: list[tuple[Expr, str]] = []
        for state, path in level:
            if state.nullable:
                return path
            for letter, after in steps(state):
                if after not in seen:
                    seen.add(after)
                    below.append((after, path + chr(letter)))
            _check_size(seen, limit)
        level = below
    return None


def is_empty(expr: Expr, limit: int = MAX_STATES) -> bool:
    """Exact, or TooLarge. Without And and Not only NEVER itself is empty."""
    if expr is NEVER or expr.nullable or not expr.boolean:
        return expr is NEVER
    return not _is_endless(expr) and not _has_text(expr, limit)


def _is_endless(expr: Expr) -> bool:
    """Whether a glance shows texts without end: those of one part, but some up to a length."""
    parts = expr.parts if isinstance(expr, And) else (expr,)
    wanted = [part for part in parts if not isinstance(part, Not)]
    unwanted = [part.part for part in parts if isinstance(part, Not)]
    if len(wanted) > 1 or any(map(_BOOLEAN, wanted)):
        return False
    endless = all(lengths(part)[1] is None for part in wanted)
    return endless and all(lengths(part)[1] is not None for part in unwanted)


def _has_text(expr: Expr, limit: int) -> bool:
    """Depth first: where there is a text, some text is found soon, if not a shortest."""
    seen, todo = {expr}, [expr]
    while todo:
        for _, after in steps(todo.pop()):
            if after.nullable or not after.boolean:
                return True
            if after not in seen:
                seen.add(after)
                todo.append(after)
        _check_size(seen, limit)
    return False


def _check_size(states: set[Expr], limit: int) -> None:
    if len(states) > limit:
        raise TooLarge(f"a regular language with more than {limit} states", kind="states")


@lru_cache(maxsize=4_000)
def steps(expr: Expr) -> tuple[tuple[int, Expr], ...]:
    """The states after one letter, but for NEVER, each with a letter that leads there."""
    clock.check()
    found = ((letter, derivative(expr, letter)) for letter in _deciding(_first_sets(expr)))
    return tuple({after: (letter, after) for letter, after in found if after is not NEVER}.values())


@lru_cache(maxsize=10_000)
def moves(expr: Expr) -> tuple[tuple[int, Expr], ...]:
    """The states after one letter, but for NEVER; of the letters that lead to one, one with the
    fewest bytes in UTF-8."""
    found: dict[Expr, int] = {}
    letters = _deciding(_first_sets(expr))
    for letter in sorted(letters, key=lambda letter: len(chr(letter).encode())):
        if (after := derivative(expr, letter)) is not NEVER:
            found.setdefault(after, letter)
    return tuple((letter, after) for after, letter in found.items())


@lru_cache(maxsize=4_000)
def _first_sets(expr: Expr) -> frozenset[Ranges]:
    """The sets that the first letter of a text is looked up in (Owens, Reppy, Turon 2009)."""
    if isinstance(expr, Chars):
        return frozenset([expr.ranges])
    if isinstance(expr, State):
        return frozenset(expr.automaton.classes)
    found: set[Ranges] = set()
    for child in children(expr):
        found |= _first_sets(child)
        if isinstance(expr, Cat) and not child.nullable:
            break
    return frozenset(found)


@lru_cache(maxsize=5_000)
def _deciding(sets: frozenset[Ranges]) -> tuple[int, ...]:
    """A letter for each way of lying in some of these sets and not in others, if it can, "a"."""
    return tuple(_nice(pairs) for pairs in _classes(sets))


def _nice(pairs: Ranges) -> int:
    low, high = next((p for p in pairs if p[0] < 0x7F and p[1] >= 0x20), pairs[0])
    return max(low, min(high, ord("a")))


def _classes(sets: Iterable[Ranges]) -> list[Ranges]:
    """All letters, cut into the classes that none of these sets tells apart."""
    changes = {0: 0, LAST + 1: 0}  # where a set begins or ends: one bit for each
    for i, pairs in enumerate(sets):
        for low, high in pairs:
            changes[low] = changes.get(low, 0) ^ 1 << i
            changes[high + 1] = changes.get(high + 1, 0) ^ 1 << i
    found: dict[int, list[tuple[int, int]]] = {}
    within = 0
    for low, after in pairwise(sorted(changes)):
        within ^= changes[low]
        found.setdefault(within, []).append((low, after - 1))
    return [letters for pairs in found.values() if (letters := normal(pairs))]


@lru_cache(maxsize=10_000)
def lengths(expr: Expr) -> tuple[int, int | None]:
    """Bounds (not always tight) on the length of the texts of a language that is not empty."""
    if isinstance(expr, Chars):
        return 1, 1
    if isinstance(expr, Not | State):
        return 0, None
    parts = [lengths(child) for child in children(expr)]
    if isinstance(expr, Rep):
        ((low, high),) = parts
        no_end = expr.high is None or high is None
        return low * expr.low, None if no_end else high * expr.high  # type: ignore[operator]
    lows, highs = [low for low, _ in parts], [high for _, high in parts]
    known = [high for high in highs if high is not None]
    if isinstance(expr, Cat):
        return sum(lows), sum(known) if len(known) == len(highs) else None
    if isinstance(expr, And):
        return max(lows), min(known) if known else None
    return min(lows, default=0), max(known, default=0) if len(known) == len(highs) else None


def substitute(expr: Expr, of: Callable[[Chars], Expr], universe: Expr) -> Expr:
    """Every set of letters replaced by `of` it: the image of the language under a code.

    `of` must map disjoint sets to disjoint languages of which no text is a prefix of another, and
    `universe` be the image of all texts: then And and Not keep their meaning.
    """
    if isinstance(expr, Chars):
        return of(expr)
    before = children(expr)
    parts = [of(p) if type(p) is Chars else substitute(p, of, universe) for p in before]
    if isinstance(expr, Cat | Alt) and all(map(is_, parts, before)):
        return expr  # most texts spell themselves
    if isinstance(expr, Cat):
        return cat(*parts)
    if isinstance(expr, Alt):
        return either(*parts)
    if isinstance(expr, And):
        return both(*parts)
    if isinstance(expr, Rep):
        return times(parts[0], expr.low, expr.high)
    return both(universe, other_than(parts[0]))


# --- bytes


def utf8(expr: Expr) -> Expr:
    """The language over bytes: each code point as RFC 3629 spells it."""
    return substitute(expr, _utf8_chars, _UTF8_TEXT)


_UTF8_STEPS = (0x7F, 0x7FF, 0xFFFF, LAST)


@lru_cache(maxsize=4_000)
def _utf8_chars(letters: Chars) -> Expr:
    found = []
    for low, high in letters.ranges:
        for end in _UTF8_STEPS:
            if low <= end:
                top = min(high, end)
                found.append(_byte_range(chr(low).encode(), chr(top).encode()))
                low = top + 1
            if low > high:
                break
    return either(*found)


def _byte_range(low: bytes, high: bytes) -> Expr:
    """All spellings of one length between these two, first byte and the rest."""
    if len(low) == 1:
        return Chars(((low[0], high[0]),))
    full_low, full_high = b"\x80" * (len(low) - 1), b"\xbf" * (len(low) - 1)
    if low[0] == high[0]:
        return cat(_byte(low[0], low[0]), _byte_range(low[1:], high[1:]))
    first, last = low[0], high[0]
    found = []
    if low[1:] != full_low:
        found.append(cat(_byte(first, first), _byte_range(low[1:], full_high)))
        first += 1
    if high[1:] != full_high:
        found.append(cat(_byte(last, last), _byte_range(full_low, high[1:])))
        last -= 1
    if first <= last:
        found.append(cat(_byte(first, last), _byte_range(full_low, full_high)))
    return either(*found)


def _byte(low: int, high: int) -> Expr:
    return Chars(((low, high),))


_UTF8_TEXT = star(_utf8_chars(ANY))


# --- automata


class Dfa:
    """A deterministic automaton: `steps[state][class]`; state 0 is the start.

    It is complete but for letters of no class, which lead nowhere.
    """

    def __init__(self, classes: list[Ranges], steps: list[list[int]], ends: list[bool]):
        self.classes = classes
        self.steps = steps
        self.ends = ends

    @cached_property
    def alive(self) -> frozenset[int]:
        """The states from which an end can be reached."""
        return frozenset(_alive(self))


def dfa(expr: Expr, limit: int = MAX_STATES) -> Dfa:
    """The automaton whose states are what may follow. TooLarge after `limit` states."""
    classes = alphabet(expr)
    work = _Joint(expr, [letters[0][0] for letters in classes])
    number, order = {work.start: 0}, [work.start]
    steps: list[list[int]] = []
    while len(steps) < len(order):
        clock.check()
        row = []
        for after in work.after(order[len(steps)]):
            if after not in number:
                number[after] = len(order)
                order.append(after)
            row.append(number[after])
        steps.append(row)
        if len(order) > limit:
            raise TooLarge(f"a regular language with more than {limit} states", kind="states")
    return Dfa(classes, steps, list(map(work.ends, order)))


_Places = tuple[int, ...]
"""Where each track of a product stands; -1: that makes no difference any more."""
_DEAD: _Places = ()
_FREE: _Places = (-2,)
"""No text may follow; any text may."""


class _Track:
    """The states of a part, its derivatives, numbered and followed as they are needed.

    `fates`: whether any text may follow a state, or none; None where that depends on the text.
    """

    def __init__(self, expr: Expr, letters: list[int]) -> None:
        self._letters = letters
        self._work = 0
        self._numbers: dict[Expr, int] = {}
        self._rows: dict[int, list[int]] = {}
        self.states: list[Expr] = []
        self.fates: list[bool | None] = []
        self._number(expr)

    def row(self, place: int) -> list[int]:
        """The states after each letter."""
        if place < 0:
            return [place] * len(self._letters)
        found = self._rows.get(place)
        if found is None:
            state = self.states[place]
            self._work += len(self._letters) * _alternatives(state)
            if self._work > MAX_WORK:
                raise TooLarge("an automaton that takes too long to make", kind="states")
            found = [self._number(derivative(state, letter)) for letter in self._letters]
            self._rows[place] = found
        return found

    def _number(self, expr: Expr) -> int:
        found = self._numbers.setdefault(expr, len(self.states))
        if found == len(self.states):
            self.states.append(expr)
            self.fates.append(False if expr is NEVER else True if expr == EVERY else None)
        return found


_Formula = int | tuple[str, tuple["_Formula", ...]]
"""A track, or "and", "or", "not" and what they join."""


class _Joint:
    """The parts of a boolean expression side by side: its product automaton.

    A part stands in many places of the expression and is followed once. Where some parts have
    decided the whole, or what another could still say, the others are no longer told apart.
    """

    def __init__(self, expr: Expr, letters: list[int]) -> None:
        self._tracks: list[_Track] = []
        self._index: dict[Expr, int] = {}
        self._letters = letters
        self._formula = self._read(expr)
        self._known: dict[_Places, _Places] = {}
        self.start = self._distinct((0,) * len(self._tracks))

    def _read(self, expr: Expr) -> _Formula:
        kind = _OPERATORS.get(type(expr)) if expr.boolean else None
        if kind is not None:
            return kind, tuple(map(self._read, children(expr)))
        if expr not in self._index:
            self._index[expr] = len(self._tracks)
            self._tracks.append(_Track(expr, self._letters))
        return self._index[expr]

    def after(self, places: _Places) -> list[_Places]:
        """The states after each letter."""
        if places in (_DEAD, _FREE):
            return [places] * len(self._letters)
        rows = [track.row(place) for track, place in zip(self._tracks, places, strict=True)]
        return list(map(self._distinct, zip(*rows, strict=True)))

    def ends(self, places: _Places) -> bool:
        if places in (_DEAD, _FREE):
            return places == _FREE
        pairs = zip(self._tracks, places, strict=True)
        ends = [place >= 0 and track.states[place].nullable for track, place in pairs]
        return self._decided(self._formula, ends) is True

    def _distinct(self, places: _Places) -> _Places:
        """The same for states that are certainly equal."""
        found = self._known.get(places)
        if found is not None:
            return found
        pairs = zip(self._tracks, places, strict=True)
        fates = [False if place < 0 else track.fates[place] for track, place in pairs]
        decided = self._decided(self._formula, fates)
        if isinstance(decided, bool):
            found = _FREE if decided else _DEAD
        else:
            stay = [fate or i in decided for i, fate in enumerate(fates)]
            found = tuple([p if keep else -1 for p, keep in zip(places, stay, strict=True)])
        self._known[places] = found
        return found

    def _decided(self, formula: _Formula, fates: Sequence[bool | None]) -> bool | set[int]:
        """What a formula comes to; the tracks that still have a say where it is open."""
        if isinstance(formula, int):
            fate = fates[formula]
            return {formula} if fate is None else fate
        kind, parts = formula
        decisive = kind == "or"  # one part that is so decides
        found: set[int] = set()
        for part in parts:
            decided = self._decided(part, fates)
            if kind == "not":
                return not decided if isinstance(decided, bool) else decided
            if decided is decisive:
                return decisive
            if not isinstance(decided, bool):
                found |= decided
        return found or not decisive


_OPERATORS: dict[type[Expr], str] = {And: "and", Alt: "or", Not: "not"}


def _alternatives(expr: Expr) -> int:
    """How many parts a derivative looks at, roughly: of a row, up to one that may not be empty."""
    clock.check()
    if isinstance(expr, Cat):
        total = 0
        for part in expr.parts:
            total += _alternatives(part)
            if not part.nullable:
                break
        return max(1, total)
    return max(1, sum(map(_alternatives, children(expr))))


def minimise(automaton: Dfa) -> Dfa:
    """The smallest automaton of the same language (Moore's refinement)."""
    block = [int(end) for end in automaton.ends]
    count = 0
    while True:
        numbers: dict[tuple[int, ...], int] = {}
        keys = [(block[s], *(block[t] for t in row)) for s, row in enumerate(automaton.steps)]
        block = [numbers.setdefault(key, len(numbers)) for key in keys]
        if len(numbers) == count:
            break
        count = len(numbers)
    first = {b: s for s, b in reversed(list(enumerate(block)))}
    steps = [[block[t] for t in automaton.steps[first[b]]] for b in range(count)]
    return Dfa(automaton.classes, steps, [automaton.ends[first[b]] for b in range(count)])


def to_expr(automaton: Dfa, limit: int = MAX_STATES) -> Expr:
    """An expression without And and Not, by eliminating states. TooLarge beyond `limit` states."""
    if len(automaton.steps) > limit:
        raise TooLarge(f"more than {limit} states to write out as a regex", kind="states")
    return _eliminated(transitions(automaton), automaton.ends)


def to_factored_expr(automaton: Dfa, limit: int = MAX_STATES) -> Expr:
    """Like `to_expr`, but letters beyond ASCII are written once for each state they lead to.

    In bytes such a letter is an automaton of its own. Engines that do not minimise would carry one
    for every place where it is written.
    """
    if len(automaton.steps) > limit:
        raise TooLarge(f"more than {limit} states to write out as a regex", kind="states")
    edges: dict[tuple[int, int], Expr] = {}
    hubs: dict[tuple[Expr, int], int] = {}
    ends = list(automaton.ends)
    for (state, after), letters in transitions(automaton).items():
        assert isinstance(letters, Chars)
        ascii_only = overlap(letters.ranges, ((0, 0x7F),))
        beyond = overlap(letters.ranges, ((0x80, LAST),))
        if ascii_only:
            edges[state, after] = Chars(ascii_only)
        if beyond:
            hub = hubs.setdefault((Chars(beyond), after), len(automaton.steps) + len(hubs))
            edges[state, hub] = EMPTY
    edges.update(((hub, after), letters) for (letters, after), hub in hubs.items())
    return _eliminated(edges, ends + [False] * len(hubs))


def _eliminated(found: Mapping[tuple[int, int], Expr], ends: list[bool]) -> Expr:
    """The texts that lead from state 0 to an end."""
    edges = dict(found)
    n = len(ends)
    start, end = n, n + 1
    edges[start, 0] = EMPTY
    edges.update(((s, end), EMPTY) for s in range(n) if ends[s])
    for state in _elimination_order(edges, n):
        loop = star(edges.pop((state, state), NEVER))
        into = [(a, e) for (a, b), e in edges.items() if b == state]
        outof = [(b, e) for (a, b), e in edges.items() if a == state]
        edges = {k: e for k, e in edges.items() if state not in k}
        for a, first in into:
            for b, last in outof:
                edges[a, b] = either(edges.get((a, b), NEVER), cat(first, loop, last))
    return edges.get((start, end), NEVER)


def transitions(automaton: Dfa) -> dict[tuple[int, int], Chars]:
    """The letters that lead from one state to the other, where an end can still be reached."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    alive = automaton.alive
    for state, row in enumerate(automaton.steps):
        for letters, after in zip(automaton.classes, row, strict=True):
            if after in alive:
                found.setdefault((state, after), []).extend(letters)
    return {pair: Chars(normal(letters)) for pair, letters in found.items()}


def _alive(automaton: Dfa) -> set[int]:
    """The states from which the end can be reached."""
    before: dict[int, set[int]] = {}
    for state, row in enumerate(automaton.steps):
        for after in row:
            before.setdefault(after, set()).add(state)
    alive = {state for state, end in enumerate(automaton.ends) if end}
    todo = list(alive)
    while todo:
        new = before.get(todo.pop(), set()) - alive
        alive |= new
        todo.extend(new)
    return alive


def _elimination_order(edges: dict[tuple[int, int], Expr], n: int) -> list[int]:
    """States with few ways through them first: the expression stays small."""
    into, outof = [0] * (n + 2), [0] * (n + 2)
    for a, b in edges:
        outof[a] += 1
        into[b] += 1
    return sorted(range(n), key=lambda state: into[state] * outof[state])


# --- printing


def show(expr: Expr) -> str:
    """For people: `&` and `!` besides the usual syntax."""
    if isinstance(expr, Chars):
        return letter_class(expr.ranges)
    if isinstance(expr, Cat):
        return "".join(f"({show(p)})" if isinstance(p, Alt | And) else show(p) for p in expr.parts)
    if isinstance(expr, Alt):
        return "|".join(map(show, expr.parts)) or "[]"
    if isinstance(expr, And):
        return "&".join(f"({show(p)})" for p in expr.parts)
    if isinstance(expr, Not):
        return f"!({show(expr.part)})"
    if isinstance(expr, State):
        return f"<state {expr.state} of {len(expr.automaton.steps)}>"
    assert isinstance(expr, Rep)
    return f"({show(expr.part)}){counted(expr.low, expr.high)}"


def counted(low: int, high: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    if (low, high) in short:
        return short[low, high]
    if low == high:
        return f"{{{low}}}"
    return f"{{{low},{'' if high is None else high}}}"


@lru_cache(maxsize=4_000)
def letter_class(found: Ranges) -> str:
    """A set of letters in the syntax of Rust's regex (and most others): a letter or a class."""
    if len(found) == 1 and found[0][0] == found[0][1]:
        return _letter(found[0][0])
    other = inverse(found)
    negated = len(other) < len(found) or (len(other) == len(found) and found[-1][1] == LAST)
    pairs = other if negated else found
    if not pairs:
        return r"[\x00-\x{10FFFF}]"
    inside = "".join(_letter(a) if a == b else f"{_letter(a)}-{_letter(b)}" for a, b in pairs)
    return f"[{'^' if negated else ''}{inside}]"


def _letter(code: int) -> str:
    letter = chr(code)
    if (letter.isascii() and letter.isalnum()) or letter in " _\"'<>=,:;%@!`":
        return letter
    if 0x20 < code < 0x7F:
        return "\\" + letter
    return f"\\x{{{code:X}}}" if code > 0xFF else f"\\x{code:02X}"
