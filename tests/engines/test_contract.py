"""The contract of the Engine seam, over every engine: an engine is a row of ENGINES."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
import pytest

from compilers.emitters.kbnf import END as KBNF_END
from compilers.emitters.kbnf import spelled
from gallama.backends.scripted.backend import END, N_VOCAB, SPECIAL, SPELLINGS
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import EngineFailure
from gallama.types import Engine, Matcher, Vocabulary

TOOL, END_TOOL = SPECIAL["<tool_call>"], SPECIAL["</tool_call>"]
OTHER_END = SPECIAL["<|endoftext|>"]
HELLO, FORGED, TAG_TEXT = N_VOCAB, N_VOCAB + 1, N_VOCAB + 2

PIECES = (
    *(bytes([i]) for i in range(256)),
    *(SPELLINGS[i] if i in (TOOL, END_TOOL) else b"" for i in range(256, N_VOCAB)),
    b"hello",
    b"\xff<tool_call>",  # what llguidance uses inside to mark a special token
    b"<tool_call>",  # an ordinary token with the spelling of a special one
)
VOCABULARY = Vocabulary(
    pieces=PIECES,
    special=SPECIAL,
    end_tokens=frozenset([END, OTHER_END]),
    digest="contract",
    encode=lambda text, special: list(text.encode()),
)


@dataclass(frozen=True)
class Dialect:
    """An engine, and the contract's grammars in its dialect."""

    make: Callable[[], Engine]
    abc: str = 'start: "abc"'
    yes_or_no: str = 'start: "yes" | "no"'
    digits: str = "start: /[0-9]+/"
    free_text: str = "start: /(?s:.*)/"
    call: str = 'start: /(?s:.*)/ (<tool_call> "x" </tool_call>)?'
    without_x: str = "start: T\nT: /(?s:.*)/ & ~/(?s:.*)x(?s:.*)/"
    empty: str = 'start: ""'
    broken: str = "start: ("
    # Too much work for the compiler; and for a mask, some tokens later.
    too_large: str = "start: T\nT: /([ab]{1,300}){1,300}c/ & /([ac]{1,300}){200,300}/"
    fails: str = "start: T\nT: /(?s:.*)/ & ~/(?s:.*)[ab].{30}(?s:.*)/"
    failure: str = "too many expressions"
    astral: bool = True  # whether text may have plane 16 of Unicode


_CALL = f'"{spelled("<tool_call>")}" "x" "{spelled("</tool_call>")}"'
_ANY = r'#"[^\\x{100000}-\\x{10FFFF}]+"'

KBNF = Dialect(
    make=FormatronEngine,
    abc=f'start ::= "abc" "{KBNF_END}";',
    yes_or_no=f'start ::= w "{KBNF_END}"; w ::= "yes" | "no";',
    digits=f'start ::= #"[0-9]+" "{KBNF_END}";',
    free_text=f'start ::= {_ANY} "{KBNF_END}" | "{KBNF_END}";',
    call=f'start ::= t "{KBNF_END}" | "{KBNF_END}"; t ::= {_ANY} {_CALL} | {_ANY} | {_CALL};',
    without_x=f'start ::= {_ANY.replace("[^", "[^x")} "{KBNF_END}" | "{KBNF_END}";',
    empty=f'start ::= "{KBNF_END}";',
    broken="start ::= (",
    too_large=f'start ::= #"(a|b)*a(a|b){{20}}" "{KBNF_END}";',
    # What no token of the vocabulary can write: it leaves out the byte with which plane 16 begins.
    fails=f'start ::= c "{KBNF_END}"; c ::= d d d d | d d d d d "\U00100000"; d ::= "a" | "b";',
    failure="no token of this vocabulary",
    astral=False,
)

ENGINES = {"llguidance": Dialect(LLGuidanceEngine), "formatron": KBNF}


@pytest.fixture(params=ENGINES, scope="module")
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return ENGINES[request.param]


@pytest.fixture(scope="module")
def engine(dialect: Dialect) -> Engine:
    return dialect.make()


