"""What only the kbnf engine has: special tokens by spelled names; engines that are used again."""

import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import numpy as np
import pytest

import compilers
from compilers.ir import Grammar, Special
from gallama.backends.scripted.backend import N_VOCAB, SPECIAL
from gallama.engines.formatron import FormatronEngine
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary
from tests.engines.test_contract import END, VOCABULARY, allowed, feed

LIST = compilers.emit(
    compilers.json_schema({"type": "array", "items": {"type": "string"}, "maxItems": 3}), "kbnf"
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("<nope>", "this vocabulary has no special token '<nope>'"),
        (VOCABULARY.spelling(END), "ends a reply and cannot stand inside of it"),
    ],
)
def test_a_special_token_must_be_one(name: str, reason: str) -> None:
    text = compilers.emit(Grammar({"start": Special(name)}), "kbnf")
    with pytest.raises(EngineFailure, match=reason):
        FormatronEngine().compile(text, VOCABULARY)


def test_an_engine_is_used_again_when_its_matcher_is_gone() -> None:
    engine = FormatronEngine()
    matcher = engine.compile(LIST, VOCABULARY)
    feed(matcher, b'["a"')
    used = matcher._engine  # type: ignore[attr-defined]
    del matcher
    gc.collect()
    again = engine.compile(LIST, VOCABULARY)
    assert again._engine is used  # type: ignore[attr-defined]
    assert engine.compile(LIST, VOCABULARY)._engine is not used  # type: ignore[attr-defined]
    assert allowed(again) == set(b"[")


def test_an_engine_that_failed_is_not() -> None:
    engine = FormatronEngine()
    matcher = engine.compile(LIST, VOCABULARY)
    used = matcher._engine  # type: ignore[attr-defined]
    with pytest.raises(EngineFailure):
        matcher.advance(ord("x"))
    del matcher
    gc.collect()
    assert engine.compile(LIST, VOCABULARY)._engine is not used  # type: ignore[attr-defined]


def test_many_replies_at_once() -> None:
    """Each walks its own text; what others do does not show."""
    engine = FormatronEngine()

    def walk(n: int) -> bool:
        matcher = engine.compile(LIST, VOCABULARY)
        feed(matcher, ("[" + ", ".join(['"ab"'] * (n % 4)) + "]").encode())
        return matcher.done

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(walk, range(200)))


# kbnf looks tokens up, in place of parsing them, where a regex has a thousand of them and more.
LETTERS = "abcdefghijkl"
ODD = [
    r"\q",
    r'\""',
    r'a"',
    r'ab"}',
    r"é",
    r"éa",
    r'é"',
    r"-a",
    r"a-",
    r"name",
    r'name"',
    r' "',
    r' "a"',
    r"ab",
]
TRIPLES = ["".join(letters) for letters in product(LETTERS, repeat=3)]
MANY = Vocabulary(
    pieces=(
        *(bytes([i]) for i in range(256)),
        *[b""] * (N_VOCAB - 256),
        *(piece.encode() for piece in [*ODD, *TRIPLES]),
    ),
    special=SPECIAL,
    end_tokens=frozenset([END]),
    digest="many",
    encode=lambda text, special: list(text.encode()),
)
OPEN = {"type": "object", "properties": {"name": {"type": "string"}, "nail": False}}
BOUNDED = {"type": "string", "pattern": "^[a-l]+(-[a-l]+)*$", "maxLength": 120}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, '"a'),
        (OPEN, '{"'),
        (OPEN, '{"na'),
        (OPEN, '{"name'),
        (OPEN, '{"x'),
        (OPEN, '{"x":'),
        ({"type": "string", "maxLength": 60}, '"a'),
        ({"type": "string", "maxLength": 60}, '"' + "a" * 57),
        ({"type": "string", "minLength": 60}, '"a'),
        ({"type": "string", "minLength": 58, "maxLength": 60}, '"' + "a" * 50),
        ({"type": "string", "minLength": 58, "maxLength": 60}, '"' + "a" * 58),
        ({"type": "string", "minLength": 58, "maxLength": 60}, '"' + "a" * 59),
        ({"type": "string", "minLength": 40, "maxLength": 60}, '"' + "a" * 43),
        (BOUNDED, '"' + "a" * 90),
        (BOUNDED, '"' + "ab-" * 36),
        (BOUNDED, '"' + "a" * 118),
        (BOUNDED, '"' + "a" * 119),
    ],
)
def test_a_token_is_allowed_where_its_bytes_are(schema: dict[str, Any], text: str) -> None:
    engine = FormatronEngine()
    written = compilers.emit(compilers.json_schema(schema), "kbnf")
    one, many = engine.compile(written, VOCABULARY), engine.compile(written, MANY)
    row = np.zeros((len(MANY.pieces) + 31) // 32, np.int32)
    feed(one, text.encode())
    for byte in text.encode():
        many.fill_mask(row)
        many.advance(byte)
    many.fill_mask(row)
    mask = np.unpackbits(row.view(np.uint8), bitorder="little")
    for token in range(N_VOCAB + len(ODD), len(MANY.pieces), 40):
        assert mask[token] == _takes(one.fork(), MANY.pieces[token]), MANY.pieces[token]
    for token in range(N_VOCAB, N_VOCAB + len(ODD)):
        assert mask[token] == _takes(one.fork(), MANY.pieces[token]), MANY.pieces[token]


def _takes(matcher: Matcher, piece: bytes) -> bool:
    for byte in piece:
        if byte not in allowed(matcher):
            return False
        matcher.advance(byte)
    return True
