"""Who says whether a grammar holds a text: a line for each in RECOGNISERS.

    holds = RECOGNISERS["gbnf"].of(grammar)    # CompileError where the dialect cannot say it
    holds(("a", Special("<think>")), tokens)   # a text, and one way to cut it

The oracle (compilers.oracle) is no line of the table: it is what all of these are held to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import lark
import numpy as np

import compilers
from compilers.errors import TooLarge
from compilers.ir import Grammar, Special, walk
from compilers.oracle import recognises
from compilers.passes.in_order import in_order
from compilers.passes.lexed import lexed, overruns
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Engine, Matcher
from tests.compilers.differential.vocabulary import Symbols, cut, llama_engine, vocabulary, written

# What python lark is asked to take: its time grows with the cube of a text, and with the grammar.
MAX_LARK = 1_200  # letters of a grammar
MAX_LARK_TEXT = 40_000  # letters of a grammar times letters of a text

Holds = Callable[[Symbols, list[int]], bool | None]


@dataclass(frozen=True)
class Recogniser:
    """`of` gives what says it of one grammar; None: this text is too long for it.

    `part` is what is written of a grammar: not every dialect has the members of objects in any
    order. `stricter`: texts that it need not hold, though that part does. `walk`: the engine's
    matcher, where there is one, and `whole_characters`: its masks keep to UTF-8.
    """

    of: Callable[[Grammar], Holds]
    part: Callable[[Grammar], Grammar] = in_order
    stricter: Callable[[Grammar, Symbols], bool] = lambda grammar, text: False
    walk: "Callable[[Grammar], Walk] | None" = None
    whole_characters: bool = True


@dataclass(frozen=True)
class Walk:
    """A matcher at the beginning of a text, and the tokens that nobody may choose."""

    matcher: Matcher
    hidden: frozenset[int] = frozenset()

    def allowed(self, state: Matcher) -> set[int]:
        row = np.zeros((len(vocabulary().pieces) + 31) // 32, np.int32)
        state.fill_mask(row)
        found = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))
        return set(found.tolist()) - self.hidden

    def holds(self, text: Symbols, tokens: list[int]) -> bool:
        """Each token must be allowed by the mask before it, and an end token after the last.

        Where one text is forced llguidance allows only the tokens that a tokenizer writes it with:
        then these are taken, if they write what comes, and the rest is cut again.
        """
        state, todo = self.matcher.fork(), list(tokens)
        while todo:
            step = todo[:1]
            if todo[0] not in self.allowed(state):
                step = list(state.forced())
                if not step or not written(todo).startswith(written(step)):
                    return False
                todo = [*step, *cut(written(todo)[len(written(step)) :], max)]
            for token in step:
                state.advance(token)
            del todo[: len(step)]
        return bool(self.allowed(state) & vocabulary().end_tokens)

    def drawn(self, random: Random, most: int = 30) -> list[int] | None:
        """What masks allow, at random, to an end; None where none came in sight."""
        ends = vocabulary().end_tokens
        state, found = self.matcher.fork(), list[int]()
        while len(found) < most:
            mask = self.allowed(state)
            assert mask, "a mask that allows nothing"
            if mask & ends and (mask <= ends or random.random() < 0.3):
                return found
            found.append(random.choice(sorted(mask - ends)))
            state.advance(found[-1])
        return None


def _engine(dialect: str, engine: Callable[[], Engine], **more: Any) -> Recogniser:
    def walk(grammar: Grammar) -> Walk:
        matcher = engine().compile(compilers.emit(grammar, dialect), vocabulary())
        return Walk(matcher, _unnamed(grammar) if dialect == "gbnf" else frozenset())

    part = compilers.HELD.get(dialect, in_order)
    return Recogniser(of=lambda grammar: walk(grammar).holds, part=part, walk=walk, **more)


def _unnamed(grammar: Grammar) -> frozenset[int]:
    """The special tokens that a grammar does not name: GBNF leaves it to others to forbid them."""
    words = vocabulary()
    unnamed = words.special.keys() - _names(grammar)
    return frozenset(words.special[name] for name in unnamed) - words.end_tokens


def _names(grammar: Grammar) -> set[str]:
    nodes = (each for node in grammar.rules.values() for each in walk(node))
    return {node.name for node in nodes if isinstance(node, Special)}


def _of_lark(grammar: Grammar) -> Holds:
    source = compilers.emit(grammar, "lark")
    if len(source) > MAX_LARK:
        raise TooLarge("too slow for python lark", kind="a grammar too large for it")
    parser = lark.Lark(source, parser="earley", lexer="dynamic_complete")

    def holds(text: Symbols, tokens: list[int]) -> bool | None:
        if any(isinstance(symbol, Special) for symbol in text):
            return False
        if len(text) * len(source) > MAX_LARK_TEXT:
            return None
        try:
            parser.parse("".join(map(str, text)))
        except lark.exceptions.LarkError:
            return False
        return True

    return holds


def _of_lark_text(grammar: Grammar) -> Holds:
    """Our own reader of Lark, on what is written for python lark."""
    again = compilers.lark_text(compilers.emit(grammar, "lark"))
    return lambda text, tokens: recognises(again, text)


def _names_in_letters(grammar: Grammar, text: Symbols) -> bool:
    """What GBNF does not say: U+0000, and in letters the name of a token that the grammar names."""
    letters = "".join(symbol if isinstance(symbol, str) else "\1" for symbol in text)
    return "\0" in letters or any(name in letters for name in _names(grammar))


def _plane_16(grammar: Grammar, text: Symbols) -> bool:
    """What KBNF keeps to itself."""
    return any(isinstance(symbol, str) and symbol >= "\U00100000" for symbol in text)


def _greedy(grammar: Grammar, text: Symbols) -> bool:
    """What llguidance loses by taking the longest terminal: what is recursive is no terminal."""
    return not grammar.delimited and overruns(lexed(grammar))


_llguidance, _formatron = LLGuidanceEngine(), FormatronEngine()

RECOGNISERS: dict[str, Recogniser] = {
    "python lark": Recogniser(_of_lark),
    "lark_text": Recogniser(_of_lark_text),
    "llguidance": _engine("llguidance", lambda: _llguidance, stricter=_greedy),
    "kbnf": _engine("kbnf", lambda: _formatron, stricter=_plane_16),
    "gbnf": _engine("gbnf", llama_engine, stricter=_names_in_letters, whole_characters=False),
}