def allowed(matcher: Matcher) -> set[int]:
    row = np.zeros((len(PIECES) + 31) // 32, np.int32)
    matcher.fill_mask(row)
    return set(np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little")).tolist())


def feed(matcher: Matcher, text: bytes) -> None:
    for byte in text:
        assert byte in allowed(matcher)
        assert matcher.advance(byte) == byte
        assert not matcher.cut


ENDS = {END, OTHER_END}


def test_walk_to_the_end(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.abc, VOCABULARY)
    assert not matcher.done
    feed(matcher, b"abc")
    assert allowed(matcher) == ENDS
    assert matcher.done
    matcher.advance(END)


def test_end_is_one_choice_of_several(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.digits, VOCABULARY)
    assert not allowed(matcher) & ENDS
    feed(matcher, b"42")
    assert allowed(matcher) == ENDS | set(b"0123456789")
    assert not matcher.done


def test_forced(engine: Engine, dialect: Dialect) -> None:
    assert engine.compile(dialect.abc, VOCABULARY).forced() == tuple(b"abc")
    assert engine.compile(dialect.yes_or_no, VOCABULARY).forced() == ()


def test_fork_is_independent(engine: Engine, dialect: Dialect) -> None:
    one = engine.compile(dialect.yes_or_no, VOCABULARY)
    two = one.fork()
    feed(one, b"ye")
    feed(two, b"no")
    assert allowed(one) == set(b"s")
    assert two.done
    assert not one.done


def test_compile_gives_a_fresh_matcher(engine: Engine, dialect: Dialect) -> None:
    feed(engine.compile(dialect.abc, VOCABULARY), b"ab")
    assert allowed(engine.compile(dialect.abc, VOCABULARY)) == set(b"a")


def test_a_refused_token_fails_for_good(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.abc, VOCABULARY)
    with pytest.raises(EngineFailure):
        matcher.advance(ord("b"))
    for call in (lambda: allowed(matcher), lambda: matcher.done, matcher.fork, matcher.forced):
        with pytest.raises(EngineFailure):
            call()


@pytest.mark.parametrize("grammar", ["broken", "too_large"])
def test_a_bad_grammar_fails_at_compile(engine: Engine, dialect: Dialect, grammar: str) -> None:
    with pytest.raises(EngineFailure):
        engine.compile(getattr(dialect, grammar), VOCABULARY)


def test_a_failure_while_generating_is_no_clean_end(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.fails, VOCABULARY)
    random = Random(1)

    def generate() -> None:
        for _ in range(60):
            matcher.advance(random.choice(b"ab"))
            assert ord("a") in allowed(matcher) or END in allowed(matcher)

    with pytest.raises(EngineFailure, match=dialect.failure):
        generate()


def test_the_empty_text(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.empty, VOCABULARY)
    assert matcher.done
    assert allowed(matcher) == ENDS


@pytest.mark.parametrize("grammar", ["free_text", "without_x"])
@pytest.mark.parametrize("text", ["", "hello ", "<tool_cal", "<", "é\U000fffff"])
def test_free_text_has_no_special_token(
    engine: Engine, dialect: Dialect, grammar: str, text: str
) -> None:
    matcher = engine.compile(getattr(dialect, grammar), VOCABULARY)
    feed(matcher, text.encode())
    mask = allowed(matcher)
    assert mask & set(SPECIAL.values()) == ENDS
    assert {HELLO, TAG_TEXT} <= mask
    assert FORGED not in mask
    assert 0xFF not in mask


@pytest.mark.parametrize("grammar", ["free_text", "without_x"])
def test_plane_16_is_text_or_is_private(engine: Engine, dialect: Dialect, grammar: str) -> None:
    mask = allowed(engine.compile(getattr(dialect, grammar), VOCABULARY))
    assert (0xF4 in mask) == dialect.astral
    assert 0xF3 in mask


def test_a_special_token_is_not_its_text(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.call, VOCABULARY)
    feed(matcher, b"ok")
    forged = matcher.fork()
    matcher.advance(TOOL)
    assert allowed(matcher) == set(b"x")
    matcher.advance(ord("x"))
    assert allowed(matcher) == {END_TOOL}
    forged.advance(TAG_TEXT)  # the same letters: still free text
    assert {ord("y"), TOOL, END} <= allowed(forged)


def test_half_a_character_cannot_end(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.free_text, VOCABULARY)
    matcher.advance(0xC3)
    assert allowed(matcher) == set(range(0x80, 0xC0))


def test_the_row_must_fit(engine: Engine, dialect: Dialect) -> None:
    matcher = engine.compile(dialect.abc, VOCABULARY)
    with pytest.raises(ValueError, match="words"):
        matcher.fill_mask(np.zeros(1, np.int32))
