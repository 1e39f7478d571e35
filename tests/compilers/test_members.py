"""Members in any order, in grammars that are no JSON: llguidance's engine against the oracle."""

from itertools import product

import pytest

import compilers
from compilers.errors import Unsupported
from compilers.ir import NOTHING, Grammar, Literal, Node, Ref, Unordered, maybe, sequence
from compilers.oracle import recognises
from tests.compilers.byte_engine import holds, tokens

A, C, COMMA = Literal("a"), Literal("c"), Literal(",")
HOLE = sequence(Literal("["), Ref("start"), Literal("]"))


def members(*optional: Node, extra: Node = NOTHING) -> Grammar:
    """An "a" that must be there, and others, in any order."""
    others = tuple((each, False) for each in optional)
    return Grammar({"start": Unordered(((A, True), *others), extra, COMMA)})


SOUND = {
    "within brackets": members(HOLE, C),
    "others within brackets": members(C, extra=HOLE),
    "not at the end": members(sequence(Literal("["), Ref("start"), Literal("]"), maybe(C)), C),
    "few, which are written out": members(sequence(Literal("["), Ref("start"))),
}


@pytest.mark.parametrize("grammar", SOUND.values(), ids=SOUND)
def test_members_within_themselves(grammar: Grammar) -> None:
    written = compilers.emit(grammar, "llguidance")
    texts = ["".join(each) for n in range(7) for each in product("ac,[]", repeat=n)]
    near = [text for text in texts if text.count("[") == 1 or "[" not in text]
    for text in near:
        assert holds(written, tokens(text)) == recognises(grammar, text), text


OPEN = {
    "at the end": members(sequence(Literal("["), Ref("start")), C),
    "at the end of others": members(extra=sequence(Literal("["), Ref("start"))),
    "at the end, perhaps": members(sequence(Literal("["), Ref("start"), maybe(C)), C),
    "at the beginning": members(sequence(Ref("start"), Literal("]")), C),
    "by another rule": Grammar(
        {
            "start": Unordered(((A, True), (Ref("b"), False), (C, False)), NOTHING, COMMA),
            "b": sequence(Literal("["), Ref("start")),
        }
    ),
}


@pytest.mark.parametrize("grammar", OPEN.values(), ids=OPEN)
def test_what_llguidance_would_mistake_is_refused(grammar: Grammar) -> None:
    """The engine took `[a,c`, where only the inner members have the "a" that must be there."""
    with pytest.raises(Unsupported, match="members in any order that begin or end with themsel"):
        compilers.emit(grammar, "llguidance")
    compilers.emit(grammar, "llguidance", order="source")
