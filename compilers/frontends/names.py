"""The names of rules in grammars that people write, as every dialect takes them.

GBNF has names such as `json-value` and `Item`, which Lark and KBNF do not.
"""

import re

from compilers.ir import SHARED, Grammar, under_names, unused

_FITS = re.compile(rf"(?!{SHARED})[_a-z0-9]+")
_UNFIT = re.compile(r"[^_a-z0-9]")


def fitted(grammar: Grammar) -> Grammar:
    """The same grammar, its rules under names of small letters, digits and underscores, none of
    them SHARED. Names that fit stay as they are."""
    taken = set(grammar.rules)
    names: dict[str, str] = {}
    for name in grammar.rules:
        if not _FITS.fullmatch(name):
            plain = _UNFIT.sub("_", name.lower())
            names[name] = unused(f"_{plain}" if plain.startswith(SHARED) else plain, taken)
            taken.add(names[name])
    return under_names(grammar, names) if names else grammar
