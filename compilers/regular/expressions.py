"""The seven kinds of expression. The functions of `constructors` make them, and keep them small.

Their `repr` is for people: `&` and `!` besides the usual syntax.
"""

from operator import attrgetter
from threading import RLock
from typing import Any, ClassVar
from weakref import ref

from compilers.regular.automata import Dfa
from compilers.regular.letters import ANY_LETTER, Ranges
from compilers.regular.syntax import counted, letter_class

_NULLABLE, _BOOLEAN, _STATEFUL = map(attrgetter, ("nullable", "boolean", "stateful"))
_SPELLING = attrgetter("spelling")


class _Entry(ref[Any]):
    """An expression that lasts as long as others have it."""

    __slots__ = ("address",)
    address: tuple[object, ...]


_made: dict[tuple[object, ...], _Entry] = {}
_lock = RLock()  # one may be forgotten while the same thread notes another


class _HashConsed(type):
    """Makes an expression once, and finds it as long as anybody has it.

    As with a WeakValueDictionary, whose every look-up runs Python.
    """

    def __call__(cls, *args: Any) -> Any:
        address = (cls, *args)
        entry = _made.get(address)
        found = None if entry is None else entry()
        return _noted(super().__call__(*args), address) if found is None else found


def _noted(expr: Any, address: tuple[object, ...]) -> Any:
    entry = _Entry(expr, _forget)
    entry.address = address
    with _lock:
        # Another thread may have made the same one.
        found = _made.setdefault(address, entry)()
        if found is None:
            _made[address] = entry
    return expr if found is None else found


def _forget(entry: _Entry) -> None:
    with _lock:
        if _made.get(entry.address) is entry:
            del _made[entry.address]


class Expr(metaclass=_HashConsed):
    """An expression: never changed, and the only one of its parts in their order.

    So to compare two is to compare two addresses, and what is worked out for one and kept is that
    of no other spelling: it may be printed.

    `nullable`: whether the empty text is in its language; `boolean`: whether And or Not stands
    anywhere in it; `stateful`: whether a State does; `spelling`: a hash of all that it is written
    with, the same in every process. `word`: of a text that was made as one, its letters; what is
    done with it takes one step then, and not one a letter.
    """

    __slots__ = ("__weakref__", "boolean", "nullable", "spelling", "stateful", "word")
    _kind: ClassVar[int]
    nullable: bool
    boolean: bool
    stateful: bool
    spelling: int
    word: str | None

    def _set(self, nullable: bool, boolean: bool, stateful: bool, spelled: object) -> None:
        """`spelled`: of numbers alone, whose hashes are the same in every process."""
        self.nullable = nullable
        self.boolean = boolean
        self.stateful = stateful
        self.spelling = hash((self._kind, spelled))
        self.word = None

    def __reduce__(self) -> tuple[type["Expr"], tuple[object, ...]]:
        """A copy is the same one."""
        return type(self), tuple(getattr(self, name) for name in self.__slots__)


class Chars(Expr):
    """One letter of a set."""

    __slots__ = ("ranges",)
    _kind = 0

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._set(False, False, False, ranges)

    def __repr__(self) -> str:
        return letter_class(self.ranges)


class Cat(Expr):
    """One part after the other; no parts: the empty text."""

    __slots__ = ("parts",)
    _kind = 1

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, boolean = all(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts))
        self._set(nullable, boolean, any(map(_STATEFUL, parts)), tuple(map(_SPELLING, parts)))

    def __repr__(self) -> str:
        return "".join(f"({p})" if isinstance(p, Alt | And) else repr(p) for p in self.parts)


class Alt(Expr):
    """Any of the parts; no parts: the empty language."""

    __slots__ = ("parts",)
    _kind = 2

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, boolean = any(map(_NULLABLE, parts)), any(map(_BOOLEAN, parts))
        self._set(nullable, boolean, any(map(_STATEFUL, parts)), tuple(map(_SPELLING, parts)))

    def __repr__(self) -> str:
        return "|".join(map(repr, self.parts)) or "[]"


class And(Expr):
    """All of the parts at once."""

    __slots__ = ("parts",)
    _kind = 3

    def __init__(self, parts: tuple[Expr, ...]) -> None:
        self.parts = parts
        nullable, stateful = all(map(_NULLABLE, parts)), any(map(_STATEFUL, parts))
        self._set(nullable, True, stateful, tuple(map(_SPELLING, parts)))

    def __repr__(self) -> str:
        return "&".join(f"({part})" for part in self.parts)


class Not(Expr):
    """Every text but those of `part`."""

    __slots__ = ("part",)
    _kind = 4

    def __init__(self, part: Expr) -> None:
        self.part = part
        self._set(not part.nullable, True, part.stateful, part.spelling)

    def __repr__(self) -> str:
        return f"!({self.part})"


class Rep(Expr):
    """`low` to `high` times (None: any number)."""

    __slots__ = ("part", "low", "high")  # noqa: RUF023 (as they are given)
    _kind = 5

    def __init__(self, part: Expr, low: int, high: int | None) -> None:
        self.part, self.low, self.high = part, low, high
        nullable, bound = low == 0 or part.nullable, () if high is None else (high,)
        self._set(nullable, part.boolean, part.stateful, (part.spelling, low, *bound))

    def __repr__(self) -> str:
        return f"({self.part}){counted(self.low, self.high)}"


class State(Expr):
    """The texts that lead from a state of an automaton to one of its ends.

    For languages whose automaton is small and whose expression is not, such as the multiples of a
    number. Only `dfa` can take it apart: no regex of a sensible length says it.
    """

    __slots__ = ("automaton", "state")
    _kind = 6

    def __init__(self, automaton: Dfa, state: int) -> None:
        self.automaton, self.state = automaton, state
        self._set(automaton.ends[state], True, True, (automaton.content, state))

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
