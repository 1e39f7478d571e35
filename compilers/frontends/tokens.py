"""The tokens of a grammar that people write, one after the other; errors show line and caret."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from compilers.errors import Malformed, Unsupported, placed
from compilers.frontends.texts import HALF_PAIR, half_pair
from compilers.ir import Grammar, Origin, Table, with_origin


class Token(NamedTuple):
    kind: str
    text: str
    at: int


class Tokens:
    """The tokens of a source. The last two are a "line" and an "end".

    `pattern` has a named group for each kind of token; "space" is left out, "sign" is what `skip`
    looks for. `language` is how errors call it.
    """

    def __init__(self, source: str, pattern: re.Pattern[str], language: str) -> None:
        self._source = source
        self._language = language
        self._next = 0
        if (at := half_pair(source)) is not None:
            raise self.malformed(HALF_PAIR, at)
        self._tokens = list(self._lex(pattern))

    def _lex(self, pattern: re.Pattern[str]) -> Iterator[Token]:
        at = 0
        while at < len(self._source):
            found = pattern.match(self._source, at)
            if found is None:
                what = f"{self._source[at]!r} begins nothing that {self._language} knows"
                raise self.malformed(what, at)
            kind = found.lastgroup or ""
            if kind != "space":
                yield Token(kind, found[0], at)
            at = found.end()
        yield Token("line", "", at)
        yield Token("end", "", at)

    @property
    def current(self) -> Token:
        return self._tokens[self._next]

    def ahead(self, n: int) -> Token:
        """The token that is `n` behind the current one; the last one beyond the end."""
        return self._tokens[min(self._next + n, len(self._tokens) - 1)]

    def take(self, kind: str = "", what: str = "") -> Token:
        """The current token, and on to the next. Malformed where it is of another kind."""
        if kind and self.current.kind != kind:
            raise self.malformed(f"{what} expected")
        self._next += 1
        return self._tokens[self._next - 1]

    def skip(self, sign: str) -> bool:
        """Whether this sign comes next; then it is passed over."""
        found = self.current.kind == "sign" and self.current.text == sign
        self._next += found
        return found

    def expect(self, sign: str) -> None:
        if not self.skip(sign):
            raise self.malformed(f"{sign!r} expected")

    def malformed(self, message: str, at: int | None = None) -> Malformed:
        """`at`: where in the source; else at the current token."""
        where, shown = self.place(at)
        return Malformed(f"{message}\n{shown}", where, f"{self._kind}: malformed")

    def unsupported(self, what: str, at: int | None = None) -> Unsupported:
        where, shown = self.place(at)
        return Unsupported(f"{what} cannot be used here\n{shown}", where, f"{self._kind}: {what}")

    def place(self, at: int | None) -> tuple[str, str]:
        """Line and column, and the line with a caret."""
        return placed(self._source, self.current.at if at is None else at)

    @property
    def _kind(self) -> str:
        return self._language.lower()


def defined(grammar: Grammar, source: str, at: Mapping[str, int]) -> Grammar:
    """The same grammar, its rules known to be defined at these letters of the source."""

    def table() -> Table:
        return {name: (placed(source, begin)[0],) for name, begin in at.items()}

    return with_origin(grammar, Origin("", grammar.rules, table))


def near(name: str, known: Iterable[str]) -> str:
    """What an error about an unknown name ends with."""
    found = get_close_matches(name, list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""
