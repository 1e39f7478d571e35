r"""Regular expressions as people write them (ECMA-262, and the common part of PCRE) to `Expr`.

    whole(r"[0-9]{3}")    the texts that the pattern matches from end to end
    search(r"^a|b$")      the texts in which it matches somewhere: `pattern` of JSON Schema

`^`, `$`, `\b` and look-ahead are not letters but statements about what stands around them, so a
pattern is compiled from the right, each part with the language of all that may follow it ("rest"):
`$` asks that the rest be empty, `(?=x)` that it begin with x, `(?!x)` that it do not. What `^` and
`\b` ask of the letter before them is carried along from the left ("before"). What no regular
language can say (back-references), or what would be guessed (look-behind), is refused by name.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import UnionType
from typing import Literal

from compilers.errors import Contradiction, Malformed, TooLarge, Unsupported, caret
from compilers.ir import Grammar, Regular
from compilers.lookahead import repeats
from compilers.regular import (
    ANY,
    EMPTY,
    EVERY,
    NEVER,
    Alt,
    Cat,
    Chars,
    Expr,
    Rep,
    both,
    cat,
    chars,
    either,
    inverse,
    is_empty,
    normal,
    other_than,
    overlap,
    plus,
    ranges,
    star,
    times,
)

MAX_DEPTH = 60
MAX_LENGTH = 20_000
MAX_COUNT = 100_000
MAX_NESTED = 120  # parts within each other's rest: of a sequence, each anchor and what is between
MAX_PARTS = 20_000  # what alternatives before an anchor or a look-ahead may multiply to


@dataclass(frozen=True, slots=True)
class _Set:
    """A part without anchors or look-ahead: a plain language."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class _Seq:
    parts: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Or:
    parts: tuple["_Node", ...]


@dataclass(frozen=True, slots=True)
class _Times:
    part: "_Node"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class _Begin:
    pass


@dataclass(frozen=True, slots=True)
class _End:
    pass


