"""JSON Schema: rows of (schema, values to accept, values to reject), and refusals by name.

Each row is tried on the oracle of the IR and on llguidance, with members in any order and in the
order of the source (then only rejections must agree).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compilers
from compilers.errors import CompileError, Contradiction, Malformed, TooLarge, Unsupported
from compilers.frontends.json_schema import Style, document, parse
from compilers.oracle import recognises
from tests.compilers.byte_engine import VOCABULARY, compiled, holds, tokens

ROOT = Path(__file__).parents[2]
NAME = {"name": {"type": "string"}}

ROWS: list[tuple[Any, list[Any], list[Any]]] = [
    (True, [None, 1, "x", [], {"a": [1]}], []),
    ({"type": "integer"}, [0, -5, 10**20], [1.5, "1", None]),
    ({"type": "number"}, [0, -1.5, 1e30, 1e-7], ["1", None]),
    ({"minimum": 3, "type": "number"}, [3, 3.5, 10], [2, 2.9, -3]),
    ({"minimum": 3}, [3, "x", None], [2]),
    ({"type": "integer", "exclusiveMinimum": -2, "maximum": 12}, [-1, 0, 12], [-2, 13, 1.5]),
    ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, [1.1], [1]),
    ({"type": "integer", "multipleOf": 5, "not": {"multipleOf": 10}}, [5, -15], [10, 7]),
    ({"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 30}, [14, 28], [7, 35, 15]),
    ({"type": "integer", "allOf": [{"multipleOf": 7}, {"multipleOf": 9}]}, [0, -126], [7, 9, 62]),
    (
        {"type": "number", "oneOf": [{"multipleOf": 11}, {"multipleOf": 0.5}], "minimum": 0},
        [0.5, 3, 23.5],
        [0.0, 11, 22.0, 0.7, -1],
    ),
    ({"enum": [1, "a", None, {"b": [1]}]}, [1, "a", None, {"b": [1]}], [2, "b", {"b": []}]),
    ({"enum": ["a", "b", "c"], "not": {"const": "b"}}, ["a", "c"], ["b", "d"]),
    ({"const": [1, {"a": 2}]}, [[1, {"a": 2}]], [[1], [1, {"a": 3}]]),
    ({"not": {"const": {"a": 1}}}, [{}, {"a": 2}, {"a": 1, "b": 1}, [], 1], [{"a": 1}]),
    ({"type": "array", "not": {"const": [1, 2]}}, [[], [1], [1, 3], [1, 2, 3]], [[1, 2]]),
    ({"type": "string", "minLength": 2, "maxLength": 3}, ["ab", "é😀a"], ["a", "abcd"]),
    ({"type": "string", "pattern": "^a|b$", "maxLength": 3}, ["a", "xb", "abc"], ["xa", "axxb"]),
    ({"type": "string", "format": "date"}, ["2024-02-29"], ["2023-02-29", "x"]),
    ({"type": "string", "format": "date-time"}, ["2024-01-01T00:00:00Z"], ["2024-01-01"]),
    ({"type": "string", "format": "ipv6"}, ["::1", "1::", "::ffff:1.2.3.4"], [":1", "1:2"]),
    ({"type": "string", "format": "uri"}, ["http://a.b/c?d#e", "urn:x:y"], ["//a", "a b"]),
    ({"type": "string", "format": "unknown"}, ["x"], [1]),
    ({"type": "string"}, ['"\\\n\u0007', "\u007f\u2028"], []),
    (
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"properties": NAME}},
         "required": ["a"]},
        [{"a": 1}, {"a": 1, "c": []}, {"b": {}, "a": 1}],
        [{}, {"a": "x"}, {"b": {"name": 1}, "a": 1}],
    ),
    ({"properties": NAME, "additionalProperties": False}, [{}, {"name": ""}, 1], [{"x": 1}]),
    ({"type": "object", "properties": {"a": False}}, [{}, {"b": 1, "c": 2}], [{"a": 1}]),
    (
        {"properties": {"a": True, "b": True}, "required": ["b"], "additionalProperties": False},
        [{"b": 1}, {"a": 1, "b": 2}, {"b": 1, "a": 2}],
        [{}, {"a": 1}, {"b": 1, "b ": 2}],
    ),
    (
        {"properties": {"a": True, "b": True}, "additionalProperties": False},
        [{}, {"b": 1}, {"a": 1}, {"a": 1, "b": 2}, {"b": 1, "a": 2}],
        [{"c": 1}],
    ),
    ({"type": "object", "additionalProperties": {"type": "null"}}, [{}, {"x": None}], [{"x": 1}]),
    (
        {
            "type": "object",
            "properties": {"xa": {"type": "integer"}},
            "patternProperties": {"^x": {"minimum": 3}, "a$": {"maximum": 5}},
            "additionalProperties": False,
        },
        [{"xa": 4}, {"xb": 9, "ba": 1}, {"xca": 3}],
        [{"xa": 6}, {"xb": 2}, {"xca": 6}, {"b": 1}],
    ),
    (
        {"type": "object", "propertyNames": {"maxLength": 2, "pattern": "^[a-z]"}},
        [{"ab": 1}, {}],
        [{"abc": 1}, {"1": 1}],
    ),
    (
        {"type": "object", "minProperties": 1, "maxProperties": 2, "properties": {"a": {}}},
        [{"a": 1}, {"b": 1}, {"a": 1, "b": 2}],
        [{}, {"a": 1, "b": 2, "c": 3}],
    ),
    # One member at least, whichever; no room but for those that must be there: in any order.
    (
        {"type": "object", "minProperties": 1, "properties": {"a": {"const": 1}, "b": {}, "c": {}}},
        [{"c": 1, "a": 1}, {"b": 1, "x": 2, "a": 1}, {"x": 1}, {"x": 1, "c": 2}],
        [{}, {"a": 2}, {"c": 1, "a": 2}],
    ),
    (
        {"minProperties": 1, "properties": {"a": {}, "b": {}}, "additionalProperties": False},
        [{"b": 1, "a": 1}, {"b": 1}, {"a": 1}, []],
        [{}, {"c": 1}],
    ),
    (
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["a", "c"],
         "minProperties": 2, "maxProperties": 2},
        [{"a": 1, "c": 1}, {"c": 1, "a": 1}],
        [{"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}, {"a": 1, "c": 1, "x": 1}],
    ),
    (
        {"type": "object", "dependentRequired": {"a": ["b"]}, "additionalProperties": {"const": 1}},
        [{}, {"b": 1}, {"a": 1, "b": 1}],
        [{"a": 1}],
    ),
    (
        {"type": "object", "dependencies": {"a": {"required": ["c"]}, "b": ["a"]}},
        [{}, {"c": 1}, {"a": 1, "c": 1}],
        [{"a": 1}, {"b": 1}],
    ),
    (
        {
            "type": "object",
            "properties": {"kind": {"enum": ["n", "s"]}, "v": {}},
            "required": ["kind", "v"],
            "if": {"properties": {"kind": {"const": "n"}}},
            "then": {"properties": {"v": {"type": "number"}}},
            "else": {"properties": {"v": {"type": "string"}}},
        },
        [{"kind": "n", "v": 1}, {"kind": "s", "v": "x"}],
        [{"kind": "n", "v": "x"}, {"kind": "s", "v": 1}],
    ),
    ({"type": "object", "not": {"required": ["a"]}}, [{}, {"b": 1}], [{"a": 1}]),
    ({"type": "object", "not": {"required": ["a", "b"]}}, [{"a": 1}], [{"a": 1, "b": 1}]),
    (
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        [{"a": 1}, {"b": 1, "c": 1}],
        [{}, {"a": 1, "b": 1}],
    ),
    ({"oneOf": [{"type": "number"}, {"type": "integer"}, {"type": "null"}]}, [1.5, None], [1]),
    ({"oneOf": [{"multipleOf": 2}, {"multipleOf": 5}], "type": "integer"}, [2, 5], [10, 3]),
    (
        {"anyOf": [{"type": "string", "maxLength": 1}, {"type": "array"}], "not": {"const": "b"}},
        ["a", []],
        ["b", "ab", 1],
    ),
    (
        {"allOf": [{"properties": NAME}, {"required": ["name"]}, {"type": "object"}]},
        [{"name": "x"}],
        [{}, {"name": 1}],
    ),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}, [[1]], [[]]),
    ({"prefixItems": [{"const": 1}, {"const": 2}], "items": False}, [[], [1], [1, 2]], [[2]]),
    ({"items": [{"const": 1}], "additionalItems": {"const": 2}}, [[1, 2, 2]], [[1, 1]]),
    ({"type": "array", "contains": {"const": 1}}, [[1], [2, 1, 3]], [[], [2]]),
    (
        {"type": "array", "contains": {"const": 1}, "minContains": 2, "maxContains": 2},
        [[1, 1], [1, 0, 1]],
        [[1], [1, 1, 1]],
    ),
    ({"contains": {"enum": [None, {"a": None}]}}, [[None, {"a": True}], [{"a": None}]], [[1]]),
    ({"not": {"items": {"type": "integer"}}}, [["a"], [1, "a"]], [[], [1]]),
    ({"items": {"enum": [1, 2, 3]}, "uniqueItems": True}, [[], [3, 1]], [[1, 1]]),
    (
        {"$defs": {"t": {"properties": {"c": {"items": {"$ref": "#/$defs/t"}}},
                         "additionalProperties": False, "type": "object"}},
         "$ref": "#/$defs/t"},
        [{}, {"c": []}, {"c": [{"c": []}, {}]}],
        [{"c": [1]}, {"d": 1}],
    ),
    (
        {"$id": "http://x/y", "properties": {"a": {"$ref": "z#w"}},
         "$defs": {"q": {"$id": "z", "$defs": {"r": {"$anchor": "w", "type": "null"}}}}},
        [{"a": None}],
        [{"a": 1}],
    ),
    ({"properties": {"a": {}}, "unevaluatedProperties": False}, [{"a": 1}], [{"b": 1}]),
    (
        {
            "type": "object",
            "properties": {"kind": {"enum": ["a", "b"]}},
            "anyOf": [
                {"properties": {"kind": {"const": "a"}, "x": {}}, "required": ["kind"]},
                {"properties": {"y": {"type": "integer"}}, "required": ["y"]},
            ],
            "unevaluatedProperties": False,
        },
        [{"kind": "a", "x": 1}, {"y": 1}, {"kind": "a", "x": 1, "y": 2}, {"y": 1, "kind": "b"}],
        [{"kind": "b"}, {"kind": "a", "y": "1"}, {"y": 1, "x": 1}, {"kind": "a", "z": 1}],
    ),
    (
        {
            "type": "array",
            "if": {"prefixItems": [{"const": "n"}], "minItems": 1},
            "then": {"prefixItems": [{}, {"type": "integer"}]},
            "contains": {"const": "!"},
            "unevaluatedItems": False,
        },
        [["n", 1, "!"], ["n", 1, "!", "!"], ["!"]],
        [["n", 1], ["n", "1", "!"], ["n", 1, 2, "!"], ["m", "!"]],
    ),
    (
        {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": {"const": 1}},
        [{"a": 2}, {"b": 1}],
        [{"b": 2}],
    ),
    # Draft 3: a member says of itself that it is required.
    (
        {"type": "object", "properties": {"a": {"type": "null", "required": True}}},
        [{"a": None}, {"b": 1, "a": None}],
        [{}, {"b": 1}],
    ),
    (
        {"type": "object", "not": {"properties": {"a": {"type": "null", "required": True}}}},
        [{}, {"a": 1}],
        [{"a": None}],
    ),
    # What a draft does not have yet is no keyword in it.
    (
        {"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "const": 1,
         "if": {}, "then": False, "enum": [1, 2]},
        [1, 2],
        [3],
    ),
    ({"$schema": "http://json-schema.org/draft-06/schema#", "const": 1}, [1], [2]),
    # Different items of a list that is given.
    (
        {"type": "array", "uniqueItems": True, "items": {"enum": list("abcdefghijkl")}},
        [[], ["l", "a"], list("lkjihgfedcba")],
        [["a", "a"], ["a", "b", "a"], ["m"]],
    ),
    (
        {"type": "array", "uniqueItems": True, "minItems": 1,
         "items": {"type": "integer", "minimum": 1, "maximum": 20}},
        [[20], [3, 2, 1]],
        [[], [1, 1], [21]],
    ),
    # More remainders than a regex has room for.
    ({"type": "integer", "multipleOf": 77}, [0, 77, -154], [78, 7]),
    ({"type": "number", "multipleOf": 1.37}, [2.74, 137], [2.7, 13]),
    ({"type": "integer", "multipleOf": 77, "minimum": 100, "maximum": 300}, [154], [77, 308]),
    ({"type": "integer", "not": {"multipleOf": 77}}, [1, 76], [77, 0]),
    (
        {
            "type": "array",
            "anyOf": [
                {"items": {"type": "integer", "multipleOf": 7}},
                {"items": {"type": ["integer", "null"]}, "minItems": 3},
                {"items": {"enum": [150, 2.5]}, "maxItems": 1},
            ],
        },
        [[14, 21], [15, 22, None], [14, 22, 15], [150], [2.5], [-7]],
        [[14, 22], [7, None], [150, 14], [2.5, 7], [15]],
    ),
    # One member may be all that several demands ask for.
    (
        {"type": "object", "minProperties": 2,
         "allOf": [{"not": {"propertyNames": {"not": {"enum": names}}}} for names in
                   (["1", "3"], ["2", "3"], ["1", "3"])]},
        [{"1": 0, "2": 0}, {"3": 0, "x": 0}],
        [{"1": 0, "x": 0}, {"3": 0}],
    ),
    (
        {"type": "object", "properties": {f"k{i}": {"type": "null"} for i in range(130)},
         "required": ["k3", "k99"], "additionalProperties": False},
        [{"k3": None, "k99": None}, {"k59": None, "k3": None, "k99": None, "k129": None}],
        [{"k3": None}, {"k99": None}, {"k3": None, "k99": None, "x": None}],
    ),
]  # fmt: skip


def of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(("schema", "accept", "reject"), ROWS, ids=lambda row: of(row)[:70])
def test_rows(schema: Any, accept: list[Any], reject: list[Any]) -> None:
    grammar = compilers.json_schema(schema)
    assert [v for v in accept if not recognises(grammar, of(v))] == []
    assert [v for v in reject if recognises(grammar, of(v))] == []
    free = compilers.emit(grammar, "llguidance")
    assert [v for v in accept if not holds(free, tokens(of(v)))] == []
    assert [v for v in reject if holds(free, tokens(of(v)))] == []
    fixed = compilers.emit(grammar, "llguidance", order="source")
    assert [v for v in reject if holds(fixed, tokens(of(v)))] == []


REFUSED = [
    ({"type": "array", "uniqueItems": True, "items": {"maximum": 1}}, Unsupported,
     "uniqueItems", "/uniqueItems"),
    ({"properties": {"a": {"allOf": [{"uniqueItems": True}, {"items": {"maximum": 1}}]}}},
     Unsupported, "uniqueItems", "/properties/a/allOf/0/uniqueItems"),
    ({"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"items": {
        "items": {"multipleOf": 0.5}, "uniqueItems": True, "type": "array", "minItems": 2}}}},
     Unsupported, "uniqueItems", "/$defs/b/items/uniqueItems"),
    ({"items": {"prefixItems": [{}], "uniqueItems": True}}, Unsupported, "uniqueItems",
     "/items/uniqueItems"),
    ({"properties": {"a": {"minProperties": 3000, "properties": {"b": {}}}}}, TooLarge, "counting",
     "/properties/a"),
    ({"items": {"contains": {"type": "string"}, "minContains": 900}}, TooLarge, "counting",
     "/items"),
    ({"$ref": "http://other/schema"}, Unsupported, "$ref: remote", "/$ref"),
    ({"properties": {"a": {"$ref": "#/nowhere"}}}, Unsupported, "$ref: no target",
     "/properties/a/$ref"),
    ({"$ref": "#"}, Unsupported, "$ref: circle", ""),
    ({"allOf": [{"$ref": "#"}]}, Unsupported, "$ref: circle", "/allOf"),
    ({"items": {"pattern": "(?<=a)b"}}, Unsupported, "pattern: look-behind", "/items/pattern"),
    ({"items": {"pattern": "("}}, Malformed, "pattern: malformed", "/items/pattern"),
    ({"type": "number", "multipleOf": 1.00037}, Unsupported, "multipleOf", "/multipleOf"),
    ({"items": {"maximum": 10**400}}, TooLarge, "number", "/items/maximum"),
    ({"items": {"enum": [1, float("nan")]}}, Malformed, "malformed", "/items/enum/1"),
    ({"items": {"const": "\ud800"}}, Malformed, "malformed", "/items/const"),
    ({"properties": {"a": {"properties": {"\udc00": {}}}}}, Malformed, "malformed",
     "/properties/a/properties"),
    ({"type": "text"}, Malformed, "malformed", "/type"),
    ({"minLength": -1}, Malformed, "malformed", "/minLength"),
    ({"required": "a"}, Malformed, "malformed", "/required"),
    ({"properties": []}, Malformed, "malformed", "/properties"),
    ({"properties": {"a": 1}}, Malformed, "malformed", "/properties/a"),
    ({"anyOf": [{"not": {"unevaluatedProperties": False, "properties": {"a": {}}}}]}, Unsupported,
     "not: unevaluatedProperties", "/anyOf/0/not/unevaluatedProperties"),
    (False, Contradiction, "contradiction", ""),
    ({"type": "string", "minLength": 2, "maxLength": 1}, Contradiction, "contradiction", ""),
    ({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}, Contradiction,
     "contradiction", ""),
    ({"type": "object", "required": ["c", "a"], "properties": {"c": {}, "a": {
        "type": "array", "minItems": 1,
        "items": {"type": "object", "required": ["b"], "properties": {"b": False}}}}},
     Contradiction, "contradiction", "/properties/a/items"),
    ({"required": ["a"], "type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {
        "b": {"type": "object", "required": ["c"], "properties": {"c": {"$ref": "#/$defs/b"}}}}},
     Contradiction, "contradiction", "/$defs/b"),
    ({"anyOf": [False, {"type": "integer", "enum": ["a"]}]}, Contradiction, "contradiction", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "error", "kind", "where"), REFUSED, ids=lambda row: str(row)[:60]
)
def test_refused(schema: Any, error: type[CompileError], kind: str, where: str) -> None:
    with pytest.raises(error) as caught:
        compilers.json_schema(schema)
    assert caught.value.kind == kind
    assert caught.value.where == where


def test_hostile_input_meets_a_limit() -> None:
    deep: Any = {}
    for _ in range(10_000):
        deep = {"not": deep}
    wide = {"allOf": [{"anyOf": [{"required": [f"{i}{j}"]} for j in "abcd"]} for i in range(30)]}
    for schema in (deep, wide):
        with pytest.raises(TooLarge):
            compilers.json_schema(schema)


def test_what_is_within_the_limits_compiles() -> None:
    """Deep, or wide: hundreds of schemas at one place, told apart at a glance."""
    deep: Any = {"type": "null"}
    for _ in range(390):
        deep = {"type": "array", "items": deep}
    wide = {"oneOf": [{"properties": {"a": {"const": i}}, "required": ["a"]} for i in range(300)]}
    for schema in (deep, wide):
        compilers.emit(compilers.json_schema(schema), "llguidance")


def test_what_is_not_enforced_is_listed() -> None:
    grammar = compilers.json_schema({"items": {"format": "color", "x-y": 1, "type": "string"}})
    assert {note.where for note in grammar.notes} == {"/items/format", "/items/x-y"}


def test_what_is_not_enforced_is_listed_at_each_place() -> None:
    """Though equal subschemas are taken apart once, and titles make no difference."""
    color = {"type": "string", "format": "color"}
    box = {"type": "object", "properties": {"of": color}}
    schema = {"properties": {"a": box, "b": {"title": "B", **box}, "c": {"items": dict(color)}}}
    where = {"/properties/a/properties/of", "/properties/b/properties/of", "/properties/c/items"}
    assert {note.where for note in compilers.json_schema(schema).notes} == {
        f"{each}/format" for each in where
    }


def test_a_note_names_only_so_many_places() -> None:
    """Of six levels each has the next five times: the note holds at 15,625 places."""
    schema: Any = {"type": "string", "format": "color"}
    for _ in range(6):
        schema = {"type": "object", "properties": {name: dict(schema) for name in "abcde"}}
    assert len(compilers.json_schema(schema).notes) == document.MAX_PLACES


def test_equal_subschemas_are_one_rule() -> None:
    """Whatever their titles; 1 is not true, and a name is no title."""
    part = {"type": "object", "properties": {"n": {"const": 1}}}
    other = {"type": "object", "properties": {"n": {"const": True}}}
    named = {"type": "object", "properties": {"title": {"type": "null"}}}
    same = compilers.json_schema({"properties": {"a": {**part, "title": "A"}, "b": part}})
    assert len(same.rules) == len(compilers.json_schema({"properties": {"a": part}}).rules)
    assert len(compilers.json_schema({"properties": {"a": part, "b": other}}).rules) > len(
        same.rules
    )
    schema = {"properties": {"a": named, "b": {"type": "object", "properties": {}}}}
    text = compilers.emit(compilers.json_schema(schema), "llguidance")
    assert not holds(text, tokens(of({"a": {"title": 1}})))
    assert holds(text, tokens(of({"b": {"title": 1}})))


def test_alternatives_of_which_one_is_any_object_are_that_one() -> None:
    date = {"properties": {"day": {}}}
    found = parse({"type": "object", "anyOf": [date, {"type": "object", "required": ["day"]}]})
    assert found.rules == parse({"type": "object"}).rules


def test_a_keyword_of_a_later_draft_is_listed() -> None:
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "items": {"const": 1}}
    assert [note.where for note in compilers.json_schema(schema).notes] == ["/items/const"]


def test_no_separator_where_nothing_may_follow() -> None:
    """A mask that allows it would lead to a place with no way on."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "null"}, "b": {"type": "null"}},
        "additionalProperties": False,
    }
    text = compilers.emit(compilers.json_schema(schema), "llguidance")
    matcher = compiled(text).fork()
    for token in tokens('{"b": null, "a": null'):
        matcher.advance(token)
    row = np.zeros((len(VOCABULARY.pieces) + 31) // 32, np.int32)
    matcher.fill_mask(row)
    allowed = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))
    assert allowed.tolist() == tokens("}")


