"""Regular languages for KBNF: regexes where letters are many, rules where they are few.

At compile time the engine tries the whole vocabulary on every state of every regex (2 to 5 ms each
with 128k tokens). In return a token is looked up there; by rules it is parsed, byte by byte.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from compilers.emitters.kbnf_counted import AHEAD, Counted, counted
from compilers.errors import TooLarge, Unsupported
from compilers.ir import EMPTY, NOTHING, Literal, Node, Repeat, choice, sequence
from compilers.regular import (
    ANY,
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
    dfa,
    minimise,
    nonempty,
    one_letter,
    overlap,
    plus,
    ranges,
    star,
    substitute,
    to_factored_expr,
    transitions,
)
from compilers.regular.letters import n_letters

PLANE_16 = 0x100000

MAX_STATES = 1_000  # of an automaton that is written out
MAX_AS_REGEX = 200  # the same, as a regex; a larger one is written as rules, whose masks are slower
MAX_REGEX_TEXT = 5_000  # sets of letters in a regex made of an automaton
MAX_ALTERNATIVES = 12  # letters of a set that is written as alternatives; a larger one is a regex
MAX_ESCAPES = 64  # letters of a set in what stands for one letter of a text, such as \\u001f
MAX_REGEX = 400  # states in bytes, about, of a repetition that is one regex
MAX_NARROW = 12  # the same, of a language without large sets of letters, as numbers are


@dataclass(frozen=True, slots=True)
class Regex:
    """A language without And, Not and the empty text, to be written as one regex."""

    expr: Expr


@dataclass(frozen=True, slots=True)
class Ahead:
    """No text at all: a regex, and after it what no token spells.

    It stands beside rules whose texts may go on by any text of the regex: a token that does so is
    looked up, and not parsed.
    """

    expr: Expr


@dataclass(frozen=True, slots=True)
class Letters:
    """One of these letters, to be written as alternatives."""

    letters: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """What was written already, under its name; it has no empty text."""

    name: str


Part = Node | Regex | Ahead | Letters | Symbol


def unsupported(what: str) -> Unsupported:
    return Unsupported(f"kbnf cannot say: {what}", kind=f"kbnf: {what}")


def choice_of(parts: Iterable[Part]) -> Node:
    return choice(*parts)  # type: ignore[arg-type]  # a Regex is a leaf like any other


def sequence_of(parts: Iterable[Part]) -> Node:
    return sequence(*parts)  # type: ignore[arg-type]


# --- letters below plane 16, the only ones that texts have

_TEXT = ranges((0, PLANE_16 - 1))
_EVERYTHING = star(_TEXT)


@lru_cache(maxsize=10_000)
def below_plane_16(expr: Expr) -> Expr:
    """The part of a language that has no letter of plane 16."""
    if not expr.boolean and _shape(expr).highest < PLANE_16:
        return expr
    return substitute(expr, _letters_below, _EVERYTHING, _is_below)


def _is_below(word: str) -> bool:
    return word.isascii() or max(word) < chr(PLANE_16)


@lru_cache(maxsize=10_000)
def _letters_below(letters: Chars) -> Expr:
    return ranges(*overlap(letters.ranges, ((0, PLANE_16 - 1),)))


# --- what has no And and Not


@lru_cache(maxsize=10_000)
def written(expr: Expr) -> Part:
    """A language without And and Not. Raises Unsupported."""
    if not is_wide(expr) and _shape(expr).endless and _weight(expr) <= MAX_NARROW:
        return _one_regex(expr)
    return _in_parts(expr)


def _in_parts(expr: Expr) -> Part:
    if isinstance(expr, Chars):
        return Regex(expr) if is_wide(expr) else _letters(expr.ranges)
    if isinstance(expr, Alt):
        return choice_of(map(_in_parts, expr.parts))
    if isinstance(expr, Cat):
        if expr.word is not None:
            return Literal(expr.word)
        if not is_wide(expr):
            return sequence_of(_words_and_parts(expr.parts))
        runs = _runs(expr.parts)
        return sequence_of(Regex(cat(*run)) if run[1:] else _in_parts(run[0]) for run in runs)
    assert isinstance(expr, Rep)
    if not is_wide(expr.part):
        return Repeat(_in_parts(expr.part), expr.low, expr.high)  # type: ignore[arg-type]
    if not expr.part.nullable:
        return _repetition(expr)
    found = from_automaton(expr)
    if found is None:
        raise unsupported("a repetition of what may be empty, as large as this one")
    return found


def _words_and_parts(parts: tuple[Expr, ...]) -> Iterator[Part]:
    """Letters in a row are one literal: most texts of a large enumeration are made of them."""
    word = ""
    for part in parts:
        letter = one_letter(part)
        if letter is not None:
            word += letter
            continue
        if word:
            yield Literal(word)
            word = ""
        yield _in_parts(part)
    if word:
        yield Literal(word)


def _one_regex(expr: Expr) -> Node:
    if isinstance(expr, Rep) and not expr.part.nullable:
        found = Regex(Rep(expr.part, max(1, expr.low), expr.high))
        return choice_of([found, EMPTY]) if expr.low == 0 else sequence_of([found])
    found = Regex(nonempty(expr))
    return choice_of([found, EMPTY]) if expr.nullable else sequence_of([found])


def _letters(found: Ranges) -> Part:
    each = "".join(chr(code) for low, high in found for code in range(low, high + 1))
    return Literal(each) if len(each) == 1 else Letters(each)


def is_wide(expr: Expr) -> bool:
    """Whether some set of letters in it is too large for alternatives."""
    return _shape(expr).largest > MAX_ALTERNATIVES


class _Shape(NamedTuple):
    """`largest`: how many letters the largest set has; `highest`: the last letter of all sets;
    `endless`: whether something may be repeated without a bound."""

    largest: int
    highest: int
    endless: bool


@lru_cache(maxsize=20_000)
def _shape(expr: Expr) -> _Shape:
    if isinstance(expr, Chars):
        return _Shape(n_letters(expr.ranges), expr.ranges[-1][1], False)
    if expr.word is not None:
        return _Shape(1, ord(max(expr.word)), False)
    below = list(map(_shape, children(expr)))
    largest, highest, endless = map(max, zip(*below, strict=True)) if below else (0, 0, False)
    return _Shape(largest, highest, endless or (isinstance(expr, Rep) and expr.high is None))


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
    return is_wide(expr) and not expr.boolean


def _repetition(expr: Rep) -> Part:
    """A wide part several times: one regex, or rules that count."""
    part, low, high = expr.part, expr.low, expr.high
    if high is None and low <= 1 and isinstance(part, Alt) and (found := _text(part)) is not None:
        return choice_of([found, EMPTY]) if low == 0 else found
    if _weight(expr) <= MAX_REGEX:
        return _one_regex(expr)
    letter = _letter(part)
    if high is None:
        found = sequence_of([_times(letter, low - 1, low - 1), written(Rep(part, 1, None))])
        run = Ahead(Rep(_common(part), 1, None))
        return choice_of([found, run])
    step = choice_of([letter, Ahead(Rep(_common(part), 1, AHEAD))])
    free = max(0, high - AHEAD)  # letters from where AHEAD more are never too many
    if low >= free:
        first = [_times(step, free, free), _times(letter, low - free, low - free)]
        return sequence_of([*first, _times(letter, 0, high - low)])
    few = _times(step, 0, free - low - 1)
    many = sequence_of([_times(step, free - low, free - low), _times(letter, 0, high - free)])
    return sequence_of([_times(step, low, low), choice_of([few, many])])


def _times(part: Part, low: int, high: int) -> Part:
    return Repeat(part, low, high) if high else EMPTY  # type: ignore[arg-type]


def _letter(part: Expr) -> Part:
    """What is repeated, once."""
    if not isinstance(part, Alt):
        return Regex(part)
    return choice_of(
        Regex(each) if isinstance(each, Chars) else _escape(each) for each in part.parts
    )


def _escape(part: Expr) -> Part:
    """What stands for one letter: without any regex, unless its sets of letters are large."""
    return _in_letters(part) if _is_escape(part) else Regex(part)


def _is_escape(part: Expr) -> bool:
    return _shape(part).largest <= MAX_ESCAPES


def _common(part: Expr) -> Expr:
    """What most tokens are made of."""
    wide = [each for each in part.parts if isinstance(each, Chars)] if isinstance(part, Alt) else []
    return wide[0] if wide else part


def _text(letter: Alt) -> Node | None:
    """Letters, one set of which is wide, and escapes: a regex for runs of those, rules for these.

    As one regex they have half as many states again. And where a regex can only go on, kbnf takes a
    token that it refuses for a sign that none may begin like that: beside `\\x` it refused `\\""`.
    """
    wide = [part for part in letter.parts if isinstance(part, Chars) and is_wide(part)]
    others = [part for part in letter.parts if part not in wide]
    if len(wide) != 1 or any(part.nullable or not _is_escape(part) for part in others):
        return None
    run = Regex(plus(wide[0]))
    escaped = choice_of(map(_in_letters, others))
    escapes = Repeat(sequence_of([choice_of([run, EMPTY]), escaped]), 1)
    return choice_of([run, escapes, sequence_of([escapes, run])])


def _in_letters(expr: Expr) -> Part:
    """Without any regex."""
    if isinstance(expr, Chars):
        return _letters(expr.ranges)
    parts = map(_in_letters, children(expr))
    if isinstance(expr, Rep):
        return Repeat(next(parts), expr.low, expr.high)  # type: ignore[arg-type]
    return choice_of(parts) if isinstance(expr, Alt) else sequence_of(parts)


# --- automata


@lru_cache(maxsize=50)
def bounded(expr: Expr) -> Counted | None:
    """The states of a language of bounded length, if they are too many for one regex.

    None for any other. Raises Unsupported.
    """
    try:
        found = counted(expr)
    except TooLarge as error:
        raise unsupported(f"an intersection or complement ({error.message})") from error
    return None if found is None or found.size <= MAX_AS_REGEX else found


@lru_cache(maxsize=1_000)
def automaton(expr: Expr) -> Dfa:
    """The smallest automaton of its texts but the empty one. Raises Unsupported."""
    try:
        return minimise(dfa(both(expr, plus(ANY)) if expr.nullable else expr, MAX_STATES))
    except TooLarge as error:
        raise unsupported(f"an intersection or complement ({error.message})") from error


def is_wide_somewhere(found: Dfa) -> bool:
    return any(map(is_wide, transitions(found).values()))


@lru_cache(maxsize=1_000)
def from_automaton(expr: Expr) -> Node | None:
    """One regex for what cannot be written as it stands; None if it would be a large one."""
    try:
        found = to_factored_expr(automaton(expr), MAX_AS_REGEX, MAX_REGEX_TEXT)
    except TooLarge:
        return None
    filled = NOTHING if found is NEVER else sequence_of([Regex(found)])
    return choice_of([filled, EMPTY]) if expr.nullable else filled
