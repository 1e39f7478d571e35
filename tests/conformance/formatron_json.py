"""Formatron's own JSON Schema front end, for comparison: a schema to KBNF.

formatron 0.5.0 asks pydantic for a module `typing`, which it has had none of since 2.12: it is lent
one while formatron is imported.
"""

import sys
import typing
from functools import cache
from importlib import import_module
from typing import Any

import kbnf
import pydantic

from compilers.emitters.kbnf import END

ID = "https://example.com/schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@cache
def _parts() -> tuple[Any, Any]:
    """What makes a type of a schema, and what makes a grammar of a type."""
    missing = not hasattr(pydantic, "typing")
    if missing:
        pydantic.typing = typing  # type: ignore[attr-defined]
        sys.modules["pydantic.typing"] = typing
    try:
        schemas, formatter = map(
            import_module, ("formatron.schemas.json_schema", "formatron.formatter")
        )
    finally:
        if missing:
            del pydantic.typing  # type: ignore[attr-defined]
            del sys.modules["pydantic.typing"]
    return schemas.create_schema, formatter.FormatterBuilder


@cache
def _small_vocabulary() -> kbnf.Vocabulary:
    """The bytes alone: building compiles, too, and with these it costs little."""
    return kbnf.Vocabulary({i: kbnf.Token(bytes([i])) for i in range(256)}, {0: "0"})


def grammar(schema: Any) -> str:
    """The text, with an end as our engine expects it. Raises whatever formatron raises."""
    create_schema, builder_type = _parts()
    if isinstance(schema, dict):
        schema = {"$id": ID, **schema, "$schema": DRAFT}
    builder = builder_type()
    builder.append_str(f"{builder.json(create_schema(schema))}")
    built = builder.build(_small_vocabulary(), lambda ids: "")
    text = str(built.grammar_str)
    start = text.rindex("start ::= ")
    return text[:start] + text[start:].rstrip().removesuffix(";") + f' "{END}";\n'
