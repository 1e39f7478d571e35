"""KBNF: what is written, that it means what the grammar means, and what it cannot say."""

import json
import re
import sys
import typing
from importlib import import_module
from itertools import compress, permutations, product
from typing import Any

import kbnf
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compilers
from compilers import ir
from compilers.errors import Unsupported
from compilers.frontends.tools import Surface, parse
from compilers.ir import (
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Sequence,
    maybe,
)
from compilers.oracle import recognises
from compilers.regular import (
    EVERY,
    Expr,
    both,
    cat,
    other_than,
    plus,
    ranges,
    span,
    star,
    text,
    times,
)
from tests.compilers.byte_engine import END, END_THINK, THINK, compiled, holds, tokens
from tests.compilers.test_template import ROWS as TEMPLATES
from tests.compilers.test_tools import AUTO, TOOLS


def same(grammar: Grammar, texts: list[str]) -> None:
    """The engine and the oracle say the same of each text, on a fresh engine and on a used one."""
    written = compilers.emit(grammar, "kbnf")
    for each in [*texts, *texts]:
        assert holds(written, tokens(each), "kbnf") == recognises(grammar, each), repr(each)


A, B = Literal("a"), Literal("b")
LETTERS = Regular(plus(span("a", "z")))
WITHOUT_AB = Regular(both(EVERY, other_than(cat(EVERY, text("ab"), EVERY))))
NODES: list[Node] = [
    Literal(""),
    Literal("\"\\\n\x00\x7f'é\U000fffff"),
    Sequence((maybe(A), maybe(B), maybe(A))),
    Sequence((maybe(A), B, maybe(A))),
    Sequence((LETTERS, Literal(" "), maybe(LETTERS))),
    Choice((A, Sequence((A, B)), Sequence(()))),
    Repeat(maybe(A), 2, 3),
    Repeat(Choice((A, B)), 2),
    Repeat(Sequence((A, Repeat(B))), 0, 2),
    Sequence((FreeText(("ab",)), Literal("ab"))),
    Sequence((FreeText(("aa", "b")), Literal("b"))),
    Regular(times(span("a", "z"), 2, 3)),
    Regular(times(span("a", "b"), 0, 3)),
    Regular(both(plus(span("a", "b")), other_than(text("ab")))),
    WITHOUT_AB,
    Sequence((maybe(Regular(text(""))), WITHOUT_AB)),
    ir.Unordered(((A, True), (B, False)), Literal("c"), Literal(",")),
    ir.Unordered(((A, False), (B, False)), Literal("c"), Literal(","), some=True),
    ir.Unordered(((A, False), (B, False)), ir.NOTHING, Literal(",")),
    ir.Unordered(((A, True), (Literal(""), False)), ir.NOTHING, Literal("b")),
    ir.Unordered(((maybe(A), False), (maybe(B), True)), ir.NOTHING, maybe(Literal(","))),
    Repeat(ir.Unordered(((Literal(""), True),), ir.NOTHING, Literal("a"), some=True), 0, 2),
]
SHORT = ["".join(letters) for n in range(5) for letters in product("ab", repeat=n)]
OTHERS = ["a b", "ab ", "é", "aéb", "\"\\\n\x00\x7f'é\U000fffff", "a,b", "a,c", "c,a", "a,b,c,c"]


@pytest.mark.parametrize("node", NODES, ids=lambda node: re.sub(r"\W+", " ", str(node))[:60])
def test_means_the_same(node: Node) -> None:
    order = ["c,a"] if isinstance(node, ir.Unordered) else []  # others come last
    same(Grammar({"start": node}), [each for each in SHORT + OTHERS if each not in order])


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 9), (3, 3), (7, 25), (17, 17), (20, None)])
def test_counts(low: int, high: int | None) -> None:
    same(Grammar({"start": Repeat(A, low, high)}), ["a" * n for n in range(45)])


@pytest.mark.parametrize(("low", "high"), [(0, 95), (30, 95), (79, 95), (80, 95), (93, 95)])
def test_long_strings_are_counted(low: int, high: int) -> None:
    schema = {"type": "string", "minLength": low, "maxLength": high}
    lengths = {1, low - 1, low, 78, 79, 80, high, high + 1} - {-1}
    texts = [json.dumps(letter * n, ensure_ascii=False) for letter in "é\\" for n in lengths]
    same(compilers.json_schema(schema), texts)


FEW = {"properties": {key: {"const": 1} for key in "abcd"}, "required": ["b", "d"]}
MANY = {**FEW, "properties": {key: {"const": 1} for key in "abcdef"}}


