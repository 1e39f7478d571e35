"""Arrays of unequal items, held together by an engine and a watcher beside it."""

import json
import random
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonschema
import numpy as np
import pytest

import compilers
from compilers.frontends.json_schema import spelling
from compilers.regular import dfa, either, text
from compilers.watch import Counts, Watcher
from compilers.watch.used import n_ways, rest_of
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from gallama.types import Engine, Matcher, Vocabulary
from gallama.watched import Pieces, watched

END = 256
LONGER = (
    '", "', '","', '["', '"]', '"a', '"a"', 'a"', '"a", "a"', '["a", "a"', "a\", \"b\"", "é", '"é"',
    "10", "1, ", "1, 1", ", 1", ", 1]", "[1, 1]", "[0, 1", "null, ", "null, null", "true", "\\n",
    "\\u000", '\\u000A"', '": ["', '": ["a", "a"]', "ab", 'ab", "a', ', "', ", ",
)  # fmt: skip
VOCABULARY = Vocabulary(
    pieces=(*(bytes([i]) for i in range(256)), b"", *(each.encode() for each in LONGER)),
    special={"<|end|>": END},
    end_tokens=frozenset([END]),
    digest="watched",
    encode=lambda text, special: list(text.encode()),
)
PIECES = Pieces(VOCABULARY)
ENGINES: dict[str, Engine] = {"llguidance": LLGuidanceEngine(), "kbnf": FormatronEngine()}


def unique(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "uniqueItems": True, "items": items, **more}


def listed(*required: str, **members: Any) -> dict[str, Any]:
    """An object of no other members."""
    return {
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }


STRING = {"type": "string"}
INTEGER = {"type": "integer"}
KIND = {"enum": ["x", "y"]}
TAGS = {"properties": {"tags": unique(STRING), "all": {"items": STRING}}, "type": "object"}
TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "a": unique({"type": "integer"}),
                "b": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        }
    },
}

