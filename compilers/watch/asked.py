"""What is asked of the values at a place, beside their grammar."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from compilers.errors import Unsupported
from compilers.ir import Grammar, Watched
from compilers.regular import Expr, accepts
from compilers.watch import equal
from compilers.watch.counts import Counts
from compilers.watch.room import Room
from compilers.watch.used import Spelling, Used

UNIQUE = "uniqueItems"

MAX_ITEMS = 1_000
"""That are written in an array that is watched: each has its part in every mask of the array."""


class Distinct:
    """Items of an array, of which no two are equal.

    `where`: the JSON pointer of what says so; `texts`: how the items are written, in the letters of
    `counts`, all scalars in quotes or not. Of arrays and objects, of which as many are left as one
    likes until they end, the first letter is said. `has_few`: it may come to that only so many are
    left; `spell`: the spellings of a string. `room`: of items of which some cannot be added to.
    """

    def __init__(
        self,
        where: str,
        texts: Expr,
        counts: Counts,
        quoted: bool,
        spell: Callable[[str], Spelling],
        room: Room | None = None,
    ) -> None:
        self.where = where
        self.room = room
        self.texts = texts
        self.has_few = counts.has_few(quoted)
        self._counts = counts
        self._spell = spell

    def spellings(self, text: bytes) -> Spelling:
        """All ways to write a scalar, one of which this is."""
        if text[:1] == b'"':
            return self._spell(json.loads(text))
        return ((b"0", b"-0") if text in (b"0", b"-0") else (text,),)

    def barring(self, text: bytes) -> Spelling | None:
        """The same of an item; None where it bars no way: where another may go on from its end, as
        12 does from 1, or it can be the only one."""
        spellings = self.spellings(text)
        if text[:1] == b'"':
            return spellings
        return (
            (tuple(filter(self._counts.behind, *spellings)),) if self._counts.behind(text) else None
        )

    def is_dead(self, beginning: bytes, used: "Used") -> bool:
        """Whether an item that begins like this could only be one of those that are used up."""
        if b"0" in used.values and equal.is_only_zero(beginning):
            return True
        if not self.has_few:
            return False
        n_used = used.count(beginning)
        if not n_used:
            return False
        n_texts = self._counts.behind(beginning)
        return n_texts is not None and n_texts <= n_used


@dataclass(slots=True, eq=False)
class Watch:
    """What is to be seen to in the values at one place; None where nothing is.

    `members` by name; else the first of `others` that has the name. `first` items by their place,
    then `rest`. Nobody changes it once it is made.
    """

    distinct: Distinct | None = None
    members: dict[str, "Watch | None"] = field(default_factory=dict)
    others: list[tuple[Expr, "Watch | None"]] = field(default_factory=list)
    first: list["Watch | None"] = field(default_factory=list)
    rest: "Watch | None" = None

    def member(self, name: str) -> "Watch | None":
        if name in self.members:
            return self.members[name]
        return next((watch for names, watch in self.others if accepts(names, name)), None)

    def item(self, index: int) -> "Watch | None":
        return self.first[index] if index < len(self.first) else self.rest

    @property
    def where(self) -> str:
        """The JSON pointer of the first that it sees to."""
        seen, todo, places = {self}, [self], []
        while todo:
            watch = todo.pop()
            if watch.distinct:
                places.append(watch.distinct.where)
            new = set(watch.below()) - seen
            seen |= new
            todo += new
        return min(places)

    def below(self) -> Iterable["Watch"]:
        """Those of its members and items."""
        found = (*self.members.values(), *(w for _, w in self.others), *self.first, self.rest)
        return (watch for watch in found if watch is not None)


def beside(where: str) -> Unsupported:
    """That no grammar says it, of whoever cannot have it watched."""
    message = (
        "no grammar can tell items apart that are not listed; of replies the server sees to it. "
        f"Give the items an enum, or leave {UNIQUE} out"
    )
    return Unsupported(message, where, UNIQUE)


def watching(grammar: Grammar, watches: Mapping[str, Watch]) -> Grammar:
    """The grammar, in which the texts of these rules must keep to more than it says."""
    watched = {name: Watched(watch, watch.where) for name, watch in watches.items()}
    return replace(grammar, watched=watched)


def watched_at(grammar: Grammar) -> str:
    """The JSON pointer of the first that it says of what is watched."""
    return min(each.where for each in grammar.watched.values())


def unwatched(grammar: Grammar) -> Grammar:
    """What can be said of it. Whoever emits that must hold replies to `grammar.watched`, too."""
    return replace(grammar, watched={})
