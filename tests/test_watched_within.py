"""Arrays of unequal items within larger replies: arguments of tools, answers behind reasoning.

The tokens of each dialect are its tags, all bytes, and any pieces of replies that are right or
wrong: so values begin, end and break in the middle of tokens.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema
import numpy as np
import pytest

import compilers
from compilers.ir import Choice, Grammar, Literal, Ref, Special
from compilers.ir import Sequence as Row
from compilers.oracle import recognises
from compilers.watch import within
from gallama.channels import ChannelStream
from gallama.dialect import Dialect, Native
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from gallama.text import Stops
from gallama.types import Engine, Matcher, Vocabulary
from gallama.watched import Pieces, watched
from tests.dialects.test_grammars import SPECS, symbols_of

END = 256
ENGINES: dict[str, Engine] = {"llguidance": LLGuidanceEngine(), "kbnf": FormatronEngine()}
DIALECTS = sorted(SPECS)
N_PIECES = 120  # of replies
LONGEST = 90  # bytes of one

STRINGS = {"type": "array", "items": {"type": "string"}}
UNIQUE = {**STRINGS, "uniqueItems": True}
FEW = {"type": "string", "pattern": "^[abé]$"}


def tool(name: str, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": [next(iter(properties))]}
    return {"type": "function", "function": {"name": name, "parameters": parameters}}


TOOLS = [
    tool("tag", tags=UNIQUE, note={"type": "string"}),
    tool("tags", tags=STRINGS),
    tool("ids", ids={**UNIQUE, "items": {"type": "integer"}}, of={"items": {"properties": {
        "x": {**UNIQUE, "items": FEW, "minItems": 2}}, "type": "object"}, "type": "array"}),
]  # fmt: skip
SCHEMAS = {each["function"]["name"]: each["function"]["parameters"] for each in TOOLS}
ANSWER = {"type": "object", "properties": {"a": UNIQUE, "b": STRINGS}, "required": ["a"]}

Call = tuple[str, dict[str, Any]]

# Calls, and whether they may be written.
CALLS: list[tuple[list[Call], bool]] = [
    ([("tag", {"tags": ["a", "b", "ab"]})], True),
    ([("tag", {"tags": []})], True),
    ([("tag", {"tags": ["a", "b", "a"]})], False),
    ([("tag", {"note": "a\n", "tags": ["]}", '"', "]}"]})], False),
    ([("tag", {"tags": ["]}", '", "'], "note": '["x", "x"]'})], True),
    ([("tags", {"tags": ["a", "a"]})], True),
    ([("ids", {"ids": [1, 11, 0]})], True),
    ([("ids", {"ids": [1, 11, 1]})], False),
    ([("ids", {"ids": [], "of": [{"x": ["a", "é"]}, {"x": ["é", "a"]}, {}]})], True),
    ([("ids", {"ids": [], "of": [{"x": ["a", "b"]}, {"x": ["é", "é"]}]})], False),
    ([("tags", {"tags": ["b", "b"]}), ("tag", {"tags": ["b"]}), ("tag", {"tags": ["b"]})], True),
    ([("tag", {"tags": ["b"]}), ("tags", {"tags": ["b", "b"]}), ("ids", {"ids": [2, 2]})], False),
]
# What is written where, that nobody watches.
LOOKS_WATCHED = 'So: {"tags": ["a", "a"]} {"name": "tag", "arguments": {"tags": ["b", "b"'


class Way(NamedTuple):
    """How a reply is asked for."""

    dialect: str
    special: bool
    options: tuple[tuple[str, str], ...] = ()

    @property
    def made(self) -> Dialect:
        return Dialect(self.dialect, SPECS[self.dialect], Native(reasons=True))


WAYS = [Way(name, special) for name in DIALECTS for special in (False, True)]
REQUIRED = (("tool_choice", "required"),)
REASONED = (("reasoning", "must"), ("content", "answer"))
GRAMMARS = {
    "answer": compilers.json_schema(ANSWER),
    "list": compilers.json_schema(UNIQUE),
    "plan": compilers.template("<plan>\n  <step>{what}</step>\n  <!-- add more -->\n</plan>"),
}


def in_turn(calls: Sequence[Call]) -> list[dict[str, Any]]:
    return [
        {"id": f"call0000{i}", "type": "function", "function": {"name": name, "arguments": given}}
        for i, (name, given) in enumerate(calls)
    ]


def replies(dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """With calls, of this dialect, and whether they may be written."""
    several = dialect.surface.between is not None
    words = dialect.surface.preamble is not None
    for calls, good in CALLS:
        if len(calls) == 1 or several:
            yield dialect.reply(None, "", in_turn(calls)), good
            if words:
                yield dialect.reply(None, LOOKS_WATCHED, in_turn(calls)), good


@lru_cache
def vocabulary_of(way: Way) -> Vocabulary:
    """All bytes, the dialect's tags as tokens or not, and pieces of replies between them."""
    tags = way.made.surface.tags if way.special else ()
    between = "|".join(map(re.escape, tags)) or "(?!)"
    texts = [text for text, _ in replies(way.made)]
    texts += [f'{{"a": ["x", "x"]}} {text}' for text in ('"b", "é"]}', '["a", "a"], "b": [')]
    parts = [part.encode() for text in texts for part in re.split(between, text) if part]
    choose = random.Random(3)
    found: dict[bytes, None] = {}
    while len(found) < N_PIECES:
        part = choose.choice(parts)
        start = choose.randrange(len(part))
        found[part[start : start + choose.randrange(2, LONGEST)]] = None
    pieces = (*(bytes([i]) for i in range(256)), b"", *(b"" for _ in tags), *found)
    special = {"<|end of reply|>": END, **{tag: END + 1 + i for i, tag in enumerate(tags)}}
    return Vocabulary(
        pieces=pieces,
        special=special,
        end_tokens=frozenset([END]),
        digest=f"within {way.dialect} {way.special}",
        encode=lambda text, _: list(text.encode()),
    )


