"""Declarations in, grammars out: a pure library.

    grammar = compilers.json_schema({"type": "object", "required": ["a"]})
    text = compilers.emit(grammar, "llguidance")

and what comes back is taken apart by the same grammar:

    extraction = compilers.Extraction(grammar)
    compilers.fields(grammar, text)

What cannot be enforced is refused with a CompileError that says where; what need not be is in
`grammar.notes`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from compilers import clock as _clock
from compilers import collection as _collection
from compilers import watch as _watch
from compilers.closing import Closing
from compilers.emitters import gbnf as _gbnf
from compilers.emitters import kbnf as _kbnf
from compilers.emitters import lark as _lark
from compilers.emitters import llguidance as _llguidance
from compilers.errors import (
    Ambiguous,
    CompileError,
    Contradiction,
    Malformed,
    TooLarge,
    Unsupported,
)
from compilers.extract import Extraction
from compilers.frontends.choice import parse as choice
from compilers.frontends.gbnf_text import parse as gbnf_text
from compilers.frontends.grammar_text import parse as grammar_text
from compilers.frontends.json_schema import parse as json_schema
from compilers.frontends.lark_text import parse as lark_text
from compilers.frontends.regex import parse as regex
from compilers.frontends.template import parse as template
from compilers.frontends.tools import parse as tools
from compilers.ir import Grammar
from compilers.origins import placed as _placed
from compilers.passes import few_orders as _few_orders
from compilers.passes.apart import apart
from compilers.passes.trim import trim as _trim
from compilers.tree import fields
from compilers.watch import unwatched

__all__ = [
    "DIALECTS",
    "Ambiguous",
    "CompileError",
    "Contradiction",
    "Extraction",
    "Grammar",
    "Malformed",
    "TooLarge",
    "Unsupported",
    "apart",
    "choice",
    "closing_of",
    "emit",
    "fields",
    "gbnf_text",
    "grammar_text",
    "json_schema",
    "lark_text",
    "regex",
    "template",
    "tools",
    "unwatched",
]

DIALECTS: Mapping[str, Callable[..., str]] = {
    "gbnf": _gbnf.emit,
    "kbnf": _kbnf.emit,
    "lark": _lark.emit,
    "llguidance": _llguidance.emit,
}


HELD: Mapping[str, Callable[[Grammar], Grammar]] = {
    "kbnf": _kbnf.held,
    "llguidance": _llguidance.held,
}
"""The part of a grammar to which the engines of a dialect hold a reply."""

PERMUTED: Mapping[str, int] = {
    "kbnf": _few_orders.MAX_FREE,
    "llguidance": _llguidance.MAX_PERMUTED,
}
"""So many members of an object come in any order where an engine of a dialect holds a reply."""

PASSES: tuple[Callable[[Grammar], Grammar], ...] = (_trim,)
"""What every grammar goes through before it is printed, in this order."""

EMIT_SECONDS = 2.0
"""Of CPU time, for printing by itself: gbnf and lark put every automaton into rules."""


@_collection.put_off()
def emit(
    grammar: Grammar, dialect: str, tokens: Mapping[str, int] | None = None, **options: Any
) -> str:
    """The text of a grammar in a dialect.

    `tokens` are the special tokens of the vocabulary, by name; some dialects cannot name all of
    them without. `options`: llguidance and kbnf take `order`.

    Raises Contradiction where there is no text at all, Unsupported where the dialect cannot say it,
    TooLarge where that would be large or take long. What a grammar cannot say (`grammar.watched`)
    is refused, too: `unwatched` leaves it out, for who sees to it otherwise. Each at the place in
    the declaration of what cannot be said; what is too large or takes too long as a whole has none.
    """
    if grammar.watched:
        raise _watch.beside(_watch.watched_at(grammar))
    try:
        with _clock.limited(EMIT_SECONDS):
            for each in PASSES:
                grammar = each(grammar)
            return DIALECTS[dialect](grammar, tokens=tokens, **options)
    except CompileError as error:
        raise _placed(error, grammar) from error


def closing_of(grammar: Grammar, dialect: str, phase: str | None = None) -> Closing:
    """What closes a reply that an engine of this dialect holds to the grammar. `phase`: the rule
    that can be closed by itself, too. Raises TooLarge; Unsupported where something is watched."""
    if grammar.watched:
        message = "where items must differ, what closes a reply is not known"
        raise Unsupported(message, _watch.watched_at(grammar), _watch.UNIQUE)
    return Closing(HELD[dialect](grammar), phase, _llguidance.MAX_PERMUTED)
