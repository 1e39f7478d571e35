r"""From the nodes of a pattern to its language.

`^`, `$`, `\b` and look-ahead are not letters but statements about what stands around them, so a
pattern is compiled from the right, each part with the language of all that may follow it ("rest"):
`$` asks that the rest be empty, `(?=x)` that it begin with x, `(?!x)` that it do not. What `^` and
`\b` ask of the letter before them is carried along from the left ("before").
"""

from collections.abc import Callable, Iterator
from typing import Literal

from compilers.errors import TooLarge, Unsupported
from compilers.frontends.regex.letters import NO_WORD, WORD
from compilers.frontends.regex.nodes import (
    Alternation,
    Begin,
    Boundary,
    Concat,
    End,
    Lookahead,
    Node,
    Plain,
    Repetition,
    has,
)
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
    either,
    other_than,
    overlap,
    plus,
    ranges,
    star,
    times,
)

MAX_NESTED = 120  # parts within each other's rest: of a sequence, each anchor and what is between
MAX_PARTS = 20_000  # what alternatives before an anchor or a look-ahead may multiply to


# What stands before a part: nothing at all, a letter of a word, another letter; or some letter,
# where no part asks which.
_Before = Literal["nothing", "word", "other", "some"]


def whole(node: Node, pattern: str) -> Expr:
    """The texts that `node` matches from end to end; `pattern` is how it was written."""
    return _Compiler(pattern).run(node, "nothing", EMPTY)


def search(node: Node, pattern: str) -> Expr:
    """The texts in which it matches somewhere."""
    compiler = _Compiler(pattern)
    if not has(node, Begin | Boundary):
        found = compiler.run(_shrunk(node), "some", EVERY)
        return EVERY if found is EVERY or found.nullable else cat(EVERY, found)
    first = compiler.run(node, "nothing", EVERY)
    later = [cat(some, compiler.run(node, before, EVERY)) for before, some in _splits(EVERY, node)]
    return either(first, *later)