@pytest.mark.parametrize("extra", [ir.NOTHING, Literal("x")])
@pytest.mark.parametrize("some", [False, True])
@pytest.mark.parametrize("required", ["", "a", "e", "bd", "abcde"])
def test_many_members(required: str, some: bool, extra: Node) -> None:
    """In the order of the source, or the required ones first: both are in that order here."""
    members = tuple((Literal(key), key in required) for key in "abcde")
    grammar = Grammar({"start": ir.Unordered(members, extra, Literal(","), some)})
    subsets = (",".join(compress("abcde", mask)) for mask in product([0, 1], repeat=5))
    texts = [text + more for text in subsets for more in ("", ",", ",x", ",x,x")]
    same(grammar, [*texts, "x", "x,x", ",a", "a,,b", "a,a"])


def test_no_rule_is_written_that_has_no_text() -> None:
    """A token that leads there would be a dead end."""
    schema = {"properties": {key: {"const": 1} for key in "abcdef"}, "additionalProperties": False}
    for keys in ("ab", "abcdef"):
        schema["properties"] = {key: {"const": 1} for key in keys}
        lines = compilers.emit(compilers.json_schema(schema), "kbnf").splitlines()
        assert not [line for line in lines if line.endswith("::= x;")]


@pytest.mark.parametrize(
    ("schema", "keys", "accepted"),
    [
        *((FEW, "".join(keys), True) for keys in permutations("abcd")),
        (FEW, "db", True),
        (FEW, "dbx", True),
        (FEW, "ad", False),
        (FEW, "dxb", False),  # others come last
        (MANY, "abcdef", True),
        (MANY, "bdacef", True),  # the required ones first
        (MANY, "bde", True),
        (MANY, "dbace", False),
    ],
)
def test_orders(schema: dict[str, Any], keys: str, accepted: bool) -> None:
    grammar = compilers.json_schema({"type": "object", **schema})
    written = compilers.emit(grammar, "kbnf")
    text = json.dumps(dict.fromkeys(keys, 1))
    assert holds(written, tokens(text), "kbnf") == accepted
    assert recognises(grammar, text) or not accepted


def test_recursion() -> None:
    nested = Sequence((Literal("("), maybe(Ref("nest")), Literal(")")))
    rules: dict[str, Node] = {"start": Ref("nest"), "nest": Sequence((nested, maybe(Ref("nest"))))}
    same(Grammar(rules), ["", "()", "(())()", "(()", ")(", "()()()", "((()))"])


@pytest.mark.parametrize(("template", "accept", "reject"), [row for row in TEMPLATES if row[1]])
def test_templates(template: str, accept: list[str], reject: list[str]) -> None:
    same(compilers.template(template), accept + reject)


def test_tools() -> None:
    same(parse(TOOLS), list(AUTO))


def test_special_tokens() -> None:
    call = '<think>\n{"name": "{name}", "arguments": {arguments}}\n</think>'
    tags = ("<think>", "</think>")
    surface = Surface(call=call, reasoning=None, tags=tags)
    grammar = parse(TOOLS, surface=surface, special=tags)
    body = tokens('\n{"name": "weather", "arguments": {"city": ""}}\n')
    written = compilers.emit(grammar, "kbnf")
    assert holds(written, [*tokens("Hi"), THINK, *body, END_THINK], "kbnf")
    assert holds(written, tokens("Hi <think>"), "kbnf")  # spelled in letters it is text
    assert not holds(written, [*tokens("Hi"), THINK, *tokens("x")], "kbnf")


WORDS = st.lists(st.text("abé", max_size=3), max_size=4)


@settings(deadline=None)
@given(one=WORDS, two=WORDS, keys=st.lists(st.text('abcé\\"', max_size=4), max_size=8))
def test_keys_besides_the_named_ones(one: list[str], two: list[str], keys: list[str]) -> None:
    """Each object leaves out its own names, and not those of the other."""
    named = [{"properties": dict.fromkeys(names, False), "type": "object"} for names in (one, two)]
    schema = {"prefixItems": named, "items": False, "type": "array", "minItems": 2}
    texts = [json.dumps(pair, ensure_ascii=False) for key in [*keys, *one, *two]
             for pair in ([{key: 1}, {}], [{}, {key: 1}])]  # fmt: skip
    same(compilers.json_schema(schema), texts)


