"""llguidance over the vocabulary of all single bytes: whether a grammar's text holds a text."""

from functools import lru_cache

import numpy as np

from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Matcher, Vocabulary

END, THINK, END_THINK = 256, 257, 258
SPECIAL = {"<|end|>": END, "<think>": THINK, "</think>": END_THINK}
VOCABULARY = Vocabulary(
    pieces=(*(bytes([i]) for i in range(256)), b"", b"<think>", b"</think>"),
    special=SPECIAL,
    end_tokens=frozenset([END]),
    digest="bytes",
    encode=lambda text, special: list(text.encode()),
)
_engine = LLGuidanceEngine()


@lru_cache(maxsize=100)
def compiled(text: str) -> Matcher:
    return _engine.compile(text, VOCABULARY)


def tokens(text: str) -> list[int]:
    return list(text.encode("utf-8"))


def holds(grammar: str, ids: list[int]) -> bool:
    """Every token allowed by its mask, and the end token after them."""
    matcher = compiled(grammar).fork()
    row = np.zeros((len(VOCABULARY.pieces) + 31) // 32, np.int32)
    for token in [*ids, END]:
        matcher.fill_mask(row)
        if not row[token // 32] >> (token % 32) & 1:
            return False
        matcher.advance(token)
    return True
