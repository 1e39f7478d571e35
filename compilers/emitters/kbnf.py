"""KBNF, the language of the kbnf engine (Formatron's).

An Earley engine explores every way to split a text, so neighbours need not be kept apart. What
costs is something else, and shapes this emitter:

- At compile time the engine tries the whole vocabulary on every state of every regex, 2 ms each
  with 128k tokens, and again wherever the regex is written, for it inlines a rule of one symbol. So
  a regular language becomes rules, and a regex only where its letters are many (a token is then
  looked up, not parsed); and each regex is written once, in a rule that cannot be inlined.
- It multiplies out all that may be empty: `a? b? c?` has eight forms, twelve such take 40 s. So no
  rule here is ever empty: what may be is left out by the rule that refers to it.
- It stops at the first whole text. So the text ends with END, which only end tokens spell.

Plane 16 of Unicode is private to this dialect: END, and special tokens (`spelled`). The texts of a
grammar hold none of it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from compilers.emitters.base import rust_regex
from compilers.emitters.excluded import Loop, besides, split
from compilers.errors import TooLarge, Unsupported
from compilers.ir import (
    EMPTY,
    NOTHING,
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    Special,
    choice,
    maybe,
    sequence,
    walk,
)
from compilers.passes.in_order import in_order
from compilers.regular import (
    NEVER,
    Alt,
    And,
    Cat,
    Chars,
    Dfa,
    Expr,
    Not,
    Ranges,
    Rep,
    both,
    cat,
    children,
    dfa,
    minimise,
    overlap,
    plus,
    ranges,
    star,
    substitute,
    to_factored_expr,
    transitions,
    without,
)

PLANE_16 = 0x100000
END = "\U0010fffd"  # what an end token spells
CLOSE = "\U0010fffc"  # after the name of a special token
_NEVER = "\U0010fffe"  # what no token spells

MAX_STATES = 1_000  # of an automaton that is written out
MAX_AS_REGEX = 200  # the same, as a regex; a larger one is written as rules, whose masks are slower
MAX_REGEX_TEXT = 5_000  # sets of letters in a regex made of an automaton
MAX_ALTERNATIVES = 12  # letters of a set that is written as alternatives; a larger one is a regex
MAX_REGEX = 400  # states in bytes, about, of a repetition that is one regex
PIECE = 200  # the same, of each piece of a longer one
CHAIN = 8  # repetitions that are counted one by one; more of them by doubling


def emit(grammar: Grammar) -> str:
    """The text of a grammar; members of objects in the order of the source."""
    return _Printer(in_order(grammar)).run()


def spelled(name: str) -> str:
    """A special token's name in plane 16, byte by byte; none begins another."""
    return "".join(chr(PLANE_16 + byte) for byte in name.encode("utf-8", "surrogateescape")) + CLOSE


def _unsupported(what: str) -> Unsupported:
    return Unsupported(f"kbnf cannot say: {what}", kind=f"kbnf: {what}")


@dataclass(frozen=True, slots=True)
class _Regex:
    """A regular language written as one regex, without the empty text."""

    text: str


def _regex(expr: Expr) -> _Regex:
    return _Regex(rust_regex(expr))


_Part = Node | _Regex
Text = tuple[str, ...]
"""Symbols in a row: literals, regexes, names of rules."""


