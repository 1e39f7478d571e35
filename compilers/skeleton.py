"""A grammar reduced to what tells its captures apart, and the proof that nothing else is needed.

    program = skeleton(grammar)     # Ambiguous if a text could be read in two ways

Where a capture ends is seen from its text and what follows it, and mostly little of its grammar is
needed for that: JSON in brackets ends where they are closed (compilers.values), the last part of a
reply where the reply ends, the parameters of a hundred tools all alike. So captures and repetitions
are widened, in three steps: first as much as can be, then less. A widened skeleton has all the
parses of the grammar, and perhaps more; so if none of *its* texts has two parses that write
different marks (compilers.ambiguity proves that), no text of the grammar has. If even the narrowest
skeleton is ambiguous, the grammar is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from compilers import ir
from compilers.ambiguity import Found, ambiguity, undecided
from compilers.errors import Ambiguous, CompileError, TooLarge, Unsupported
from compilers.ir import Grammar, Node, walk
from compilers.leaves import Letters, Symbol, Token, Value, Word
from compilers.oracle import recognises
from compilers.parses import Program
from compilers.regular import (
    ANY,
    EVERY,
    NEVER,
    And,
    Chars,
    Expr,
    Not,
    State,
    cat,
    chars,
    children,
    common_prefix,
    either,
    overlap,
    ranges,
    star,
    text,
    without,
    words_of,
)
from compilers.uses import uses
from compilers.values import Values
from compilers.watch import UNIQUE, watched_at

_BARE_SCALAR = either(
    *map(text, ("null", "true", "false")), cat(chars("-0123456789"), star(chars("+-.0123456789Ee")))
)
TRIED = 200  # letters of an example beyond which nobody tries whether it is of the grammar


@dataclass(frozen=True, slots=True)
class Width:
    """`tail`: the last capture of a reply holds any text; `loops`: repetitions have no count, and
    values no content, where they are regular languages, too.
    """

    tail: bool
    loops: bool


WIDTHS = (Width(False, True), Width(True, True), Width(False, False))


def skeleton(grammar: Grammar) -> Program:
    """The skeleton of a grammar. Raises Ambiguous, with an example; Unsupported; TooLarge."""
    try:
        values = Values(grammar)
        for width in WIDTHS[:-1]:
            program = _Reduction(grammar, values, width).run()
            if _problem(grammar, program) is None:
                return program
        program = _Reduction(grammar, values, WIDTHS[-1]).run()
        problem = _problem(grammar, program)
    except RecursionError as error:
        raise TooLarge("nested too deeply for a skeleton", kind="skeleton") from error
    if problem is not None:
        raise problem
    return program


def _problem(grammar: Grammar, program: Program) -> CompileError | None:
    """Why a skeleton may not be used."""
    try:
        found = ambiguity(program)
    except TooLarge as error:
        return error
    return None if found is None else _ambiguous(grammar, found)


def _ambiguous(grammar: Grammar, found: Found) -> Ambiguous:
    symbols = [ir.Special(s) if isinstance(s, str) else chr(s) for s in found.symbols]
    shown = "".join(s if isinstance(s, str) else s.name for s in symbols)
    certain = len(symbols) <= TRIED and recognises(grammar, symbols)
    verb = "is read" if certain else "(or one like it) may be read"
    one, two = found.readings
    message = f"{shown!r} {verb} in two ways: as {one}, or as {two}"
    return Ambiguous(message, kind="ambiguous", example=shown)


def marked(grammar: Grammar) -> Program:
    """The skeleton that tells where what is watched begins: mark i before a value of which the i-th
    of `grammar.watches` is. Unsupported where that is not certain when its first letter comes;
    TooLarge."""
    values = Values(grammar)
    late: tuple[Symbol, ...] = ()
    for loops in (True, False):
        try:
            program = _Marking(grammar, values, Width(False, loops)).run()
            found = undecided(program)
        except RecursionError as error:
            raise TooLarge("nested too deeply for a skeleton", kind="skeleton") from error
        if found is None:
            return program
        late = found
    shown = "".join(symbol if isinstance(symbol, str) else chr(symbol) for symbol in late)
    message = f"behind {shown!r} it is not known whether items must differ"
    raise Unsupported(message, watched_at(grammar), UNIQUE)


class _Reduction:
    """Nodes to items of a program, once for each node."""

    def __init__(self, grammar: Grammar, values: Values, width: Width) -> None:
        self._rules = grammar.rules
        self._start = grammar.start
        self._inside = grammar.values.keys()  # of no interest here: no captures are in them
        self._values = values
        self._width = width
        self._program = Program()
        self._refs = {
            name: set(uses(rule).rules)
            for name, rule in grammar.rules.items()
            if name not in self._inside
        }
        self._below: dict[str, frozenset[str]] = {}
        self._with: dict[type, set[str]] = {}
        self._known: dict[tuple[int, bool], int] = {}

    def run(self) -> Program:
        self._program.begin(self._item(self._rules[self._start], True))
        return self._program

    def _item(self, node: Node, last: bool) -> int:
        """`last`: nothing can follow it."""
        key = id(node), last
        if key not in self._known:
            self._known[key] = self._reduced(node, last)
        return self._known[key]

    def _reduced(self, node: Node, last: bool) -> int:
        program = self._program
        if isinstance(node, ir.Literal):
            return program.leaf(Word(node.text)) if node.text else program.sequence(())
        if isinstance(node, ir.Special):
            return program.leaf(Token(node.name))
        if isinstance(node, ir.FreeText):
            return program.leaf(Letters(without(node.stops)))
        if isinstance(node, ir.Capture):
            return self._capture(node, last)
        if isinstance(node, ir.Regular) and not self._width.loops:
            return program.leaf(Letters(node.expr))
        if not self._tells(node):
            opens = self._values.opens(node)
            if opens:
                return program.leaf(Value(opens))
        if isinstance(node, ir.Regular):
            return program.leaf(Letters(node.expr))
        return self._compound(node, last)

    def _compound(self, node: Node, last: bool) -> int:
        if isinstance(node, ir.Sequence):
            parts = [
                self._item(part, last and i == len(node.parts) - 1)
                for i, part in enumerate(node.parts)
            ]
            return self._program.sequence(parts)
        if isinstance(node, ir.Choice):
            return self._choice([self._item(part, last) for part in node.parts])
        if isinstance(node, ir.Repeat):
            return self._repeat(node, last)
        if isinstance(node, ir.Unordered):
            return self._unordered(node)
        assert isinstance(node, ir.Ref)
        if node.name in self._reachable(node.name):
            return self._recursive(node)
        return self._item(self._rules[node.name], last)

    def _capture(self, node: ir.Capture, last: bool) -> int:
        wide = self._width.tail and last and not isinstance(node.part, ir.FreeText | ir.Literal)
        if wide and not self._holds(node.part, ir.Capture, ir.Special):
            part = self._program.leaf(Letters(EVERY))
        else:
            part = self._item(node.part, last)
        return self._program.capture(node.name, node.channel, part)

    def _repeat(self, node: ir.Repeat, last: bool) -> int:
        low, high = node.low, node.high
        part = self._item(node.part, last and high == 1)
        if self._width.loops and high != 1:
            low, high = min(low, 1), None
        return self._program.repeat(part, low, high)

    def _unordered(self, node: ir.Unordered) -> int:
        """Wider: each member any number of times."""
        extra = [] if node.extra == ir.NOTHING else [node.extra]
        members = [*(member for member, _ in node.members), *extra]
        one = self._choice([self._item(member, False) for member in members])
        more = self._program.sequence((self._item(node.separator, False), one))
        some = self._program.sequence((one, self._program.repeat(more, 0, None)))
        required = node.some or any(needed for _, needed in node.members)
        return some if required else self._program.repeat(some, 0, 1)

    def _recursive(self, node: ir.Ref) -> int:
        """Wider: any text of the letters that stand in it."""
        if self._tells(node):
            raise Unsupported(f"captures in {node.name!r}, which holds itself", kind="skeleton")
        if self._holds(node, ir.Special):
            raise Unsupported(
                f"special tokens in {node.name!r}, which holds itself", kind="skeleton"
            )
        return self._program.leaf(Letters(star(self._letters(node))))

    # --- alternatives

    def _choice(self, items: Sequence[int]) -> int:
        """Alternatives; what they all begin and end with is written once."""
        rows = [self._program.parts(item) for item in dict.fromkeys(items)]
        if len(rows) < 2:
            return self._program.choice(items)
        before = common_prefix(rows)
        rows = [row[before:] for row in rows]
        after = common_prefix([row[::-1] for row in rows])
        middles = [self._program.sequence(row[: len(row) - after]) for row in rows]
        first = self._program.parts(items[0])
        end = first[len(first) - after :] if after else ()
        return self._program.sequence((*first[:before], self._middle(middles), *end))

    def _middle(self, items: Sequence[int]) -> int:
        """Captures of one name are one capture of alternatives, words and languages one leaf."""
        kinds, bodies = zip(*map(self._program.what, dict.fromkeys(items)), strict=True)
        if set(kinds) == {"capture"} and len({capture for capture, _ in bodies}) == 1:
            name, channel = self._program.captures[bodies[0][0]]
            return self._program.capture(name, channel, self._choice([part for _, part in bodies]))
        if set(kinds) == {"leaf"} and all(isinstance(leaf, Word | Letters) for leaf in bodies):
            words = sorted(leaf.text for leaf in bodies if isinstance(leaf, Word))
            exprs = (leaf.expr for leaf in bodies if isinstance(leaf, Letters))
            return self._program.leaf(Letters(either(words_of(words), *exprs)))
        return self._program.choice(items)

    # --- questions about nodes

    def _tells(self, node: Node) -> bool:
        """Whether a mark is written in it."""
        return self._holds(node, ir.Capture)

    def _nodes(self, node: Node) -> Iterable[Node]:
        """The node, all below it, and all below the rules that they need."""
        names: set[str] = set()
        for each in walk(node):
            yield each
            if isinstance(each, ir.Ref) and each.name not in self._inside:
                names |= {each.name, *self._reachable(each.name)}
        for name in names - self._inside:
            yield from walk(self._rules[name])

    def _holds(self, node: Node, *kinds: type) -> bool:
        """Whether a node of these kinds is in it, or in a rule that it needs."""
        return any(
            isinstance(each, kinds)
            or (isinstance(each, ir.Ref) and any(each.name in self._rules_with(k) for k in kinds))
            for each in walk(node)
        )

    def _rules_with(self, kind: type) -> set[str]:
        if kind not in self._with:
            found = {
                n for n in self._refs if any(isinstance(e, kind) for e in walk(self._rules[n]))
            }
            self._with[kind] = self._and_users(found)
        return self._with[kind]

    def _and_users(self, found: set[str]) -> set[str]:
        """These rules, and those that need one of them."""
        while more := {n for n, refs in self._refs.items() if refs & found} - found:
            found = found | more
        return found

    def _reachable(self, name: str) -> frozenset[str]:
        """The rules that a rule needs; itself only if it is among them."""
        if name not in self._below:
            found: set[str] = set()
            todo = [name]
            while todo:
                new = self._refs.get(todo.pop(), set()) - found
                found |= new
                todo.extend(new)
            self._below[name] = frozenset(found)
        return self._below[name]

    def _letters(self, node: Node) -> Expr:
        found: list[Expr] = []
        for each in self._nodes(node):
            if isinstance(each, ir.Literal):
                found.extend(map(text, each.text))
            elif isinstance(each, ir.Regular):
                found.append(_alphabet(each.expr))
            elif isinstance(each, ir.FreeText) or (
                isinstance(each, ir.Ref) and each.name in self._inside
            ):
                found.append(ANY)
        return either(*found)


class _Marking(_Reduction):
    """Tells nothing but where the values begin that are watched; what is in them it does not see.

    A value that may be a scalar has no mark then: nothing is watched in it.
    """

    def __init__(self, grammar: Grammar, values: Values, width: Width) -> None:
        super().__init__(grammar, values, width)
        marks = {watch: mark for mark, watch in enumerate(grammar.watches)}
        self._marks = {name: marks[each.watch] for name, each in grammar.watched.items()}
        self._marked = self._and_users({*self._marks})
        self._whole = ir.Ref(self._start)

    def run(self) -> Program:
        self._program.begin(self._item(self._whole, True))
        return self._program

    def _reduced(self, node: Node, last: bool) -> int:
        if isinstance(node, ir.Capture):
            return self._item(node.part, last)
        if isinstance(node, ir.Ref) and node.name in self._marks:
            return self._value(node)
        return super()._reduced(node, last)

    def _tells(self, node: Node) -> bool:
        return not self._marked.isdisjoint(uses(node).rules)

    def _value(self, node: ir.Ref) -> int:
        program = self._program
        opens = self._values.opens(node)
        brackets = "".join(letter for letter in opens or "[{" if letter in "[{")
        mark = program.mark(self._marks[node.name])
        found = [program.sequence((mark, program.leaf(Value(brackets))))]
        if brackets != opens:
            found.append(program.leaf(Value('"')))
        if not opens:
            found.append(program.leaf(Letters(_BARE_SCALAR)))
        return program.choice(found)


@lru_cache(maxsize=5000)
def _alphabet(expr: Expr) -> Expr:
    """The letters that its texts are made of, and perhaps more."""
    if isinstance(expr, Chars):
        return expr
    if isinstance(expr, Not):
        return ANY
    parts = [_alphabet(part) for part in children(expr)]
    if isinstance(expr, And):
        found: Expr = ANY
        for part in parts:
            if not isinstance(found, Chars) or not isinstance(part, Chars):
                return NEVER
            found = ranges(*overlap(found.ranges, part.ranges))
        return found
    if isinstance(expr, State):
        return either(*map(Chars, expr.automaton.classes))
    return either(*parts)