@dataclass(frozen=True, slots=True)
class _Boundary:
    """`\\b`, or `\\B` where it is not `wanted`."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class _Look:
    part: "_Node"
    wanted: bool


_Node = _Set | _Seq | _Or | _Times | _Begin | _End | _Boundary | _Look

# What stands before a part: nothing at all, a letter of a word, another letter; or some letter,
# where no part asks which.
_Before = Literal["nothing", "word", "other", "some"]


def parse(pattern: str | None, prefix: str | None = None) -> Grammar:
    """The grammar of the texts that `pattern` matches from end to end, and that begin with a match
    of `prefix`; None for either asks nothing."""
    wanted = [] if pattern is None else [whole(pattern)]
    wanted += [] if prefix is None else [cat(whole(prefix), EVERY)]
    expr = both(*wanted) if wanted else EVERY
    try:
        empty = is_empty(expr)
    except TooLarge:  # too large to say: whoever uses it will see
        empty = False
    if empty:
        patterns = " and ".join(repr(one) for one in (pattern, prefix) if one is not None)
        raise Contradiction(f"no text matches {patterns}")
    return Grammar({"start": Regular(expr)})


@lru_cache(maxsize=2000)
def whole(pattern: str) -> Expr:
    """The texts that `pattern` matches from end to end."""
    return _Compiler(pattern).run(_Parser(pattern).run(), "nothing", EMPTY)


@lru_cache(maxsize=2000)
def search(pattern: str) -> Expr:
    """The texts in which `pattern` matches somewhere."""
    node = _Parser(pattern).run()
    compiler = _Compiler(pattern)
    if not _has(node, _Begin | _Boundary):
        found = compiler.run(_shrunk(node), "some", EVERY)
        return EVERY if found == EVERY or found.nullable else cat(EVERY, found)
    first = compiler.run(node, "nothing", EVERY)
    later = [cat(some, compiler.run(node, before, EVERY)) for before, some in _splits(EVERY, node)]
    return either(first, *later)


class _Compiler:
    """From the right: `rest` is the language of all that may follow."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._parts = 0
        self._nested = 0

    def run(self, node: _Node, before: _Before, rest: Expr) -> Expr:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge("too many combinations of alternatives and anchors", kind="pattern")
        if self._nested > MAX_NESTED:
            raise TooLarge("anchors and look-aheads are nested too deeply", kind="pattern")
        method: Callable[..., Expr] = getattr(self, f"_on{type(node).__name__.lower()}")
        self._nested += 1
        try:
            return method(node, before, rest)
        finally:
            self._nested -= 1

    def _on_set(self, node: _Set, before: _Before, rest: Expr) -> Expr:
        expr = _needed(node.expr, last=True) if rest == EVERY else node.expr
        return rest if rest == EVERY and expr.nullable else cat(expr, rest)

    def _on_begin(self, node: _Begin, before: _Before, rest: Expr) -> Expr:
        return rest if before == "nothing" else NEVER

    def _on_end(self, node: _End, before: _Before, rest: Expr) -> Expr:
        return EMPTY if rest.nullable else NEVER

    def _on_boundary(self, node: _Boundary, before: _Before, rest: Expr) -> Expr:
        if before == "some":
            raise Unsupported(
                f"\\b inside a repetition, in {self._pattern!r}", kind="pattern: inner \\b"
            )
        if (before == "word") != node.wanted:  # a letter of a word must follow
            return _touching(rest, _WORD, last=False)
        found = _touching(rest, _NO_WORD, last=False)
        return either(EMPTY, found) if rest.nullable else found

    def _on_look(self, node: _Look, before: _Before, rest: Expr) -> Expr:
        ahead = self.run(node.part, before, EVERY)
        return both(rest, ahead if node.wanted else other_than(ahead))

    def _on_or(self, node: _Or, before: _Before, rest: Expr) -> Expr:
        return either(*(self.run(part, before, rest) for part in node.parts))

    def _on_seq(self, node: _Seq, before: _Before, rest: Expr) -> Expr:
        return self._sequence(node.parts, before, rest)

    def _sequence(self, parts: tuple[_Node, ...], before: _Before, rest: Expr) -> Expr:
        if not parts:
            return rest
        head, tail = parts[0], _Seq(parts[1:])
        if isinstance(head, _Begin | _Boundary | _Look):
            return self.run(head, before, self.run(tail, before, rest))
        if not _has(tail, _Boundary) and (before != "nothing" or not _has(tail, _Begin)):
            # Nothing to come asks what stands before it.
            return self.run(head, before, self.run(tail, "some", rest))
        if (ways := _ways(head)) is not None:
            return either(*(self.run(_Seq((*way, *tail.parts)), before, rest) for way in ways))
        if not isinstance(head, _Set):
            raise Unsupported(
                f"^ or \\b after a repetition, in {self._pattern!r}", kind="pattern: inner ^"
            )
        found = [cat(some, self.run(tail, now, rest)) for now, some in _splits(head.expr, tail)]
        if head.expr.nullable:
            found.append(self.run(tail, before, rest))
        return either(*found)

    def _on_times(self, node: _Times, before: _Before, rest: Expr) -> Expr:
        if node.high == 1:
            with_it = self.run(node.part, before, rest)
            return either(with_it, rest) if node.low == 0 else with_it
        tempered = self._tempered(node, rest)
        if tempered is None:
            tempered = self._starred(node, before, rest)
        if tempered is None:
            raise Unsupported(
                f"an anchor or look-ahead inside a repetition, in {self._pattern!r}",
                kind="pattern: look-ahead in a repetition",
            )
        return tempered

    def _starred(self, node: _Times, before: _Before, rest: Expr) -> Expr | None:
        """`(a|b$)*`: an iteration that needs the end is the last one, one with `^` the first."""
        if node.low > 1 or node.high is not None or _has(node.part, _Look):
            return None
        inner = self.run(_without_ends(node.part), "some", EMPTY)
        last = self.run(node.part, "some", EMPTY) if rest.nullable else NEVER
        later = cat(star(inner), either(rest, last))
        if before == "nothing":
            begun = self.run(node.part, before, later)
            return either(rest, begun) if node.low == 0 else begun
        return later if node.low == 0 else self.run(node.part, "some", later)

    def _tempered(self, node: _Times, rest: Expr) -> Expr | None:
        """`((?!x).)*$`: letters among which no x begins."""
        part = node.part
        if rest is not EMPTY or not isinstance(part, _Seq) or len(part.parts) != 2:
            return None
        look, letter = part.parts
        if not isinstance(look, _Look) or look.wanted or not isinstance(letter, _Set):
            return None
        if not isinstance(letter.expr, Chars):
            return None
        found = self.run(look.part, "some", EVERY)
        if found.nullable:  # x matches the empty text: no letter can stand
            return EMPTY if node.low == 0 else NEVER
        return both(times(letter.expr, node.low, node.high), other_than(cat(EVERY, found)))


def _ways(node: _Node) -> list[tuple[_Node, ...]] | None:
    """The sequences of which a group is one or another."""
    if isinstance(node, _Seq):
        return [node.parts]
    if isinstance(node, _Or):
        return [(part,) for part in node.parts]
    if isinstance(node, _Times) and node.high == 1:
        return [(node.part,)] if node.low else [(node.part,), ()]
    return None


