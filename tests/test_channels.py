"""Token ids in, parts out, of replies that nothing held to a form: what is reasoning, what content.

A reply that is not of the form that its dialect has goes out as content, as it stands.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compilers.extract import Extraction
from gallama.channels import ChannelStream
from gallama.config import dialects
from gallama.dialect import Dialect, Native
from gallama.text import Stops, TextStream
from gallama.types import Vocabulary
from tests.compilers.byte_engine import VOCABULARY as BYTES

SPECS = dialects.load()
PRINTED = ("<think>", "</think>", "<tool_call>")
SILENT = ("<|channel|>", "<|message|>", "<|end|>", "<|start|>")
TOKENS = Vocabulary(
    pieces=(*BYTES.pieces[:256], *(tag.encode() for tag in PRINTED), *(b"" for _ in SILENT)),
    special={tag: 256 + i for i, tag in enumerate(PRINTED + SILENT)},
    end_tokens=frozenset(),
    digest="tags",
    encode=lambda text, special: list(text.encode()),
)
PLAIN = Vocabulary(TOKENS.pieces[:256], {}, frozenset(), "none", TOKENS.encode)

Said = tuple[str, str]
"""Reasoning and content."""


@lru_cache
def extraction(name: str, vocabulary: str, reasoning: str = "may") -> Extraction:
    dialect = Dialect(name, SPECS[name], Native(reasons=True))
    known = TOKENS if vocabulary == "tokens" else PLAIN
    return Extraction(dialect.grammar(known, reasoning=reasoning, held=False))  # type: ignore[arg-type]


def stream(name: str, vocabulary: str, stops: Sequence[str] = ()) -> ChannelStream:
    known = TOKENS if vocabulary == "tokens" else PLAIN
    extractor = extraction(name, vocabulary).loose("content")
    return ChannelStream(known, Stops(stops), extractor)


def said(found: ChannelStream, steps: Sequence[Sequence[int]]) -> Said:
    parts = [part for step in steps for part in found.push(step).parts]
    parts += found.close().parts if found.stopped is None else ()
    reasoning, content = (
        "".join(part.text for part in parts if part.channel == channel)
        for channel in ("reasoning", "content")
    )
    return reasoning, content


def ids(text: str, vocabulary: str) -> list[int]:
    """Bytes; with "tokens" each tag is its token, but what stands behind a \\ is spelled."""
    found: list[int] = []
    while text:
        tag = next((t for t in TOKENS.special if text.startswith(t)), None)
        if tag is not None and vocabulary == "tokens":
            found.append(TOKENS.special[tag])
            text = text[len(tag) :]
            continue
        text = text.removeprefix("\\")
        found += text[0].encode()
        text = text[1:]
    return found


# dialect, vocabulary, a reply, its reasoning, its content
REPLIES = [
    *(
        (dialect, vocabulary, *row)
        for dialect in ("hermes", "glm")
        for vocabulary in ("tokens", "plain")
        for row in [
            ("Hué <b>", "", "Hué <b>"),
            ("", "", ""),
            ("  Hi", "", "  Hi"),
            ("<think>Hué</think>\n\nHi", "Hué", "Hi"),
            ("\n\n\n\n\n\n<think>\n\n\n\n\n\nHm\n</think>" + " " * 9 + "Hi", "Hm\n", "Hi"),
            ("<think></think>", "", ""),
            ("<think>no end", "no end", ""),
            ("<think>a</think>\n<think>b</think>c", "a", "<think>b</think>c"),
            ("a <think>b</think>", "", "a <think>b</think>"),
            ("<think>a<tool_call>b</think>c", "a<tool_call>b", "c"),
            ("a</think>b", "", "a</think>b"),
        ]
    ),
    ("hermes", "tokens", "<\\think>a</think>b", "", "<think>a</think>b"),
    ("hermes", "tokens", "<think>a<\\/think>b</think>c", "a</think>b", "c"),
    ("hermes", "plain", "<thin", "", "<thin"),
    ("hermes", "plain", "<think>a</thin", "a</thin", ""),
    ("llama3", "plain", "<think>a</think>b", "", "<think>a</think>b"),
    ("harmony", "tokens", "<|channel|>final<|message|>Hi", "", "Hi"),
    (
        "harmony",
        "tokens",
        "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Hi",
        "Hm",
        "Hi",
    ),
    ("harmony", "tokens", "Hi", "", "Hi"),
    ("harmony", "tokens", "<|channel|>final!<|message|>Hi", "", "!Hi"),
    ("harmony", "tokens", "<|channel|>fin", "", ""),
]


@pytest.mark.parametrize(("dialect", "vocabulary", "reply", "reasoning", "content"), REPLIES)
def test_what_a_free_reply_says(
    dialect: str, vocabulary: str, reply: str, reasoning: str, content: str
) -> None:
    tokens = ids(reply, vocabulary)
    whole = (reasoning, content)
    assert said(stream(dialect, vocabulary), [tokens]) == whole
    assert said(stream(dialect, vocabulary), [[token] for token in tokens]) == whole
    for at in range(len(tokens)):
        assert said(stream(dialect, vocabulary), [tokens[:at], tokens[at:]]) == whole


PIECES = [
    "<think>",
    "</think>",
    "<tool_call>",
    "<|channel|>",
    "<|message|>",
    "<|end|>",
    "<|start|>",
]
PIECES += ["assistant", "final", "analysis", "\n", " ", "<", "</", "think>", "é", "a", "!"]


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(SPECS)),
    st.sampled_from(["tokens", "plain"]),
    st.lists(st.sampled_from(PIECES), max_size=14),
    st.lists(st.integers(0, 60), max_size=5),
    st.booleans(),
)
def test_any_reply_however_it_is_cut(
    dialect: str, vocabulary: str, pieces: list[str], cuts: list[int], broken: bool
) -> None:
    """Nothing is raised; nothing that is no markup is lost."""
    tokens = ids("".join(pieces), vocabulary)
    tokens += [0xC3] if broken else []  # half a character
    steps = [tokens[a:b] for a, b in pairwise([0, *sorted(cuts), len(tokens)])]
    whole = said(stream(dialect, vocabulary), [tokens])
    assert said(stream(dialect, vocabulary), steps) == whole
    letters = [text for text in whole if text]
    assert sum(text.count("é") for text in letters) == pieces.count("é")


STOPS = ["bc", "cd!", "é"]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(["a", "b", "c", "d!", "é", "<", "\n"]), max_size=12),
    st.lists(st.integers(0, 14), max_size=4),
)
def test_words_alone_are_what_they_are_without_reasoning(
    pieces: list[str], cuts: list[int]
) -> None:
    """To the token: text, stop strings, and which tokens are out in the end."""
    tokens = ids("".join(pieces), "plain")
    steps = [tokens[a:b] for a, b in pairwise([0, *sorted(cuts), len(tokens)])]
    found: list[tuple[str, int, str | None]] = []
    for each in (stream("hermes", "plain", STOPS), TextStream(PLAIN, Stops(STOPS))):
        deltas = [each.push(step) for step in steps if each.stopped is None]
        if each.stopped is None:
            deltas.append(each.close())
        text = "".join(part.text for delta in deltas for part in delta.parts)
        found.append((text, sum(len(delta.starts) for delta in deltas), each.stopped))
    assert found[0] == found[1]
