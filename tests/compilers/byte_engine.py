"""The engines over the vocabulary of all single bytes: whether a grammar's text holds a text."""

from functools import lru_cache

import numpy as np

from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Engine, Matcher, Vocabulary

END, THINK, END_THINK = 256, 257, 258
SPECIAL = {"<|end|>": END, "<think>": THINK, "</think>": END_THINK}
VOCABULARY = Vocabulary(
    pieces=(*(bytes([i]) for i in range(256)), b"", b"<think>", b"</think>"),
    special=SPECIAL,
    end_tokens=frozenset([END]),
    digest="bytes",
    encode=lambda text, special: list(text.encode()),
)
_ENGINES: dict[str, Engine] = {"llguidance": LLGuidanceEngine(), "kbnf": FormatronEngine()}


@lru_cache(maxsize=100)
def compiled(text: str, dialect: str = "llguidance") -> Matcher:
    return _ENGINES[dialect].compile(text, VOCABULARY)


def tokens(text: str) -> list[int]:
    return list(text.encode("utf-8"))


def holds(grammar: str, ids: list[int], dialect: str = "llguidance") -> bool:
    """Every token allowed by its mask, and the end token after them."""
    matcher = compiled(grammar, dialect).fork()
    row = np.zeros((len(VOCABULARY.pieces) + 31) // 32, np.int32)
    for token in [*ids, END]:
        matcher.fill_mask(row)
        if not row[token // 32] >> (token % 32) & 1:
            return False
        matcher.advance(token)
    return True
