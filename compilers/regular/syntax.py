"""Sets of letters and counts as Rust's regex (and most others) writes them."""

from functools import lru_cache

from compilers.regular.letters import LAST, Ranges, inverse


@lru_cache(maxsize=4_000)
def letter_class(found: Ranges) -> str:
    """A set of letters: one letter, or a class in brackets."""
    if len(found) == 1 and found[0][0] == found[0][1]:
        return _letter(found[0][0])
    other = inverse(found)
    negated = len(other) < len(found) or (len(other) == len(found) and found[-1][1] == LAST)
    pairs = other if negated else found
    if not pairs:
        return r"[\x00-\x{10FFFF}]"
    inside = "".join(_letter(a) if a == b else f"{_letter(a)}-{_letter(b)}" for a, b in pairs)
    return f"[{'^' if negated else ''}{inside}]"


def _letter(code: int) -> str:
    letter = chr(code)
    if (letter.isascii() and letter.isalnum()) or letter in " _\"'<>=,:;%@!`":
        return letter
    if 0x20 < code < 0x7F:
        return "\\" + letter
    return f"\\x{{{code:X}}}" if code > 0xFF else f"\\x{code:02X}"


def counted(low: int, high: int | None) -> str:
    """What stands behind a part that is repeated `low` to `high` times (None: any number)."""
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    if (low, high) in short:
        return short[low, high]
    if low == high:
        return f"{{{low}}}"
    return f"{{{low},{'' if high is None else high}}}"
