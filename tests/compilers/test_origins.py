"""What cannot be printed is refused at the place in the declaration that it comes from."""

from collections.abc import Callable
from typing import Any

import pytest

import compilers
from compilers import CompileError, Grammar
from compilers.errors import TooLarge
from compilers.frontends.surface import Surface
from compilers.ir import Literal, Origin, Table

# Of these no dialect of rules has few enough states, and of the second llguidance keeps no count.
HARD = {"type": "string", "pattern": "(a|b)*a(a|b){14}", "maxLength": 5000}
COUNTED = {"type": "string", "pattern": "^([ab]{1,100}){1,100}$"}
ODD = {"type": "string", "pattern": "(a|b)*a(a|b){14}$"}
NO_ODD = {"not": ODD}
IN_16 = "\U00100000"
CLOSE_BY = {"type": "array", "minItems": 200_000, "items": {"type": "integer"}}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


# A schema, the dialects that cannot say it, where that stands, and how the message begins.
SCHEMAS: list[tuple[dict[str, Any], str, str, str]] = [
    # what one keyword asks, and what several ask together
    (of(x=COUNTED), "llguidance", "/properties/x/pattern", "llguidance cannot say: counts"),
    (of(x=HARD), "kbnf gbnf lark", "/properties/x", "pattern, maxLength: "),
    (of(**{"a/b~": HARD}), "kbnf gbnf lark", "/properties/a~1b~0", "pattern, maxLength: "),
    (of(x={**HARD, "format": "none", "title": "t", "minimum": 3}), "kbnf", "/properties/x",
     "pattern, maxLength: "),
    (of(x={"type": "string", "minLength": 200_000}), "gbnf", "/properties/x/minLength",
     "gbnf cannot say: a count"),
    (HARD, "kbnf gbnf lark", "", "pattern, maxLength: "),
    # of several types only those keywords that speak of it
    (of(x={**HARD, "type": ["string", "integer"], "minimum": 3}), "kbnf gbnf lark",
     "/properties/x", "pattern, maxLength: "),
    # the alternative that asks it, and all that make it together
    (of(x={"anyOf": [{"type": "null"}, HARD]}), "kbnf gbnf lark", "/properties/x/anyOf/1",
     "pattern, maxLength: "),
    (of(x={"anyOf": [{"type": "null"}, NO_ODD]}), "kbnf", "/properties/x/anyOf/1/not/pattern",
     "kbnf cannot say"),
    (of(x={"allOf": [ODD, {"type": "string", "maxLength": 5000}]}), "kbnf", "/properties/x/allOf",
     "0/pattern, 1/maxLength: "),
    (of(x={"oneOf": [NO_ODD, {"type": "integer"}], "type": ["string", "integer"]}), "kbnf",
     "/properties/x/oneOf/0/not/pattern", "kbnf cannot say"),
    (of(x={**ODD, "if": {"minLength": 3}, "then": {"maxLength": 5000}}), "kbnf", "/properties/x",
     "pattern, if: "),
    ({"allOf": [of(x=ODD), of(x={"maxLength": 5000})]}, "kbnf gbnf", "/allOf",
     "0/properties/x/pattern, 1/properties/x/maxLength: "),
    # behind references: in the definition, and beside it
    ({**of(x={"$ref": "#/$defs/y"}), "$defs": {"y": HARD}}, "kbnf gbnf lark", "/$defs/y",
     "pattern, maxLength: "),
    ({**of(x={"$ref": "#/$defs/y", "maxLength": 5000}), "$defs": {"y": ODD}}, "kbnf", "",
     "$defs/y/pattern, properties/x/maxLength: "),
    ({**of(x={"anyOf": [{"$ref": "#/$defs/y"}, {"type": "null"}]}), "$defs": {"y": HARD}}, "kbnf",
     "/$defs/y", "pattern, maxLength: "),
    # equal subschemas are worked out once, and are told at a place where one stands
    (of(a={"anyOf": [{"type": "string", "pattern": "a"}]}, b={"anyOf": [
        {"type": "string", "pattern": "a"}, HARD]}), "kbnf gbnf lark", "/properties/b/anyOf",
     "0/pattern, 1/pattern, 1/maxLength: "),
    # of many the first are listed; where there are too many, the operator is
    ({"allOf": [{"type": "string"}, *({"pattern": f"(a|b)*a(a|b){{{i}}}"} for i in range(9, 15))]},
     "kbnf gbnf lark", "/allOf", "1/pattern, 2/pattern, 3/pattern, 4/pattern, ...: "),
    ({"type": "string", **HARD, "not": {"enum": ["a"]}, "anyOf": [
        {"minLength": i, "maxLength": 5000 + i} for i in range(9)]}, "kbnf gbnf lark", "",
     "pattern, maxLength, not, anyOf: "),
    (of(a=HARD, b=HARD), "kbnf gbnf lark", "/properties/a", "pattern, maxLength: "),
    # names of members, and items
    ({"type": "object", "additionalProperties": False, "patternProperties": {
        "(a|b)*a(a|b){14}": True, "(a|b)*b(a|b){14}": True}}, "kbnf gbnf lark",
     "/patternProperties", ""),
    (of(x={"type": "object", "propertyNames": {"maxLength": 5000, "pattern": ODD["pattern"]}}),
     "kbnf", "/properties/x/propertyNames", ""),
    (of(x={"items": {"prefixItems": [True, HARD], "type": "array"}, "type": "array"}), "kbnf gbnf",
     "/properties/x/items/prefixItems/1", "pattern, maxLength: "),
    # what no keyword asks, but a rule has
    (of(x=CLOSE_BY), "gbnf", "/properties/x", "gbnf cannot say: a count"),
    (of(x=of(**{IN_16: True})), "kbnf", "/properties/x", "kbnf cannot say: text in plane 16"),
    # counted: the rule of a count has the place of the array
    (of(x={"type": "array", "contains": of(**{IN_16: True}) | {"required": [IN_16]},
           "items": {"type": "object"}, "maxItems": 3}), "kbnf", "/properties/x", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "cannot", "where", "said"), SCHEMAS, ids=lambda row: str(row)[:60]
)
def test_schemas(schema: dict[str, Any], cannot: str, where: str, said: str) -> None:
    grammar = compilers.json_schema(schema)
    for dialect in cannot.split():
        error = refused(grammar, dialect)
        assert (dialect, error.where) == (dialect, where)
        assert error.message.startswith(said), error


