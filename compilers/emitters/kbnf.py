"""KBNF, the language of the kbnf engine (Formatron's).

An Earley engine explores every way to split a text, so neighbours need not be kept apart. What
costs is something else, and shapes this emitter:

- At compile time the engine tries the whole vocabulary on every state of every regex, 2 to 5 ms
  each with 128k tokens, and again wherever the regex is written, for it inlines a rule of one
  symbol. So a regular language becomes rules, and a regex only where its letters are many (see
  kbnf_regular); and each regex is written once, in a rule that cannot be inlined.
- It multiplies out all that may be empty: `a? b? c?` has eight forms, twelve such take 40 s. So no
  rule here is ever empty: what may be is left out by the rule that refers to it.
- It stops at the first whole text. So the text ends with END, which only end tokens spell.

Plane 16 of Unicode is private to this dialect: END, and special tokens (`spelled`). The texts of a
grammar hold none of it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache

from compilers.emitters.base import rust_regex
from compilers.emitters.excluded import Excluder, Loop, Text, split
from compilers.emitters.kbnf_counted import AHEAD
from compilers.emitters.kbnf_regular import (
    EVERYTHING,
    PLANE_16,
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
    unsupported,
    written,
)
from compilers.ir import (
    EMPTY,
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    walk,
)
from compilers.passes.few_orders import few_orders
from compilers.passes.in_order import in_order
from compilers.passes.recursion import nullable
from compilers.regular import (
    Alt,
    And,
    Cat,
    Chars,
    Dfa,
    Expr,
    Not,
    Rep,
    children,
    transitions,
    without,
)

END = "\U0010fffd"  # what an end token spells
CLOSE = "\U0010fffc"  # after the name of a special token
_NEVER = "\U0010fffe"  # what no token spells

CHAIN = 8  # repetitions that are counted one by one; more of them by doubling

Texts = tuple[list[Text], bool]
"""The alternatives of a node, none of them empty; and whether the empty text is one besides."""


ORDERS = ("free", "source")


def emit(grammar: Grammar, order: str = "free", tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar. `order` "source" writes the members of objects in one order only.

    "free" allows all orders of few members and two of many (see passes.few_orders). Every special
    token is spelled here, so `tokens` are not needed; the engine knows those of its vocabulary.
    """
    if order not in ORDERS:
        raise ValueError(f"order must be one of {ORDERS}")
    return _Printer(held(grammar) if order == "free" else in_order(grammar)).run()


def held(grammar: Grammar) -> Grammar:
    """The part of a grammar that is written: members of objects in some orders only."""
    return in_order(few_orders(grammar))


def spelled(name: str) -> str:
    """A special token's name in plane 16, byte by byte; none begins another."""
    return "".join(chr(PLANE_16 + byte) for byte in name.encode("utf-8", "surrogateescape")) + CLOSE


