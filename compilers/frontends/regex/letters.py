r"""What stands for one letter in a pattern: itself, an escape (`\n`, `\d`, `\p{L}`), a class."""

import re
import unicodedata
from functools import lru_cache
from itertools import groupby

from compilers.frontends.regex.cursor import Cursor
from compilers.regular import ANY, Chars, Expr, chars, either, inverse, normal, ranges

DIGIT = ranges((0x30, 0x39))
WORD = Chars(normal([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]))
NO_WORD = Chars(inverse(WORD.ranges))
# ECMA-262, WhiteSpace and LineTerminator.
SPACE = ranges(
    (9, 13), (32, 32), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
LINE_END = chars("\n\r\u2028\u2029")

_CLASSES = {"d": DIGIT, "w": WORD, "s": SPACE}
_POSIX = re.compile(r":\^?[a-z]+:$")
_CONTROLS = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11, "a": 7, "e": 27}
_LONG_NAMES = {
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Mark": "M",
    "Number": "N", "Decimal_Number": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z",
}  # fmt: skip


def inverted(expr: Expr) -> Expr:
    """All letters but these."""
    return ranges(*inverse(expr.ranges)) if isinstance(expr, Chars) else ANY


def in_both_cases(letter: str) -> Expr:
    """A letter, small and capital; what takes several letters to write is neither."""
    folded = {letter, letter.lower(), letter.upper()}
    return chars("".join(each for each in folded if len(each) == 1))


class Letters:
    """Reads what stands for one letter. `fold`: both cases of a letter are meant."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self.fold = False

    def letter(self, letter: str) -> Expr:
        """The letter itself."""
        return in_both_cases(letter) if self.fold else chars(letter)

    def escaped(self) -> Expr:
        """Behind a backslash."""
        found = self._class_escape()
        return found if found is not None else self.letter(chr(self._code()))

    def bracketed(self) -> Expr:
        """Behind an opening bracket: a class, and the bracket that closes it."""
        negated = self._cursor.skip("^")
        found: list[Expr] = []
        while not self._cursor.skip("]"):
            low = self._member()
            if isinstance(low, Expr):
                found.append(low)
            elif self._cursor.peek() == "-" and self._cursor.peek(2) != "-]":
                found.append(self._range(low))
            else:
                found.append(self.letter(chr(low)))
        union = either(*found)
        return inverted(union) if negated else union

    def _range(self, low: int) -> Expr:
        self._cursor.at += 1
        high = self._member()
        if isinstance(high, Expr):  # [a-\d]: the dash is a letter
            return either(self.letter(chr(low)), chars("-"), high)
        if high < low:
            raise self._cursor.malformed("a range out of order")
        found = ranges((low, high))
        return _folded(found) if self.fold and isinstance(found, Chars) else found

    def _member(self) -> int | Expr:
        """A code point, or a set of letters."""
        letter = self._cursor.take()
        if letter == "[" and _POSIX.match(self._cursor.up_to("]") or ""):
            raise self._cursor.unsupported("POSIX class (letters to ECMA-262, a class to PCRE)")
        if letter != "\\":
            return ord(letter)
        found = self._class_escape()
        if found is not None:
            return found
        return 8 if self._cursor.skip("b") else self._code()

    def _class_escape(self) -> Expr | None:
        r"""Behind a backslash: the set of \d, \W, \p{..} and the like."""
        letter = self._cursor.peek()
        if letter.lower() in _CLASSES:
            self._cursor.at += 1
            found = _CLASSES[letter.lower()]
            return found if letter.islower() else inverted(found)
        if letter in ("p", "P"):
            self._cursor.at += 1
            found = self._property()
            return found if letter == "p" else inverted(found)
        return None

    def _property(self) -> Expr:
        r"""Behind \p: the letters of a general category of Unicode."""
        if not self._cursor.skip("{"):
            raise self._cursor.malformed("\\p needs {..}")
        name = self._cursor.up_to("}")
        if name is None:
            raise self._cursor.malformed("missing '}'")
        self._cursor.at += len(name) + 1
        short = _LONG_NAMES.get(name, name)
        if not short or len(short) > 2 or not any(c.startswith(short) for c in _categories()):
            raise self._cursor.unsupported(f"\\p{{{name}}}")
        return either(*(e for c, e in _categories().items() if c.startswith(short)))

    def _code(self) -> int:
        """Behind a backslash: one code point."""
        letter = self._cursor.take()
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter == "0" and not self._cursor.peek().isdecimal():
            return 0
        if letter == "c" and self._cursor.peek().isascii() and self._cursor.peek().isalpha():
            return ord(self._cursor.take()) % 32
        if letter == "x":
            return self._cursor.hex(2)
        if letter == "u":
            return self._unicode()
        if letter == "U":  # Python's, and Lark's
            return self._code_point(8)
        if letter.isalnum():
            self._cursor.at -= 1
            raise self._cursor.unsupported(f"\\{letter}")
        return ord(letter)

    def _unicode(self) -> int:
        if self._cursor.skip("{"):
            digits = self._cursor.up_to("}")
            code = self._code_point(len(digits or ""))
            self._cursor.at += 1
            return code
        code = self._cursor.hex(4)
        if 0xD800 <= code <= 0xDBFF and self._cursor.skip("\\u"):
            return 0x10000 + ((code - 0xD800) << 10) + (self._cursor.hex(4) - 0xDC00)
        return code

    def _code_point(self, digits: int) -> int:
        code = self._cursor.hex(digits)
        if code > 0x10FFFF:
            raise self._cursor.malformed("a code point beyond 10FFFF")
        return code


def _folded(found: Chars) -> Expr:
    """With the other case of each ASCII letter in it."""
    other = [ord(chr(c).swapcase()) for a, b in found.ranges for c in range(a, min(b, 127) + 1)]
    return ranges(*found.ranges, *((c, c) for c in other if c < 128))


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
