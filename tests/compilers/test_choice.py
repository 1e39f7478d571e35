"""Choices and whole regular expressions as grammars."""

import pytest

import compilers
from compilers.errors import Contradiction, Malformed
from compilers.oracle import recognises
from tests.compilers.byte_engine import holds, tokens


def test_choice() -> None:
    grammar = compilers.choice(["yes", "no", "no way", 'a"b/\\'])
    text = compilers.emit(grammar, "llguidance")
    for written in ("yes", "no", "no way", 'a"b/\\', "n", "no ", ""):
        expected = written in ("yes", "no", "no way", 'a"b/\\')
        assert recognises(grammar, written) == expected
        assert holds(text, tokens(written)) == expected


def test_regex() -> None:
    grammar = compilers.regex("(?!ab)[a-c]+|é*")
    text = compilers.emit(grammar, "llguidance")
    for written, expected in (("ab", False), ("ac", True), ("", True), ("éé", True), ("x", False)):
        assert recognises(grammar, written) == expected
        assert holds(text, tokens(written)) == expected


def test_nothing() -> None:
    with pytest.raises(Malformed):
        compilers.choice([])
    with pytest.raises(Contradiction):
        compilers.regex("a$b")
