"""What only the kbnf engine has: special tokens by spelled names; engines that are used again."""

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import compilers
from compilers.ir import Grammar, Special
from gallama.backends.scripted.backend import N_VOCAB, SPECIAL
from gallama.engines.formatron import FormatronEngine
from gallama.errors import EngineFailure
from gallama.types import Vocabulary
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


def test_a_token_with_an_escape_and_the_end_of_a_string() -> None:
    """kbnf refused it beside one that begins alike and is no text of a string.

    Only where a regex has a thousand tokens and more: then it looks them up.
    """
    words = [
        f"{a}{b}{c}".encode() for a in "abcdefgh" for b in "abcdefghijkl" for c in "abcdefghijkl"
    ]
    wrong, right = N_VOCAB, N_VOCAB + 1
    vocabulary = Vocabulary(
        pieces=(
            *(bytes([i]) for i in range(256)),
            *[b""] * (N_VOCAB - 256),
            b"\\q",
            b'\\""',
            *words,
        ),
        special=SPECIAL,
        end_tokens=frozenset([END]),
        digest="escapes",
        encode=lambda text, special: list(text.encode()),
    )
    matcher = FormatronEngine().compile(LIST, vocabulary)
    row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
    for byte in b'["a':
        matcher.fill_mask(row)
        matcher.advance(byte)
    matcher.fill_mask(row)
    allowed = np.unpackbits(row.view(np.uint8), bitorder="little")
    assert (allowed[wrong], allowed[right]) == (0, 1)