class _Compiler:
    """From the right: `rest` is the language of all that may follow."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._parts = 0
        self._nested = 0

    def run(self, node: Node, before: _Before, rest: Expr) -> Expr:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise TooLarge("too many combinations of alternatives and anchors", kind="pattern")
        if self._nested > MAX_NESTED:
            raise TooLarge("anchors and look-aheads are nested too deeply", kind="pattern")
        method: Callable[..., Expr] = getattr(self, f"_on_{type(node).__name__.lower()}")
        self._nested += 1
        try:
            return method(node, before, rest)
        finally:
            self._nested -= 1

    def _on_plain(self, node: Plain, before: _Before, rest: Expr) -> Expr:
        expr = _needed(node.expr, last=True) if rest is EVERY else node.expr
        return rest if rest is EVERY and expr.nullable else cat(expr, rest)

    def _on_begin(self, node: Begin, before: _Before, rest: Expr) -> Expr:
        return rest if before == "nothing" else NEVER

    def _on_end(self, node: End, before: _Before, rest: Expr) -> Expr:
        return EMPTY if rest.nullable else NEVER

    def _on_boundary(self, node: Boundary, before: _Before, rest: Expr) -> Expr:
        if before == "some":
            raise self._inside("\\b")
        if (before == "word") != node.wanted:  # a letter of a word must follow
            return _touching(rest, WORD, last=False)
        found = _touching(rest, NO_WORD, last=False)
        return either(EMPTY, found) if rest.nullable else found

    def _on_lookahead(self, node: Lookahead, before: _Before, rest: Expr) -> Expr:
        ahead = self.run(node.part, before, EVERY)
        return both(rest, ahead if node.wanted else other_than(ahead))

    def _on_alternation(self, node: Alternation, before: _Before, rest: Expr) -> Expr:
        return either(*(self.run(part, before, rest) for part in node.parts))

    def _on_concat(self, node: Concat, before: _Before, rest: Expr) -> Expr:
        return self._sequence(node.parts, before, rest)

    def _sequence(self, parts: tuple[Node, ...], before: _Before, rest: Expr) -> Expr:
        if not parts:
            return rest
        head, tail = parts[0], Concat(parts[1:])
        if isinstance(head, Begin | Boundary | Lookahead):
            return self.run(head, before, self.run(tail, before, rest))
        if not has(tail, Boundary) and (before != "nothing" or not has(tail, Begin)):
            # Nothing to come asks what stands before it.
            return self.run(head, before, self.run(tail, "some", rest))
        if (ways := _ways(head)) is not None:
            return either(*(self.run(Concat((*way, *tail.parts)), before, rest) for way in ways))
        if not isinstance(head, Plain):
            raise Unsupported(
                f"^ or \\b after a repetition, in {self._pattern!r}", kind="pattern: inner ^"
            )
        found = [cat(some, self.run(tail, now, rest)) for now, some in _splits(head.expr, tail)]
        if head.expr.nullable:
            found.append(self.run(tail, before, rest))
        return either(*found)

    def _on_repetition(self, node: Repetition, before: _Before, rest: Expr) -> Expr:
        if node.high == 1:
            with_it = self.run(node.part, before, rest)
            return either(with_it, rest) if node.low == 0 else with_it
        tempered = self._tempered(node, rest)
        if tempered is None:
            tempered = self._starred(node, before, rest)
        if tempered is None:
            raise self._inside("\\b" if has(node.part, Boundary) else "an anchor or look-ahead")
        return tempered

    def _inside(self, what: str) -> Unsupported:
        message = f"{what} inside a repetition, in {self._pattern!r}"
        return Unsupported(message, kind=f"pattern: {what} inside a repetition")

    def _starred(self, node: Repetition, before: _Before, rest: Expr) -> Expr | None:
        r"""`(a|b$)*`: an iteration that needs the end is the last one, one with `^` the first.

        What `\b` and look-ahead ask for may lie in the next one.
        """
        if node.low > 1 or node.high is not None or has(node.part, Lookahead | Boundary):
            return None
        inner = self.run(_without_ends(node.part), "some", EMPTY)
        last = self.run(node.part, "some", EMPTY) if rest.nullable else NEVER
        later = cat(star(inner), either(rest, last))
        if before == "nothing":
            begun = self.run(node.part, before, later)
            return either(rest, begun) if node.low == 0 else begun
        return later if node.low == 0 else self.run(node.part, "some", later)

    def _tempered(self, node: Repetition, rest: Expr) -> Expr | None:
        """`((?!x).)*$`: letters among which no x begins."""
        part = node.part
        if rest is not EMPTY or not isinstance(part, Concat) or len(part.parts) != 2:
            return None
        look, letter = part.parts
        if not isinstance(look, Lookahead) or look.wanted or not isinstance(letter, Plain):
            return None
        if not isinstance(letter.expr, Chars) or has(look.part, Begin | Boundary):
            return None
        found = self.run(look.part, "some", EVERY)
        if found.nullable:  # x matches the empty text: no letter can stand
            return EMPTY if node.low == 0 else NEVER
        return both(times(letter.expr, node.low, node.high), other_than(cat(EVERY, found)))


def _ways(node: Node) -> list[tuple[Node, ...]] | None:
    """The sequences of which a group is one or another."""
    if isinstance(node, Concat):
        return [node.parts]
    if isinstance(node, Alternation):
        return [(part,) for part in node.parts]
    if isinstance(node, Repetition) and node.high == 1:
        return [(node.part,)] if node.low else [(node.part,), ()]
    return None


def _splits(expr: Expr, tail: Node) -> Iterator[tuple[_Before, Expr]]:
    """The texts of `expr` that are not empty, by what of their end the tail asks for."""
    if has(tail, Boundary):
        yield "word", _touching(expr, WORD, last=True)
        yield "other", _touching(expr, NO_WORD, last=True)
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


def _without_ends(node: Node) -> Node:
    """With only those ways through it that meet no `$`."""
    if isinstance(node, End):
        return Plain(NEVER)
    if isinstance(node, Concat):
        return Concat(tuple(map(_without_ends, node.parts)))
    if isinstance(node, Alternation):
        return Alternation(tuple(map(_without_ends, node.parts)))
    if isinstance(node, Repetition):
        return Repetition(_without_ends(node.part), node.low, node.high)
    return node


def _shrunk(node: Node) -> Node:
    """Where any text may stand before a part, `x{2,9}` finds no more than `x{2}`."""
    if isinstance(node, Plain):
        return Plain(_needed(node.expr, last=False))
    if isinstance(node, Concat) and isinstance(node.parts[0], Plain):
        return Concat((Plain(_needed(node.parts[0].expr, last=False)), *node.parts[1:]))
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
