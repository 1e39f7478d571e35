"""A grammar as text, in Lark (lark_text) or in GBNF (gbnf_text): its first rule shows in which.

start: "yes" | "no"          # Lark
root ::= "yes" | "no"        # GBNF
"""

import re

from compilers.errors import Malformed, placed
from compilers.frontends import gbnf_text, lark_text
from compilers.ir import Grammar

_NOTHING = re.compile(r"(?:\s|//[^\n]*|#[^\n]*)*")
_GBNF = re.compile(r"[\w-]+\s*::=")
_LARK = re.compile(r"%[a-z]+|[?!]?\w+(?:\.\d+)?(?:\{[^}]*\})?\s*:")


def parse(source: str) -> Grammar:
    """Malformed, with line and caret, where it is neither; else what the notation's parser says."""
    at = _NOTHING.match(source).end()  # type: ignore[union-attr]
    if _GBNF.match(source, at):
        return gbnf_text.parse(source)
    if _LARK.match(source, at):
        return lark_text.parse(source)
    where, shown = placed(source, at)
    message = "a rule of Lark (start: ...) or of GBNF (root ::= ...) expected"
    raise Malformed(f"{message}\n{shown}", where, "grammar: malformed")
