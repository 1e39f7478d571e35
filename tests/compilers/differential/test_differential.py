"""The same language everywhere: for random declarations, all recognisers say what the oracle says.

A property for each kind of declaration, over the table of recognisers. Of each grammar texts are
drawn, and made near misses of; each is cut into tokens anyhow. What the masks of an engine allow,
step by step at random, must be of the language, too.

    DIFFERENTIAL=50 pytest -n 2 --timeout 0 tests/compilers/differential    # 50 times as many

What a run saw stands at its end: how many grammars with adjacent ambiguous terminals, how many
characters split over tokens, what a dialect refused.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import compilers
from compilers.errors import CompileError, Contradiction, Unsupported
from compilers.frontends.surface import Surface
from compilers.ir import Grammar, Special
from compilers.oracle import recognises
from tests.compilers.differential import declarations, seen
from tests.compilers.differential.members import member, near
from tests.compilers.differential.recognisers import RECOGNISERS, Recogniser, Walk
from tests.compilers.differential.seen import Seen
from tests.compilers.differential.vocabulary import Symbols, symbols, tokens, written

jsonschema = pytest.importorskip("jsonschema")

TIMES = int(os.environ.get("DIFFERENTIAL", "1"))
Record = Callable[[str, object], None]
SEEDS = st.integers(0, 2**32 - 1)


def examples(n: int) -> Any:
    return settings(
        max_examples=n * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def texts_of(grammar: Grammar, random: Random, n: int = 3) -> list[Symbols]:
    """Members, near misses of them, and the empty text."""
    found: list[Symbols] = [()]
    for _ in range(n):
        text = member(grammar, random)
        if text is not None:
            found += [text, near(text, random), near(near(text, random), random)]
    return list(dict.fromkeys(found))


def agree(grammar: Grammar, texts: Iterable[Symbols], random: Random, counts: Seen) -> None:
    """Every recogniser says of every text what the oracle says."""
    counts["grammars"] += 1
    counts.grammar(grammar)
    texts = list(texts)
    cut = {text: tokens(text, random) for text in texts}
    parts = {name: row.part(grammar) for name, row in RECOGNISERS.items()}
    held = {text: recognises(grammar, text) for text in texts}
    for text in texts:
        counts["texts"] += 1
        counts["texts of the language"] += held[text]
        counts.text(grammar, text, cut[text])
    for name, recogniser in RECOGNISERS.items():
        reference = parts[name]
        expected = held
        if reference != grammar:
            expected = {text: held[text] and recognises(reference, text) for text in texts}
        try:
            holds = recogniser.of(grammar)
        except CompileError as error:
            counts[f"{name}: refused: {error.kind}"] += 1
            continue
        counts[f"{name}: grammars"] += 1
        agreed = []
        for text in texts:
            found = holds(text, cut[text])
            if found is None or (not found and recogniser.stricter(grammar, text)):
                counts[f"{name}: texts left out"] += 1
                continue
            assert found == expected[text], (name, text, "held" if found else "refused")
            agreed += [text] if found else []
        if recogniser.walk is not None:
            walk = recogniser.walk(grammar)
            _what_masks_allow(name, recogniser, reference, walk, random, counts)
            for text in agreed[:2]:
                _forced(name, walk, cut[text], counts)


def _what_masks_allow(
    name: str, row: Recogniser, grammar: Grammar, walk: Walk, random: Random, counts: Seen
) -> None:
    """A walk at random ends with a text of the language."""
    for _ in range(2):
        ids = walk.drawn(random)
        text = None if ids is None else symbols(ids)
        if text is not None:
            counts[seen.DRAWN] += 1
            assert recognises(grammar, text), (name, text, "drawn")
        elif ids is not None:
            counts[f"{name}: texts drawn that are no UTF-8"] += 1
            assert not row.whole_characters, (name, ids, "no UTF-8")


def _forced(name: str, walk: Walk, ids: list[int], counts: Seen) -> None:
    """What is said to be forced is what comes, however it is cut into tokens."""
    state = walk.matcher.fork()
    for i, token in enumerate(ids):
        forced = state.forced()
        counts[seen.FORCED] += bool(forced)
        assert written(ids[i:]).startswith(written(forced)), (name, ids, i, forced, "forced")
        if token not in walk.allowed(state):
            return  # the text is forced in other tokens
        state.advance(token)
    assert not written(state.forced()), (name, ids, "forced at the end")


def report(counts: Seen, record_property: Record, needed: Iterable[str]) -> None:
    record_property("seen", dict(counts))
    assert counts.lacks(["grammars", "texts of the language", *needed]) == []


def test_grammars(record_property: Record) -> None:
    counts = Seen()

    @examples(80)
    @given(declarations.GRAMMARS, SEEDS)
    def check(grammar: Grammar, seed: int) -> None:
        random = Random(seed)
        try:
            compilers.emit(grammar, "llguidance")
        except Contradiction:
            counts["contradictions"] += 1
            return
        except Unsupported:
            pass
        agree(grammar, texts_of(grammar, random), random, counts)

    check()
    needed = [seen.AMBIGUOUS, seen.SPLIT, seen.EMPTY, seen.SPECIAL, seen.FORCED, seen.DRAWN]
    report(counts, record_property, needed)


def test_patterns(record_property: Record) -> None:
    counts = Seen()

    @examples(50)
    @given(declarations.PATTERNS, SEEDS)
    def check(pattern: str, seed: int) -> None:
        random = Random(seed)
        try:
            grammar = compilers.regex(pattern)
        except Contradiction:
            counts["contradictions"] += 1
            return
        except Unsupported:
            counts["refused"] += 1
            return
        texts = texts_of(grammar, random)
        for text in texts:
            if not any(isinstance(symbol, Special) for symbol in text):
                written = "".join(map(str, text))
                found = re.fullmatch(pattern, written, re.ASCII) is not None
                assert recognises(grammar, written) == found, written
        agree(grammar, texts, random, counts)

    check()
    report(counts, record_property, [seen.SPLIT, seen.EMPTY, seen.FORCED, seen.DRAWN])


def test_templates(record_property: Record) -> None:
    counts = Seen()

    @examples(15)
    @given(declarations.TEMPLATES, SEEDS)
    def check(template: str, seed: int) -> None:
        random = Random(seed)
        try:
            grammar = compilers.template(template)
        except CompileError as error:
            counts[f"refused: {error.kind}"] += 1
            return
        agree(grammar, texts_of(grammar, random, 2), random, counts)

    check()
    needed = [seen.AMBIGUOUS, seen.SPLIT, seen.EMPTY, seen.FORCED]
    report(counts, record_property, needed)


def test_schemas(record_property: Record) -> None:
    counts = Seen()

    @examples(40)
    @given(declarations.SCHEMAS, st.lists(declarations.JSON, min_size=1, max_size=4), SEEDS)
    def check(schema: Any, values: list[Any], seed: int) -> None:
        random = Random(seed)
        validator = jsonschema.Draft202012Validator(schema)
        written = [json.dumps(value, ensure_ascii=False) for value in values]
        valid = [validator.is_valid(value) for value in values]
        try:
            grammar = compilers.json_schema(schema)
        except Contradiction:
            counts["contradictions"] += 1
            assert not any(valid)
            return
        except CompileError as error:
            counts[f"refused: {error.kind}"] += 1
            return
        for value, text, is_valid in zip(values, written, valid, strict=True):
            # Members are asked for in the order of the source where their number counts.
            if is_valid and not _has_object(value):
                assert recognises(grammar, text), text
        texts = [*texts_of(grammar, random), *map(tuple, written)]
        for text in texts:
            if recognises(grammar, text):
                assert validator.is_valid(json.loads("".join(map(str, text)))), text
        agree(grammar, texts, random, counts)

    check()
    report(counts, record_property, [seen.SPLIT, seen.EMPTY, seen.FORCED, seen.DRAWN])


def _has_object(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_object, value))
    return isinstance(value, dict) and len(value) > 0


SURFACES = (
    (Surface(), ()),
    (Surface(call='<tool_call>{"name": "{name}", "arguments": {arguments}}'), ("<tool_call>",)),
)


def test_tools(record_property: Record) -> None:
    counts = Seen()

    @examples(6)
    @given(declarations.TOOLS, st.sampled_from(SURFACES), st.sampled_from(["auto", "required"]),
           st.sampled_from(["no", "may", "must", "inside"]), SEEDS)  # fmt: skip
    def check(tools: Any, surface: Any, choice: str, reasoning: Any, seed: int) -> None:
        random = Random(seed)
        try:
            grammar = compilers.tools(
                tools, choice, surface=surface[0], special=surface[1], reasoning=reasoning
            )
        except CompileError as error:
            counts[f"refused: {error.kind}"] += 1
            return
        agree(grammar, texts_of(grammar, random, 2), random, counts)

    check()
    report(counts, record_property, [seen.SPLIT, seen.SPECIAL, seen.FORCED, seen.DRAWN])