@lru_cache
def pieces_of(way: Way) -> Pieces:
    return Pieces(vocabulary_of(way))


@lru_cache
def grammar_of(way: Way) -> Grammar:
    options: dict[str, Any] = {key: GRAMMARS.get(said, said) for key, said in way.options}
    tools = json.loads(options.pop("tools", json.dumps(TOOLS)))
    return way.made.grammar(vocabulary_of(way), tools=tools, **options)


@lru_cache
def compiled(way: Way, engine: str) -> Matcher:
    whole, vocabulary = grammar_of(way), vocabulary_of(way)
    said = compilers.emit(compilers.unwatched(whole), engine, vocabulary.special)
    matcher = ENGINES[engine].compile(said, vocabulary)
    return watched(matcher, whole, engine, lambda: pieces_of(way))


def allowed(matcher: Matcher, vocabulary: Vocabulary) -> list[int]:
    row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
    matcher.fill_mask(row)
    found: list[int] = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little")).tolist()
    return found


Symbols = list[str | Special]


def takes(
    matcher: Matcher, symbols: Symbols, vocabulary: Vocabulary, choose: random.Random
) -> bool:
    """In any tokens that the masks allow: where the grammar leaves no choice, llguidance allows
    those alone that the tokenizer would write."""
    for symbol in symbols:
        rest = symbol.name if isinstance(symbol, Special) else symbol.encode()
        while rest:
            ways = [t for t in allowed(matcher, vocabulary) if _begins(rest, t, vocabulary)]
            if not ways:
                return False
            token = choose.choice(ways)
            matcher.advance(token)
            rest = b"" if isinstance(rest, str) else rest[len(vocabulary.pieces[token]) :]
    return END in allowed(matcher, vocabulary)


def _begins(text: bytes | str, token: int, vocabulary: Vocabulary) -> bool:
    """Whether a text begins with a token, or a special token is this one."""
    if isinstance(text, str):
        return vocabulary.special[text] == token
    return bool(vocabulary.pieces[token]) and text.startswith(vocabulary.pieces[token])


