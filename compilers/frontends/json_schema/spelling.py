"""How JSON values are written (RFC 8259): strings letter by letter, separators as the style says.

A letter is written as itself, but for those that RFC 8259 section 7 wants escaped: these have the
short form where there is one, and the long one, in either case. Every text has at least one
spelling, and no text shares one with another: so a language of strings and the language of their
spellings have the same intersections and complements.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from compilers.regular import (
    ANY,
    EVERY,
    Alt,
    And,
    Chars,
    Expr,
    Not,
    both,
    cat,
    chars,
    either,
    other_than,
    overlap,
    ranges,
    span,
    star,
    substitute,
    text,
)


@dataclass(frozen=True, slots=True)
class Style:
    """What stands between two items, and between a key and its value."""

    item: str = ", "
    key: str = ": "

    def name(self, name: str) -> str:
        """The name of a member, and what stands behind it."""
        return encode_basestring(name) + self.key

    def dumps(self, value: Any) -> str:
        if isinstance(value, str):
            return encode_basestring(value)
        return json.dumps(value, ensure_ascii=False, separators=(self.item, self.key))


_RAW = ((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF))
_SHORT = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 0x22: '"', 0x5C: "\\"}


@lru_cache(maxsize=10_000)
def _letters(expr: Chars) -> Expr:
    if expr == ANY:
        return CHARACTER
    raw = ranges(*overlap(expr.ranges, _RAW))
    escaped = [c for low, high in expr.ranges for c in _escaped(low, high)]
    if not escaped:
        return raw
    short = chars("".join(_SHORT[c] for c in escaped if c in _SHORT))
    return either(raw, cat(text("\\"), either(short, _long(escaped))))


def _escaped(low: int, high: int) -> list[int]:
    return [c for c in (*range(0x20), 0x22, 0x5C) if low <= c <= high]


def _long(codes: list[int]) -> Expr:
    """The long forms of control characters, without the backslash. One for all that differ in the
    last digit: `.` of a pattern has thirty of them."""
    last = [chars("".join(f"{c % 16:x}{c % 16:X}" for c in codes if c >> 4 == n)) for n in (0, 1)]
    ways = [cat(chars("01"), last[0])] if last[0] == last[1] else map(cat, map(chars, "01"), last)
    return cat(text("u00"), either(*ways))


def ways(string: str) -> tuple[tuple[bytes, ...], ...]:
    """All spellings of a string, part by part."""
    found: list[tuple[bytes, ...]] = []
    for part in _PARTS.findall(string):
        code = ord(part[0])
        short = [f"\\{_SHORT[code]}"] if code in _SHORT else []
        long = [f"\\u{code:04x}", f"\\u{code:04X}"] if code < 0x20 else []
        spelled = dict.fromkeys([*short, *long] or [part])
        found.append(tuple(each.encode() for each in spelled))
    return ((b'"',), *found, (b'"',))


_PARTS = re.compile(r'[\x00-\x1f"\\]|[^\x00-\x1f"\\]+')
_UNESCAPED = re.compile(r'[^\x00-\x1f"\\]*')
_HEX = either(span("0", "9"), span("a", "f"), span("A", "F"))
CHARACTER = either(
    ranges(*_RAW),
    cat(text("\\"), either(chars('bfnrt"\\'), cat(text("u00"), chars("01"), _HEX))),
)
CHARACTERS = star(CHARACTER)
QUOTE = text('"')


@lru_cache(maxsize=2000)
def inside(strings: Expr) -> Expr:
    """The spellings, without quotes, of a language of strings."""
    return substitute(strings, _letters, CHARACTERS, _UNESCAPED.fullmatch)


@lru_cache(maxsize=2000)
def quoted(strings: Expr, after: str = "") -> Expr:
    """The spellings in quotes, and what always follows them.

    And and Not are kept outermost: "a(B & C)d" is "aBd & aCd". Engines decide much about such an
    expression without exploring it (llguidance's masks within a string are twenty times as fast).
    """
    if isinstance(strings, Alt):
        if not strings.boolean:
            return cat(QUOTE, inside(strings), text('"' + after))
        return either(*(quoted(part, after) for part in strings.parts))
    if isinstance(strings, Not):
        return both(quoted(EVERY, after), other_than(quoted(strings.part, after)))
    if isinstance(strings, And):
        wanted = [quoted(part, after) for part in strings.parts if not isinstance(part, Not)]
        unwanted = [quoted(part.part, after) for part in strings.parts if isinstance(part, Not)]
        return both(*(wanted or [quoted(EVERY, after)]), *map(other_than, unwanted))
    return cat(QUOTE, inside(strings), text('"' + after))