class _Printer:
    """Each node as alternatives that are never empty; whether it may be empty is kept apart."""

    def __init__(self, grammar: Grammar) -> None:
        self._start = grammar.start
        self._rules: dict[str, Node] = dict(grammar.rules)
        self._names = {name: f"r_{name}" for name in grammar.rules}
        self._order = list(grammar.rules)
        self._made: dict[Hashable, str] = {}  # rules made on the way: names by what they are
        self._counted: dict[tuple[str, int], list[Text]] = {}
        self._lines: list[str] = []
        self._lowered: dict[Expr, _Part] = {}
        self._regexes: dict[Loop, _Regex] = {}
        self._left_out = self._loops()
        self._nullable: set[str] = set()
        self._filled: set[str] = set()
        self._fix(self._nullable, self.nullable)
        self._fix(self._filled, self.filled)

    def run(self) -> str:
        for name in self._order:  # grows: an automaton brings rules of its own
            if name in self._filled:
                self._line(self._names[name], self.alternatives(self._rules[name]))
        end = (quote(END),)
        whole: list[Text] = (
            [(self._names[self._start], *end)] if self._start in self._filled else []
        )
        if self._start in self._nullable:
            whole.append(end)
        if not whole:
            raise _unsupported("the empty language")
        self._line("start", whole)
        return "".join(reversed(self._lines))

    def _fix(self, found: set[str], holds: Callable[[Node], bool]) -> None:
        """The least fixed point: the rules of which `holds`, given those found already."""
        size = -1
        while size != len(found):
            size = len(found)
            new = [n for n, node in list(self._rules.items()) if n not in found and holds(node)]
            found.update(new)

    def nullable(self, node: _Part) -> bool:
        """Whether the empty text is of its language."""
        if isinstance(node, Literal):
            return not node.text
        if isinstance(node, Regular):
            return node.expr.nullable
        if isinstance(node, Sequence):
            return all(map(self.nullable, node.parts))
        if isinstance(node, Choice):
            return any(map(self.nullable, node.parts))
        if isinstance(node, Repeat):
            return node.low == 0 or self.nullable(node.part)
        if isinstance(node, Ref):
            return node.name in self._nullable
        return self.nullable(node.part) if isinstance(node, Capture) else isinstance(node, FreeText)

    def filled(self, node: _Part) -> bool:
        """Whether any other text is."""
        if isinstance(node, Literal):
            return bool(node.text)
        if isinstance(node, Regular):
            return self.filled(self.lowered(node.expr))
        if isinstance(node, Sequence):
            return any(map(self.filled, node.parts)) and not any(map(self._dead, node.parts))
        if isinstance(node, Choice):
            return any(map(self.filled, node.parts))
        if isinstance(node, Repeat):
            return node.high != 0 and self.filled(node.part)
        if isinstance(node, Ref):
            return node.name in self._filled
        return self.filled(node.part) if isinstance(node, Capture) else True

    def _dead(self, node: _Part) -> bool:
        return not self.nullable(node) and not self.filled(node)

    # --- nodes

    def alternatives(self, node: _Part) -> list[Text]:
        """The texts of a node but the empty one."""
        return _NODES[type(node)](self, node)

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
        found = list(dict.fromkeys(alternatives))
        found += [(*text, _NEVER_WRITTEN) for text in found if text[-1][0] not in '"#']
        self._lines.append(f"{name} ::= {' | '.join(map(' '.join, found))};\n")

    def literal(self, node: Literal) -> list[Text]:
        return [(quote(_public(node.text)),)] if node.text else []

    def special(self, node: Special) -> list[Text]:
        return [(quote(spelled(node.name)),)]

    def regex(self, node: _Regex) -> list[Text]:
        """In a rule with a second alternative, which no token spells: so it is not inlined."""
        text = f'#"{_escaped(node.text)}"'
        return [(self.symbol([(text,), (_NEVER_WRITTEN,)]),)]

    def ref(self, node: Ref) -> list[Text]:
        return [(self._names[node.name],)] if node.name in self._filled else []

    def choice(self, node: Choice) -> list[Text]:
        return [text for part in node.parts for text in self.alternatives(part)]

    def sequence(self, node: Sequence) -> list[Text]:
        """From the end: at each place what is left may be empty, or is one of `rest`."""
        parts = _joined(self._flat(node))
        if any(map(self._dead, parts)):
            return []
        rest: list[Text] = []
        rest_nullable = True
        for part in reversed(parts):
            heads, nullable = _single(self.alternatives(part), self), self.nullable(part)
            tails = _single(rest, self)
            rest = [head + tail for head in heads for tail in tails]
            rest += heads if rest_nullable else []
            rest += tails if nullable else []
            rest_nullable = rest_nullable and nullable
        return rest

    def _flat(self, node: Sequence) -> Iterable[_Part]:
        """Parts, with regular languages and sequences opened up."""
        for part in node.parts:
            inner = part.part if isinstance(part, Capture) else part
            found = self.lowered(inner.expr) if isinstance(inner, Regular) else inner
            if isinstance(found, Sequence):
                yield from self._flat(found)
            else:
                yield found

    def repeat(self, node: Repeat) -> list[Text]:
        texts = self.alternatives(node.part)
        if not texts or node.high == 0:
            return []
        one = self.symbol(texts)
        low = 0 if self.nullable(node.part) else node.low
        if node.high is None:
            return [(*self._exactly(one, max(0, low - 1)), self._many(one))]
        if low == 0:
            return self._up_to(one, node.high)
        fixed = self._exactly(one, low)
        if low == node.high:
            return [fixed]
        return [fixed, (*fixed, self.symbol(self._up_to(one, node.high - low)))]

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

    def _up_to(self, one: str, times: int) -> list[Text]:
        """Once to `times` times: each number is written in one way only."""
        if (one, times) not in self._counted:
            self._counted[one, times] = self._count_up_to(one, times)
        return self._counted[one, times]

    def _count_up_to(self, one: str, times: int) -> list[Text]:
        if times == 1:
            return [(one,)]
        if times <= CHAIN:
            return [(one,), (one, self.symbol(self._up_to(one, times - 1)))]
        power = 1 << (times.bit_length() - 1)
        fixed = self.symbol([self._exactly(one, power)])
        found: list[Text] = [(self.symbol(self._up_to(one, power - 1)),), (fixed,)]
        if times > power:
            found.append((fixed, self.symbol(self._up_to(one, times - power))))
        return found

    def capture(self, node: Capture) -> list[Text]:
        return self.alternatives(node.part)

    def free_text(self, node: FreeText) -> list[Text]:
        return self.alternatives(self.lowered(without(node.stops)))

    def regular(self, node: Regular) -> list[Text]:
        return self.alternatives(self.lowered(node.expr))

    # --- regular languages

    def lowered(self, expr: Expr) -> _Part:
        """The same language in rules, and in regexes where letters are many."""
        found = self._lowered.get(expr)
        if found is None:
            below = _below_plane_16(expr)
            found = self._lower(below) if below.boolean else _written(below)
            self._lowered[expr] = found
        return found

    def _lower(self, expr: Expr) -> _Part:
        """What has And and Not, some of which need the grammar as a whole."""
        if not expr.boolean:
            return _written(expr)
        if isinstance(expr, And):
            found = split(expr, EVERYTHING)
            return self._automaton(expr) if found is None else self._besides(*found)
        if isinstance(expr, Not):
            return self._automaton(expr)
        if isinstance(expr, Alt):
            return _choice(map(self._lower, expr.parts))
        if isinstance(expr, Cat):
            return _sequence(map(self._lower, expr.parts))
        assert isinstance(expr, Rep)
        return Repeat(self._lower(expr.part), expr.low, expr.high)  # type: ignore[arg-type]

    def _besides(self, loop: Loop, words: frozenset[str]) -> _Part:
        """A loop but for some words: one regex for all that leave something out of this loop.

        It leaves out what any of them does; and to each the words of the others are given back.
        """
        every = self._left_out[loop]
        inside = self._besides_all(loop)
        others = self._given_back(loop, words, 0, len(every))
        bare = [] if "" in words else [EMPTY]
        return _sequence(
            [Literal(loop.before), _choice([inside, *others, *bare]), Literal(loop.after)]
        )

    def _besides_all(self, loop: Loop) -> _Regex:
        if loop not in self._regexes:
            self._regexes[loop] = _Regex(besides(loop, self._left_out[loop]))
        return self._regexes[loop]

    def _given_back(self, loop: Loop, words: frozenset[str], low: int, high: int) -> list[Node]:
        """Those of the sorted words low..high that are not in `words`: whole halves as one rule."""
        every = self._left_out[loop][low:high]
        if words.isdisjoint(every):
            return [self._any_of(loop, low, high)] if every else []
        if high - low == 1:
            return []
        middle = (low + high) // 2
        halves = ((low, middle), (middle, high))
        return [node for half in halves for node in self._given_back(loop, words, *half)]

    def _any_of(self, loop: Loop, low: int, high: int) -> Node:
        if high - low == 1:
            return Literal(self._left_out[loop][low])
        name = f"k{list(self._left_out).index(loop)}_{low}_{high}"
        if name not in self._names:
            middle = (low + high) // 2
            halves = [self._any_of(loop, low, middle), self._any_of(loop, middle, high)]
            self._add(name, choice(*halves))
        return Ref(name)

    def _add(self, name: str, node: Node) -> None:
        """A rule of our own, which has texts and not the empty one."""
        self._names[name] = name
        self._rules[name] = node
        self._order.append(name)
        self._filled.add(name)

    def _loops(self) -> dict[Loop, list[str]]:
        """The words that are left out of each loop, in the grammar as a whole; sorted."""
        found: dict[Loop, set[str]] = {}
        nodes = (each for node in self._rules.values() for each in walk(node))
        exprs = dict.fromkeys(each.expr for each in nodes if isinstance(each, Regular))
        todo = [_below_plane_16(expr) for expr in exprs if expr.boolean]
        while todo:
            expr = todo.pop()
            known = split(expr, EVERYTHING) if isinstance(expr, And) else None
            if known is not None:
                found.setdefault(known[0], set()).update(known[1])
            elif isinstance(expr, Alt | Cat | Rep):
                todo += [child for child in children(expr) if child.boolean]
        return {loop: sorted(words - {""}) for loop, words in found.items()}

    def _automaton(self, expr: Expr) -> _Part:
        """What needs an automaton: a regex made of it, or where letters are few, its states."""
        automaton = _automaton(expr)
        if _is_wide_somewhere(automaton) and (found := _from_automaton(expr)) is not None:
            return found
        states = self._states(automaton)
        return _choice([states, EMPTY]) if expr.nullable else states

    def _states(self, automaton: Dfa) -> Node:
        """A rule for each state: a letter, and the rule of the state after it."""
        prefix = f"d{len(self._rules)}_"
        parts: dict[int, list[Node]] = {}
        for (state, after), letters in transitions(automaton).items():
            assert isinstance(letters, Chars)
            step = _sequence([_written(letters), Ref(f"{prefix}{after}")])
            parts.setdefault(state, []).append(step)
        for state, steps in parts.items():
            name = f"{prefix}{state}"
            ends = [EMPTY] if automaton.ends[state] else []
            self._rules[name] = choice(*steps, *ends)
            self._order.append(name)
            self._filled.add(name)
        for state, end in enumerate(automaton.ends):
            name = f"{prefix}{state}"
            self._names[name] = name
            if end:
                self._nullable.add(name)
                self._rules.setdefault(name, EMPTY)
        return Ref(f"{prefix}0") if 0 in parts else NOTHING


