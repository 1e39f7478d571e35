"""Replies in each dialect, taken apart as they stream: the same however they are cut, and what the
reference says of them.

The replies are those of tests/dialects/cases that their grammar takes, and some of all phases at
once, put together here.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from compilers.extract import Extraction
from compilers.frontends.surface import split
from compilers.ir import Grammar, Special
from compilers.oracle import recognises
from gallama.channels import ChannelStream
from gallama.dialect import Dialect, Native
from gallama.text import Stops
from gallama.types import Part
from tests.compilers.readings import readings
from tests.compilers.replies import captured, joined, merged, streamed, written
from tests.dialects.test_grammars import (
    ENGINES,
    SPECS,
    TOOLS,
    cases,
    grammar_of,
    held,
    symbols_of,
    vocabulary_of,
)
from tests.dialects.ways import Way

Symbols = list[str | Special]
TAGS = pytest.mark.parametrize("special", [False, True], ids=["text", "tokens"])
DIALECTS = pytest.mark.parametrize("name", sorted(SPECS))

SCHEMAS = {
    tool["function"]["name"]: tool["function"].get("parameters", {"maxProperties": 0})
    for tool in TOOLS
}
CALLS = [
    ("get_weather", {"city": 'Hué "}</x>', "days": 3, "tags": ["a]", "}"]}),
    ("get_time", {}),
]
PLAN = "<plan>\n  <step>é < <b></step>\n  <step></step>\n</plan>"


def accepted(name: str) -> Iterator[tuple[str, str]]:
    """How the request is, and a reply."""
    for case in cases():
        dialect, way, text, taken = case.values
        if dialect == name and taken:
            yield way, text


@lru_cache(maxsize=500)
def extraction(grammar_name: str, way: str, special: bool) -> Extraction:
    return Extraction(grammar_of(grammar_name, way, special))


@DIALECTS
@TAGS
def test_streamed_is_unstreamed_at_every_split(name: str, special: bool) -> None:
    vocabulary = vocabulary_of(name, special)
    for way, text in accepted(name):
        check(extraction(name, way, special), symbols_of(text, vocabulary))


def check(made: Extraction, symbols: Symbols) -> None:
    """Split in two at every byte, and into pieces of 1, 2, 3 and 5 bytes."""
    pieces = [each if isinstance(each, Special) else each.encode() for each in symbols]
    events, complete = streamed(made, pieces)
    assert complete
    whole = merged(events)
    bytewise: list[bytes | Special] = []
    for i, piece in enumerate(pieces):
        if isinstance(piece, Special):
            bytewise.append(piece)
            continue
        bytewise += [piece[j : j + 1] for j in range(len(piece))]
        for at in range(1, len(piece)):
            cut = [*pieces[:i], piece[:at], piece[at:], *pieces[i + 1 :]]
            assert merged(streamed(made, cut)[0]) == whole
    for size in (1, 2, 3, 5):
        assert merged(streamed(made, joined(bytewise, size))[0]) == whole


def full(name: str) -> Iterator[tuple[Way, str, list[Any], str]]:
    """Replies of several phases: how they are held, the text, the calls and the words in it."""
    spec = SPECS[name].reply
    dialect = Dialect(name, SPECS[name], Native(reasons=True))
    calls = [
        {"id": f"abcdefgh{i}", "function": {"name": function, "arguments": arguments}}
        for i, (function, arguments) in enumerate(CALLS[: 1 if spec.between is None else 2])
    ]
    called = [(call["function"]["name"], call["function"]["arguments"]) for call in calls]  # type: ignore[index]
    before, _, after = split(spec.reasoning or "{reasoning}")
    opened, _, closed = split(spec.content)
    for template in (False, True):
        thought = PLAN if template else "Hé < <b>"
        if spec.reasoning is None and not template:
            before, thought, after = "", "", ""
        reasoning = "must" if thought else "no"
        phases = before + thought + after
        base = Way(name, False, "auto", True, reasoning, template, "free", "")  # type: ignore[arg-type]
        yield base._replace(lead="Well: "), f"{phases}{opened}Well: é <{closed}", [], "é <"
        yield base._replace(content="regex"), f"{phases}{opened}Yes!{closed}", [], "Yes!"
        yield base, phases + dialect.written(calls), called, ""
        if spec.preamble is not None:
            opened_, _, closed_ = split(spec.preamble)
            words = f"{opened_}Well: é{closed_}"
            way = base._replace(lead="Well: ")
            yield way, phases + words + dialect.written(calls), called, "é"


@DIALECTS
@TAGS
def test_all_phases_at_once(name: str, special: bool) -> None:
    """Reasoning free or of a form, a lead, words free or of a form, calls: as OpenAI's parts."""
    vocabulary = vocabulary_of(name, special)
    for way, text, called, words in full(name):
        grammar = way._replace(special=special).grammar()
        made, symbols = Extraction(grammar), symbols_of(text, vocabulary)
        assert recognises(grammar, symbols), text
        assert [held(grammar, symbols, vocabulary, notation) for notation in ENGINES] == [True] * 2
        check(made, symbols)
        for size in (1, 3, 1000):
            parts = parts_of(made, symbols, vocabulary, size)
            assert said(parts, "content") == words
            assert (said(parts, "reasoning") == PLAN) == way.template
            assert calls_of(parts) == called


