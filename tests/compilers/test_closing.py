"""The shortest text that ends a reply, from anywhere in it: held against the oracle."""

from collections.abc import Sequence
from itertools import product
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compilers
from compilers.closing import Closing, State, Text
from compilers.errors import Contradiction, TooLarge
from compilers.frontends import tools
from compilers.ir import (
    NOTHING,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Regular,
    Repeat,
    Special,
    Unordered,
)
from compilers.ir import Sequence as Cat
from compilers.oracle import recognises
from compilers.regular import (
    EVERY,
    Expr,
    both,
    cat,
    chars,
    derivative,
    either,
    other_than,
    plus,
    shortest,
    star,
    text,
    texts,
    times,
    without,
)
from compilers.uses import productive

THINK, END_THINK = Special("<think>"), Special("</think>")
CALL, END_CALL = Special("<tool_call>"), Special("</tool_call>")

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "tags": {"type": "array", "items": {"enum": ["x", "long"]}, "minItems": 2},
        "age": {"type": "integer", "minimum": 10},
        "more": {"type": "object", "properties": {"k": {"const": "v"}}, "required": ["k"]},
    },
    "required": ["name", "tags"],
    "additionalProperties": False,
}
TREE = {"$ref": "#/$defs/t", "$defs": {"t": {"type": "array", "items": {"$ref": "#/$defs/t"}}}}
TEMPLATE = "<p><s>{x}</s><s>{y}</s><!-- add more --><n>{n:int}</n></p>"
TOOLS = [{"type": "function", "function": {"name": "go", "parameters": PERSON}}]


def schema(value: Any) -> Grammar:
    return compilers.json_schema(value)


def reply(special: Sequence[Special] = (), **how: Any) -> Grammar:
    return tools.parse(special=[each.name for each in special], **how)


ALL = (THINK, END_THINK, CALL, END_CALL)
CALLS = reply(ALL, tools=TOOLS, tool_choice="required")
THINKS = reply(ALL, tools=TOOLS, reasoning="inside")
PLAIN = reply(reasoning="inside")
PLANS = reply(ALL, reasoning="must", thinking=compilers.template(TEMPLATE))
THEN = reply(ALL, reasoning="inside", content=compilers.json_schema(PERSON))
OBJECT = b'{"name": "aa", "tags": ["x", "x"]}'
GO = b'", "arguments": ' + OBJECT + b"}\n"

# Its first member is as short as the other, and takes the rule itself.
ITSELF = Unordered(
    ((Ref("start"), False), (Repeat(Literal("a"), 0, 1), False)), NOTHING, Literal(","), some=True
)
WITHIN_ITSELF = Grammar({"start": ITSELF})

