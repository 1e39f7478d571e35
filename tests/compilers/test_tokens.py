"""Special tokens by name, in each dialect: also names that are not written <...>."""

from dataclasses import replace

import numpy as np
import pytest

import compilers
from compilers.errors import Unsupported
from compilers.ir import Grammar, Literal, Sequence, Special
from gallama.config.paths import shipped
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Engine, Matcher
from tests.compilers.byte_engine import END, VOCABULARY
from tests.conformance.llama_grammar import LlamaGrammarEngine

NAMES = ["<|call|>", "[TOOL_CALLS]", "<|a b|>", "]<", "ü"]


def grammar(name: str) -> Grammar:
    return Grammar({"start": Sequence((Literal("a"), Special(name), Literal("b")))})


def allows(matcher: Matcher, token: int, n_vocab: int) -> bool:
    row = np.zeros((n_vocab + 31) // 32, np.int32)
    matcher.fill_mask(row)
    return bool(row[token // 32] >> (token % 32) & 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("engine", "dialect"), [(LLGuidanceEngine(), "llguidance"), (FormatronEngine(), "kbnf")]
)
def test_a_token_of_any_name(engine: Engine, dialect: str, name: str) -> None:
    token = END + 1
    vocabulary = replace(
        VOCABULARY,
        pieces=(*VOCABULARY.pieces[:token], b""),
        special={"<|end|>": END, name: token},
        digest=name,
    )
    text = compilers.emit(grammar(name), dialect, tokens=vocabulary.special)
    matcher = engine.compile(text, vocabulary)
    for each in (ord("a"), token, ord("b"), END):
        assert allows(matcher, each, len(vocabulary.pieces))
        matcher.advance(each)


def test_a_token_of_any_name_in_gbnf() -> None:
    engine = LlamaGrammarEngine(shipped("shipped/tiny.gguf"))
    vocabulary = engine.vocabulary
    token = vocabulary.special["<tool_call>"]
    text = compilers.emit(grammar("[TOOL_CALLS]"), "gbnf", tokens={"[TOOL_CALLS]": token})
    matcher = engine.compile(text, vocabulary)
    for each in (*vocabulary.encode("a", False), token, *vocabulary.encode("b", False)):
        assert allows(matcher, each, len(vocabulary.pieces))
        matcher.advance(each)
    assert matcher.done
    with pytest.raises(Unsupported, match=r"\[TOOL_CALLS\]"):
        compilers.emit(grammar("[TOOL_CALLS]"), "gbnf")