# A schema; texts that are of it; texts that are not.
CASES: list[tuple[Any, list[str], list[str]]] = [
    (unique(STRING), ["[]", '["a", "b", "ab"]', '["a", "A"]', '["\\n", "\\\\n"]'],
     ['["a", "a"]', '["a", "b", "a"]', '["", ""]', '["\\n", "\\u000a"]', '["\\u000A", "\\u000a"]']),
    (unique({"type": "integer"}), ["[1, 11, 111]", "[0, 10]", "[-1, 1]"],
     ["[1, 1]", "[0, -0]", "[12, 1, 12]"]),
    (unique({"type": ["string", "null", "boolean"]}), ['["null", null, true, "true"]'],
     ["[null, null]", "[true, false, true]"]),
    (unique({"type": "integer", "minimum": 0, "maximum": 99}), ["[9, 99]"], ["[9, 9]"]),
    (unique({"type": "string", "maxLength": 2}), ['["aa", "a"]'], ['["aa", "aa"]']),
    (unique({"enum": list("abc")}), ['["a", "b"]'], ['["a", "a"]']),  # the grammar says it
    (unique({"enum": list(range(9))}, minItems=2, maxItems=3),  # too many for it to count
     ["[1, 8]", "[8, 1, 0]"], ["[1]", "[1, 1]", "[0, 1, 0]"]),
    (TAGS, ['{"tags": ["a", "b"], "all": ["a", "a"]}', '{"all": ["tags", "tags"]}'],
     ['{"tags": ["a", "a"]}', '{"all": ["a", "a"], "tags": ["b", "b"]}']),
    (TREE, ['{"a": [1], "b": [{"a": [1]}, {"a": [1, 2]}]}'],
     ['{"a": [1, 1]}', '{"b": [{"b": [{"a": [2, 1, 2]}]}]}']),
    ({"patternProperties": {"^x": unique(STRING)}, "additionalProperties": {"items": STRING},
      "type": "object"},
     ['{"y": ["a", "a"]}', '{"x\\"": ["a"]}'], ['{"x": ["a", "a"]}', '{"x\\"": ["a", "a"]}']),
    ({"type": "array", "items": unique(STRING),
      "prefixItems": [{"items": STRING, "type": "array"}]},
     ['[["a", "a"], ["a"], ["a"]]'], ['[["a", "a"], ["a", "a"]]', '[[], [], ["b", "b"]]']),
    ({"anyOf": [{"type": "string"}, unique(STRING)]}, ['"a"', '["a"]'], ['["a", "a"]']),
    ({"allOf": [{"items": STRING}, {"uniqueItems": True, "type": "array"}]}, ['["a"]'],
     ['["a", "a"]']),
    (unique({"type": "number"}), ["[1, 1.1, 11, 0, 1e1]", "[-1, 1, 1e-1, 0.01]"],
     ["[1, 1.0]", "[10, 1e1]", "[0, -0.0]", "[0, 0e7]", "[0.5, 5.0E-1]", "[1e00, 1]"]),
    (unique({"type": "number", "minimum": 0}), ["[0, 0.1]"], ["[0, 0.00]", "[1.5, 1.50]"]),
    (unique({"type": "object"}),
     ['[{}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": {}}, {"a": []}, {"a": 1, "b": 1}]'],
     ["[{}, {}]", '[{"a": 1, "b": 2}, {"b": 2.0, "a": 1}]', '[{"a": [1, {}]}, {"a": [1, {}]}]',
      '[{"a": "\\n"}, {"a": "\\u000a"}]']),
    (unique({"type": "object", "properties": {"tags": unique(STRING)}}),
     ['[{"tags": ["a"]}, {"tags": ["b", "a"]}]'],
     ['[{"tags": ["a", "a"]}]', '[{"tags": ["a"]}, {"tags": ["a"]}]']),
    (unique(True), ['[1, "1", [1], {"1": 1}, null, true, [], {}, [[]], "null"]'],
     ["[1, 1.0]", "[[], []]", "[[1, 2], [1, 2.0]]", '["a", {}, "a"]', "[null, null]",
      '[{}, [{}], [{}]]']),
    (unique(listed("name", name=STRING)), ['[{"name": "a"}, {"name": "b"}, {"name": ""}]'],
     ['[{"name": "a"}, {"name": "a"}]', '[{"name": "\\n"}, {"name": "\\u000A"}]']),
    (unique(listed("name", name=STRING, kind=KIND)),
     ['[{"name": "a"}, {"name": "a", "kind": "x"}, {"name": "a", "kind": "y"}]'],
     ['[{"name": "a", "kind": "x"}, {"kind": "x", "name": "a"}]',
      '[{"name": "a"}, {"name": "a"}]']),
    (unique(listed(at=listed("x", "y", x=INTEGER, y=INTEGER), tags=unique(STRING))),
     ['[{"at": {"x": 1, "y": 0}}, {"at": {"y": 1, "x": 0}}, {}]',
      '[{"tags": ["a", "b"]}, {"tags": ["b", "a"]}]'],
     ['[{"at": {"x": 1, "y": 0}}, {"at": {"y": 0, "x": 1}}]', "[{}, {}]", '[{"tags": ["a", "a"]}]',
      '[{"tags": ["a", "b"]}, {"tags": ["a", "b"]}]']),
    ({"anyOf": [unique(listed("a", a=STRING)),
                {"type": "array", "items": {"type": "object", "required": ["b"]}, "maxItems": 1}]},
     ['[{"b": {"c": 1}}]', '[{"a": "1"}, {"a": "2"}]'], ['[{"a": "1"}, {"a": "1"}]']),
    (unique({"type": "array", "items": STRING, "maxItems": 2}),
     ['[["a", "b"], ["b", "a"], ["a"], []]'], ['[["a", "b"], ["a", "b"]]', '[["a"], ["a"]]']),
    (unique({"type": "array", "items": STRING}), ['[["a"], ["a", "a"], []]'],
     ['[["a", "b"], ["a", "b"]]', "[[], []]"]),
    (unique({"anyOf": [{"enum": ["a", "b"]}, {"type": "object", "required": ["x"]}]}),
     ['["a", "b", {"x": "a"}, {"x": "b"}]'], ['["a", "a"]', '[{"x": 1}, "a", {"x": 1}]']),
    ({"anyOf": [unique(STRING), {"type": "object"}]},
     ['{"a": "a", "b": "a"}', '["a", "b"]'], ['["a", "a"]']),
    ({"anyOf": [unique(STRING), {"type": "array", "items": {"type": "null"}, "maxItems": 1}]},
     ["[null]", '["a", "b"]'], ["[null, null]", '["a", "a"]']),
    ({"type": "object", "anyOf": [
        {"required": ["a"], "additionalProperties": unique(STRING)},
        {"required": ["b"], "additionalProperties": unique({"type": "integer"})}]},
     ['{"a": ["a", "b"], "c": ["a"]}', '{"b": [1, 2], "c": [1]}', '{"a": []}'],
     ['{"a": ["a", "a"]}', '{"b": [1], "c": [1, 1]}', '{"a": ["a"], "c": ["a", "b", "a"]}']),
]  # fmt: skip