Written = str | bytes | Special
CASES: list[tuple[Grammar, Sequence[Written], Text]] = [
    (schema({"type": "object"}), [], (b"{}",)),
    (schema({"type": "object"}), ['{"a": [1, {"b": "c'], (b'"}]}',)),
    (schema({"type": "object"}), ['{"a": tr'], (b"ue}",)),
    (schema({"type": "object"}), ['{"a": -'], (b"0}",)),
    (schema({"type": "object"}), ['{"a": 1.'], (b"0}",)),
    (schema({"type": "object"}), ['{"a": 1e'], (b"0}",)),
    (schema({"type": "object"}), ['{"a": 12'], (b"}",)),
    (schema({"type": "object"}), ['{"a'], (b'": 0}',)),
    (schema({"type": "string"}), ['"\\'], (b'""',)),
    (schema({"type": "string"}), ['"\\u00'], (b'19"',)),
    (schema({"type": "string"}), ['"', b"\xe2\x82"], (b'\x80"',)),
    (schema({"type": "string"}), ['"', b"\xf0"], (b'\x90\x80\x80"',)),
    (schema({"enum": ["été", "zzzzzz"]}), ['"', b"\xc3"], (b'\xa9t\xc3\xa9"',)),
    (schema(PERSON), [], (OBJECT,)),
    (schema(PERSON), ['{"age": 1'], (b'0, "name": "aa", "tags": ["x", "x"]}',)),
    (schema(PERSON), ['{"name": "bob", "tags": ["l'], (b'ong", "x"]}',)),
    (schema(PERSON), ['{"tags": ["x", "x"], "more": {'], (b'"k": "v"}, "name": "aa"}',)),
    (schema(TREE), ["[[[], [[]"], (b"]]]",)),
    (schema({"type": "string", "pattern": "^[a-c]{3}x+$"}), ['"ab'], (b'ax"',)),
    (schema({"type": "integer", "multipleOf": 7}), ["15"], (b"4",)),
    (schema({"const": "ok"}), ['"ok"'], ()),
    (compilers.regex(r"[0-9]{3}-[a-f]{2,}"), ["12"], (b"9-aa",)),
    (compilers.regex(r"(ab|a)*c"), ["aba"], (b"c",)),
    (compilers.regex(None, "Yes|No"), ["Y"], (b"es",)),
    (compilers.regex(None, "Yes|No"), ["Yes, of"], ()),
    (compilers.choice(["left", "right", "lefty"]), ["le"], (b"ft",)),
    (compilers.lark_text('start: "(" start ")" | "x"'), ["(("], (b"x))",)),
    (compilers.lark_text('start: start "," N | N\nN: /[0-9]+/'), ["1,2,"], (b"9",)),
    (compilers.template(TEMPLATE), ["<p><s>a</"], (b"s><s></s><n>0</n></p>",)),
    (compilers.template(TEMPLATE), ["<p><s>a</s><s>b</s><s>c"], (b"</s><n>0</n></p>",)),
    (compilers.template(TEMPLATE), ["<p><s>a</s><s>b</s><n>-"], (b"9</n></p>",)),
    (CALLS, [], ("<tool_call>", b'\n{"name": "go' + GO, END_CALL.name)),
    (CALLS, [CALL, '\n{"name": "g'], (b"o" + GO, END_CALL.name)),
    (THINKS, ["Well"], ("</think>",)),
    (THINKS, ["Well", END_THINK, "so"], ()),
    (THINKS, [END_THINK, CALL], (b'\n{"name": "go' + GO, END_CALL.name)),
    (PLAIN, ["Well</th"], (b"ink>",)),
    (PLAIN, ["Well</thing"], (b"</think>",)),
    (PLANS, [], ("<think>", b"<p><s></s><s></s><n>9</n></p>", "</think>")),
    (THEN, ["So"], ("</think>", OBJECT)),
    (WITHIN_ITSELF, [], ()),
    (WITHIN_ITSELF, ["a,"], ()),
]  # fmt: skip


def walked(closing: Closing, written: Sequence[Written]) -> State | None:
    state: State | None = closing.start
    for each in written:
        if state is None:
            break
        if isinstance(each, Special):
            state = closing.special(state, each.name)
        else:
            state = closing.feed(state, each.encode() if isinstance(each, str) else each)
    return state


@pytest.mark.parametrize(("grammar", "written", "rest"), CASES)
def test_the_shortest_rest(grammar: Grammar, written: Sequence[Written], rest: Text) -> None:
    closing = Closing(grammar)
    state = walked(closing, written)
    assert state is not None
    assert state.size == sum(len(part) if isinstance(part, bytes) else 1 for part in rest)
    found = closing.shortest(state)
    assert len(found) == len(rest)
    for mine, its in zip(rest, found, strict=True):  # of two that are as short, either will do
        assert type(mine) is type(its)
        assert mine == its or len(mine) == len(its)
    assert recognises(grammar, _symbols([*written, *found]))


def _symbols(written: Sequence[Written]) -> list[str | Special]:
    """Bytes joined, so that a character may lie across two pieces; names as special tokens."""
    found: list[bytes | Special] = [b""]
    for each in written:
        if isinstance(each, str) and each.startswith("<") and Special(each) in ALL:
            found += [Special(each), b""]
        elif isinstance(each, Special):
            found += [each, b""]
        else:
            last = found[-1]
            assert isinstance(last, bytes)
            found[-1] = last + (each.encode() if isinstance(each, str) else each)
    return [each if isinstance(each, Special) else each.decode() for each in found]


