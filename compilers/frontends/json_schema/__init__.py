"""JSON Schema (drafts 4 to 2020-12, as they occur in the wild) to a Grammar of JSON texts.

    document.py    the subschemas at their places; what $ref means
    expand.py      all boolean operators taken apart, one type of JSON at a time, into
                   algebra.py (languages, lists of shapes) and shapes.py (of objects and arrays)
    vocabulary.py  the keywords: operators.py, scalars.py, arrays.py, objects.py
    glance.py, satisfy.py    what keeps the alternatives few
    numerals.py, formats.py, spelling.py    numbers and strings as regular languages
    holds.py       values against schemas, for enum and const
    lower.py       shapes to rules; leaves.py those that are met again and again

Every assertion keyword is enforced exactly, or the schema is refused with its JSON pointer. What
specifications call annotations (unknown formats and keywords, and keywords that the declared draft
does not have) is listed in the grammar's notes. So is where the grammar is stricter than the
schema: an object that can be told from its rivals in too many ways keeps the simplest of them.
"""

import json
from typing import Any

from compilers import clock, collection
from compilers.errors import Contradiction, TooLarge
from compilers.frontends.json_schema.document import Document
from compilers.frontends.json_schema.lower import Lowering
from compilers.frontends.json_schema.shapes import conj
from compilers.frontends.json_schema.spelling import Style
from compilers.ir import Grammar, productive

MAX_KEPT = 512
MAX_LETTERS = 3_000  # of a schema that is kept

_kept: dict[tuple[str, Style], Grammar] = {}


@collection.put_off()
@clock.limited()
def parse(schema: Any, style: Style | None = None) -> Grammar:
    """The grammar of the JSON texts that a schema (already read: a dict or a bool) allows.

    Small schemas are kept by content: the tools of one request are mostly those of the last one.
    Raises Unsupported, TooLarge or Malformed, with a JSON pointer; Contradiction if there is none.
    """
    style = style or Style()
    document = Document(schema)
    address = _written(schema), style
    found = _kept.get(address)
    if found is None:
        found = _lowered(document, style)
        if 0 < len(address[0]) <= MAX_LETTERS:
            _kept[address] = found
            if len(_kept) > MAX_KEPT:
                _kept.pop(next(iter(_kept)), None)  # the oldest
    return found


def _written(schema: Any) -> str:
    """The whole content of a schema; "" where annotations hold what is no JSON."""
    try:
        return json.dumps(schema)
    except TypeError:
        return ""


def _lowered(document: Document, style: Style) -> Grammar:
    lowering = Lowering(document, style)
    grammar = lowering.run(conj((document.root, True)))
    if grammar.start in productive(grammar.rules):
        return grammar
    if lowering.is_whole:
        raise Contradiction("no value satisfies this schema")
    raise TooLarge(
        "too many ways to satisfy it, and none of the simplest can be", "", "alternatives"
    )
