"""Random schemas against the jsonschema package: what the grammar holds is valid, and the reverse.

The values are made to be near misses: of few names, numbers and strings. A run prints nothing; the
events that hypothesis counts (--hypothesis-show-statistics) say how many schemas were refused.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import compilers
from compilers.oracle import recognises
from tests.compilers.byte_engine import holds, tokens

jsonschema = pytest.importorskip("jsonschema")

NAMES = st.sampled_from(["a", "b", "ab"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 2, 10, 1.5, -1, "", "a", "ab", "é"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=5,
)
NUMBERS = st.sampled_from([0, 1, 2, 1.5, -1])
COUNTS = st.integers(0, 2)
PATTERNS = st.sampled_from(["^a", "b$", "a", "^.$", "^(?!a)"])
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def _merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {k: v for part in parts for k, v in part.items()}


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, min_size=1, max_size=3)
    keyword = st.one_of(
        st.fixed_dictionaries({"properties": st.dictionaries(NAMES, inner, max_size=2)}),
        st.fixed_dictionaries({"additionalProperties": inner}),
        st.fixed_dictionaries({"patternProperties": st.dictionaries(PATTERNS, inner, max_size=2)}),
        st.fixed_dictionaries({"propertyNames": inner}),
        st.fixed_dictionaries({"required": st.lists(NAMES, max_size=2, unique=True)}),
        st.fixed_dictionaries({"minProperties": COUNTS}),
        st.fixed_dictionaries({"maxProperties": COUNTS}),
        st.fixed_dictionaries(
            {"dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, unique=True), max_size=1)}
        ),
        st.fixed_dictionaries({"dependentSchemas": st.dictionaries(NAMES, inner, max_size=1)}),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"prefixItems": few}),
        st.fixed_dictionaries({"contains": inner}),
        st.fixed_dictionaries({"minItems": COUNTS}),
        st.fixed_dictionaries({"maxItems": COUNTS}),
        st.fixed_dictionaries({"allOf": few}),
        st.fixed_dictionaries({"anyOf": few}),
        st.fixed_dictionaries({"oneOf": few}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
    )
    return st.lists(keyword, min_size=1, max_size=3).map(_merged)


LEAVES = st.one_of(
    st.booleans(),
    st.fixed_dictionaries({"type": TYPES}),
    st.fixed_dictionaries({"type": st.lists(TYPES, min_size=1, max_size=2, unique=True)}),
    st.fixed_dictionaries({"enum": st.lists(VALUES, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"const": VALUES}),
    st.fixed_dictionaries({"minimum": NUMBERS}),
    st.fixed_dictionaries({"exclusiveMaximum": NUMBERS}),
    st.fixed_dictionaries({"multipleOf": st.sampled_from([1, 2, 0.5])}),
    st.fixed_dictionaries({"minLength": COUNTS}),
    st.fixed_dictionaries({"maxLength": COUNTS}),
    st.fixed_dictionaries({"pattern": PATTERNS}),
)
SCHEMAS = st.recursive(LEAVES, _schemas, max_leaves=6)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, st.lists(VALUES, min_size=3, max_size=6))
def test_the_same_as_jsonschema(schema: Any, values: list[Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    valid = [validator.is_valid(value) for value in values]
    try:
        grammar = compilers.json_schema(schema)
    except compilers.Contradiction:
        event("contradiction")
        assert not any(valid)
        return
    except compilers.CompileError as error:
        event(f"refused: {error.kind}")
        return
    event("compiled")
    text = compilers.emit(grammar, "llguidance")
    for value, is_valid in zip(values, valid, strict=True):
        written = json.dumps(value, ensure_ascii=False)
        held = recognises(grammar, written)
        assert is_valid or not held, (schema, value)
        # Members are asked for in the order of the source where their number counts.
        assert held or not is_valid or _has_object(value), (schema, value)
        assert holds(text, tokens(written)) == held, (schema, value)


def _has_object(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_object, value))
    return isinstance(value, dict) and len(value) > 0