# Of these only some alternatives ask for it: a text that is held, and one that is not.
SOME = [
    ({"anyOf": [unique(STRING), {"type": "array", "items": {"type": "integer"}}]},
     "[1, 2]", "[1, 1]"),
    ({"anyOf": [unique(STRING), {"type": "array"}]}, '["a", 1, null]', "[null, null]"),
    ({"type": "object", "anyOf": [
        {"required": ["a"], "properties": {"x": unique({"type": "object"})}},
        {"required": ["b"], "properties": {"x": {"items": {"type": "object"}}}}]},
     '{"b": 1, "x": [{}, {"a": 1}]}', '{"b": 1, "x": [{}, {}]}'),
    ({"type": "object", "anyOf": [
        {"required": ["a"], "patternProperties": {"^x": unique(STRING)}},
        {"required": ["b"], "patternProperties": {"y$": {"items": STRING}}}]},
     '{"b": 1, "xy": ["a"]}', '{"b": 1, "xy": ["a", "a"]}'),
]  # fmt: skip

# Where no more than so many items are left, none of them may be written in vain.
NARROW = [
    unique({"type": "string", "pattern": "^[abé\\n]$"}),
    unique({"type": "string", "pattern": "^[abé\\n]{0,2}$"}, minItems=15),
    unique({"type": "integer", "minimum": 8, "maximum": 120}, minItems=100),
    unique({"type": ["integer", "null"], "minimum": -3, "maximum": 70}, minItems=70),
    unique({"type": "string", "pattern": "^a[01]$"}, minItems=2),
    unique({"type": "number", "minimum": 0}, minItems=5),
    unique({"type": "number"}, minItems=30),
    unique(
        {
            "type": "object",
            "patternProperties": {"^[ab]*$": {"const": 1}},
            "additionalProperties": False,
        },
        minItems=8,
    ),
    unique({"type": "array", "items": {"type": "boolean"}}, minItems=20),
    unique(listed("a", "k", a={"type": "string", "pattern": "^[ab]{0,12}$"}, k=KIND), minItems=8),
    unique(listed("a", a={"type": "integer", "minimum": 0}, k={"type": "null"}), minItems=20),
    unique(listed(a={"type": "number"}, k={"type": "boolean"}, l=KIND), minItems=20),
    unique(listed(a=listed("b", b={"type": ["integer", "boolean"]}), k=KIND), minItems=15),
    unique({"enum": [*range(8), "7", None]}, minItems=9),
    unique(listed(**dict.fromkeys("abcd", INTEGER), k=KIND, n={"type": "null"}), minItems=25),
    unique({"type": "array", "items": {"type": "integer"}, "maxItems": 1}, minItems=15),
    unique(
        {"type": "array", "items": listed("b", b={"type": "integer"}), "maxItems": 2}, minItems=15
    ),
    unique(
        {
            "anyOf": [
                {"pattern": "^[ab]$", "type": "string"},
                {"type": "array", "items": {"const": 0}},
            ]
        },
        minItems=6,
    ),
]


@lru_cache
def grammar(schema: str) -> compilers.Grammar:
    return compilers.json_schema(json.loads(schema))


@lru_cache
def compiled(schema: str, dialect: str) -> Matcher:
    whole = grammar(schema)
    said = compilers.emit(compilers.unwatched(whole), dialect)
    matcher = ENGINES[dialect].compile(said, VOCABULARY)
    return watched(matcher, whole, dialect, lambda: PIECES)


def matcher(schema: Any, dialect: str) -> Matcher:
    return compiled(json.dumps(schema), dialect).fork()