def _splits(expr: Expr, tail: _Node) -> Iterator[tuple[_Before, Expr]]:
    """The texts of `expr` that are not empty, by what of their end the tail asks for."""
    if _has(tail, _Boundary):
        yield "word", _touching(expr, _WORD, last=True)
        yield "other", _touching(expr, _NO_WORD, last=True)
    else:
        yield "some", both(expr, plus(ANY)) if expr.nullable else expr


def _touching(expr: Expr, letters: Chars, last: bool) -> Expr:
    """The texts of `expr` whose last letter, or first, is one of `letters`."""
    if isinstance(expr, Chars):
        return ranges(*overlap(expr.ranges, letters.ranges))
    if isinstance(expr, Alt):
        return either(*(_touching(part, letters, last) for part in expr.parts))
    if isinstance(expr, Cat) and expr.parts and not expr.parts[-1 if last else 0].nullable:
        if last:
            return cat(*expr.parts[:-1], _touching(expr.parts[-1], letters, last))
        return cat(_touching(expr.parts[0], letters, last), *expr.parts[1:])
    return both(expr, cat(EVERY, letters) if last else cat(letters, EVERY))


def _without_ends(node: _Node) -> _Node:
    """With only those ways through it that meet no `$`."""
    if isinstance(node, _End):
        return _Set(NEVER)
    if isinstance(node, _Seq):
        return _Seq(tuple(map(_without_ends, node.parts)))
    if isinstance(node, _Or):
        return _Or(tuple(map(_without_ends, node.parts)))
    if isinstance(node, _Times):
        return _Times(_without_ends(node.part), node.low, node.high)
    return node


def _shrunk(node: _Node) -> _Node:
    """Where any text may stand before a part, `x{2,9}` finds no more than `x{2}`."""
    if isinstance(node, _Set):
        return _Set(_needed(node.expr, last=False))
    if isinstance(node, _Seq) and isinstance(node.parts[0], _Set):
        return _Seq((_Set(_needed(node.parts[0].expr, last=False)), *node.parts[1:]))
    return node


def _needed(expr: Expr, last: bool) -> Expr:
    """The repetition at one end of `expr` cut down to what it needs."""
    if isinstance(expr, Rep):
        return times(expr.part, expr.low, expr.low)
    if isinstance(expr, Cat) and expr.parts:
        parts = expr.parts
        if last:
            return cat(*parts[:-1], _needed(parts[-1], last))
        return cat(_needed(parts[0], last), *parts[1:])
    return expr


def _has(node: _Node, kind: type | UnionType) -> bool:
    if isinstance(node, kind):
        return True
    if isinstance(node, _Seq | _Or):
        return any(_has(part, kind) for part in node.parts)
    return isinstance(node, _Times | _Look) and _has(node.part, kind)


# --- parsing

