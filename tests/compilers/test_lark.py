"""What the Lark emitter prints, parsed by the Python package lark, is what the oracle says."""

import json
from typing import Any

import lark
import pytest

import compilers
from compilers.errors import CompileError, Unsupported
from compilers.ir import Grammar, Special
from compilers.oracle import recognises
from tests.compilers.test_json_schema import ROWS
from tests.compilers.test_template import ROWS as TEMPLATES


def holds(parser: lark.Lark, text: str) -> bool:
    try:
        parser.parse(text)
    except lark.exceptions.LarkError:
        return False
    return True


def check(grammar: Grammar, texts: list[str]) -> None:
    written = compilers.emit(grammar, "lark")
    parser = lark.Lark(written, parser="earley", lexer="dynamic_complete")
    assert [text for text in texts if holds(parser, text) and not recognises(grammar, text)] == []
    assert [
        text
        for text in texts
        if not holds(parser, text) and "{" not in text and recognises(grammar, text)
    ] == []


SMALL = ROWS[:35]


@pytest.mark.parametrize(("schema", "accept", "reject"), SMALL, ids=lambda row: str(row)[:50])
def test_json_schema(schema: Any, accept: list[Any], reject: list[Any]) -> None:
    try:
        check(compilers.json_schema(schema), [json.dumps(v) for v in accept + reject])
    except Unsupported as error:
        pytest.skip(str(error))


SIMPLE = [row for row in TEMPLATES[1:] if row[1]]


@pytest.mark.parametrize(("template", "accept", "reject"), SIMPLE)
def test_template(template: str, accept: list[str], reject: list[str]) -> None:
    check(compilers.template(template), accept + reject)


def test_what_it_cannot_say() -> None:
    with pytest.raises(CompileError, match="special token"):
        compilers.emit(Grammar({"start": Special("<x>")}), "lark")
