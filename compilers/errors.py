"""What can go wrong in a compiler, by who can do something about it.

CompileError             `kind`: a short key for tables; `where`: a JSON pointer or line and column
├── Malformed            the declaration is not what its language allows
├── Unsupported          a sound declaration that no grammar here can enforce: names the keyword
├── TooLarge             a limit against hostile or hopeless input was met: names the limit
├── Contradiction        the declaration allows no text at all
└── Ambiguous            a text could be read in two ways: `example`, where there is one at hand
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compilers.regular import Expr


class CompileError(Exception):
    """Nothing was compiled. `where` is "" for the declaration as a whole; the keyword that it ends
    with is not said again at the beginning of the message.

    `about`: which parts of a grammar it is about, as far as that is known, the smallest first:
    rules, by their names, and regular languages. Where those come from is asked in origins.py.
    """

    about: "tuple[str | Expr, ...]" = ()

    def __init__(self, message: str, where: str = "", kind: str = "") -> None:
        message = message.removeprefix(f"{where.rpartition('/')[2]}: ")
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where
        self.kind = kind or type(self).__name__.lower()

    def at(self, where: str) -> "CompileError":
        """The same error, placed in a larger declaration; what is placed already stays."""
        return self if self.where else type(self)(self.message, where, self.kind)


class Malformed(CompileError):
    pass


class Unsupported(CompileError):
    pass


class TooLarge(CompileError):
    pass


class Contradiction(CompileError):
    pass


class Ambiguous(CompileError):
    def __init__(self, message: str, where: str = "", kind: str = "", example: str = "") -> None:
        super().__init__(message, where, kind)
        self.example = example


class about:
    """What goes wrong within is about these parts of a grammar, or about one that is less.

    with about() as at:
        for name, node in grammar.rules.items():
            at.parts = (name,)
    """

    __slots__ = ("parts",)

    def __init__(self, *parts: "str | Expr") -> None:
        self.parts = parts

    def __enter__(self) -> "about":
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, CompileError):
            error.about += self.parts


WIDTH = 100  # letters of a line that a message shows


def caret(line: str, column: int) -> str:
    """A line with a caret under its column (from 0), for messages about text; of a long line what
    is around it."""
    start = max(min(column - WIDTH // 2, len(line) - WIDTH), 0)
    end = start + WIDTH
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return f"{before}{line[start:end]}{after}\n{' ' * (column - start + len(before))}^"


def placed(source: str, at: int) -> tuple[str, str]:
    """Where the letter `at` of a source stands, and its line with a caret under it."""
    start = source.rfind("\n", 0, at) + 1
    line = source[start:].partition("\n")[0]
    where = f"line {source.count(chr(10), 0, at) + 1}, column {at - start + 1}"
    return where, caret(line, at - start)