def check(way: Way, engine: str, symbols: Symbols, good: bool, tries: int = 2) -> None:
    vocabulary, choose = vocabulary_of(way), random.Random(4)
    assert recognises(grammar_of(way), symbols) == good, symbols
    for _ in range(tries):
        assert takes(compiled(way, engine).fork(), symbols, vocabulary, choose) == good, symbols


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_calls(way: Way, engine: str) -> None:
    for text, good in replies(way.made):
        check(way, engine, symbols_of(text, vocabulary_of(way)), good)


NODE = {"type": "object", "properties": {
    "a": UNIQUE, "of": {"items": {"$ref": "#/$defs/node"}, "type": "array"}}}  # fmt: skip
KIND = {"required": ["k"], "additionalProperties": False}

# What a tool's arguments may be: such as may be, and such as may not.
ARGUMENTS: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"properties": {"a": {"anyOf": [{"type": "string"}, UNIQUE]}}},
     [{"a": "x, x"}, {"a": ["x"]}], [{"a": ["x", "x"]}]),
    ({"properties": {"a": {"anyOf": [{"type": "integer"}, UNIQUE, {"type": "object"}]}}},
     [{"a": 3}, {"a": {"b": ["x", "x"]}}], [{"a": ["x", "x"]}]),
    ({"properties": {"p": STRINGS}, "additionalProperties": UNIQUE},
     [{"p": ["x", "x"], "q": ["x"]}], [{"q": ["x", "x"]}]),
    ({"patternProperties": {"^a": UNIQUE, "b$": STRINGS}, "additionalProperties": False},
     [{"b": ["x", "x"]}], [{"a": ["x", "x"]}, {"ab": ["x", "x"]}]),
    ({"anyOf": [{"properties": {"k": {"const": 1}, "v": UNIQUE}, **KIND},
                {"properties": {"k": {"const": 2}, "v": STRINGS, "w": UNIQUE}, **KIND}]},
     [{"k": 1, "v": ["x"]}, {"k": 2, "w": ["x"]}],
     [{"k": 1, "v": ["x", "x"]}, {"k": 2, "w": ["", ""]}]),
    ({"properties": {"t": {"$ref": "#/$defs/node"}}, "$defs": {"node": NODE}},
     [{"t": {"a": ["x"], "of": [{"a": ["x"]}]}}], [{"t": {"of": [{"a": ["x", "x"]}]}}]),
    ({"$ref": "#/$defs/node", "$defs": {"node": NODE}},
     [{"a": ["x"], "of": [{"a": ["x"]}]}], [{"of": [{"a": ["x", "x"]}]}]),
    ({"minProperties": 1, "properties": {"b": {"type": "array", "uniqueItems": True}}},
     [{"b": [1, {"c": ["x", "x"]}]}], [{"b": [{}, {}]}]),
]  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["hermes", "qwen-coder"])
@pytest.mark.parametrize(("schema", "good", "bad"), ARGUMENTS, ids=lambda row: str(row)[:40])
def test_arguments(
    schema: dict[str, Any], good: list[Any], bad: list[Any], name: str, engine: str
) -> None:
    function = {"name": "f", "parameters": {"type": "object", **schema}}
    tools = json.dumps([{"type": "function", "function": function}])
    way = Way(name, False, (*REQUIRED, ("tools", tools)))
    for arguments in (*good, *bad):
        text = way.made.reply(None, "", in_turn([("f", arguments)]))
        check(way, engine, [text], arguments in good)


