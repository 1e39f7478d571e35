"""GBNF, the grammar language of llama.cpp (of its revision in llama-cpp-python 0.3.36).

Its parser keeps every way to read the text so far, so terminals may overlap as they like; what it
costs is the number of these ways, hence a regular language is written as it is only where each
letter has one place in it, and else as the rules of its smallest automaton.

What llama.cpp does not say, and how it is met here (each was seen; tests/compilers/differential):

- `[^x]` and `.` match surrogates and what lies beyond U+10FFFF: classes are written as ranges.
- U+0000 ends a piece: no grammar can ask for it. A literal with it is refused; in a class of other
  letters it stays away by itself.
- A count above 2,000 means "any number", and counts within counts are multiplied: a counted part
  has a rule of its own, and large counts are cut into blocks.
- It refuses left recursion, or, where it does not see it, hangs; the same for `(x?)*`: both are
  rewritten, or refused by name (passes/recursion.py).
- A special token matches as the letters of its name, too, wherever they fit. Text here holds the
  name of no token that the grammar names, and a literal that does is refused; all others are for
  whoever masks the tokens to keep out. An end token cannot be named: it is allowed at the end
  only, whatever the grammar says.
- Where the letters before a token begin its name, `"<" <tool>`, the mask holds what kills the
  process when it is accepted: refused.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from compilers.emitters.ruled import RulePrinter
from compilers.errors import TooLarge, about
from compilers.ir import (
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Regular,
    Repeat,
    Sequence,
    Special,
    rewritten,
    walk,
)
from compilers.passes.in_order import in_order
from compilers.passes.recursion import no_empty_rounds, no_left_recursion
from compilers.regular import (
    LAST,
    NEVER,
    Alt,
    Cat,
    Chars,
    Dfa,
    Expr,
    Ranges,
    Rep,
    both,
    cat,
    children,
    counted,
    either,
    is_empty,
    nonempty,
    other_than,
    ranges,
    star,
    substitute,
    text,
    transitions,
    without,
)

MAX_COUNT = 1_000  # of one repetition; llama.cpp's own limit is 2,000
MAX_TIMES = 100_000  # in blocks of these
_INLINE_COUNT = 16
_INLINE_GROUP = 200  # letters
_LETTER = ranges((1, LAST))


def emit(grammar: Grammar, tokens: Mapping[str, int] | None = None) -> str:
    """The text of a grammar, its start named root; members of objects in the order of the source.

    Tokens are named as they are spelled, so llama.cpp needs the vocabulary to read it. Those that
    are not spelled <name> are written by number: `tokens` are those of the vocabulary.
    """
    plain = no_empty_rounds(_apart_from_tokens(in_order(grammar)))
    return _Printer(no_left_recursion(plain), tokens or {}).run()


def _apart_from_tokens(grammar: Grammar) -> Grammar:
    """No text holds the name of a token in letters: that token would fit there, too."""
    nodes = [each for node in grammar.rules.values() for each in walk(node)]
    names = tuple(sorted({node.name for node in nodes if isinstance(node, Special)}))
    if not names:
        return grammar

    def change(node: Node) -> Node:
        if isinstance(node, FreeText):
            return FreeText(tuple(dict.fromkeys((*node.stops, *names))))
        if isinstance(node, Literal):
            return _without_names(node, names)
        return Regular(_nameless(node.expr, names)) if isinstance(node, Regular) else node

    rules = dict(grammar.rules)
    with about() as at:
        for name, node in grammar.rules.items():
            at.parts = (name,)
            rules[name] = rewritten(node, change)
    return replace(grammar, rules=rules)


def _without_names(node: Literal, names: tuple[str, ...]) -> Literal:
    for name in names:
        if name in node.text:
            raise _Printer.unsupported(f"the letters of the token {name!r} beside the token")
    return node


@lru_cache(maxsize=1_000)
def _nameless(expr: Expr, names: tuple[str, ...]) -> Expr:
    try:
        holds_one = not is_empty(both(expr, other_than(without(names))))
    except TooLarge:
        holds_one = True
    return both(expr, without(names)) if holds_one else expr


class _Printer(RulePrinter):
    name = "gbnf"
    max_states = 2_000
    start = "root"

    def __init__(self, grammar: Grammar, tokens: Mapping[str, int]) -> None:
        super().__init__(grammar)
        self._tokens = tokens
        self._helpers: dict[str, str] = {}

    def rule_name(self, number: int, name: str) -> str:
        """Letters, digits and dashes only."""
        plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
        return f"r{number}-{plain}"

    def rule(self, name: str, body: str) -> str:
        return f"{name} ::= {body}"

    def _helper(self, body: str) -> str:
        """A rule for a text that is used more than once, or must stand alone."""
        if body not in self._helpers:
            self._helpers[body] = f"h{len(self._helpers)}"
            self._extra_rules.append(self.rule(self._helpers[body], body))
        return self._helpers[body]

    # --- nodes

    def literal(self, node: Literal) -> str:
        if "\0" in node.text:
            raise self.unsupported("U+0000 in a literal")
        return _quoted(node.text)

    def regular(self, node: Regular) -> str:
        expr = _without_nul(node.expr)
        if expr is NEVER:
            raise self.unsupported("U+0000 in a literal")
        if isinstance(expr, Chars):
            return _letters(expr.ranges)
        return self.named(expr, node)

    def sequence(self, node: Sequence) -> str:
        for before, after in zip(node.parts, node.parts[1:], strict=False):
            if isinstance(after, Special) and _begins(before, after.name):
                raise self.unsupported(f"letters that begin the token {after.name!r} before it")
        return super().sequence(node)

    def special(self, node: Special) -> str:
        name = node.name
        if not (name[:1] == "<" and name[-1:] == ">" and ">" not in name[:-1]) or name[1:2] == "[":
            if name in self._tokens:
                return f"<[{self._tokens[name]}]>"
            raise self.unsupported(f"special token {name!r}, not written <name>")
        return name

    def repeat(self, node: Repeat) -> str:
        return self._repeated(self.tight(node.part), node.low, node.high)

    def _repeated(self, part: str, low: int, high: int | None) -> str:
        """`part` is one thing: a class, a name, a literal, or a group."""
        simple = (low, high) in ((0, None), (1, None), (0, 1))
        if simple and len(part) <= _INLINE_GROUP:
            return part + counted(low, high)
        most = low if high is None else high
        if most > MAX_TIMES:
            raise self.unsupported(f"a count of more than {MAX_TIMES}")
        if part.startswith("("):
            part = self._helper(part[1:-1])
        if most <= _INLINE_COUNT:
            return part + counted(low, high)
        parts = self._exactly(part, low)
        if high is None:
            parts.append(part + "*")
        elif high > low:
            parts.append(self._at_most(part, high - low))
        return parts[0] if len(parts) == 1 else self._helper(" ".join(parts))

    def _exactly(self, part: str, times: int) -> list[str]:
        blocks, rest = divmod(times, MAX_COUNT)
        block = [self._helper(part + counted(MAX_COUNT, MAX_COUNT))] * blocks
        return block + ([self._helper(part + counted(rest, rest))] if rest else [])

    def _at_most(self, part: str, times: int) -> str:
        """One way only for each number: few are counted, or a block is full and others follow."""
        found = self._helper(part + counted(0, times % MAX_COUNT)) if times % MAX_COUNT else '""'
        for _ in range(times // MAX_COUNT):
            (block,) = self._exactly(part, MAX_COUNT)
            few = part + counted(0, MAX_COUNT - 1)
            found = self._helper(f"{few} | {block} {found}")
        return found

    # --- regular languages

    def automaton(self, expr: Expr, small: Dfa) -> str:
        """The start's alternatives; every other state is a rule, after which nothing comes."""
        steps: dict[int, list[tuple[Chars, int]]] = {}
        for (state, after), letters in transitions(small).items():
            steps.setdefault(state, []).append((letters, after))
        used = Counter(after for ways in steps.values() for _, after in ways)
        inline = {s for s, ways in steps.items() if len(ways) == used[s] == 1 and not small.ends[s]}
        inline.discard(0)

        def way(letters: Chars, after: int) -> str:
            chain = [letters]
            while after in inline:
                ((letters, after),) = steps[after]
                chain.append(letters)
            rest = [self._state(expr, after)] if after in steps else []
            return " ".join([self._written_cat(Cat(tuple(chain))), *rest])

        def body(state: int) -> str:
            found = [way(letters, after) for letters, after in steps.get(state, [])]
            return " | ".join(found + (['""'] if small.ends[state] else []))

        for state in sorted(steps.keys() - inline - {0}):
            self._extra_rules.append(self.rule(self._state(expr, state), body(state)))
        return body(0)

    def _state(self, expr: Expr, state: int) -> str:
        name = self._terminals[expr]
        return f"{name}-{state}" if state else name

    def written(self, expr: Expr) -> str:
        if isinstance(expr, Chars):
            return _letters(expr.ranges)
        if isinstance(expr, Cat):
            return self._written_cat(expr) or '""'
        if isinstance(expr, Alt):
            return " | ".join(map(self.written, expr.parts))
        assert isinstance(expr, Rep)
        low, part = (0, nonempty(expr.part)) if expr.part.nullable else (expr.low, expr.part)
        written = self.written(part)
        whole = written if isinstance(part, Chars) else f"({written})"
        return self._repeated(whole, low, expr.high)

    def _written_cat(self, expr: Cat) -> str:
        """Neighbouring single letters as one literal."""
        found: list[str] = []
        word = ""
        for part in expr.parts:
            letter = _single(part)
            word += letter
            if not letter:
                found += [_quoted(word)] if word else []
                word = ""
                written = self.written(part)
                found.append(f"({written})" if isinstance(part, Alt) else written)
        return " ".join([*found, *([_quoted(word)] if word else [])])


