"""A small part of what walks measures, with a small vocabulary; and that it finds what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

import compilers
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.types import Engine, Matcher
from tests.compilers.differential.vocabulary import vocabulary
from tests.conformance.judge import Judge, pattern, read
from tests.conformance.maskbench import Ours, Outcome
from tests.conformance.tool_schemas import SCHEMAS
from tests.conformance.walks import Found, Prover

ENGINES: dict[str, Callable[[], Engine]] = {
    "llguidance": LLGuidanceEngine,
    "kbnf": FormatronEngine,
}
OTHERS: dict[str, Any] = {
    "anything": True,
    "numbers": {"type": "array", "items": {"type": "number", "multipleOf": 0.25, "minimum": -3}},
    "patterns": {"type": "array", "items": {"pattern": r"^\w\s.$", "type": "string"}},
    "free names": {"additionalProperties": {"type": "integer"}, "minProperties": 2},
}


def walked(contender: Ours, schema: Any, walks: int = 8) -> Found:
    row = {"name": "test", "schema": schema, "tests": []}
    return Prover(contender, vocabulary(), walks, tokens=60, seed=0).run(row)


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize("name", [*SCHEMAS, *OTHERS])
def test_what_the_masks_allow_is_valid(name: str, dialect: str) -> None:
    schema = SCHEMAS.get(name, OTHERS.get(name))
    found = walked(Ours(dialect, "free", ENGINES[dialect](), vocabulary()), schema)
    assert (found.refused, found.unjudged, found.faults) == (None, None, [])
    assert found.counts["ended"] + found.counts["closed"] == found.counts["walks"] == 8


class Other(Ours):
    """Compiles what it was not asked for."""

    def __init__(self, text: str) -> None:
        super().__init__("llguidance", "free", LLGuidanceEngine(), vocabulary())
        self._other = text

    def compile(self, schema: Any, outcome: Outcome) -> Matcher:
        return self._engine.compile(self._other, self._vocabulary)


POINT = {
    "type": "object",
    "properties": {"a": {"type": "integer", "maximum": 5}},
    "required": ["a"],
}
NOT_THE_POINT = compilers.emit(
    compilers.json_schema({"type": "object", "maxProperties": 0}), "llguidance"
)

# what is compiled in the place of POINT, what the faults are, and words of one
WRONG = [
    (NOT_THE_POINT, "invalid", "is a required property"),
    ('start: "{" /[a-z]/ "}"', "no JSON", "property name"),
    ('start: "{\\"a\\": 1, \\"a\\": 2}"', "invalid", "stands twice"),
    ('start: "{\\"a\\": " <think> "}"', "broken", "a special token is allowed"),
    ('start: "{\\"a\\": " /[1-5]{99}/', "broken", "is not of the grammar"),
    ("start: T\nT: /(?s:.*)/ & ~/(?s:.*)[ab].{30}(?s:.*)/", "broken", "too many"),
]


@pytest.mark.parametrize(("text", "kind", "words"), WRONG)
def test_a_wrong_grammar_is_found(text: str, kind: str, words: str) -> None:
    found = walked(Other(text), POINT, walks=40)
    assert found.counts[kind]
    assert any(words in fault for fault in found.faults)


# a schema, a JSON text, whether it is valid
JUDGED = [
    ({"multipleOf": 0.01}, "1.11", True),
    ({"multipleOf": 0.01}, "1.111", False),
    ({"multipleOf": 3.0}, "1e300", False),
    ({"type": "integer"}, "1.0", True),
    ({"type": "integer"}, "1.5", False),
    ({"enum": [0.1]}, "0.10", True),
    ({"maximum": 1.5}, "1e99999999999999999999", False),
    ({"pattern": r"^\d$"}, '"\u0663"', False),
    ({"pattern": "^a$"}, '"a\\n"', False),
    ({"patternProperties": {"^x": {"type": "null"}}}, '{"x": 1}', False),
    ({"properties": {"pattern": {"type": "null"}}}, '{"pattern": 1}', False),
    ({"properties": {"a": {}}}, '{"a": 1, "a": 2}', False),
    ({"properties": {"a": {}}}, '{"b": 1, "b": 2}', True),
    ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, '{"a": 1, "a": 2, "b": 3}', True),
]


@pytest.mark.parametrize(("schema", "text", "valid"), JUDGED, ids=str)
def test_the_judge(schema: Any, text: str, valid: bool) -> None:
    assert (Judge(schema).fault(read(text)) is None) == valid


NO_JSON = [("NaN", "NaN is not"), ("[1,]", "value"), ('"', "Unterminated"), ("01", "Extra data")]


@pytest.mark.parametrize(("text", "words"), NO_JSON)
def test_what_is_no_json(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [("a.$", r"a[^\n\r\u2028\u2029]\Z"), (r"[.$[]\.", r"[.$\[]\."), ("[^]", r"[\s\S]")],
)
def test_a_pattern_in_python(text: str, written: str) -> None:
    assert pattern(text) == f"(?a:{written})"
