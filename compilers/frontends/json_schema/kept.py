"""Grammars of small schemas, kept by content: a request has mostly the tools of the last one."""

import hashlib
import marshal
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from compilers.ir import Grammar

MAX_KEPT = 512
MAX_BYTES = 5_000  # of a schema that is kept

_kept: OrderedDict[tuple[bytes, str], Grammar] = OrderedDict()


def once(schema: Any, how: str, make: Callable[[bytes], Grammar]) -> Grammar:
    """`make` of all that a schema says, or what it was for an equal one. `how` is what else the
    grammar depends on, written out."""
    content = _content(schema)
    address = content, how
    found = _kept.get(address) if content else None
    if found is None:
        found = make(content)
        if 0 < len(content) <= MAX_BYTES:
            _kept[address] = found
            if len(_kept) > MAX_KEPT:
                _kept.popitem(last=False)  # the oldest
    return found


def prefix(content: bytes, how: str, where: str) -> str:
    """How the names of rules may begin that belong to a schema alone; `where` tells it from others
    if it is no JSON, so without content."""
    whole = f"({content or where!r}, {how})"
    return f"s{hashlib.blake2b(whole.encode('utf-8', 'replace'), digest_size=6).hexdigest()}_"


def _content(schema: Any) -> bytes:
    """All that a schema says; nothing where it is no JSON, or nested without end.

    In the oldest form, which depends on nothing else; JSON takes three times as long.
    """
    try:
        return marshal.dumps(schema, 0)
    except ValueError:
        return b""