def test_many_tools() -> None:
    """... of which the names of some begin those of others."""
    tools = [tool("f" * i, tags=UNIQUE if i % 2 else STRINGS) for i in range(1, 61)]
    way = Way("hermes", True, (("tools", json.dumps(tools)),))
    for i in (1, 2, 59, 60):
        for tags in (["a", "b"], ["a", "a"]):
            text = way.made.reply(None, "", in_turn([("f" * i, {"tags": tags})]))
            symbols = symbols_of(text, vocabulary_of(way))
            check(way, "llguidance", symbols, i % 2 == 0 or tags == ["a", "b"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_words_are_nobodys_values(way: Way, engine: str) -> None:
    """... however they begin: as a call does but for a letter, or as one in letters that are no
    token."""
    dialect, vocabulary = way.made, vocabulary_of(way)
    opening = dialect.reply(None, "", in_turn(CALLS[2][0])).partition("tag")[0]
    words = [LOOKS_WATCHED, f"So {opening[:-1]}? {LOOKS_WATCHED}"]
    for each in words:
        if way.special and set(symbols_of(each, vocabulary)) == {each}:
            check(way, engine, symbols_of(dialect.reply(None, each, ()), vocabulary), True)


HERMES = [
    Way("hermes", special, options) for special in (False, True) for options in ((), REQUIRED)
]
SIGNED = Way("hermes", True)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_call_in_letters_is_no_call(engine: str) -> None:
    text = SIGNED.made.reply(None, "", in_turn(CALLS[2][0]))
    check(SIGNED, engine, [text], True)
    check(SIGNED, engine, [f"é{text}é"], True)
    half = text[: text.index('"b"')]
    call = symbols_of(SIGNED.made.reply(None, "", in_turn(CALLS[0][0])), vocabulary_of(SIGNED))
    check(SIGNED, engine, [half, *call], True)


def answers(dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """Words that are JSON behind a reasoning, or calls in their place."""
    fill = "<plan>\n  <step>[1, 1]</step>\n  <step></step>\n</plan>"
    for answer, good in (
        ({"a": ["x", "y"], "b": ["x", "x"]}, True),
        ({"a": ["x", "y", "x"]}, False),
        ({"b": ["]}"], "a": ["]}", "]}"]}, False),
    ):
        yield dialect.reply(fill, json.dumps(answer), ()), good
    for calls, good in CALLS[:4]:
        yield dialect.reply(fill, "", in_turn(calls)), good


THINKING = [
    Way(name, special, options)
    for name in DIALECTS
    for special in (False, True)
    for options in (REASONED, (*REASONED, ("thinking", "plan")))
    if SPECS[name].reply.reasoning and name != "llama3"
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", THINKING, ids=lambda way: f"{way.dialect} {len(way.options)}")
def test_behind_reasoning(way: Way, engine: str) -> None:
    for text, good in answers(way.made):
        check(way, engine, symbols_of(text, vocabulary_of(way)), good, tries=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_behind_a_leading_prompt(engine: str) -> None:
    led = (("lead", "Here: [1, 1] "), ("content", "list"))
    for way in (Way("hermes", True, led), Way("harmony", False, led)):
        for text, good in (('["a", "b"]', True), ('["a", "a"]', False)):
            reply = way.made.reply(None, f"Here: [1, 1] {text}", ())
            check(way, engine, symbols_of(reply, vocabulary_of(way)), good)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("way", [*WAYS[::2], *(Way(n, True, REQUIRED) for n in DIALECTS)], ids=str)
def test_walks_end_and_are_valid(way: Way, engine: str) -> None:
    """Whatever tokens are drawn, there is always another one, and all calls are valid."""
    vocabulary, choose = vocabulary_of(way), random.Random(5)
    extraction = compilers.Extraction(grammar_of(way))
    n_calls = 0
    for _ in range(6):
        walker, drawn = compiled(way, engine).fork(), []
        for step in range(300):
            tokens = allowed(walker, vocabulary)
            assert tokens, [vocabulary.pieces[token] for token in drawn]
            token = _drawn(tokens, vocabulary, choose, step)
            if token == END:
                break
            walker.advance(token)
            drawn.append(token)
        else:
            continue  # a string or a number that grew for ever
        for name, arguments in _calls(extraction, vocabulary, drawn):
            jsonschema.validate(json.loads(arguments), SCHEMAS[name])
            n_calls += 1
    assert n_calls or not way.options


def _drawn(tokens: list[int], vocabulary: Vocabulary, choose: random.Random, step: int) -> int:
    """Any; later on rather what ends something."""
    if END in tokens and step > 40:
        return END
    closing = [t for t in tokens if (t < END and chr(t) in '"]}<[') or END < t < END + 20]
    return choose.choice(closing if closing and choose.random() * 120 < step else tokens)


def _calls(
    extraction: compilers.Extraction, vocabulary: Vocabulary, tokens: Sequence[int]
) -> list[list[str]]:
    stream = ChannelStream(vocabulary, Stops(), extraction.extractor())
    found: list[list[str]] = []
    for part in (*stream.push(tokens).parts, *stream.close().parts):
        if part.channel == "name":
            found.append([part.text, ""])
        elif part.channel == "arguments":
            found[part.call][1] += part.text
    return found


def test_a_fork_goes_its_own_way() -> None:
    text = SIGNED.made.reply(None, "", in_turn([("tag", {"tags": ["a", "b"]})]))
    symbols = symbols_of(text[: text.index("b")], vocabulary_of(SIGNED))
    one = compiled(SIGNED, "llguidance").fork()
    takes(one, symbols, vocabulary_of(SIGNED), random.Random(6))
    other = one.fork()
    one.advance(ord("a"))
    other.advance(ord("b"))
    assert ord('"') not in allowed(one, vocabulary_of(SIGNED))
    assert ord('"') in allowed(other, vocabulary_of(SIGNED))
    with pytest.raises(EngineFailure, match="uniqueItems does not allow"):
        one.advance(ord('"'))


def test_states_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """... and built anew: with room for three the replies are the same."""
    monkeypatch.setattr(within, "MAX_STATES", 3)
    compiled.cache_clear()
    for way in (Way("hermes", False), Way("qwen-coder", True)):
        for text, good in list(replies(way.made))[:6]:
            check(way, "llguidance", symbols_of(text, vocabulary_of(way)), good, tries=1)
    compiled.cache_clear()


def test_many_replies_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """... share what they find out, and forget it under each other's feet."""
    monkeypatch.setattr(within, "MAX_STATES", 20)
    way = Way("qwen-coder", False)
    compiled.cache_clear()
    compiled(way, "llguidance")
    rows = [(symbols_of(text, vocabulary_of(way)), good) for text, good in replies(way.made)]

    def ask(row: tuple[Symbols, bool]) -> bool:
        matcher, choose = compiled(way, "llguidance").fork(), random.Random(7)
        return takes(matcher, row[0], vocabulary_of(way), choose) == row[1]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, rows))
    compiled.cache_clear()


def test_where_nothing_is_watched_nothing_is_done() -> None:
    def no_pieces() -> Pieces:
        raise AssertionError("asked for")

    way = Way("hermes", True)
    whole = way.made.grammar(vocabulary_of(way), tools=TOOLS[1:2])
    said = compilers.emit(whole, "llguidance", vocabulary_of(way).special)
    matcher = ENGINES["llguidance"].compile(said, vocabulary_of(way))
    assert watched(matcher, whole, "llguidance", no_pieces) is matcher


def of_rules(**rules: Any) -> Grammar:
    """Rules, among them JSON: `one` that is watched and `two` that is not."""
    both = {
        name: compilers.ir.renamed(compilers.json_schema(schema), f"{name}_")
        for name, schema in (("one", UNIQUE), ("two", STRINGS))
    }
    watched_: Mapping[str, Any] = both["one"].watched
    values = {**both["one"].values, **both["two"].values}
    parts = {**both["one"].rules, **both["two"].rules}
    return Grammar({**rules, **parts}, "start", values=values, watched=watched_)


ONE, TWO = Ref("one_start"), Ref("two_start")


def test_not_certain_in_time() -> None:
    """What stands behind a value may say that it was not watched: it is too late then."""
    late = Choice((Row((ONE, Literal("1"))), Row((TWO, Literal("2")))))
    with pytest.raises(compilers.Unsupported, match="it is not known whether items") as caught:
        within.Places(of_rules(start=late))
    assert caught.value.where == "/uniqueItems"
    early = Choice((Row((Literal("1"), ONE)), Row((Literal("12"), TWO))))
    follower = within.Follower(within.Places(of_rules(start=early)))
    assert not follower.allows(b'1["a", "a"]')
    assert follower.allows(b'12["a", "a"]')


def test_where_it_is_printed_it_is_refused() -> None:
    for way in (Way("hermes", False), Way("glm", True)):
        with pytest.raises(compilers.Unsupported) as caught:
            compilers.emit(grammar_of(way), "llguidance", vocabulary_of(way).special)
        assert caught.value.where == "/0/function/parameters/properties/tags/uniqueItems"