def rivals(n: int) -> Any:
    """Objects that nothing but a discriminator tells apart, and that is not required."""
    names = [{f"{c}{i}": {} for c in "pqrs"} for i in range(n)]
    return {
        "oneOf": [
            {"properties": {"type": {"enum": [i]}, **names[i]}, "additionalProperties": False}
            for i in range(n)
        ]
    }


def test_too_many_ways_leave_the_simplest_and_a_note() -> None:
    grammar = compilers.json_schema({"type": "object", **rivals(12)})
    assert any("only the simplest" in note.message for note in grammar.notes)
    text = compilers.emit(grammar, "llguidance")
    assert holds(text, tokens(of({"type": 3, "p3": 1})))
    for wrong in ({}, {"type": 12}, {"type": 3, "p4": 1}, {"p3": 1, "p4": 1}):
        assert not holds(text, tokens(of(wrong)))


def test_separators() -> None:
    schema = {"properties": {"a": {"items": {"type": "null"}}}, "additionalProperties": False}
    tight = parse(schema, Style(",", ":"))
    assert recognises(tight, '{"a":[null,null]}')
    assert not recognises(tight, '{"a": [null, null]}')


SOME_SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
    {"type": "object", "properties": {"name": {"type": "number"}, "Size": {"maxLength": 9}}},
    {"type": "object", "properties": {"age": {}, "name": {}}, "propertyNames": {"maxLength": 9}},
    {"type": "array", "items": {"pattern": "^[a-z]+$"}, "maxItems": 40},
    {"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$", "maxLength": 80},
    {"type": "object", "properties": {"size": {}}, "patternProperties": {"^x-": {}}},
    {"anyOf": [{"properties": {c: {"type": "string"}}} for c in "xyz"], "not": {"const": 1}},
    *({"type": "string", "enum": [*days]} for days in (("sun", "mon"), ("mon", "sun"))),
    *({"not": {"enum": [*days]}} for days in (("sun", "mon"), ("mon", "sun"))),
    *({"type": "string", "pattern": f"^({pattern})+$"} for pattern in ("a.|b", "b|a.")),
]
EMITTED = """
import json, sys, compilers
schemas = json.loads(sys.argv[1])
def text(schema, dialect):
    try:
        return compilers.emit(compilers.json_schema(schema), dialect)
    except compilers.CompileError as error:
        return str(error)
texts = {str((each, to)): text(each, to) for each in schemas for to in compilers.DIALECTS}
print(json.dumps(texts))
"""


def test_a_text_does_not_depend_on_what_was_compiled_before() -> None:
    """Nor on the order of sets. Equal languages, such as two lists of the same words, are kept."""
    found = []
    for seed, schemas in (("1", SOME_SCHEMAS), ("2", SOME_SCHEMAS[::-1])):
        command = [sys.executable, "-c", EMITTED, json.dumps(schemas)]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, check=True)
        found.append(json.loads(done.stdout))
    assert found[0] == found[1]
