"""Counts as people write them in patterns and grammars."""

LONGEST = 20  # digits: all limits on counts are far below, and Python reads no number of thousands


def count(digits: str) -> int:
    """The number that decimal digits write; of one that has more than LONGEST, what it begins
    with."""
    return int(digits.lstrip("0")[:LONGEST] or "0")
