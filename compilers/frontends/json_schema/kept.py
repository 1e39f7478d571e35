"""Grammars of small schemas, kept by content: a request has mostly the tools of the last one."""

import hashlib
import marshal
from collections.abc import Callable
from functools import partial
from typing import Any

from compilers import clock
from compilers.frontends.json_schema.sources import Sources
from compilers.ir import Grammar, Origin, Table, with_origin
from compilers.latest import Latest

MAX_KEPT = 512
MAX_BYTES = 5_000  # of a schema that is kept

_kept = Latest[tuple[bytes, str], Grammar](MAX_KEPT)

Make = Callable[[Any, bytes, Sources | None], Grammar]
"""The grammar of a schema; of all that it says, to name rules by; and who is told where they come
from, if anybody."""


def once(schema: Any, how: str, make: Make) -> Grammar:
    """`make` of a schema, or what it was for an equal one. `how` is what else the grammar depends
    on, written out."""
    content = _content(schema)
    address = content, how
    found = _kept.get(address) if content else None
    if found is None:
        found = make(schema, content, None)
        if content:
            origin = Origin("", found.rules, partial(_table, content, make))
            found = with_origin(found, origin)
        if 0 < len(content) <= MAX_BYTES:
            _kept.put(address, found)
    return found


@clock.limited()
def _table(content: bytes, make: Make) -> Table:
    """Where rules and languages come from: made once more, which costs nothing until an error asks.

    From the content, since who has the schema may have changed it.
    """
    sources = Sources()
    make(marshal.loads(content), content, sources)
    return sources.table


def prefix(content: bytes, how: str, where: str) -> str:
    """How the names of rules may begin that belong to a schema alone; `where` tells it from others
    if it is no JSON, so without content."""
    digest = hashlib.blake2b(content or where.encode("utf-8", "replace"), digest_size=6)
    digest.update(how.encode("utf-8", "replace"))
    return f"s{digest.hexdigest()}_"


def _content(schema: Any) -> bytes:
    """All that a schema says; nothing where it is no JSON, or nested without end.

    In the oldest form, which depends on nothing else; JSON takes three times as long.
    """
    try:
        return marshal.dumps(schema, 0)
    except ValueError:
        return b""
