"""One of several texts."""

from collections.abc import Iterable

from compilers.errors import Malformed
from compilers.frontends.texts import HALF_PAIR, half_pair
from compilers.ir import Grammar, Regular
from compilers.regular import either, text


def parse(texts: Iterable[str]) -> Grammar:
    """The grammar of exactly these texts. Malformed if there is none."""
    found = list(dict.fromkeys(texts))
    if not found:
        raise Malformed("a choice needs at least one text", kind="malformed")
    for each in found:
        if half_pair(each) is not None:
            raise Malformed(f"{HALF_PAIR}: {each!r}", kind="malformed")
    return Grammar({"start": Regular(either(*map(text, found)))})