def parts_of(made: Extraction, symbols: Symbols, vocabulary: Any, size: int) -> list[Part]:
    """By way of tokens, `size` of them at a time."""
    tokens: list[int] = []
    for each in symbols:
        tokens += [vocabulary.special[each.name]] if isinstance(each, Special) else each.encode()
    stream = ChannelStream(vocabulary, Stops(), made.extractor())
    parts: list[Part] = []
    for at in range(0, len(tokens), size):
        parts += stream.push(tokens[at : at + size]).parts
    return [*parts, *stream.close().parts]


def said(parts: Sequence[Part], channel: str) -> str:
    return "".join(part.text for part in parts if part.channel == channel)


def calls_of(parts: Sequence[Part]) -> list[Any]:
    """Names first, then arguments: JSON of the tool's schema."""
    found: list[Any] = []
    for part in parts:
        if part.channel == "name":
            assert part.call == len(found)
            found.append([part.text, ""])
        elif part.channel == "arguments":
            assert part.call == len(found) - 1
            found[part.call][1] += part.text
    calls = [(name, json.loads(text)) for name, text in found]
    for name, arguments in calls:
        Draft202012Validator(SCHEMAS[name]).validate(arguments)
    return calls


# --- against the reference

REPLIES = [(name, way, text) for name in sorted(SPECS) for way, text in accepted(name)]
LETTERS = st.sampled_from(["", "a", "<", ">", '"', "{", "}", "\\", "\n", " ", "é", "/"])


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(REPLIES), st.booleans(), st.lists(st.tuples(st.integers(0, 400), LETTERS)))
def test_a_changed_reply_says_what_the_reference_says(
    reply: tuple[str, str, str], special: bool, changes: list[tuple[int, str]]
) -> None:
    """Letters put in or left out: if it is a reply still, it has one reading, which comes out."""
    name, way, text = reply
    for at, letter in changes:
        at %= len(text) + 1
        text = text[:at] + letter + text[at + (not letter) :]
    grammar: Grammar = grammar_of(name, way, special)
    symbols = symbols_of(text, vocabulary_of(name, special))
    if not recognises(grammar, symbols):
        return
    flat: Symbols = []
    for each in symbols:
        flat += [each] if isinstance(each, Special) else each
    (reading,) = {captured(each) for each in readings(grammar, flat)}
    made = extraction(name, way, special)
    pieces = [each if isinstance(each, Special) else each.encode() for each in flat]
    events, complete = streamed(made, pieces)
    assert complete
    assert written(events) == reading