class _Printer:
    """Rules are written as they are met, under the names of what they say: each once."""

    def __init__(self, grammar: Grammar) -> None:
        self._start = grammar.start
        self._rules = grammar.rules
        self._made: dict[Hashable, str] = {}  # rules made on the way: names by what they are
        self._lines: list[str] = []
        self._of_regular: dict[Expr, Texts] = {}
        self._lowered: dict[Expr, Part] = {}
        self._parts: dict[Expr, Part] = {}
        self._excluders = {
            loop: Excluder(loop, words, self.symbol, self._one_regex, self._language, quote)
            for loop, words in self._loops().items()
        }
        self._empty = nullable(self._rules)  # rules that have the empty text
        self._filled: set[str] = set()  # rules that have any other text
        self._fill()

    def run(self) -> str:
        for name, node in self._rules.items():
            if name in self._filled:
                self._line(f"r_{name}", self.texts(node)[0])
        end = quote(END)
        found, empty = self.ref(Ref(self._start))
        if not found and not empty:
            raise unsupported("the empty language")
        self._line("start", [*((*each, end) for each in found), *([(end,)] if empty else [])])
        self._excluders.clear()  # they refer back here: a circle would wait for the collector
        return "".join(reversed(self._lines))

    def _fill(self) -> None:
        """The least fixed point, from both ends of the grammar."""
        todo, size = list(self._rules), -1
        while size != len(self._filled):
            size = len(self._filled)
            todo = [name for name in reversed(todo) if name not in self._filled]
            for name in todo:
                if self._has_other(self._rules[name]):
                    self._filled.add(name)

    def _has_other(self, node: Part) -> bool:
        """Whether any text but the empty one is of its language."""
        if isinstance(node, Literal):
            return bool(node.text)
        if isinstance(node, Ref):
            return node.name in self._filled
        if isinstance(node, Sequence | Choice):
            return any(map(self._has_other, node.parts))
        if isinstance(node, Repeat):
            return node.high != 0 and self._has_other(node.part)
        return self._has_other(node.part) if isinstance(node, Capture) else True

    # --- rules

    def symbol(self, alternatives: Iterable[Text]) -> str:
        """Alternatives as one symbol: itself, or a rule of their own."""
        found = tuple(dict.fromkeys(alternatives))
        if len(found) == 1 and len(found[0]) == 1:
            return found[0][0]
        if found not in self._made:
            self._line(self._new(found), found)
        return self._made[found]

    def _new(self, key: Hashable) -> str:
        return self._made.setdefault(key, f"n{len(self._made)}")

    def _line(self, name: str, alternatives: Iterable[Text]) -> None:
        """A rule. What ends with another rule gets a twin that no token can finish.

        It keeps kbnf from shortening chains of rules that end together (Leo's way): it keeps masks
        under a state that does not tell such chains apart, and would give those of another.
        """
        found = list(map(" ".join, alternatives)) or [_NEVER_WRITTEN]
        found += [f"{each} {_NEVER_WRITTEN}" for each in found if each[-1] != '"']
        self._lines.append(f"{name} ::= {' | '.join(found)};\n")

    # --- nodes

    def texts(self, node: Part) -> Texts:
        return _NODES[type(node)](self, node)

    def literal(self, node: Literal) -> Texts:
        return ([(quote(_public(node.text)),)], False) if node.text else ([], True)

    def letters(self, node: Letters) -> Texts:
        return _quoted_letters(node.letters), False

    def special(self, node: Special) -> Texts:
        return [(quote(spelled(node.name)),)], False

    def ahead(self, node: Ahead) -> Texts:
        return [(self._one_regex(node.expr), _NEVER_WRITTEN)], False

    def regex(self, node: Regex) -> Texts:
        return [(self._one_regex(node.expr),)], False

    def _one_regex(self, expr: Expr) -> str:
        """In a rule with a second alternative, which no token spells: so it is not inlined."""
        key = ("regex", expr)
        if key not in self._made:
            self._line(self._new(key), [(f'#"{_escaped(rust_regex(expr))}"',), (_NEVER_WRITTEN,)])
        return self._made[key]

    def _language(self, expr: Expr) -> str:
        return self.symbol(self.texts(written(expr))[0])

    def written(self, node: Symbol) -> Texts:
        return [(node.name,)], False

    def ref(self, node: Ref) -> Texts:
        return [(f"r_{node.name}",)] if node.name in self._filled else [], node.name in self._empty

    def choice(self, node: Choice) -> Texts:
        found = list(map(self.texts, node.parts))
        alternatives = dict.fromkeys(each for texts, _ in found for each in texts)
        return list(alternatives), any(empty for _, empty in found)

    def sequence(self, node: Sequence) -> Texts:
        """From the end: at each place what is left may be empty, or is one of `rest`."""
        rest: list[Text] = []
        rest_empty = True
        for part in reversed(self._joined(node, [])):
            found, empty = self.texts(part)
            if not found and not empty:
                return [], False
            heads, tails = self._single(found), self._single(rest)
            rest = [head + tail for head in heads for tail in tails]
            rest += heads if rest_empty else []
            rest += tails if empty else []
            rest_empty = rest_empty and empty
        return rest, rest_empty

    def _single(self, alternatives: list[Text]) -> list[Text]:
        """Several as one symbol: what stands beside them is written once."""
        return alternatives if len(alternatives) < 2 else [(self.symbol(alternatives),)]

    def _joined(self, node: Sequence, found: list[Part]) -> list[Part]:
        """The parts, also of sequences within, are put to `found`; literals with those beside."""
        for part in node.parts:
            inner: Part = part.part if isinstance(part, Capture) else part
            if isinstance(inner, Regular):
                inner = self._opened(inner)
            if isinstance(inner, Sequence):
                self._joined(inner, found)
            elif isinstance(inner, Literal):
                _put(inner.text, found)
            else:
                found.append(inner)
        return found

    def _opened(self, node: Regular) -> Part:
        """A language that begins or ends with a literal, as a string does, as its parts."""
        if node.expr not in self._parts:
            found = self.lowered(node.expr)
            parts = found.parts if isinstance(found, Sequence) else (found,)
            opens = not parts or any(isinstance(parts[end], Literal) for end in (0, -1))
            whole = sequence_of(map(self._finished, parts)) if opens else node
            self._parts[node.expr] = whole
        return self._parts[node.expr]

    def _finished(self, part: Part) -> Part:
        """Written already, if it is no literal."""
        if isinstance(part, Literal):
            return part
        texts, empty = self.texts(part)
        found = [Symbol(self.symbol(texts))] if texts else []
        return choice_of([*found, *([EMPTY] if empty else [])])

    def repeat(self, node: Repeat) -> Texts:
        texts, empty = self.texts(node.part)
        if not texts or node.high == 0:
            return [], empty or node.low == 0
        return self._repeated(self.symbol(texts), 0 if empty else node.low, node.high), (
            empty or node.low == 0
        )

    def _repeated(self, one: str, low: int, high: int | None) -> list[Text]:
        """At least once."""
        if high is None:
            return [(*self._exactly(one, max(0, low - 1)), self._many(one))]
        if low == 0:
            return [(self._up_to(one, high),)]
        fixed = self._exactly(one, low)
        if low == high:
            return [fixed]
        return [fixed, (*fixed, self._up_to(one, high - low))]

    def _many(self, one: str) -> str:
        """Once or more. Left recursive: what was read falls away, and states come back."""
        key = ("many", one)
        if key not in self._made:
            name = self._new(key)
            self._line(name, [(one,), (name, one)])
        return self._made[key]

    def _exactly(self, one: str, times: int) -> Text:
        """The sum of powers of two, each made of two of the one below."""
        if times <= CHAIN:
            return (one,) * times
        half, odd = divmod(times, 2)
        twice = self.symbol([self._exactly(one, half)])
        return (twice, twice, *[one] * odd)

    def _up_to(self, one: str, times: int) -> str:
        """Once to `times` times: each number is written in one way only."""
        key = ("up to", one, times)
        if key not in self._made:
            self._made[key] = self.symbol(self._ways_up_to(one, times))
        return self._made[key]

    def _ways_up_to(self, one: str, times: int) -> list[Text]:
        if times == 1:
            return [(one,)]
        if times <= CHAIN:
            return [(one,), (one, self._up_to(one, times - 1))]
        power = 1 << (times.bit_length() - 1)
        fixed = self.symbol([self._exactly(one, power)])
        found: list[Text] = [(self._up_to(one, power - 1),), (fixed,)]
        return found if times == power else [*found, (fixed, self._up_to(one, times - power))]

    def capture(self, node: Capture) -> Texts:
        return self.texts(node.part)

    def free_text(self, node: FreeText) -> Texts:
        return self.regular(Regular(without(node.stops)))

    # --- regular languages

    def regular(self, node: Regular) -> Texts:
        found = self._of_regular.get(node.expr)
        if found is None:
            texts, empty = self.texts(self.lowered(node.expr))
            found = self._of_regular[node.expr] = (self._single(texts), empty)
        return found

    def lowered(self, expr: Expr) -> Part:
        """The same language in rules, and in regexes where letters are many."""
        found = self._lowered.get(expr)
        if found is None:
            found = self._lowered[expr] = self._lower(below_plane_16(expr))
        return found

    def _lower(self, expr: Expr) -> Part:
        """What has And and Not, some of which need the grammar as a whole."""
        if not expr.boolean:
            return written(expr)
        if isinstance(expr, And):
            found = split(expr, EVERYTHING)
            return self._automaton(expr) if found is None else self._besides(*found)
        if isinstance(expr, Not):
            return self._automaton(expr)
        if isinstance(expr, Alt):
            return choice_of(map(self._lower, expr.parts))
        if isinstance(expr, Cat):
            return sequence_of(map(self._lower, expr.parts))
        assert isinstance(expr, Rep)
        return Repeat(self._lower(expr.part), expr.low, expr.high)  # type: ignore[arg-type]

    def _besides(self, loop: Loop, words: frozenset[str]) -> Part:
        """A loop but for some words: in rules, and beside them any run of its letters.

        That has an end which no token spells, so it adds nothing to the language; but a token in
        the middle of such a run is looked up there, and not parsed by the rules.
        """
        excluder = self._excluders[loop]
        name = excluder.besides(sorted(words - {""}))
        inside = Symbol(self.symbol([(name,), (excluder.run, _NEVER_WRITTEN)]))
        bare = [] if "" in words else [EMPTY]
        return sequence_of([Literal(loop.before), choice_of([inside, *bare]), Literal(loop.after)])

    def _loops(self) -> dict[Loop, set[str]]:
        """The words that are left out of each loop, in the grammar as a whole."""
        found: dict[Loop, set[str]] = {}
        nodes = (each for node in self._rules.values() for each in walk(node))
        exprs = dict.fromkeys(each.expr for each in nodes if isinstance(each, Regular))
        todo = [below_plane_16(expr) for expr in exprs if expr.boolean]
        while todo:
            expr = todo.pop()
            known = split(expr, EVERYTHING) if isinstance(expr, And) else None
            if known is not None:
                found.setdefault(known[0], set()).update(known[1])
            elif isinstance(expr, Alt | Cat | Rep):
                todo += [child for child in children(expr) if child.boolean]
        return found

    def _automaton(self, expr: Expr) -> Part:
        """What needs an automaton: a regex made of it, or where letters are few, its states."""
        product = bounded(expr)
        if product is not None:
            return choice_of(self._states(product.automaton, product.free))
        states = automaton(expr)
        if is_wide_somewhere(states) and (found := from_automaton(expr)) is not None:
            return found
        return choice_of([*self._states(states), *([EMPTY] if expr.nullable else [])])

    def _states(self, found: Dfa, free: Iterable[Expr | None] = ()) -> list[Part]:
        """A rule for each state: a letter, and the rule of the state after it. [] for no text.

        Where letters are `free`, runs of them stand beside those, without an end that a token
        spells: so a token is looked up there.
        """
        ahead = [each and self.ahead(Ahead(Rep(each, 1, AHEAD)))[0] for each in free]
        steps: dict[int, list[tuple[str, int]]] = {}
        symbols: dict[Chars, str] = {}
        for (state, after), letters in transitions(found).items():
            if letters not in symbols:
                symbols[letters] = self.symbol(self.texts(written(letters))[0])
            steps.setdefault(state, []).append((symbols[letters], after))
        names = {state: self._new(("state", len(self._made))) for state in steps}
        for state, ways in steps.items():
            more = [(letter, names[after]) for letter, after in ways if after in steps]
            last = [(letter,) for letter, after in ways if found.ends[after]]
            self._line(names[state], [*more, *last, *((ahead and ahead[state]) or [])])
        return [Symbol(names[0])] if 0 in steps else []


