"""Replies in each dialect: taken or not, with its tags as text and as special tokens.

A dialect is a file of conf/dialect; its cases are in tests/dialects/cases, under the same name:

    may:                        # how the request is; a key of WAYS
      accept: [...]             # replies as the model would write them
      reject: [...]

Every case is put to the reference recogniser and, byte by byte, to each engine.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import compilers
from compilers.closing import Closing, State
from compilers.frontends.tools import REASONING
from compilers.ir import Grammar, Special
from compilers.oracle import recognises
from gallama.config import dialects
from gallama.dialect import Dialect, Native
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Engine, Vocabulary
from tests.compilers.byte_engine import VOCABULARY as BYTES

CASES = Path(__file__).parent / "cases"
SPECS = dialects.load()
TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "days": {"type": "integer", "minimum": 1, "maximum": 7},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["city"],
                "additionalProperties": False,
            },
        },
    },
    {"type": "function", "function": {"name": "get_time"}},
]
WAYS: dict[str, dict[str, Any]] = {
    "auto": {},
    "required": {"tool_choice": "required"},
    "none": {"tool_choice": "none"},
    "named": {"tool_choice": {"type": "function", "function": {"name": "get_time"}}},
    "single": {"parallel": False},
    "may": {"reasoning": "may"},
    "inside": {"reasoning": "inside"},
}
END = "<|end of reply|>"
ENGINES: dict[str, Engine] = {"llguidance": LLGuidanceEngine(), "kbnf": FormatronEngine()}


def cases() -> Iterator[Any]:
    for file in sorted(CASES.glob("*.yaml")):
        for way, outcomes in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for outcome, texts in outcomes.items():
                for i, text in enumerate(texts):
                    name = f"{file.stem}-{way}-{outcome}-{i}"
                    yield pytest.param(file.stem, way, text, outcome == "accept", id=name)


@lru_cache
def vocabulary_of(name: str, special: bool) -> Vocabulary:
    """All bytes, and the dialect's tags as tokens or not."""
    tags = SPECS[name].reply.tags if special else ()
    pieces = (*BYTES.pieces[:257], *(b"" for _ in tags))
    known = {END: 256, **{tag: 257 + i for i, tag in enumerate(tags)}}
    return replace(BYTES, pieces=pieces, special=known, digest=f"{name} {special}")


@lru_cache
def grammar_of(name: str, way: str, special: bool) -> Grammar:
    dialect = Dialect(name, SPECS[name], Native())
    return dialect.grammar(vocabulary_of(name, special), tools=TOOLS, **WAYS[way])


def symbols_of(text: str, vocabulary: Vocabulary) -> list[str | Special]:
    tags = [tag for tag in vocabulary.special if tag != END]
    if not tags:
        return [text]
    parts = re.split("(" + "|".join(map(re.escape, tags)) + ")", text)
    return [Special(part) if i % 2 else part for i, part in enumerate(parts) if part]


def held(
    grammar: Grammar, symbols: list[str | Special], vocabulary: Vocabulary, notation: str
) -> bool:
    """By the engine: each token allowed by its mask, and the end token after them."""
    text = compilers.emit(grammar, notation, vocabulary.special)
    matcher = ENGINES[notation].compile(text, vocabulary)
    row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
    ids = [i for symbol in symbols for i in _ids(symbol, vocabulary)]
    for token in [*ids, 256]:
        matcher.fill_mask(row)
        if not row[token // 32] >> (token % 32) & 1:
            return False
        matcher.advance(token)
    return True


def _ids(symbol: str | Special, vocabulary: Vocabulary) -> list[int]:
    if isinstance(symbol, Special):
        return [vocabulary.special[symbol.name]]
    return list(symbol.encode())


@pytest.mark.parametrize("special", [False, True], ids=["text", "tokens"])
@pytest.mark.parametrize(("name", "way", "text", "expected"), list(cases()))
def test_replies(name: str, way: str, text: str, expected: bool, special: bool) -> None:
    grammar, vocabulary = grammar_of(name, way, special), vocabulary_of(name, special)
    symbols = symbols_of(text, vocabulary)
    assert recognises(grammar, symbols) == expected
    for notation in ENGINES:
        assert held(grammar, symbols, vocabulary, notation) == expected, notation


@pytest.mark.parametrize("special", [False, True], ids=["text", "tokens"])
@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_reply_can_be_closed(name: str, special: bool) -> None:
    """From its beginning and from half way; as the engines take it."""
    vocabulary = vocabulary_of(name, special)
    cases = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    for way, outcomes in cases.items():
        grammar = grammar_of(name, way, special)
        for notation in ENGINES:
            closing = compilers.closing_of(grammar, notation, REASONING)
            for text in outcomes.get("accept", ())[:2]:
                for symbols in ([], _half(symbols_of(text, vocabulary))):
                    closed = [*symbols, *_rest(closing, symbols)]
                    assert held(grammar, closed, vocabulary, notation), (notation, closed)


def _rest(closing: Closing, symbols: list[str | Special]) -> list[str | Special]:
    state: State | None = closing.start
    for symbol in symbols:
        assert state is not None
        if isinstance(symbol, Special):
            state = closing.special(state, symbol.name)
        else:
            state = closing.feed(state, symbol.encode())
    assert state is not None
    rest = closing.shortest(state)
    return [part.decode() if isinstance(part, bytes) else Special(part) for part in rest]


def _half(symbols: list[str | Special]) -> list[str | Special]:
    """The first half of them, and of the one behind these if it is text."""
    middle = len(symbols) // 2
    cut = symbols[middle : middle + 1]
    return [*symbols[:middle], *(each[: len(each) // 2] for each in cut if isinstance(each, str))]


def test_every_dialect_has_cases() -> None:
    assert {file.stem for file in CASES.glob("*.yaml")} == SPECS.keys()


CALL = {"id": "abcdefgh1", "function": {"name": "get_weather", "arguments": {"city": "Hué"}}}


@pytest.mark.parametrize("special", [False, True], ids=["text", "tokens"])
@pytest.mark.parametrize("name", sorted(SPECS))
def test_what_a_dialect_writes_it_reads(name: str, special: bool) -> None:
    """Past calls are written as the grammar would have them."""
    dialect, vocabulary = Dialect(name, SPECS[name], Native()), vocabulary_of(name, special)
    calls = [CALL] if dialect.surface.between is None else [CALL, CALL]
    symbols = symbols_of(dialect.written(calls), vocabulary)
    assert recognises(grammar_of(name, "required", special), symbols)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(SPECS))
def test_a_declared_name_among_others(name: str, engine: str) -> None:
    """... is written, though another may begin like it or it like another."""
    parameters = {
        "type": "object",
        "properties": {"place": {"type": "string"}},
        "additionalProperties": {"type": "string"},
    }
    tools = [{"type": "function", "function": {"name": "f", "parameters": parameters}}]
    dialect, vocabulary = Dialect(name, SPECS[name], Native()), vocabulary_of(name, False)
    grammar = dialect.grammar(vocabulary, tools=tools, tool_choice="required")
    for arguments in ({"place": "x"}, {"pla": "x"}, {"place": "x", "places": "y"}):
        call = {"name": "f", "arguments": arguments}
        text = dialect.reply(None, "", [{"id": "call00000", "type": "function", "function": call}])
        assert recognises(grammar, [text]), arguments
        assert held(grammar, [text], vocabulary, engine), arguments