TOOLS = [{"properties": {"q": {"type": "integer"}}}, of(x=HARD), of(x=HARD)]
TAGGED = Surface(
    call="<f={name}>\n{arguments}</f>",
    parameter="<{key}>\n{value}\n</p>\n",
    reasoning=None,
    tags=("<f=", "</f>"),
)
LEFT = 'start: "a" x\nx: y "b"\ny: x "c" | "d"\n'
TYPED = "<a>{x}</a>\n<b>{n:regex([ab</>]{3,400})}</b>"


def tools(*schemas: dict[str, Any], **options: Any) -> Grammar:
    named = [{"name": f"f{i}", "parameters": each} for i, each in enumerate(schemas)]
    listed = [{"type": "function", "function": each} for each in named]
    return compilers.tools(listed or None, **options)


# A declaration, a dialect that cannot say it, and where that stands.
OTHERS: list[tuple[Callable[[], Grammar], str, str]] = [
    (lambda: tools(*TOOLS), "kbnf", "/1/function/parameters/properties/x"),
    (lambda: tools(*TOOLS), "gbnf", "/1/function/parameters/properties/x"),
    (lambda: tools(*TOOLS, tool_choice="f2"), "kbnf", "/2/function/parameters/properties/x"),
    (lambda: tools(TOOLS[0], of(x=COUNTED)), "llguidance",
     "/1/function/parameters/properties/x/pattern"),
    (lambda: tools(*TOOLS, surface=TAGGED), "kbnf", "/1/function/parameters/properties/x"),
    (lambda: tools(of(x=of(y=HARD)), surface=TAGGED), "kbnf",
     "/0/function/parameters/properties/x/properties/y"),
    (lambda: tools(of(**{IN_16: True}), surface=TAGGED), "kbnf", "/0/function/parameters"),
    (lambda: tools(*TOOLS[:1], content=compilers.json_schema(of(x=COUNTED))), "llguidance",
     "content /properties/x/pattern"),
    (lambda: tools(content=compilers.regex(COUNTED["pattern"]), lead="a"), "llguidance",
     "content"),
    (lambda: tools(thinking=compilers.template(TYPED), reasoning="must"), "lark",
     "thinking line 2, column 4"),
    (lambda: compilers.template(TYPED), "lark", "line 2, column 4"),
    (lambda: compilers.regex(COUNTED["pattern"]), "llguidance", ""),
    (lambda: compilers.lark_text(LEFT), "gbnf", "line 2, column 1"),
    (lambda: compilers.gbnf_text(LEFT.replace(":", " ::=").replace("start", "root")), "gbnf",
     "line 2, column 1"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "dialect", "where"), OTHERS)
def test_other_declarations(make: Callable[[], Grammar], dialect: str, where: str) -> None:
    assert refused(make(), dialect).where == where


def test_equal_grammars_of_different_schemas_have_places_of_their_own() -> None:
    bare, below = compilers.json_schema(HARD), compilers.json_schema({"anyOf": [HARD]})
    assert bare.rules == below.rules
    assert [refused(each, "kbnf").where for each in (bare, below)] == ["", "/anyOf/0"]


def test_a_kept_grammar_has_the_places_of_each_request() -> None:
    """What is kept for an equal schema says nothing of the list of tools that it came in."""
    first, second = tools(of(x=HARD)), tools(TOOLS[0], of(x=HARD))
    assert refused(second, "kbnf").where == "/1/function/parameters/properties/x"
    assert refused(first, "kbnf").where == "/0/function/parameters/properties/x"


def test_who_changes_a_schema_does_not_change_the_places() -> None:
    schema = of(x=dict(HARD))
    grammar = compilers.json_schema(schema)
    schema["properties"]["y"] = schema["properties"].pop("x")
    assert refused(grammar, "kbnf").where == "/properties/x"


def test_what_is_too_slow_to_be_placed_is_refused_all_the_same() -> None:
    def table() -> Table:
        raise TooLarge("more than 0.5 seconds of work", kind="time")

    rules = {"start": Literal(IN_16)}
    for grammar in (Grammar(rules), Grammar(rules, origins=(Origin("", rules, table),))):
        assert str(refused(grammar, "kbnf")) == "kbnf cannot say: text in plane 16 of Unicode"


def refused(grammar: Grammar, dialect: str) -> CompileError:
    with pytest.raises(CompileError) as caught:
        compilers.emit(grammar, dialect)
    return caught.value
