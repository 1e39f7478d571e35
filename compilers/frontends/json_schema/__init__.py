"""JSON Schema (drafts 4 to 2020-12, as they occur in the wild) to a Grammar of JSON texts.

    document.py    the subschemas at their places; what $ref means
    expand.py      all boolean operators taken apart, one type of JSON at a time
    shapes.py      what is left of objects and arrays then: conjunctions of simple demands
    numerals.py, formats.py, spelling.py    numbers and strings as regular languages
    holds.py       values against schemas, for enum and const
    lower.py       shapes to rules

Every assertion keyword is enforced exactly, or the schema is refused with its JSON pointer. What
specifications call annotations (unknown formats and keywords) is listed in the grammar's notes.
"""

from typing import Any

from compilers.errors import Contradiction
from compilers.frontends.json_schema.document import Document
from compilers.frontends.json_schema.lower import Lowering
from compilers.frontends.json_schema.shapes import conj
from compilers.frontends.json_schema.spelling import Style
from compilers.ir import Grammar, productive


def parse(schema: Any, style: Style | None = None) -> Grammar:
    """The grammar of the JSON texts that a schema (already read: a dict or a bool) allows.

    Raises Unsupported, TooLarge or Malformed, with a JSON pointer; Contradiction if there is none.
    """
    document = Document(schema)
    grammar = Lowering(document, style or Style()).run(conj((document.root, True)))
    if grammar.start not in productive(grammar.rules):
        raise Contradiction("no value satisfies this schema")
    return grammar