_NODES: Mapping[type, Callable[..., list[Text]]] = {
    Literal: _Printer.literal,
    Special: _Printer.special,
    Regular: _Printer.regular,
    _Regex: _Printer.regex,
    Sequence: _Printer.sequence,
    Choice: _Printer.choice,
    Repeat: _Printer.repeat,
    Ref: _Printer.ref,
    FreeText: _Printer.free_text,
    Capture: _Printer.capture,
}


def _single(alternatives: list[Text], printer: _Printer) -> list[Text]:
    """Several alternatives as one symbol: what follows them is written once."""
    return alternatives if len(alternatives) < 2 else [(printer.symbol(alternatives),)]


def _choice(parts: Iterable[_Part]) -> Node:
    return choice(*parts)  # type: ignore[arg-type]  # a _Regex is a leaf like any other


def _sequence(parts: Iterable[_Part]) -> Node:
    return sequence(*parts)  # type: ignore[arg-type]


def _joined(parts: Iterable[_Part]) -> list[_Part]:
    """Neighbouring literals as one."""
    found: list[_Part] = []
    for part in parts:
        last = found[-1] if found else None
        if isinstance(part, Literal) and isinstance(last, Literal):
            found[-1] = Literal(last.text + part.text)
        elif part != EMPTY:
            found.append(part)
    return found


