"""What is llguidance's own: terminals that would fail some tokens into a reply."""

import pytest

from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from tests.engines.test_contract import VOCABULARY


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