_NODES: Mapping[type, Callable[..., Texts]] = {
    Literal: _Printer.literal,
    Letters: _Printer.letters,
    Special: _Printer.special,
    Regular: _Printer.regular,
    Regex: _Printer.regex,
    Ahead: _Printer.ahead,
    Symbol: _Printer.written,
    Sequence: _Printer.sequence,
    Choice: _Printer.choice,
    Repeat: _Printer.repeat,
    Ref: _Printer.ref,
    FreeText: _Printer.free_text,
    Capture: _Printer.capture,
}


def _put(letters: str, found: list[Part]) -> None:
    """A literal behind those parts, and one with a literal there."""
    last = found[-1] if found else None
    if isinstance(last, Literal):
        found[-1] = Literal(last.text + letters)
    elif letters:
        found.append(Literal(letters))


@lru_cache(maxsize=1_000)
def _quoted_letters(letters: str) -> list[Text]:
    return [(quote(letter),) for letter in letters]


def _public(letters: str) -> str:
    if not letters.isascii() and any(ord(letter) >= PLANE_16 for letter in letters):
        raise unsupported("text in plane 16 of Unicode")
    return letters


@lru_cache(maxsize=10_000)
def quote(letters: str) -> str:
    """A literal, in double quotes."""
    return f'"{"".join(_escape(letter) for letter in letters)}"'


def _escape(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return letter if letter >= " " and letter != "\x7f" else f"\\x{ord(letter):02x}"


def _escaped(regex: str) -> str:
    """A regex as it stands in a string of KBNF, which evaluates escapes first."""
    return regex.replace("\\", "\\\\").replace('"', '\\"')


_NEVER_WRITTEN = quote(_NEVER)
