"""The garbage collector waits while something is compiled, and only then."""

import gc
from contextlib import suppress
from typing import Any

import pytest

import compilers
from compilers.collection import put_off


def test_it_waits_for_the_outermost() -> None:
    with put_off():
        with put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), put_off():
        raise ValueError("no")
    assert gc.isenabled()


def test_it_stays_off_where_it_was() -> None:
    gc.disable()
    try:
        with put_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


SCHEMAS = [
    {"type": "object", "properties": {"a": {"$ref": "#"}}, "maxProperties": 1},
    {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "maxProperties": 2},
    {"type": "array", "contains": {"const": 1}, "maxContains": 2},
    {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 2},
    {"type": "string", "pattern": "^a*b$", "maxLength": 9},
    {"type": "string", "pattern": "(?=a)"},
]


@pytest.mark.parametrize("dialect", ["llguidance", "kbnf", "gbnf"])
@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_nothing_is_left_for_it(schema: dict[str, Any], dialect: str) -> None:
    """All that a declaration took is freed as soon as it is compiled: no circle holds it."""
    gc.collect()
    with put_off():
        with suppress(compilers.CompileError):
            compilers.emit(compilers.json_schema(schema), dialect)
        assert gc.collect() == 0
