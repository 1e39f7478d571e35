"""JSON Schema (drafts 4 to 2020-12, as they occur in the wild) to a Grammar of JSON texts.

    document.py    the subschemas at their places; what $ref means; contents.py which are the same
    expand.py      all boolean operators taken apart, one type of JSON at a time, into
                   algebra.py (languages, lists of shapes) and shapes.py (of objects and arrays)
    vocabulary.py  the keywords: operators.py, scalars.py, arrays.py, objects.py, unevaluated.py
    glance.py, satisfy.py    what keeps the alternatives few
    numerals.py, formats.py, spelling.py    numbers and strings as regular languages
    holds.py       values against schemas, for enum and const
    lower.py       shapes to rules; counting.py where members or items are counted; names.py those
                   that are not listed; leaves.py what is met again and again; kept.py grammars;
                   sources.py where rules come from, for errors

Every assertion keyword is enforced exactly, or the schema is refused with its JSON pointer. What
specifications call annotations (unknown formats and keywords, and keywords that the declared draft
does not have) is listed in the grammar's notes. So is where the grammar is stricter than the
schema: an object that can be told from its rivals in too many ways keeps the simplest of them.
"""

from typing import Any

from compilers import clock, collection
from compilers.errors import Contradiction, TooLarge
from compilers.frontends.json_schema import kept
from compilers.frontends.json_schema.document import Document
from compilers.frontends.json_schema.lower import Lowering
from compilers.frontends.json_schema.shapes import conj
from compilers.frontends.json_schema.sources import Sources
from compilers.frontends.json_schema.spelling import Style
from compilers.ir import Grammar
from compilers.uses import productive


@collection.put_off()
@clock.limited()
def parse(schema: Any, style: Style | None = None) -> Grammar:
    """The grammar of the JSON texts that a schema (already read: a dict or a bool) allows.

    Raises Unsupported, TooLarge or Malformed, with a JSON pointer; Contradiction if there is none.
    """
    how = style or Style()

    def make(schema: Any, _: bytes, sources: Sources | None) -> Grammar:
        return lowered(schema, how, sources=sources)

    return kept.once(schema, repr(how), make)


def lowered(schema: Any, style: Style, prefix: str = "", sources: Sources | None = None) -> Grammar:
    """The same, made within something larger, whose work is limited and whose parts are kept.
    `prefix`: how the names of its rules begin; `sources` is told where they come from."""
    document = Document(schema)
    lowering = Lowering(document, style, prefix, sources)
    grammar = lowering.run(conj((document.root, True)))
    found = productive(grammar.rules)
    if grammar.start in found:
        return grammar
    if lowering.is_whole:
        raise Contradiction("no value satisfies this schema", lowering.barren(found))
    raise TooLarge(
        "too many ways to satisfy it, and none of the simplest can be", "", "alternatives"
    )