@pytest.mark.parametrize(
    ("grammar", "written"),
    [
        (schema({"type": "object"}), ["[" ]),
        (schema({"type": "object"}), ["{}", "{"]),
        (schema({"type": "string"}), ['"', b"\xff"]),
        (schema({"type": "string"}), ['"', b"\xed\xa0"]),
        (schema({"type": "string"}), ['"', b"\xc3", '"']),
        (compilers.regex("é|a"), [b"\xe2"]),
        (THINKS, ["x", THINK]),
        (THINKS, [b"\xe2", END_THINK]),
    ],
)  # fmt: skip
def test_no_text_of_the_grammar(grammar: Grammar, written: Sequence[Written]) -> None:
    *before, last = written
    closing = Closing(grammar)
    assert walked(closing, before) is not None
    assert walked(closing, [*before, last]) is None


# what was written, the rest of the reasoning, the rest of the reply
PHASES: list[tuple[Grammar, Sequence[Written], Text, Text]] = [
    (THEN, ["So"], ("</think>",), ("</think>", OBJECT)),
    (THEN, ["So", END_THINK, '{"'], (), (OBJECT[2:],)),
    (THEN, ["So", b"\xe2"], (b"\x80\x80", "</think>"), (b"\x80\x80", "</think>", OBJECT)),
    (THEN, ["So", END_THINK, '{"name": "', b"\xe2"], (), (b'\x80\x80a", "tags": ["x", "x"]}',)),
    (PLAIN, ["So</th"], (b"ink>",), (b"ink>",)),
    (PLANS, [], ("<think>", b"<p><s></s><s></s><n>9</n></p>", "</think>"),
     ("<think>", b"<p><s></s><s></s><n>9</n></p>", "</think>")),
    (reply(ALL, tools=TOOLS, reasoning="may"), [], (), ()),
    (reply(ALL, tools=TOOLS, reasoning="may"), [THINK, "x"], ("</think>",), ("</think>",)),
    (reply(ALL, tools=TOOLS, reasoning="may"), ["x"], (), ()),
    (reply(tools=TOOLS, reasoning="may"), ["<thi"], (), ()),
    (reply(tools=TOOLS, reasoning="may"), ["<think>"], (b"</think>",), (b"</think>",)),
    (reply(ALL, tools=TOOLS, tool_choice="required", reasoning="inside"), ["x"],
     ("</think>",), ("</think>", "<tool_call>", b'\n{"name": "go' + GO, "</tool_call>")),
]  # fmt: skip


@pytest.mark.parametrize(("grammar", "written", "thought", "rest"), PHASES)
def test_the_reasoning_ends_before_the_reply(
    grammar: Grammar, written: Sequence[Written], thought: Text, rest: Text
) -> None:
    closing = Closing(grammar, tools.REASONING)
    state = walked(closing, written)
    assert state is not None
    assert [len(part) for part in closing.shortest(state, phase=True)] == [*map(len, thought)]
    assert [len(part) for part in closing.shortest(state)] == [*map(len, rest)]
    behind = walked(closing, [*written, *map(_written, closing.shortest(state, phase=True))])
    assert behind is not None
    assert behind.phase == 0


def _written(part: bytes | str) -> Written:
    return Special(part) if isinstance(part, str) else part


# --- any grammar

LETTERS = ("a", "é", Special("<t>"))
LEAVES = st.sampled_from(
    [
        *map(Literal, ["", "a", "é", "aé", "éé", "aaa"]),
        Special("<t>"),
        FreeText(("éa",)),
        *map(Regular, [star(chars("aé")), plus(text("é")), cat(chars("aé"), text("a"))]),
        Regular(both(star(chars("aé")), other_than(cat(star(chars("aé")), text("aa"))))),
        *map(Ref, ["one", "two"]),
    ]
)