_DIGIT = ranges((0x30, 0x39))
_WORD = Chars(normal([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]))
_NO_WORD = Chars(inverse(_WORD.ranges))
# ECMA-262, WhiteSpace and LineTerminator.
_SPACE = ranges(
    (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "a": 7, "e": 27}
_LINE_ENDS = chars("\n\r\u2028\u2029")
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def _inverted(expr: Expr) -> Expr:
    return ranges(*inverse(expr.ranges)) if isinstance(expr, Chars) else ANY


class _Parser:
    """A recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_LENGTH:
            raise TooLarge(f"a pattern of more than {MAX_LENGTH} letters", kind="pattern")
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._fold = False
        self._dot_all = False

    def run(self) -> _Node:
        node = self._alternatives()
        if self._at < len(self._pattern):
            raise self._malformed("unbalanced ')'")
        return node

    def _malformed(self, message: str) -> Malformed:
        line = caret(self._pattern, min(self._at, len(self._pattern)))
        return Malformed(f"pattern: {message}\n{line}", kind="pattern: malformed")

    def _unsupported(self, what: str) -> Unsupported:
        line = caret(self._pattern, min(self._at, len(self._pattern)))
        return Unsupported(f"pattern: {what}\n{line}", kind=f"pattern: {what}")

    def _peek(self, n: int = 1) -> str:
        return self._pattern[self._at : self._at + n]

    def _take(self) -> str:
        if self._at >= len(self._pattern):
            raise self._malformed("ends too early")
        self._at += 1
        return self._pattern[self._at - 1]

    def _skip(self, token: str) -> bool:
        found = self._pattern.startswith(token, self._at)
        self._at += len(token) if found else 0
        return found

    def _alternatives(self) -> _Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"groups nested deeper than {MAX_DEPTH}", kind="pattern")
        flags = self._fold, self._dot_all  # set within a group, they end with it
        parts = [self._sequence()]
        while self._skip("|"):
            parts.append(self._sequence())
        self._depth -= 1
        self._fold, self._dot_all = flags
        return _or(parts)

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return _seq(parts)

    def _quantified(self, atom: _Node) -> _Node:
        while (bounds := self._quantifier()) is not None:
            self._skip("?")  # lazy: the same language
            if self._peek() == "+":
                raise self._unsupported("possessive quantifier")
            atom = _times(atom, *bounds)
        return atom

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self._peek() in _QUANTIFIERS:
            return _QUANTIFIERS[self._take()] if self._peek() else None
        if self._peek() != "{":
            return None
        body, closed, _ = self._pattern[self._at + 1 :].partition("}")
        low, comma, high = body.partition(",")
        if not closed or not low.isdecimal() or not (high == "" or high.isdecimal()):
            return None  # an ordinary brace
        self._at += len(body) + 2
        bounds = int(low), int(high) if high else None if comma else int(low)
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise self._malformed("numbers out of order in {}")
        if max(bounds[0], bounds[1] or 0) > MAX_COUNT:
            raise TooLarge(f"a repetition of more than {MAX_COUNT}", kind="pattern")
        return bounds

    def _atom(self) -> _Node:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return _Set(self._class())
        if letter == "\\":
            return self._escape()
        if letter == ".":
            return _Set(ANY if self._dot_all else _inverted(_LINE_ENDS))
        if letter in "^$":
            return _Begin() if letter == "^" else _End()
        if letter in "*+?":
            self._at -= 1
            raise self._malformed("nothing to repeat")
        return _Set(self._letter(ord(letter)))

    def _letter(self, code: int) -> Expr:
        letter = chr(code)
        folded = {letter, letter.lower(), letter.upper()} if self._fold else {letter}
        return ranges(*((ord(each), ord(each)) for each in folded if len(each) == 1))

    def _group(self) -> _Node:
        wanted: bool | None = None
        flags = self._fold, self._dot_all
        if self._skip("?"):
            if self._skip("=") or self._skip("!"):
                wanted = self._pattern[self._at - 1] == "="
            elif self._peek(2) in ("<=", "<!"):
                raise self._unsupported("look-behind")
            elif self._skip("<") or self._skip("P<"):
                self._name()
            else:
                self._flags()
                if self._skip(")"):  # they hold to the end of the group around
                    return _Set(EMPTY)
                if not self._skip(":"):
                    raise self._unsupported(f"(?{self._peek()}")
        node = self._alternatives()
        self._fold, self._dot_all = flags
        if not self._skip(")"):
            raise self._malformed("missing ')'")
        return node if wanted is None else _Look(node, wanted)

    def _flags(self) -> None:
        """`i` (both cases of a letter), `s` (a dot is any letter); behind a dash: not so."""
        on = True
        while (letter := self._peek()) and letter in "is-":
            self._at += 1
            if letter == "i":
                self._fold = on
            elif letter == "s":
                self._dot_all = on
            else:
                on = False

    def _name(self) -> None:
        name, closed, _ = self._pattern[self._at :].partition(">")
        if not closed or not name.isidentifier():
            raise self._malformed("a group's name")
        self._at += len(name) + 1

    def _escape(self) -> _Node:
        letter = self._peek()
        if letter in ("b", "B"):
            self._at += 1
            return _Boundary(letter == "b")
        if letter.isdecimal() and letter != "0":
            raise self._unsupported("back-reference")
        if letter in ("A", "Z", "z") and letter:
            self._at += 1
            return _Begin() if letter == "A" else _End()
        found = self._class_escape()
        return _Set(found if found is not None else self._letter(self._code()))

    def _class_escape(self) -> Expr | None:
        """After a backslash: the set of \\d, \\W, \\p{..} and the like."""
        letter = self._peek()
        if letter.lower() in _CLASSES and letter:
            self._at += 1
            found = _CLASSES[letter.lower()]
            return found if letter.islower() else _inverted(found)
        if letter and letter in "pP":
            self._at += 1
            if not self._skip("{"):
                raise self._malformed("\\p needs {..}")
            name, closed, _ = self._pattern[self._at :].partition("}")
            if not closed:
                raise self._malformed("missing '}'")
            self._at += len(name) + 1
            found = self._property(name)
            return found if letter == "p" else _inverted(found)
        return None

    def _property(self, name: str) -> Expr:
        short = _LONG_NAMES.get(name, name)
        if not short or len(short) > 2 or not any(c.startswith(short) for c in _categories()):
            raise self._unsupported(f"\\p{{{name}}}")
        return either(*(e for c, e in _categories().items() if c.startswith(short)))

    def _code(self) -> int:
        """After a backslash: one letter."""
        letter = self._take()
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "0" and not self._peek().isdecimal():
            return 0
        if letter == "c" and self._peek().isascii() and self._peek().isalpha():
            return ord(self._take()) % 32
        if letter == "x":
            return self._hex(2)
        if letter == "u":
            return self._unicode()
        if letter == "U":  # Python's, and Lark's
            return self._code_point(self._hex(8))
        if letter.isalnum():
            self._at -= 1
            raise self._unsupported(f"\\{letter}")
        return ord(letter)

    def _unicode(self) -> int:
        if self._skip("{"):
            digits, _, _ = self._pattern[self._at :].partition("}")
            code = self._code_point(self._hex(len(digits)))
            self._at += 1
            return code
        code = self._hex(4)
        if 0xD800 <= code <= 0xDBFF and self._skip("\\u"):
            return 0x10000 + ((code - 0xD800) << 10) + (self._hex(4) - 0xDC00)
        return code

    def _code_point(self, code: int) -> int:
        if code > 0x10FFFF:
            raise self._malformed("a code point beyond 10FFFF")
        return code

    def _hex(self, n: int) -> int:
        digits = self._peek(n)
        if n == 0 or len(digits) < n or any(d not in "0123456789abcdefABCDEF" for d in digits):
            raise self._malformed("hexadecimal digits expected")
        self._at += n
        return int(digits, 16)

    def _class(self) -> Expr:
        negated = self._skip("^")
        found: list[Expr] = []
        while not self._skip("]"):
            low = self._member()
            if isinstance(low, Expr):
                found.append(low)
            elif self._peek() == "-" and self._peek(2) != "-]":
                found.append(self._range(low))
            else:
                found.append(self._letter(low))
        union = either(*found)
        if not negated:
            return union
        return _inverted(union)

    def _range(self, low: int) -> Expr:
        self._at += 1
        high = self._member()
        if isinstance(high, Expr):  # [a-\d]: the dash is a letter
            return either(self._letter(low), chars("-"), high)
        if high < low:
            raise self._malformed("a range out of order")
        found = ranges((low, high))
        if self._fold and isinstance(found, Chars):
            found = _folded(found)
        return found

    def _member(self) -> int | Expr:
        letter = self._take()
        if letter != "\\":
            return ord(letter)
        found = self._class_escape()
        if found is not None:
            return found
        return 8 if self._skip("b") else self._code()


def _folded(found: Chars) -> Expr:
    """With the other case of each ASCII letter in it."""
    other = [ord(chr(c).swapcase()) for a, b in found.ranges for c in range(a, min(b, 127) + 1)]
    return ranges(*found.ranges, *((c, c) for c in other if c < 128))


_LONG_NAMES = {
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Mark": "M",
    "Number": "N", "Decimal_Number": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z",
}  # fmt: skip


@lru_cache(maxsize=1)
def _categories() -> dict[str, Expr]:
    """The general categories of Unicode; a fifth of a second, once and only if asked for."""
    found: dict[str, list[tuple[int, int]]] = {}
    first = 0
    for name, run in groupby(map(unicodedata.category, map(chr, range(0x110000)))):
        size = sum(1 for _ in run)
        found.setdefault(name, []).append((first, first + size - 1))
        first += size
    return {name: ranges(*normal(codes)) for name, codes in found.items() if name != "Cs"}


def _seq(parts: list[_Node]) -> _Node:
    """Neighbours without anchors melt into one language."""
    out: list[_Node] = []
    for plain, run in groupby(parts, lambda part: isinstance(part, _Set)):
        nodes = list(run)
        exprs = [part.expr for part in nodes if isinstance(part, _Set)]
        out += [_Set(cat(*exprs))] if plain else nodes
    return out[0] if len(out) == 1 else _Seq(tuple(out)) if out else _Set(EMPTY)


def _or(parts: list[_Node]) -> _Node:
    if len(parts) == 1:
        return parts[0]
    plain = [part.expr for part in parts if isinstance(part, _Set)]
    if len(plain) == len(parts):
        return _Set(either(*plain))
    return _Or(tuple(parts))


def _times(part: _Node, low: int, high: int | None) -> _Node:
    if isinstance(part, _Set):
        if repeats(part.expr) * max(low, high or 1) > MAX_COUNT:
            raise TooLarge(f"counts within counts of more than {MAX_COUNT} in all", kind="regex")
        return _Set(times(part.expr, low, high))
    return _Times(part, low, high)
