"""Which objects of a tool's parameters are closed, and that nothing else becomes of them."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import compilers
from compilers.frontends.declared import only_declared
from compilers.oracle import recognises

A = {"type": "string"}
OPEN = {"properties": {"a": A}, "required": ["a"]}
SHUT = {**OPEN, "additionalProperties": False}

# a schema, and what it becomes
CLOSED: list[tuple[Any, Any]] = [
    (OPEN, SHUT),
    ({"type": "object", "properties": {}}, {"type": "object", "properties": {}} | {
        "additionalProperties": False}),
    (
        {"properties": {"b": {"type": "array", "items": OPEN}}},
        {"properties": {"b": {"type": "array", "items": SHUT}}, "additionalProperties": False},
    ),
    (
        {"properties": {"b": {"anyOf": [OPEN, {"type": "null"}]}}},
        {"properties": {"b": {"anyOf": [SHUT, {"type": "null"}]}}, "additionalProperties": False},
    ),
    (
        {"properties": {"b": {"$ref": "#/$defs/x"}}, "$defs": {"x": OPEN}},
        {
            "properties": {"b": {"$ref": "#/$defs/x"}},
            "$defs": {"x": SHUT},
            "additionalProperties": False,
        },
    ),
    ({"additionalProperties": OPEN}, {"additionalProperties": SHUT}),
    ({"prefixItems": [OPEN], "items": OPEN}, {"prefixItems": [SHUT], "items": SHUT}),
    # schemas that are combined: the root alone
    (
        {"properties": {"b": {"oneOf": [OPEN, A]}}},
        {"properties": {"b": {"oneOf": [OPEN, A]}}, "additionalProperties": False},
    ),
    (
        {"properties": {"b": {"allOf": [{"$ref": "#/$defs/x"}, OPEN]}}, "$defs": {"x": OPEN}},
        {
            "properties": {"b": {"allOf": [{"$ref": "#/$defs/x"}, OPEN]}},
            "$defs": {"x": OPEN},
            "additionalProperties": False,
        },
    ),
]  # fmt: skip

KEPT: list[Any] = [
    True,
    {},
    {"type": "object"},
    SHUT,
    {**OPEN, "additionalProperties": True},
    {**OPEN, "additionalProperties": A},
    {**OPEN, "patternProperties": {"^x": A}},
    {**OPEN, "required": ["a", "b"]},
    {**OPEN, "minProperties": 2},
    {**OPEN, "dependentRequired": {"a": ["b"]}},
    {**OPEN, "const": {"a": "x", "b": 1}},
    {**OPEN, "anyOf": [{"properties": {"b": A}, "required": ["b"]}, {"required": ["c"]}]},
    {**OPEN, "allOf": [{"properties": {"b": A}}]},
    {**OPEN, "$ref": "#/$defs/x", "$defs": {"x": {"properties": {"b": A}}}},
    {"required": ["b"], "anyOf": [OPEN]},
    {"properties": {"b": {"not": {"$ref": "#"}}}},
    {"properties": {"b": {"oneOf": [{"$ref": "#/properties/c"}, A]}, "c": OPEN}},
    {"oneOf": [OPEN, {"properties": {"b": A}}]},
]


@pytest.mark.parametrize(("schema", "closed"), [*CLOSED, *((s, s) for s in KEPT)], ids=str)
def test_what_is_closed(schema: Any, closed: Any) -> None:
    given = copy.deepcopy(schema)
    assert only_declared(schema) == closed
    assert schema == given


VALUES: list[Any] = [{}, "x", {"a": "x"}, {"a": "x", "b": 1}, {"b": {"a": "x"}}, {"b": "x", "c": 1}]


@pytest.mark.parametrize("schema", [schema for schema, _ in CLOSED], ids=str)
@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_is_valid_then_was_valid_before(schema: Any, value: Any) -> None:
    after, before = map(Draft202012Validator, (only_declared(schema), schema))
    assert before.is_valid(value) or not after.is_valid(value)


def test_what_is_too_deep_is_left_to_the_compiler() -> None:
    deep: Any = OPEN
    for _ in range(10_000):
        deep = {"items": deep}
    assert only_declared(deep) is deep


def test_a_tool_takes_what_it_declares() -> None:
    function = {"name": "f", "parameters": OPEN}
    grammar = compilers.tools([{"type": "function", "function": function}])
    text = '<tool_call>\n{"name": "f", "arguments": {"a": "x"%s}}\n</tool_call>'
    assert recognises(grammar, text % "")
    assert not recognises(grammar, text % ', "b": 1')
