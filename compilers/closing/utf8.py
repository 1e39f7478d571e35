"""Characters that have arrived in part: bytes, as tokens bring them."""


def characters(data: bytes) -> tuple[str | None, bytes]:
    """The whole characters that bytes begin with, and the beginning of one behind them. None where
    they are no UTF-8."""
    try:
        return data.decode(), b""
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return None, b""
        return data[: error.start].decode(), data[error.start :]


def completions(beginning: bytes) -> tuple[int, int]:
    """The first and last code point whose UTF-8 begins with these bytes (the beginning of one, as
    `characters` leaves it); surrogates may lie between them."""
    first = beginning[0]
    length = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    known = first & (0x7F >> length)
    for byte in beginning[1:]:
        known = known << 6 | byte & 0x3F
    missing = 6 * (length - len(beginning))
    low, high = known << missing, (known + 1 << missing) - 1
    return max(low, (0x80, 0x800, 0x10000)[length - 2]), min(high, 0x10FFFF)