def allowed(matcher: Matcher) -> list[int]:
    row = np.zeros((len(VOCABULARY.pieces) + 31) // 32, np.int32)
    matcher.fill_mask(row)
    found: list[int] = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little")).tolist()
    return found


def takes(matcher: Matcher, text: str, choose: random.Random) -> bool:
    """Whether it takes the text, in tokens that are cut anywhere; of one that is certain to come an
    engine may say how it is cut."""
    rest = text.encode()
    while rest:
        ways = [i for i, piece in enumerate(VOCABULARY.pieces) if piece and rest.startswith(piece)]
        token, able = choose.choice(ways), allowed(matcher)
        if len(able) == 1 and able[0] in ways:
            token = able[0]
        if token not in able:
            return False
        matcher.advance(token)
        rest = rest[len(VOCABULARY.pieces[token]) :]
    return END in allowed(matcher)


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize(("schema", "valid", "invalid"), CASES, ids=lambda row: str(row)[:40])
def test_unequal(dialect: str, schema: Any, valid: list[str], invalid: list[str]) -> None:
    choose = random.Random(1)
    for text_, wanted in [*((t, True) for t in valid), *((t, False) for t in invalid)]:
        for _ in range(8):
            assert takes(matcher(schema, dialect), text_, choose) == wanted, text_
        assert compilers.oracle.recognises(grammar(json.dumps(schema)), text_) == wanted


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize(
    "schema", [*NARROW, *(row[0] for row in [*CASES, *SOME])], ids=lambda s: str(s)[:60]
)
def test_walks_end_and_are_valid(dialect: str, schema: Any) -> None:
    """Whatever tokens are drawn, there is always another one, and the reply is valid."""
    choose = random.Random(2)
    for _ in range(12):
        walker, text_ = matcher(schema, dialect), b""
        for step in range(400):
            tokens = allowed(walker)
            assert tokens, text_
            token = choose.choice(tokens)
            if END in tokens and (step > 60 or token == END):
                break
            walker.advance(token)
            text_ += VOCABULARY.pieces[token]
        else:
            continue  # a string or a number that grew for ever
        jsonschema.validate(json.loads(text_, parse_float=Decimal), schema)


def test_a_fork_goes_its_own_way() -> None:
    one = matcher(unique(STRING), "llguidance")
    for token in b'["a", "':
        one.advance(token)
    other = one.fork()
    for token in b'b", "':
        other.advance(token)
    one.advance(ord("a"))
    other.advance(ord("b"))
    assert ord('"') not in allowed(one)
    assert ord('"') not in allowed(other)
    with pytest.raises(EngineFailure, match="uniqueItems does not allow"):
        one.advance(ord('"'))


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize(("schema", "different", "equal"), SOME)
def test_all_alternatives_are_held(dialect: str, schema: Any, different: str, equal: str) -> None:
    """... to what some ask for, of which the notes tell: which it is may show only later."""
    assert takes(matcher(schema, dialect), different, random.Random(3))
    assert not takes(matcher(schema, dialect), equal, random.Random(4))
    notes = [note.message for note in grammar(json.dumps(schema)).notes]
    assert "asked of the alternatives that do not ask for it, too" in notes


REFUSED = [
    (unique({"type": "object", "maxProperties": 2}), "/uniqueItems", "or that list their members"),
    (unique(listed(a=STRING, b={"type": "boolean"}) | {"minProperties": 1}), "/uniqueItems",
     "or that list their members"),
    (unique({"anyOf": [listed(a=STRING), listed(b=STRING)]}), "/uniqueItems",
     "or that list their members"),
    (unique(listed(a={"type": "boolean"})), "/uniqueItems", "more than 1000 values"),
    (unique({"type": "array", "maxItems": 2, "items": {"type": "null"}}), "/uniqueItems",
     "more than 1000 values"),
    (unique({"type": "array", "maxItems": 2, "prefixItems": [STRING]}), "/uniqueItems",
     "of items of one kind"),
    (unique({"type": "number", "maximum": 1}), "/uniqueItems", "no upper bound"),
    (unique({"type": "number", "multipleOf": 0.5}), "/uniqueItems", "no upper bound"),
    ({"anyOf": [unique({"type": "integer"}), {"type": "array", "items": {"type": "number"}}]},
     "/anyOf/0/uniqueItems", "only some of the alternatives"),
    (unique({"type": "array", "items": {"type": "string", "const": 1}}), "/uniqueItems",
     "more than 1000 values"),
    ({"anyOf": [unique({"type": "array"}), {"type": "array", "items": {"const": 1}}]},
     "/anyOf/0/uniqueItems", "only some of the alternatives"),
    ({"anyOf": [unique(STRING), {"const": [1, 1]}]},
     "/anyOf/0/uniqueItems", "only some of the alternatives"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "where", "reason"), REFUSED)
def test_refused(schema: Any, where: str, reason: str) -> None:
    with pytest.raises(compilers.Unsupported, match=reason) as caught:
        compilers.json_schema(schema)
    assert caught.value.where == where


def test_no_more_than_so_many() -> None:
    """... of which the grammar's notes tell."""
    schema = unique({"type": "integer"})
    assert [note.where for note in grammar(json.dumps(schema)).notes] == ["/uniqueItems"]
    assert compilers.json_schema(unique(STRING, maxItems=9)).notes == ()
    for items in ([*range(1000)], [str(i) for i in range(1000)]):
        (found,) = compilers.json_schema(unique({"type": ["integer", "string"]})).watched.values()
        watch = found.watch
        text_ = json.dumps(items)
        assert Watcher(watch).feed(text_.encode())
        assert not Watcher(watch).feed(text_.replace("]", ", true]").encode())
    walker = matcher(schema, "llguidance")
    for token in json.dumps([*range(1000)])[:-1].encode():
        walker.advance(token)
    assert ord("]") in allowed(walker)
    assert ord(",") not in allowed(walker)


def test_too_few_values() -> None:
    with pytest.raises(compilers.Contradiction):
        compilers.json_schema(unique({"type": "string", "pattern": "^[ab]$"}, minItems=3))


@pytest.mark.parametrize("dialect", compilers.DIALECTS)
def test_no_text_says_it(dialect: str) -> None:
    """Who prints a grammar is not given a looser one."""
    with pytest.raises(compilers.Unsupported) as caught:
        compilers.emit(compilers.json_schema(TAGS), dialect)
    assert caught.value.where == "/properties/tags/uniqueItems"


@pytest.mark.parametrize(
    ("words", "beginning", "count"),
    [
        (["ab", "ac", "b"], b"", 3),
        (["ab", "ac", "b"], b"a", 2),
        (["ab", "ac", "b"], b"ab", 1),
        (["ab"], b"b", 0),
        (["é", "è", "e"], b"\xc3", 2),
        (["a\U0001f600"], b"a\xf0\x9f", 1),
    ],
)
def test_counts(words: list[str], beginning: bytes, count: int) -> None:
    assert Counts(dfa(either(*map(text, words)))).behind(beginning) == count


@pytest.mark.parametrize(
    ("string", "beginning", "count"),
    [
        ("ab", b"", 1),
        ("ab", b'"a', 1),
        ("ab", b'"b', 0),
        ("a\n", b'"a', 3),
        ("a\n", b'"a\\', 3),
        ("a\n", b'"a\\u', 2),
        ("a\n", b'"a\\u000a', 1),
        ("\x01", b'"', 1),
        ('"', b'"', 1),
        ("é", b'"\xc3', 1),
    ],
)
def test_spellings(string: str, beginning: bytes, count: int) -> None:
    assert n_ways(rest_of(spelling.ways(string), beginning)) == count


def test_texts_of_a_beginning() -> None:
    counts = Counts(dfa(either(text("a" * 3000), text("é"), text("è"), text("e")), 4000))
    assert [len(each) for each in counts.beginning_with(b"aa")] == [3000]
    assert sorted(counts.beginning_with(b"\xc3")) == ["è".encode(), "é".encode()]
    assert list(counts.beginning_with(b"e")) == [b"e"]


def test_many_members_that_may_be_there_are_not_all_tried() -> None:
    """One of two must be there, which come before thirty others."""
    rest = {f"m{i}": {"type": "boolean"} for i in range(30)}
    item = listed(**{"x": {"type": "null"}, "y": {"type": "null"}, "name": STRING, **rest})
    item["anyOf"] = [{"required": ["x"]}, {"required": ["y"]}]
    watch = compilers.json_schema(unique(item)).watches[0]
    watcher = Watcher(watch)
    assert watcher.feed(b'[{"name": "a", "x": null}, {"name": "a", "m0": true')
    assert watcher.allows(b', "x": null}')
    assert not watcher.allows(b', "x": null}, {"m0": true, "x": null, "name": "a"}')