def _nodes(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(below, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        parts.map(Cat),
        parts.map(Choice),
        st.builds(Repeat, below, st.integers(0, 2), st.sampled_from([2, 3, None])),
        st.builds(
            Unordered,
            st.lists(st.tuples(below, st.booleans()), min_size=1, max_size=3).map(tuple),
            st.sampled_from([NOTHING, Literal("é")]),
            st.sampled_from([Literal("a"), Literal("")]),
            st.booleans(),
        ),
    )


NODES = st.recursive(LEAVES, _nodes, max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(NODES, NODES, NODES)
def test_random_grammars(start: Node, one: Node, two: Node) -> None:
    """From whatever a text begins with, the rest makes it one of the grammar, and no shorter one
    does; where there is none, no text begins so."""
    grammar = Grammar({"start": start, "one": one, "two": two})
    if productive(grammar.rules) != {*grammar.rules}:
        return
    closing = Closing(grammar)
    texts = [
        word for n in range(5) for word in product(LETTERS, repeat=n) if recognises(grammar, word)
    ]
    for prefix in (word for n in range(4) for word in product(LETTERS, repeat=n)):
        sizes = [_size(word[len(prefix) :]) for word in texts if word[: len(prefix)] == prefix]
        state = walked(closing, prefix)
        if state is None:
            assert not sizes
            continue
        rest = closing.shortest(state)
        assert state.size == sum(len(p) if isinstance(p, bytes) else 1 for p in rest)
        assert state.size <= min(sizes, default=state.size)
        assert recognises(
            grammar,
            [*prefix, *(p.decode() if isinstance(p, bytes) else Special(p) for p in rest)],
        )


def _size(symbols: Sequence[str | Special]) -> int:
    return sum(1 if isinstance(each, Special) else len(each.encode()) for each in symbols)


# --- bounds


def test_no_text_at_all() -> None:
    rules: dict[str, Node] = {"start": Cat((Literal("a"), Ref("start")))}
    with pytest.raises(Contradiction):
        Closing(Grammar(rules))


def test_too_large() -> None:
    far = both(times(chars("ab"), 9_000), without(["bbb"]))
    node: Node = Literal("a")
    for _ in range(5_000):
        node = Cat((node, Literal("b")))
    for start in (Regular(far), node):
        with pytest.raises(TooLarge):
            Closing(Grammar({"start": start}))
    many = Closing(Grammar({"start": Repeat(Literal("a"), 2_000_000)}))
    assert many.start.size == 2_000_000
    with pytest.raises(TooLarge):
        many.shortest(many.start)


def test_a_text_of_many_parts_is_joined_at_once() -> None:
    """A million of them took minutes when each was put behind the others by itself."""
    begin = process_time()
    closing = Closing(compilers.lark_text('start: ("a"~1000)~900 | "(" start ")"'))
    assert closing.shortest(closing.start) == (b"a" * 900_000,)
    assert process_time() - begin < 5


def test_however_deep_a_token_costs_the_same() -> None:
    """A list that holds itself last, and one whose parses double with every bracket."""
    doubling = compilers.lark_text('start: "(" start ")" | "(" start "]" | "x"')
    state: State | None
    for grammar, piece in (
        (compilers.lark_text('start: "a," start | "a"'), b"a,a,"),
        (compilers.lark_text('start: start ",a" | "a"'), b",a,a"),
        (doubling, b"(((("),
    ):
        closing = Closing(grammar)
        state = closing.start if piece != b",a,a" else closing.feed(closing.start, b"a")
        times_taken = []
        for _ in range(400):
            assert state is not None
            begin = process_time()
            state = closing.feed(state, piece)
            times_taken.append(process_time() - begin)
        assert sorted(times_taken)[360] < 2e-3


AB, BA = text("ab"), text("ba")


def behind(expr: Expr, letters: str) -> Expr:
    for letter in letters:
        expr = derivative(expr, ord(letter))
    return expr


def test_a_closing_does_not_depend_on_what_was_closed_before() -> None:
    """Of texts that are as short it is the same one, from wherever others were closed."""
    pair = cat(chars("ab"), chars("ab"))
    odd = both(cat(EVERY, pair, EVERY), other_than(pair), other_than(plus(either(AB, BA))))
    grammar = Grammar({"start": Regular(odd)})
    found = set()
    for before in (b"", b"a", b"b", b"ab", b"ba", b"c", b"cb"):
        shortest.cache_clear()
        texts._found.clear()
        Closing(Grammar({"start": Regular(behind(odd, before.decode()))}))
        closing = Closing(grammar)
        found.add(closing.shortest(closing.start))
    assert len(found) == 1
