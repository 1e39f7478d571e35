"""Grammars of small schemas, kept by content: a request has mostly the tools of the last one."""

import hashlib
import json
from collections.abc import Callable, Hashable
from typing import Any

from compilers.ir import Grammar

MAX_KEPT = 512
MAX_LETTERS = 3_000  # of a schema that is kept

_kept: dict[Hashable, Grammar] = {}


def once(schema: Any, how: Hashable, make: Callable[[str], Grammar]) -> Grammar:
    """`make` of a prefix that belongs to this schema alone, or what it was for an equal schema.

    `how` is what else the grammar depends on.
    """
    written = _written(schema)
    address = written, how
    found = _kept.get(address) if written else None
    if found is None:
        digest = hashlib.sha256(repr((written, how)).encode("utf-8", "replace")).hexdigest()
        found = make(f"s{digest[:8]}_")
        if 0 < len(written) <= MAX_LETTERS:
            _kept[address] = found
            if len(_kept) > MAX_KEPT:
                _kept.pop(next(iter(_kept)), None)  # the oldest
    return found


def _written(schema: Any) -> str:
    """The whole content of a schema; "" where it is no JSON, or nested without end."""
    try:
        return json.dumps(schema)
    except (TypeError, ValueError, RecursionError):
        return ""