# --- letters and regexes

_TEXT = ranges((0, PLANE_16 - 1))


EVERYTHING = star(_TEXT)


@lru_cache(maxsize=10_000)
def _below_plane_16(expr: Expr) -> Expr:
    """The part of a language that has no letter of plane 16."""
    return substitute(expr, _letters_below, EVERYTHING)


@lru_cache(maxsize=10_000)
def _letters_below(letters: Chars) -> Expr:
    return ranges(*overlap(letters.ranges, ((0, PLANE_16 - 1),)))


@lru_cache(maxsize=10_000)
def _written(expr: Expr) -> _Part:
    """A language without And and Not."""
    if isinstance(expr, Chars):
        return _regex(expr) if _is_wide(expr) else _letters(expr.ranges)
    if isinstance(expr, Alt):
        return _choice(map(_written, expr.parts))
    if isinstance(expr, Cat):
        runs = _runs(expr.parts)
        return _sequence(_regex(cat(*run)) if run[1:] else _written(run[0]) for run in runs)
    assert isinstance(expr, Rep)
    if not _is_wide(expr.part):
        return Repeat(_written(expr.part), expr.low, expr.high)  # type: ignore[arg-type]
    if not expr.part.nullable:
        return _repetition(expr)
    found = _from_automaton(expr)
    if found is None:
        raise _unsupported("a repetition of what may be empty, as large as this one")
    return found


