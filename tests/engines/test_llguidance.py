"""What is llguidance's own: terminals that would fail some tokens into a reply."""

from string import ascii_letters, digits

import numpy as np
import pytest

from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from tests.engines.test_contract import VOCABULARY

LETTERS = ascii_letters + digits


def texts(letters: str) -> str:
    """A terminal of the texts in which all these letters are."""
    return " & ".join(f"/(?s:.*){letter}(?s:.*)/" for letter in letters)


@pytest.mark.parametrize("place", ["", '"literal" '])
def test_what_would_fail_in_a_reply_is_refused_before_it(place: str) -> None:
    """Its first mask may be of something else."""
    engine = LLGuidanceEngine()
    engine.compile(f"start: {place}T\nT: {texts('abcd')}", VOCABULARY)
    with pytest.raises(EngineFailure, match="too many expressions"):
        engine.compile(f"start: {place}T\nT: {texts('abcdefghijklmn')}", VOCABULARY)


def test_several_that_are_good_alone_are_good_at_one_place() -> None:
    """A mask needs all of them, and so more than any had when it was tried."""
    sets = ["abcdefghijklmnop"[i : i + 9] for i in range(8)]
    terminals = [f"T{i}: {texts(letters)}" for i, letters in enumerate(sets)]
    ways = "|".join(f"T{i}" for i in range(len(sets)))
    grammar = "\n".join([f'start: "{{" ({ways})', *terminals])
    _walk(grammar, b"{abcdefghijklmnop")


def test_rules_within_rules_may_go_on_for_long() -> None:
    """Behind each letter all of them may end, and each may go on with any letter."""
    ways = "|".join(f'"{letter}" r?' for letter in LETTERS)
    _walk(f"start: r\nr: {ways}", LETTERS.encode() * 14)


def _walk(grammar: str, text: bytes) -> None:
    """With the masks of the last places. Raises EngineFailure."""
    matcher = LLGuidanceEngine().compile(grammar, VOCABULARY)
    row = np.zeros((len(VOCABULARY.pieces) + 31) // 32, np.int32)
    for place, token in enumerate(text):
        if place > len(text) - 20:
            matcher.fill_mask(row)
        matcher.advance(token)
    matcher.fill_mask(row)
