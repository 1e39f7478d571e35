"""Regular languages in rules of KBNF, kept from one grammar to the next.

    unit = unit_of(expr, alphabets, "l0x")
    rules.lines.update(unit.lines)
    texts = rules.row([*unit.parts])

Names are made of what rules say (kbnf_rules), so a unit is the same in every grammar: of strings,
numbers and the keys of the same object there is one. Only in what is large names are short, and
of one grammar. `alphabets` are of the grammar as a whole: see excluded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from compilers.emitters.excluded import Alphabets, Excluder, Left, Loop, split
from compilers.emitters.kbnf_counted import AHEAD, Counted, State
from compilers.emitters.kbnf_regular import (
    Ahead,
    Letters,
    Part,
    Regex,
    Symbol,
    automaton,
    below_plane_16,
    bounded,
    choice_of,
    from_automaton,
    is_wide_somewhere,
    sequence_of,
    written,
)
from compilers.emitters.kbnf_rules import (
    NEVER,
    Item,
    Rules,
    Text,
    Texts,
    line,
    named,
    quote,
)
from compilers.ir import EMPTY, NOTHING, Choice, Literal, Repeat, Sequence
from compilers.latest import Latest
from compilers.regular import Alt, And, Cat, Chars, Dfa, Expr, Not, Rep, children, transitions

MAX_UNITS = 1_000  # kept
MAX_LINES = 100  # of a unit that is kept

_HERE, _NEXT = "\0", "\1"
"""For the beginning of names: of a layer, and of the next one. No KBNF has them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A language as parts, one after the other; `lines`: every rule that they need, by name.

    `large`: some names in them are of one grammar.
    """

    parts: tuple[Item, ...]
    lines: Mapping[str, str]
    large: bool


class Writer(Rules):
    """Writes nodes, but for those that only a grammar has."""

    methods: ClassVar[Mapping[type, Callable[[Any, Any], Texts]]]
    putters: ClassVar[Mapping[type, Callable[[Any, Any, list[Item]], None]]]
    """Of what may be more than one item of a row."""

    def texts(self, node: Part) -> Texts:
        return self.methods[type(node)](self, node)

    def literal(self, node: Literal) -> Texts:
        return ([(quote(node.text),)], False) if node.text else ([], True)

    def letters(self, node: Letters) -> Texts:
        return _quoted_letters(node.letters), False

    def ahead(self, node: Ahead) -> Texts:
        return [(self.regex(node.expr), NEVER)], False

    def one_regex(self, node: Regex) -> Texts:
        return [(self.regex(node.expr),)], False

    def written(self, node: Symbol) -> Texts:
        return [(node.name,)], False

    def choice(self, node: Choice) -> Texts:
        found = list(map(self.texts, node.parts))
        alternatives = dict.fromkeys(each for texts, _ in found for each in texts)
        return list(alternatives), any(empty for _, empty in found)

    def sequence(self, node: Sequence) -> Texts:
        items: list[Item] = []
        self.put_all(node, items)
        return self.row(items)

    def put(self, part: Part, items: list[Item]) -> None:
        """Behind those items; letters are put to letters there."""
        put = self.putters.get(type(part))
        if put is None:
            items.append(self.texts(part))
        else:
            put(self, part, items)

    def put_literal(self, part: Literal, items: list[Item]) -> None:
        put_letters(part.text, items)

    def put_all(self, part: Sequence, items: list[Item]) -> None:
        """Its parts, also of sequences within."""
        for each in part.parts:
            self.put(each, items)

    def repeat(self, node: Repeat) -> Texts:
        texts, empty = self.texts(node.part)
        may_be_none = empty or node.low == 0
        if not texts or node.high == 0:
            return [], may_be_none
        one = self.symbol(texts)
        return self.repeated(one, 0 if empty else node.low, node.high), may_be_none


Writer.methods = {
    Literal: Writer.literal,
    Letters: Writer.letters,
    Regex: Writer.one_regex,
    Ahead: Writer.ahead,
    Symbol: Writer.written,
    Sequence: Writer.sequence,
    Choice: Writer.choice,
    Repeat: Writer.repeat,
}
Writer.putters = {Literal: Writer.put_literal, Sequence: Writer.put_all}


def put_letters(letters: str, items: list[Item]) -> None:
    last = items[-1] if items else None
    if isinstance(last, str):
        items[-1] = last + letters
    elif letters:
        items.append(letters)


def alphabets_of(exprs: Iterable[Expr]) -> Alphabets:
    """The letters of words that are left out of loops, in these languages together."""
    found: dict[Loop, set[str]] = {}
    for expr in exprs:
        for left in _left_out(expr):
            found.setdefault(left.loop, set()).update(left.letters)
    return Alphabets(found)


@lru_cache(maxsize=2_000)
def _left_out(expr: Expr) -> list[Left]:
    return list(_splits(expr))


def _splits(expr: Expr) -> Iterator[Left]:
    known = split(expr) if isinstance(expr, And) else None
    if known is not None:
        yield known
    elif expr.boolean and isinstance(expr, Alt | Cat | Rep):
        for child in children(expr):
            yield from _splits(child)


_units = Latest[tuple[Expr, Alphabets | None], Unit](MAX_UNITS)


def unit_of(expr: Expr, alphabets: Alphabets, own: str) -> Unit:
    """Kept, unless it is large: then there are names in it that begin with `own`, of which there
    is one in a grammar. Raises Unsupported."""
    key = expr, alphabets if expr.boolean else None
    found = _units.get(key)
    if found is None:
        found = _Language(alphabets, own).unit(expr)
        if not found.large and len(found.lines) <= MAX_LINES:
            _units.put(key, found)
    return found


class _Language(Writer):
    """Writes one language. `own`: how the names begin in what is large."""

    def __init__(self, alphabets: Alphabets, own: str) -> None:
        super().__init__()
        self._alphabets = alphabets
        self._own = own
        self._symbols: dict[Chars, str] = {}
        self._n_products = 0
        self._short: dict[str, int] = {}

    def unit(self, expr: Expr) -> Unit:
        """Open, if it begins or ends with letters, as a string does."""
        found = self.lowered(expr)
        parts = found.parts if isinstance(found, Sequence) else (found,)
        opens = not parts or any(isinstance(parts[end], Literal) for end in (0, -1))
        items: list[Item] = []
        for part in parts if opens else [found]:
            if isinstance(part, Literal):
                put_letters(part.text, items)
            else:
                texts, empty = self.texts(part)
                items.append(([(self.symbol(texts),)] if texts else [], empty))
        return Unit(tuple(items), self.lines, self._n_products > 0)

    def lowered(self, expr: Expr) -> Part:
        """The same language in rules, and in regexes where letters are many."""
        if not expr.boolean:
            return written(below_plane_16(expr))
        if isinstance(expr, And):
            found = split(expr)
            return self._automaton(expr) if found is None else self._besides(found)
        if isinstance(expr, Alt):
            return choice_of(map(self.lowered, expr.parts))
        if isinstance(expr, Cat):
            return sequence_of(map(self.lowered, expr.parts))
        if isinstance(expr, Rep):
            return Repeat(self.lowered(expr.part), expr.low, expr.high)  # type: ignore[arg-type]
        assert isinstance(expr, Not)
        return self._automaton(expr)

    def _besides(self, left: Left) -> Part:
        """A loop but for some words: in rules, and beside them any run of its letters.

        That has an end which no token spells, so it adds nothing to the language; but a token in
        the middle of such a run is looked up there, and not parsed by the rules.
        """
        loop = left.loop
        excluder = _excluder(loop, self._alphabets.of[loop])
        name = excluder.besides(sorted(left.words - {""}), self)
        inside = Symbol(self.symbol([(name,), (excluder.run, NEVER)]))
        bare = [] if "" in left.words else [EMPTY]
        return sequence_of([Literal(loop.before), choice_of([inside, *bare]), Literal(loop.after)])

    def _automaton(self, language: Expr) -> Part:
        """What needs an automaton: a regex made of it, or where letters are few, its states."""
        expr = below_plane_16(language)
        product = bounded(expr)
        if product is not None:
            return self._layers(product)
        states = automaton(expr)
        if is_wide_somewhere(states) and (found := from_automaton(expr)) is not None:
            return found
        return choice_of([*self._states(states), *([EMPTY] if expr.nullable else [])])

    def _states(self, found: Dfa) -> list[Part]:
        """A rule for each state: a letter, and the rule of the state after it. [] for no text."""
        steps: dict[int, list[tuple[str, int]]] = {}
        for (state, after), letters in transitions(found).items():
            steps.setdefault(state, []).append((self._one_of(letters), after))
        prefix = named(repr((steps, found.ends)))
        for state, ways in steps.items():
            more = [(letter, f"{prefix}_{after}") for letter, after in ways if after in steps]
            last = [(letter,) for letter, after in ways if found.ends[after]]
            self.line(f"{prefix}_{state}", [*more, *last])
        return [Symbol(f"{prefix}_0")] if 0 in steps else []

    def _one_of(self, letters: Chars) -> str:
        if letters not in self._symbols:
            self._symbols[letters] = self.symbol(self.texts(written(letters))[0])
        return self._symbols[letters]

    def _layers(self, found: Counted) -> Part:
        """Layers that are alike are written once, but for the names of layers in front of those of
        states; each in one entry of `lines`, for there are many, and under short names."""
        own = f"{self._own}{self._n_products}"
        self._n_products += 1
        lines: dict[State, str] = {}
        texts: dict[int, str] = {}
        names = [f"{own}{_in_letters(count)}" for count in range(len(found.layers) + 1)]
        for count, layer in enumerate(found.layers):
            if id(layer) not in texts:
                new = [state for state in layer if state not in lines]
                lines.update((state, self._state(state, own, found.after)) for state in new)
                texts[id(layer)] = "".join(map(lines.__getitem__, layer))
            text = texts[id(layer)].replace(_HERE, names[count])
            self.lines[names[count]] = text.replace(_NEXT, names[count + 1])
        if not found.layers:
            return NOTHING
        return sequence_of([Literal(found.before), Symbol(f"{names[0]}{found.start}")])

    def _state(self, state: State, own: str, after: str) -> str:
        """The rule of a state.

        Where letters are free, runs of them stand beside those, without an end that a token spells:
        so a token is looked up there.
        """
        ways = [(self._letters(own, letters), f"{_NEXT}{to}") for letters, to in state.on]
        ways += [(self._letters(own, letters), f"{_HERE}{to}") for letters, to in state.within]
        ends: list[Text] = [(quote(after),)] if state.ends else []
        ahead = self.ahead(Ahead(Rep(state.free, 1, AHEAD)))[0] if state.free else []
        return line(f"{_HERE}{state.number}", [*ways, *ends, *ahead])

    def _letters(self, own: str, letters: Chars) -> str:
        """Under a short name."""
        symbol = self._one_of(letters)
        if symbol.startswith('"'):
            return symbol
        name = f"{own}_{self._short.setdefault(symbol, len(self._short))}"
        self.lines[name] = f"{name} ::= {symbol};\n"  # without a twin: kbnf inlines it
        return name


def _in_letters(number: int) -> str:
    """Between two other numbers it belongs to neither."""
    return str(number).translate(_LETTERS)


_LETTERS = str.maketrans("0123456789", "abcdefghij")


@lru_cache(maxsize=100)
def _excluder(loop: Loop, letters: str) -> Excluder:
    return Excluder(loop, letters, _language)


def _language(expr: Expr, rules: Rules) -> str:
    """The symbol of a language without And and Not, in any form."""
    writer = _Language(Alphabets({}), "")
    name = writer.symbol(writer.texts(written(expr))[0])
    rules.lines.update(writer.lines)
    return name


@lru_cache(maxsize=1_000)
def _quoted_letters(letters: str) -> list[Text]:
    return [(quote(letter),) for letter in letters]