@lru_cache(maxsize=1_000)
def _automaton(expr: Expr) -> Dfa:
    """The smallest automaton of its texts but the empty one."""
    try:
        return minimise(dfa(both(expr, plus(_TEXT)), MAX_STATES))
    except TooLarge as error:
        raise _unsupported(f"an intersection or complement ({error.message})") from error


def _is_wide_somewhere(automaton: Dfa) -> bool:
    return any(map(_is_wide, transitions(automaton).values()))


@lru_cache(maxsize=1_000)
def _from_automaton(expr: Expr) -> Node | None:
    """One regex for what cannot be written as it stands; None if it would be a large one."""
    automaton = _automaton(expr)
    if len(automaton.steps) > MAX_AS_REGEX:
        return None
    found = to_factored_expr(automaton)
    if _letters_of(found) > MAX_REGEX_TEXT:
        return None
    filled = NOTHING if found == NEVER else _sequence([_regex(found)])
    return _choice([filled, EMPTY]) if expr.nullable else filled


@lru_cache(maxsize=100_000)
def _letters_of(expr: Expr) -> int:
    """The sets of letters in it, each as often as a regex would write it."""
    return 1 if isinstance(expr, Chars) else sum(map(_letters_of, children(expr)))


def _public(text: str) -> str:
    if any(ord(letter) >= PLANE_16 for letter in text):
        raise _unsupported("text in plane 16 of Unicode")
    return text


def _letters(found: Ranges) -> Node:
    each = [Literal(chr(code)) for low, high in found for code in range(low, high + 1)]
    return choice(*each)


@lru_cache(maxsize=20_000)
def _is_wide(expr: Expr) -> bool:
    """Whether some set of letters in it is too large for alternatives."""
    if isinstance(expr, Chars):
        return sum(high - low + 1 for low, high in expr.ranges) > MAX_ALTERNATIVES
    return any(map(_is_wide, children(expr)))


@lru_cache(maxsize=20_000)
def _weight(expr: Expr) -> int:
    """About how many states it has in bytes."""
    if isinstance(expr, Chars):
        return 7 if expr.ranges[-1][1] > 0x7F else 1
    total = sum(map(_weight, children(expr)))
    return total * max(1, expr.high or expr.low) if isinstance(expr, Rep) else total


def _runs(parts: tuple[Expr, ...]) -> list[list[Expr]]:
    """Wide neighbours together, if they make no large regex and not an empty one."""
    found: list[list[Expr]] = []
    for part in parts:
        if found and all(map(_may_join, (*found[-1], part))):
            whole = cat(*found[-1], part)
            if not whole.nullable and _weight(whole) <= MAX_REGEX:
                found[-1].append(part)
                continue
        found.append([part])
    return found


def _may_join(expr: Expr) -> bool:
    return _is_wide(expr) and not expr.boolean


def _repetition(expr: Rep) -> Node:
    """A wide part several times: one regex, or pieces of a bounded size."""
    part, low, high = expr.part, expr.low, expr.high
    if _weight(expr) <= MAX_REGEX:
        found = _regex(Rep(part, max(1, low), high))
        return _choice([found, EMPTY]) if low == 0 else _sequence([found])
    size = max(1, PIECE // _weight(part))
    piece = _regex(Rep(part, size, size))
    fixed = [_pieces(piece, low // size, low // size), _counted(part, low % size, low % size)]
    if high is None:
        return _sequence([*fixed, _counted(part, 0, None)])
    whole, rest = divmod(high - low, size)
    last = _sequence([_pieces(piece, whole, whole), _counted(part, 0, rest)])
    if whole == 0:
        return _sequence([*fixed, last])
    fewer = _sequence([_pieces(piece, 0, whole - 1), _counted(part, 0, size - 1)])
    return _sequence([*fixed, _choice([fewer, last])])


def _pieces(piece: _Regex, low: int, high: int) -> Node:
    return Repeat(piece, low, high) if high else EMPTY  # type: ignore[arg-type]


def _counted(part: Expr, low: int, high: int | None) -> Node:
    if high == 0:
        return EMPTY
    found = _regex(Rep(part, max(1, low), high))
    return maybe(found) if low == 0 else _sequence([found])  # type: ignore[arg-type]


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
