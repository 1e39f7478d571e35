"""What stands in texts that people write: counts, and letters that are none."""

LONGEST = 20  # digits: all limits on counts are far below, and Python reads no number of thousands
HALF_PAIR = "half of a surrogate pair is no letter"


def count(digits: str) -> int:
    """The number that decimal digits write; of one that has more than LONGEST, what it begins
    with."""
    return int(digits.lstrip("0")[:LONGEST] or "0")


def half_pair(text: str) -> int | None:
    """Where half of a surrogate pair stands, which has no UTF-8; None: nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None
