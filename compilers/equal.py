"""What tells JSON values apart (JSON Schema Core, section 4.2.2): a key that equal ones share.

Members have no order, numbers are equal by value, and so are strings however their letters are
escaped. Of what has parts the key is a digest, so that it is small however large the value.
"""

import json
import re
from collections.abc import Iterable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from hashlib import blake2b

Key = bytes

_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")

_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def of_scalar(text: bytes) -> Key:
    """Of a string, a number, true, false or null, as it is written."""
    if text[:1] == b'"':
        return of_string(json.loads(text))
    number = _NUMBER.fullmatch(text.decode())
    return _of_number(*number.groups("")) if number else text


def of_string(value: str) -> Key:
    return b'"' + value.encode()


def _of_number(sign: str, whole: str, fraction: str, exponent: str) -> Key:
    digits = (whole + fraction).lstrip("0")
    kept = digits.rstrip("0")
    if not kept:
        return b"0"
    shift = len(digits) - len(kept) - len(fraction)
    # No int: Python refuses to read one of more than 4,300 digits.
    power = _EXACT.add(Decimal(exponent or 0), Decimal(shift))
    return f"{sign}{kept}e{power:f}".encode() if power else f"{sign}{kept}".encode()


def of_array(items: Iterable[Key]) -> Key:
    return _digest(b"[", list(items))


def of_object(members: Iterable[tuple[str, Key]]) -> Key:
    """Of a name that is there twice the last counts, as it does for who reads it."""
    return _digest(b"{", sorted(dict(members).items()))


def _digest(kind: bytes, parts: object) -> Key:
    return kind + blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=16).digest()
