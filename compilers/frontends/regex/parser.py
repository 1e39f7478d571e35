"""From a pattern to its nodes: a recursive descent."""

import re

from compilers.errors import TooLarge
from compilers.frontends.regex.cursor import Cursor
from compilers.frontends.regex.letters import LINE_END, Letters, inverted
from compilers.frontends.regex.nodes import (
    MAX_COUNT,
    Begin,
    Boundary,
    End,
    Lookahead,
    Node,
    Plain,
    alternation,
    concat,
    repetition,
)
from compilers.frontends.texts import count
from compilers.regular import ANY, EMPTY

MAX_DEPTH = 60  # groups within each other
MAX_LENGTH = 20_000  # letters of a pattern

_COUNTS = re.compile(r"\{[0-9]+(,[0-9]*)?")
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class Parser:
    """Of one pattern. Raises Malformed, Unsupported and TooLarge."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > MAX_LENGTH:
            raise TooLarge(f"a pattern of more than {MAX_LENGTH} letters", kind="pattern")
        self._cursor = Cursor(pattern)
        self._letters = Letters(self._cursor)
        self._depth = 0
        self._dot_all = False

    def run(self) -> Node:
        node = self._alternatives()
        if not self._cursor.done:
            raise self._cursor.malformed("unbalanced ')'")
        return node

    def _alternatives(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge(f"groups nested deeper than {MAX_DEPTH}", kind="pattern")
        flags = self._flags  # set within a group, they end with it
        parts = [self._sequence()]
        while self._cursor.skip("|"):
            parts.append(self._sequence())
        self._depth -= 1
        self._flags = flags
        return alternation(parts)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._cursor.peek() not in ("", "|", ")"):
            parts.append(self._quantified(self._atom()))
        return concat(parts)

    def _quantified(self, atom: Node) -> Node:
        while (bounds := self._quantifier()) is not None:
            self._cursor.skip("?")  # lazy: the same language
            if self._cursor.peek() == "+":
                raise self._cursor.unsupported("possessive quantifier")
            atom = repetition(atom, *bounds)
        return atom

    def _quantifier(self) -> tuple[int, int | None] | None:
        if self._cursor.peek() in _QUANTIFIERS:
            return _QUANTIFIERS[self._cursor.take()]
        if self._cursor.peek() != "{":
            return None
        body = self._cursor.up_to("}")
        low, comma, high = (body or "")[1:].partition(",")
        if body is None or not _COUNTS.fullmatch(body):
            return None  # an ordinary brace
        self._cursor.at += len(body) + 1
        least = count(low)
        bounds = least, count(high) if high else None if comma else least
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise self._cursor.malformed("numbers out of order in {}")
        if max(bounds[0], bounds[1] or 0) > MAX_COUNT:
            raise TooLarge(f"a repetition of more than {MAX_COUNT}", kind="pattern")
        return bounds

    def _atom(self) -> Node:
        letter = self._cursor.take()
        if letter == "(":
            return self._group()
        if letter == "[":
            return Plain(self._letters.bracketed())
        if letter == "\\":
            return self._escape()
        if letter == ".":
            return Plain(ANY if self._dot_all else inverted(LINE_END))
        if letter in "^$":
            return Begin() if letter == "^" else End()
        if letter in "*+?":
            self._cursor.at -= 1
            raise self._cursor.malformed("nothing to repeat")
        return Plain(self._letters.letter(letter))

    def _escape(self) -> Node:
        letter = self._cursor.peek()
        if letter in ("b", "B"):
            self._cursor.at += 1
            return Boundary(letter == "b")
        if letter.isdecimal() and letter != "0":
            raise self._cursor.unsupported("back-reference")
        if letter in ("A", "Z", "z"):
            self._cursor.at += 1
            return Begin() if letter == "A" else End()
        return Plain(self._letters.escaped())

    def _group(self) -> Node:
        flags = self._flags
        wanted: bool | None = None
        if self._cursor.skip("?"):
            if self._cursor.peek() in ("=", "!"):
                wanted = self._cursor.take() == "="
            elif self._cursor.peek(2) in ("<=", "<!"):
                raise self._cursor.unsupported("look-behind")
            elif self._cursor.skip("<") or self._cursor.skip("P<"):
                self._name()
            else:
                self._read_flags()
                if self._cursor.skip(")"):  # they hold to the end of the group around
                    return Plain(EMPTY)
                if not self._cursor.skip(":"):
                    raise self._cursor.unsupported(f"(?{self._cursor.peek()}")
        node = self._alternatives()
        self._flags = flags
        if not self._cursor.skip(")"):
            raise self._cursor.malformed("missing ')'")
        return node if wanted is None else Lookahead(node, wanted)

    def _name(self) -> None:
        name = self._cursor.up_to(">")
        if name is None or not name.isidentifier():
            raise self._cursor.malformed("a group's name")
        self._cursor.at += len(name) + 1

    @property
    def _flags(self) -> tuple[bool, bool]:
        return self._letters.fold, self._dot_all

    @_flags.setter
    def _flags(self, flags: tuple[bool, bool]) -> None:
        self._letters.fold, self._dot_all = flags

    def _read_flags(self) -> None:
        """`i` (both cases of a letter), `s` (a dot is any letter); behind a dash: not so."""
        on = True
        while (letter := self._cursor.peek()) and letter in "is-":
            self._cursor.at += 1
            if letter == "i":
                self._letters.fold = on
            elif letter == "s":
                self._dot_all = on
            else:
                on = False