@lru_cache(maxsize=10_000)
def _without_nul(expr: Expr) -> Expr:
    """The texts without U+0000. NEVER where the expression names that letter alone somewhere."""
    holds_it = expr.boolean
    todo = [expr]
    while todo:
        each = todo.pop()
        if isinstance(each, Chars) and each.ranges[0][0] == 0:
            if each.ranges == ((0, 0),):
                return NEVER
            holds_it = True
        todo.extend(children(each))
    if not holds_it:
        return expr
    return substitute(
        expr, lambda letters: both(letters, _LETTER), star(_LETTER), lambda word: "\0" not in word
    )


def _begins(before: Node, name: str) -> bool:
    """Whether a text of `before` can end with what `name` begins with, and not before that."""
    node = before.part if isinstance(before, Capture) else before
    beginnings = [name[:size] for size in range(1, len(name))]
    if isinstance(node, Literal):
        return node.text.endswith(tuple(beginnings))
    if not isinstance(node, Regular):
        return False
    unfinished = (cat(other_than(node.expr), text(each)) for each in beginnings)
    try:
        return not is_empty(both(node.expr, either(*unfinished)))
    except TooLarge:
        return True


def _single(expr: Expr) -> str:
    if isinstance(expr, Chars) and len(expr.ranges) == 1 and expr.ranges[0][0] == expr.ranges[0][1]:
        return chr(expr.ranges[0][0])
    return ""


def _letters(found: Ranges) -> str:
    letter = _single(Chars(found))
    if letter:
        return _quoted(letter)
    inside = "".join(
        _in_class(low) if low == high else f"{_in_class(low)}-{_in_class(high)}"
        for low, high in found
    )
    return f"[{inside}]"


def _quoted(letters: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or _escaped(c) for c in letters) + '"'


def _in_class(code: int) -> str:
    letter = chr(code)
    if letter in "[]\\-":
        return "\\" + letter
    return "\\x5E" if letter == "^" else _ESCAPES.get(letter) or _escaped(letter)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(letter: str) -> str:
    code = ord(letter)
    if letter.isprintable():
        return letter
    return (
        f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65536 else f"\\U{code:08X}"
    )
