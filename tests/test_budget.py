"""Replies held to a budget, over every engine: closed in time, and of their grammar."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest

import compilers
from compilers.closing import Closing
from compilers.errors import TooLarge
from compilers.frontends import tools
from compilers.ir import Grammar, Special
from compilers.oracle import recognises
from gallama.backends.reply import Reply
from gallama.backends.scripted.backend import END, N_VOCAB, SPECIAL, SPELLINGS
from gallama.budget import Allowance, BudgetedMatcher, Closer, Speller
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from gallama.types import Engine, Matcher, Sampling, Vocabulary
from tests.backends.matchers import Without

# Bytes, tags, and some tokens of several letters, one of them across the end of a phase.
LONG = ('{"', '": ', '": "', '", "', '"}', "</s>", "<s>", "</p>", "the ", "am", "é", "<n>", "12")
PIECES = (
    *(SPELLINGS[i] if i < 256 else b"" for i in range(N_VOCAB)),
    *(text.encode() for text in LONG),
    "日本".encode()[:4],
    b'</p>{"',
)


def encode(text: str, special: bool) -> list[int]:
    """The longest token each time."""
    data, found = text.encode(), list[int]()
    while data:
        size = max(n for n in range(1, 8) if data[:n] in IDS)
        found.append(IDS[data[:size]])
        data = data[size:]
    return found


IDS = {piece: i for i, piece in reversed([*enumerate(PIECES)]) if piece}
VOCABULARY = Vocabulary(
    pieces=PIECES,
    special=SPECIAL,
    end_tokens=frozenset([END]),
    digest="budget",
    encode=encode,
)
SPELLER = Speller(VOCABULARY)
ENGINES: dict[str, Callable[[], Engine]] = {
    "llguidance": LLGuidanceEngine,
    "kbnf": FormatronEngine,
}

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 9},
        "likes": {"type": "array", "items": {"enum": ["tea", "hay", 12]}, "minItems": 1},
        "home": {"type": "object", "properties": {"é": {"type": "number"}}, "required": ["é"]},
    },
    "required": ["name"],
    "additionalProperties": False,
}
TEMPLATE = compilers.template("<p><s>{x}</s><s>{y}</s><!-- add more --><n>{n:int}</n></p>")
TOOLS = [{"type": "function", "function": {"name": "go", "parameters": PERSON}}]
WIDE = {
    "type": "object",
    "properties": {f"m{i}": {"type": "integer"} for i in range(130)},
    "required": ["m3", "m40", "m99"],
    "additionalProperties": False,
}
PERSONS = compilers.json_schema(PERSON)
TREES = compilers.json_schema({"type": "array", "items": {"$ref": "#"}})
TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>")

GRAMMARS: dict[str, Grammar] = {
    "object": PERSONS,
    "object of members that come in groups": compilers.json_schema(WIDE),
    "nested": TREES,
    "regex": compilers.regex(r"(Yes|No), (the |am )+[0-9]{3}\."),
    "template": TEMPLATE,
    "call": tools.parse(TOOLS, "required", special=TAGS),
    "thinks, then calls": tools.parse(TOOLS, special=TAGS, reasoning="inside"),
    "thinks, then an object": tools.parse(reasoning="inside", content=PERSONS),
    "thinks in a template": tools.parse(special=TAGS, reasoning="must", thinking=TEMPLATE),
    "a bare template, then an object": tools.parse(
        surface=tools.Surface(reasoning=None), reasoning="must", thinking=TEMPLATE, content=PERSONS
    ),
    "may think": tools.parse(TOOLS, special=TAGS, reasoning="may"),
    "may think, in words": tools.parse(TOOLS, reasoning="may"),
}


@cache
def closing_of(name: str) -> Closing:
    return Closing(GRAMMARS[name], tools.REASONING)


@cache
def kept(name: str, engine: str) -> Closing:
    return compilers.closing_of(GRAMMARS[name], engine, tools.REASONING)


def closer_of(name: str) -> Closer:
    return Closer(closing_of(name), SPELLER)


@cache
def matcher_of(name: str, engine: str) -> Matcher:
    options = {"tokens": SPECIAL} if engine == "llguidance" else {}
    text = compilers.emit(GRAMMARS[name], engine, **options)
    return ENGINES[engine]().compile(text, VOCABULARY)


def generated(
    name: str, engine: str, allowance: Allowance, seed: int, room: int = 200
) -> tuple[list[int], str]:
    """A reply by a model that has no idea, and why it ended."""
    inner = matcher_of(name, engine)
    matcher = BudgetedMatcher(inner, Closer(kept(name, engine), SPELLER), allowance).fork()
    sampling = Sampling(temperature=1, seed=seed, max_tokens=room)
    reply = Reply([1], sampling, matcher, VOCABULARY, 1000)
    random = np.random.default_rng(seed)
    found: list[int] = []
    while reply.finish is None:
        logits = random.normal(size=len(PIECES)).astype(np.float32) * 2
        logits[END] -= 2
        found += reply.take(logits).tokens
    return found, reply.finish


def symbols(tokens: Sequence[int]) -> list[str | Special]:
    found: list[bytes | Special] = [b""]
    for token in tokens:
        last = found[-1]
        if token in SPECIAL.values():
            found += [Special(VOCABULARY.spelling(token)), b""]
        else:
            assert isinstance(last, bytes)
            found[-1] = last + PIECES[token]
    return [part if isinstance(part, Special) else part.decode() for part in found]


def thought(name: str, tokens: Sequence[int]) -> int | None:
    """The number of tokens up to the end of the reasoning; None where that does not end, 0 where
    there is none."""
    closing = closing_of(name)
    state, inside = closing.start, closing.start.phase > 0
    for n, token in enumerate(tokens, 1):
        if token == END:
            break
        after = SPELLER.after(closing, state, token)
        assert after is not None
        state = after
        if inside and not state.phase:
            return n
        inside = inside or state.phase > 0
    return None if inside else 0


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", GRAMMARS)
def test_closed_at_every_number_of_tokens(name: str, engine: str) -> None:
    """From the fewest that suffice: the reply is whole, and said to be cut if it was closed."""
    least = sum(closer_of(name).needed())
    cut = 0
    for extra in (0, 1, 2, 3, 5, 9, 17, 40):
        allowance = Allowance(reply=least + extra, close=True)
        tokens, finish = generated(name, engine, allowance, seed=extra)
        whole = tokens[:-1] if finish == "stop" else tokens
        assert len(tokens) <= least + extra
        assert recognises(GRAMMARS[name], symbols(whole)), symbols(whole)
        cut += finish == "length"
    assert cut or name.startswith("may")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [name for name in GRAMMARS if "think" in name or "bare" in name])
def test_thinking_ends_in_time(name: str, engine: str) -> None:
    least, _ = closer_of(name).needed()
    ended = 0
    for extra in (0, 1, 2, 5, 12, 30):
        tokens, _ = generated(name, engine, Allowance(thinking=least + extra), seed=extra, room=90)
        found = thought(name, tokens)
        assert found is not None
        # One that the model opens itself takes its closing at least.
        assert found <= (least + extra if least else max(extra, 20))
        ended += found > 0
    assert ended or not least


def test_thinking_too_short_to_be_closed_is_closed_at_once() -> None:
    name = "thinks, then calls"
    tokens, _ = generated(name, "llguidance", Allowance(thinking=0), seed=1)
    assert tokens[0] == SPECIAL["</think>"]


@pytest.mark.parametrize("close", [False, True])
@pytest.mark.parametrize("engine", ENGINES)
def test_thinking_that_does_not_count(engine: str, close: bool) -> None:
    """The tokens of the reply begin behind it, however long it was."""
    name = "a bare template, then an object"
    thinking, reply = closer_of(name).needed()
    for extra in (0, 3, 20):
        allowance = Allowance(thinking + 20, reply + extra, apart=True, close=close)
        tokens, finish = generated(name, engine, allowance, seed=extra)
        found = thought(name, tokens)
        assert found is not None
        assert found <= thinking + 20
        assert len(tokens) - found <= reply + extra
        whole = recognises(GRAMMARS[name], symbols(tokens)) if finish == "length" else True
        assert whole or not close


def test_a_token_that_commits_to_too_much_is_not_taken() -> None:
    """The name of a member may be one token, and its value more than is left."""
    closing = Closing(PERSONS)
    matcher = BudgetedMatcher(
        matcher_of("object", "llguidance").fork(),
        Closer(closing, SPELLER),
        Allowance(reply=14, close=True),
    )
    for token in b'{"':
        assert matcher.advance(token) == token
    taken = matcher.advance(ord("h"))
    assert taken == ord("n")
    assert matcher.forced()[0] == IDS[b"am"]
    text = b'{"n'
    while not matcher.cut:
        row = np.zeros((len(PIECES) + 31) // 32, np.int32)
        matcher.fill_mask(row)
        (only,) = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))
        assert not matcher.done
        assert matcher.advance(0) == only
        text += PIECES[only]
    assert text == b'{"name": ""}'


def test_a_reply_that_is_whole_ends_without_a_token() -> None:
    """Where the one that was drawn would need another, and none is left for that."""
    grammar = compilers.regex(r"1(\.5)?")
    matcher = compiled(grammar)
    limited = BudgetedMatcher(
        matcher, Closer(Closing(grammar), SPELLER), Allowance(reply=2, close=True)
    )
    reply = Reply([1], Sampling(temperature=0, max_tokens=2), limited, VOCABULARY, 10)
    logits = np.zeros(len(PIECES), np.float32)
    logits[ord(".")] = 1
    assert [reply.take(logits).tokens for _ in range(2)] == [(ord("1"),), ()]
    assert reply.finish == "length"


def compiled(grammar: Grammar) -> Matcher:
    return LLGuidanceEngine().compile(compilers.emit(grammar, "llguidance"), VOCABULARY)


def test_a_fork_is_independent() -> None:
    one = BudgetedMatcher(
        matcher_of("object", "llguidance").fork(),
        closer_of("object"),
        Allowance(reply=30, close=True),
    )
    for token in b'{"':
        one.advance(token)
    two = one.fork()
    assert [one.advance(token) for token in b"li"] == [*b"li"]
    assert [two.advance(token) for token in b"na"] == [*b"na"]


def test_a_character_that_was_begun_is_ended() -> None:
    grammar = compilers.choice(["日本", "日光"])
    matcher = BudgetedMatcher(
        compiled(grammar), Closer(Closing(grammar), SPELLER), Allowance(reply=6, close=True)
    )
    half = IDS["日本".encode()[:4]]
    assert matcher.advance(half) == half
    rest = [matcher.advance(0x9C), matcher.advance(0xAC)]
    assert PIECES[half] + bytes(token or 0 for token in rest) == "日本".encode()


def test_a_vocabulary_that_cannot_write_it() -> None:
    without = replace(VOCABULARY, pieces=tuple(p if len(p) > 1 else b"" for p in PIECES))
    with pytest.raises(EngineFailure, match="no tokens for the bytes"):
        Speller(without).tokens(("é".encode()[1:],))


def test_what_the_engine_allows_and_the_grammar_does_not() -> None:
    matcher = BudgetedMatcher(
        Without(()), Closer(Closing(PERSONS), SPELLER), Allowance(reply=9, close=True)
    )
    with pytest.raises(EngineFailure, match="which the grammar does not"):
        matcher.advance(ord("x"))


def test_a_closing_that_cannot_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """... is as one that does not fit: what was found before is forced."""
    matcher = BudgetedMatcher(
        matcher_of("object", "llguidance").fork(),
        closer_of("object"),
        Allowance(reply=90, close=True),
    )
    with monkeypatch.context() as patch:
        patch.setattr(matcher, "_fits", lambda after: _raise())
        assert matcher.advance(ord("{")) is not None
    assert matcher.forced()


def _raise() -> bool:
    raise TooLarge("too large", kind="closing")


def test_random_walks_agree() -> None:
    """Every prefix of a reply without a budget can be closed, and the engine takes the closing."""
    for name in GRAMMARS:
        closing, random = kept(name, "llguidance"), Random(name)
        tokens, _ = generated(name, "llguidance", Allowance(), seed=7, room=40)
        for _ in range(4):
            begun = tokens[: random.randrange(len(tokens))]
            matcher, state = matcher_of(name, "llguidance").fork(), closing.start
            for token in begun:
                matcher.advance(token)
                after = SPELLER.after(closing, state, token)
                assert after is not None
                state = after
            for token in SPELLER.tokens(closing.shortest(state)):
                matcher.advance(token)
            row = np.zeros((len(PIECES) + 31) // 32, np.int32)
            matcher.fill_mask(row)
            assert row[END // 32] >> (END % 32) & 1
