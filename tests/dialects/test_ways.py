"""No reply can be read in two ways, however a chat is held: a sample of what
`python -m tests.dialects.ways` goes through."""

import random

import pytest

from tests.dialects.test_grammars import SPECS
from tests.dialects.ways import refused, told_apart, ways

SAMPLE = 16  # of each dialect; a way takes 10 ms


@pytest.mark.parametrize("name", sorted(SPECS))
def test_one_reading_only(name: str) -> None:
    for way in random.Random(name).sample(list(ways(name)), SAMPLE):
        assert (refused(way) == "") == told_apart(way), way


def test_what_cannot_be_told_apart_is_refused() -> None:
    """With an example, not by guessing."""
    odd = [way for way in ways("llama3") if not told_apart(way)]
    assert odd
    for way in odd:
        assert "name 'get_time'" in refused(way)
