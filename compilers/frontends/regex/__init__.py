r"""Regular expressions as people write them (ECMA-262, and the common part of PCRE) to `Expr`.

    whole(r"[0-9]{3}")    the texts that the pattern matches from end to end
    search(r"^a|b$")      the texts in which it matches somewhere: `pattern` of JSON Schema

    cursor      a place in a pattern, and errors that point there
    letters     what stands for one letter: escapes, classes
    nodes       what a pattern is made of: languages, and anchors between them
    parser      pattern -> node
    compiler    node -> Expr

What no regular language can say (back-references), or what would be guessed (look-behind), is
refused by name.
"""

from functools import lru_cache

from compilers import clock
from compilers.errors import Contradiction, TooLarge
from compilers.frontends.regex import compiler
from compilers.frontends.regex.parser import Parser
from compilers.ir import Grammar, Regular
from compilers.regular import EVERY, Expr, both, cat, is_empty


@clock.limited()
def parse(pattern: str | None, prefix: str | None = None) -> Grammar:
    """The grammar of the texts that `pattern` matches from end to end, and that begin with a match
    of `prefix`; None for either asks nothing."""
    wanted = [] if pattern is None else [whole(pattern)]
    wanted += [] if prefix is None else [cat(whole(prefix), EVERY)]
    expr = both(*wanted) if wanted else EVERY
    try:
        empty = is_empty(expr)
    except TooLarge:  # too large to say: whoever uses it will see
        empty = False
    if empty:
        patterns = " and ".join(repr(one) for one in (pattern, prefix) if one is not None)
        raise Contradiction(f"no text matches {patterns}")
    return Grammar({"start": Regular(expr)})


@lru_cache(maxsize=2000)
def whole(pattern: str) -> Expr:
    """The texts that `pattern` matches from end to end."""
    return compiler.whole(Parser(pattern).run(), pattern)


@lru_cache(maxsize=2000)
def search(pattern: str) -> Expr:
    """The texts in which `pattern` matches somewhere."""
    return compiler.search(Parser(pattern).run(), pattern)
