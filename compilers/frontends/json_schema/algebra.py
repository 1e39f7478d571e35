"""What a schema is once it is narrowed to one type of JSON, and what keywords need to narrow it.

null, boolean, number, string    one regular language: regular languages have all the operators
array, object                    a list of shapes, any of which will do
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from compilers import regular
from compilers.errors import TooLarge
from compilers.frontends.json_schema.document import Document, Site
from compilers.frontends.json_schema.shapes import ANY_ARRAY, ANY_OBJECT, Conj, Lit, Shape
from compilers.regular import EVERY, NEVER, Expr

SCALARS = ("null", "boolean", "number", "string")
STRUCTURES = ("array", "object")
KINDS = (*SCALARS, *STRUCTURES)
TYPES = (*KINDS, "integer")

MAX_SHAPES = 400


@dataclass(frozen=True, slots=True)
class Algebra:
    """The operators of a type: on languages, or on lists of shapes."""

    true: Any
    false: Any
    both: Callable[[Sequence[Any]], Any]
    either: Callable[[Sequence[Any]], Any]


def product(lists: Sequence[tuple[Shape, ...]]) -> tuple[Shape, ...]:
    found: tuple[Any, ...] = lists[0]
    for each in lists[1:]:
        merged = [one.merge(two) for one in found for two in each]
        found = tuple([shape for shape in merged if shape.possible])
        _limit(found)
    return found


def union(lists: Sequence[tuple[Shape, ...]]) -> tuple[Shape, ...]:
    found = tuple(shape for each in lists for shape in each)
    _limit(found)
    return found


def _limit(found: Sequence[Shape]) -> None:
    if len(found) > MAX_SHAPES:
        raise TooLarge(f"more than {MAX_SHAPES} alternatives of one value", kind="alternatives")


_LANGUAGES = Algebra(
    EVERY, NEVER, lambda parts: regular.both(*parts), lambda parts: regular.either(*parts)
)
ALGEBRAS: Mapping[str, Algebra] = {
    **dict.fromkeys(SCALARS, _LANGUAGES),
    "array": Algebra((ANY_ARRAY,), (), product, union),
    "object": Algebra((ANY_OBJECT,), (), product, union),
}


class Narrower(Protocol):
    """What a keyword may ask of the whole (see expand.Expander)."""

    document: Document

    def sub(self, site: Site, schema: Any, *path: str | int) -> Site:
        """The subschema at a path below a site."""

    def subs(self, site: Site, schemas: Any, keyword: str) -> list[Site]:
        """The subschemas of a keyword that has a list of them."""

    def lit(self, lit: Lit, kind: str) -> Any:
        """A subschema that must hold or must not, narrowed to a type."""

    def both(self, parts: Sequence[Any], kind: str) -> Any:
        """The conjunction of what is narrowed to a type."""

    def note(self, site: Site, keyword: str, message: str) -> None:
        """The keyword is not enforced, and need not be."""

    def kinds(self, wanted: Conj) -> tuple[str, ...]:
        """The types that are possible at a glance."""

    def language(self, wanted: Conj, kind: str) -> Expr:
        """For a scalar type: the values' texts; of strings the strings themselves."""

    def kind_satisfiable(self, wanted: Conj, kind: str) -> bool:
        """False only if certainly no value of this type satisfies it."""


Method = Callable[[Narrower, Site, Any, bool, str], Any]
"""A keyword at a site, its value, whether it must hold, and a type. None: it has no share."""