def test_an_engine_that_was_used_gives_no_mask_of_another_place() -> None:
    """kbnf kept masks under states that did not tell how many items an array had."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
            "b": {"type": "string"},
        },
        "required": ["a"],
    }
    texts = [json.dumps({"a": ["x y"] * n, **more}) for n in range(6) for more in ({}, {"b": ""})]
    same(compilers.json_schema(schema), texts)


@pytest.mark.parametrize("low", [0, 70])
def test_a_pattern_with_a_bounded_length(low: int) -> None:
    """The product has 320 states: too many for one regex."""
    schema = {"pattern": "^[a-z]+(-[a-z]+)*$", "minLength": low, "maxLength": 80}
    words = ["a" * n for n in (1, 69, 70, 80, 81)]
    words += ["ab-" * 26 + each for each in ("a", "ab", "abc", "-", "a-b")] + ["a--b", "é"]
    texts = [json.dumps(word, ensure_ascii=False) for word in words]
    same(compilers.json_schema({"type": "string", **schema}), texts)


def test_patterns_with_bounded_lengths_beside_each_other() -> None:
    """Two in one language, and one more in the same grammar: their states have other names."""
    words = {"pattern": "^[a-z]+(-[a-z]+)*$", "maxLength": 80}
    numbers = {"pattern": "^[0-9]{2}(_[0-9]+)*$", "minLength": 4, "maxLength": 90}
    either = {"anyOf": [words, numbers], "type": "string"}
    schema = {"prefixItems": [either, {**words, "type": "string", "maxLength": 70}]}
    first = ["a" * 80, "a" * 81, "a--b", "00", "00_1", "00_" + "1" * 87, "00_" + "1" * 88, "a_1"]
    second = ["a" * 70, "a" * 71, "a-b", "00_1"]
    texts = [json.dumps(pair) for pair in product(first, second)]
    same(compilers.json_schema({**schema, "items": False, "minItems": 2, "type": "array"}), texts)


def bounded(letters: Expr) -> Node:
    inside = cat(plus(letters), star(cat(text("-"), plus(letters))))
    length = times(ranges((0x20, ord(">") - 1), (ord(">") + 1, 0xFFFF)), 0, 150)
    return Regular(both(*(cat(text("<"), each, text(">")) for each in (inside, length))))


def test_patterns_of_one_form_with_bounded_lengths() -> None:
    """Only their letters are different."""
    grammar = Grammar({"start": Sequence((bounded(span("a", "z")), bounded(span("A", "Z"))))})
    words = ["<a>", "<A>", "<A-A>", f"<{'a' * 150}>", f"<{'a' * 151}>"]
    same(grammar, ["".join(pair) for pair in product(words, repeat=2)])


def test_too_long_a_bounded_length() -> None:
    grammar = compilers.json_schema({"pattern": "^([a-z]+-)+$", "maxLength": 40_000})
    with pytest.raises(Unsupported, match="more than 30000 states"):
        compilers.emit(grammar, "kbnf")


def test_the_complement_of_a_large_pattern() -> None:
    """As one regex it would have millions of letters."""
    grammar = compilers.json_schema({"type": "string", "not": {"format": "uri"}})
    assert len(compilers.emit(grammar, "kbnf")) < 500_000
    same(
        grammar, [json.dumps(each) for each in ("", "http:", "http://a/b", "a b", "x:/[::1]", "é")]
    )


UNSUPPORTED = [
    (Literal("\U00100000"), "text in plane 16"),
    (Regular(both(*(cat(EVERY, text(c), times(span("a", "z"), 9, 9)) for c in "ab"))),
     "an intersection or complement"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "what"), UNSUPPORTED)
def test_unsupported(node: Node, what: str) -> None:
    with pytest.raises(Unsupported, match=f"kbnf cannot say: {what}"):
        compilers.emit(Grammar({"start": node}), "kbnf")


def test_formatron_loads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """formatron 0.5.0 wants `typing` from pydantic, which has had none since 2.12."""
    monkeypatch.setattr(pydantic, "typing", typing, raising=False)
    monkeypatch.setitem(sys.modules, "pydantic.typing", typing)
    formatter = import_module("formatron.formatter").Formatter
    written = compilers.emit(compilers.choice(["yes", "no"]), "kbnf")
    pieces = {i: bytes([i]) for i in range(256)} | {256: "\U0010fffd".encode()}
    words = {i: kbnf.Token(piece) for i, piece in pieces.items()}
    vocabulary = kbnf.Vocabulary(words, {i: repr(piece) for i, piece in pieces.items()})
    loaded = formatter([], kbnf.Engine(written, vocabulary), lambda ids: "", written)
    for token in [*b"no", 256]:
        loaded.compute_allowed_tokens()
        assert token in loaded.get_allowed_tokens_since_last_computation()
        loaded.accept_token(token)
    assert loaded.is_completed()


def test_forced_text() -> None:
    written = compilers.emit(compilers.json_schema({"const": {"key": "é"}}), "kbnf")
    matcher = compiled(written, "kbnf").fork()
    whole = matcher.forced()
    assert bytes(whole).decode() == '{"key": "é"}'
    for token in whole:
        matcher.advance(token)
    assert matcher.forced() == ()
    assert matcher.done
    matcher.advance(END)
