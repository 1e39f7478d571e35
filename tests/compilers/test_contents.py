"""What subschemas say is kept for other documents where it is flat; nobody can tell that it is."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

import compilers
from compilers.frontends.json_schema import contents
from compilers.frontends.json_schema.contents import Contents

Schema = dict[str, Any]


def words(count: int) -> list[str]:
    return [f"word {i}" for i in range(count)]


SAME = [
    ({"type": "string"}, {"description": "a name", "type": "string", "default": {"a": [1]}}),
    ({"enum": words(3)}, {"enum": words(3), "title": "three"}),
    ({"minimum": 1, "type": "integer"}, {"minimum": 1, "type": "integer"}),
]
DIFFERENT = [
    ({"type": "string"}, {"type": "integer"}),
    ({"minimum": 1}, {"minimum": True}),
    ({"minimum": 1}, {"minimum": 1.0}),
    ({"const": "a"}, {"const": ["a"]}),
    ({"const": {"type": "string"}}, {"const": {"type": "string", "title": "it counts here"}}),
    ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=str)
def test_what_is_flat_is_common_to_all_documents(one: Schema, other: Schema) -> None:
    assert Contents().of(one) is Contents().of(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=str)
def test_what_differs_is_told_apart(one: Schema, other: Schema) -> None:
    found = Contents()
    assert found.of(one) is not found.of(other)


@pytest.mark.parametrize(
    "schema", [{"items": {"type": "string"}}, {"enum": words(contents.MAX_WORDS + 1)}], ids=str
)
def test_what_is_large_is_of_one_document(schema: Schema) -> None:
    found = Contents()
    assert found.of(schema) is found.of_new({**schema, "title": "the same"})
    assert found.of(schema) is not Contents().of(schema)


def test_a_document_under_way_keeps_to_what_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_COMMON", 2)
    before = Contents()
    old = [before.of_new({"maxLength": n}) for n in range(5)]
    after = Contents()
    assert [before.of_new({"maxLength": n}) for n in range(5)] == old
    assert after.of_new({"maxLength": 1}) is not old[1]
    assert len(contents._common) == 1


# --- nor does it show in what is compiled

NOTED = {"type": "string", "format": "of-nobody"}
LATER = {"type": "string", "minLength": 1, "const": "it"}
OLD = {"$schema": "http://json-schema.org/draft-04/schema#"}  # has no const


def of_members(*leaves: Schema, **more: Any) -> Schema:
    members = {f"m{i}": leaf for i, leaf in enumerate(leaves)}
    return {"type": "object", "properties": members, "additionalProperties": False, **more}


WRONG = {"type": "string", "minLength": -1}
SCHEMAS = [
    of_members(LATER),
    of_members(LATER, **OLD),
    of_members(NOTED),
    of_members({"title": "another place"}, NOTED, {**NOTED, "title": "and a copy"}),
    of_members({"type": "string"}, {"items": WRONG}),
    of_members(WRONG),
    of_members({"type": "string", "enum": words(2)}, {"type": "string", "enum": words(2)[::-1]}),
]


def compiled(schema: Schema) -> tuple[object, ...]:
    """Text and notes, or the error; of a schema that was not kept as a whole."""
    unseen = {**schema, "$comment": next(_numbers)}
    try:
        grammar = compilers.json_schema(unseen)
    except compilers.CompileError as error:
        return error.where, error.message
    return compilers.emit(grammar, "llguidance"), grammar.notes


_numbers = iter(range(10_000_000))


def fresh(schema: Schema, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...]:
    with monkeypatch.context() as patched:
        patched.setattr(contents, "_common", {})
        return compiled(schema)


def test_nor_does_what_was_compiled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [fresh(schema, monkeypatch) for schema in SCHEMAS]
    for order in list(permutations(range(len(SCHEMAS))))[::499]:
        monkeypatch.setattr(contents, "_common", {})
        assert all(compiled(SCHEMAS[i]) == alone[i] for i in order)


def test_nor_do_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [fresh(schema, monkeypatch) for schema in SCHEMAS]
    monkeypatch.setattr(contents, "MAX_COMMON", 1)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(compiled, SCHEMAS * 40))
    assert found == alone * 40
