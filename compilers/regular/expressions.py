"""The seven kinds of expression. The functions of `constructors` make them, and keep them small.

Their `repr` is for people: `&` and `!` besides the usual syntax.
"""

from operator import attrgetter
from typing import Any, ClassVar

from compilers.regular.automata import Dfa
from compilers.regular.letters import ANY_LETTER, Ranges
from compilers.regular.syntax import counted, letter_class

MAX_MADE = 50_000  # expressions that are found again

_NULLABLE, _BOOLEAN, _STATEFUL = map(attrgetter, ("nullable", "boolean", "stateful"))
_HASH = attrgetter("_hash")


class _HashConsed(type):
    """Makes an expression once and finds it again: to compare two is to compare two addresses."""

    made: ClassVar[dict[tuple[object, ...], Any]] = {}

    def __call__(cls, *args: Any) -> Any:
        # By equal parts, not by the same ones: to compare two that are equal and share no part is
        # to write them out, however often each part stands in them.
        address = (cls, *args)
        found = _HashConsed.made.get(address)
        if found is None:
            if len(_HashConsed.made) >= MAX_MADE:
                # What is in use stays equal by structure, only less quickly.
                _HashConsed.made.clear()
            found = _HashConsed.made[address] = super().__call__(*args)
        return found


class Expr(metaclass=_HashConsed):
    """An expression: never changed, equal by structure.

    `nullable`: whether the empty text is in its language; `boolean`: whether And or Not stands
    anywhere in it; `stateful`: whether a State does.
    """

    __slots__ = ("_hash", "boolean", "nullable", "stateful")
    nullable: bool
    boolean: bool
    stateful: bool

    def _set(self, nullable: bool, boolean: bool, stateful: bool, hashed: object) -> None:
        """`hashed`: as `_content`, but of hashes that are known where that is of expressions."""
        self.nullable = nullable
        self.boolean = boolean
        self.stateful = stateful
        self._hash = hash((type(self).__name__, hashed))

    def _content(self) -> object:
        """What makes two expressions of a type equal. Not kept: it is seldom asked for."""
        raise NotImplementedError

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, Expr):
            return False
        return self._hash == other._hash and self._content() == other._content()


class Chars(Expr):
    """One letter of a set."""

    __slots__ = ("ranges",)

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._set(False, False, False, ranges)

    def _content(self) -> object:
        return self.ranges

    def __repr__(self) -> str:
        return letter_class(self.ranges)


class Cat(Expr):
    """One part after the other; no parts: the empty text."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, boolean = all(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts))
        self._set(nullable, boolean, any(map(_STATEFUL, parts)), tuple(map(_HASH, parts)))

    def _content(self) -> object:
        return self.parts

    def __repr__(self) -> str:
        return "".join(f"({p})" if isinstance(p, Alt | And) else repr(p) for p in self.parts)


class Alt(Expr):
    """Any of the parts; no parts: the empty language."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, boolean = any(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts))
        self._set(nullable, boolean, any(map(_STATEFUL, parts)), frozenset(map(_HASH, parts)))

    def _content(self) -> object:
        return frozenset(self.parts)

    def __repr__(self) -> str:
        return "|".join(map(repr, self.parts)) or "[]"


class And(Expr):
    """All of the parts at once."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, stateful = all(map(_NULLABLE, parts)), any(map(_STATEFUL, parts))
        self._set(nullable, True, stateful, frozenset(map(_HASH, parts)))

    def _content(self) -> object:
        return frozenset(self.parts)

    def __repr__(self) -> str:
        return "&".join(f"({part})" for part in self.parts)


class Not(Expr):
    """Every text but those of `part`."""

    __slots__ = ("part",)

    def __init__(self, part: Expr) -> None:
        self.part = part
        self._set(not part.nullable, True, part.stateful, part._hash)

    def _content(self) -> object:
        return self.part

    def __repr__(self) -> str:
        return f"!({self.part})"


class Rep(Expr):
    """`low` to `high` times (None: any number)."""

    __slots__ = ("high", "low", "part")

    def __init__(self, part: Expr, low: int, high: int | None) -> None:
        self.part, self.low, self.high = part, low, high
        nullable = low == 0 or part.nullable
        self._set(nullable, part.boolean, part.stateful, (part._hash, low, high))

    def _content(self) -> object:
        return self.part, self.low, self.high

    def __repr__(self) -> str:
        return f"({self.part}){counted(self.low, self.high)}"


class State(Expr):
    """The texts that lead from a state of an automaton to one of its ends.

    For languages whose automaton is small and whose expression is not, such as the multiples of a
    number. Only `dfa` can take it apart: no regex of a sensible length says it.
    """

    __slots__ = ("automaton", "state")

    def __init__(self, automaton: Dfa, state: int) -> None:
        self.automaton, self.state = automaton, state
        self._set(automaton.ends[state], True, True, (automaton, state))

    def _content(self) -> object:
        return self.automaton, self.state

    def __repr__(self) -> str:
        return f"<state {self.state} of {len(self.automaton.steps)}>"


NEVER = Alt(())

EMPTY = Cat(())

ANY = Chars(ANY_LETTER)

EVERY = Rep(ANY, 0, None)


def children(expr: Expr) -> tuple[Expr, ...]:
    """The expressions that one is made of."""
    if isinstance(expr, Cat | Alt | And):
        return expr.parts
    return (expr.part,) if isinstance(expr, Not | Rep) else ()
