"""The llguidance engine: grammars in llguidance's dialect of Lark, masks in microseconds.

A matcher of llguidance never raises: it enters an error state, in which its mask holds one end
token, so that the reply would end like a clean stop. Hence every call here is followed by a look at
that state, and a grammar counts as good only when its first mask has been computed.

The states of a terminal are made when a reply comes to them. Of patterns that are joined by `&`
there may be too many for one mask, at any place of a reply: which the first tokens of the terminal
show. So these are tried alone, before the grammar counts as good; each once, for they come again
with every request (any words but a tag, in all that may call tools).
"""

import random
import re
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from numpy.typing import NDArray

from compilers.latest import Latest
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary

MAX_GRAMMARS = 256  # compiled grammars kept
MAX_TOKENIZERS = 8
MAX_TRIED = 2  # terminals of one grammar
TRIED_TOKENS = 6  # of a terminal; 1 ms each, of 128k
MAX_GOOD = 2_000  # terminals that are not tried again

# Alternatives at one place: the default, 2,000, is met by a oneOf of a dozen objects whose members
# come in any order; its masks still take 5 ms at most.
MAX_ITEMS = 8_000
# The work on one mask: ten times the default. Of terminals there may be several at one place,
# behind a token that ends another, where one alone was good when it was tried; and a number of
# which each digit is a rule within the last one (of multipleOf) takes the more the longer it is:
# one of 1,200 digits can be written. At worst such a mask takes 0.2 s.
TRIED_FUEL = 200_000
_LIMITS = LLParserLimits(
    max_items_in_row=MAX_ITEMS, step_lexer_fuel=10 * TRIED_FUEL, step_max_items=500_000
)
_TRIED_LIMITS = LLParserLimits(max_items_in_row=MAX_ITEMS, step_lexer_fuel=TRIED_FUEL)

_JOINED = re.compile(r"^[A-Z]\w*:(.* & .*)$", re.MULTILINE)
_REPEATED = re.compile(r"[*+}]")


class LLGuidanceEngine:
    """Engine over llguidance.

    engine = LLGuidanceEngine()
    matcher = engine.compile('start: "yes" | "no"', vocabulary)
    """

    def __init__(self, max_grammars: int = MAX_GRAMMARS) -> None:
        self._lock = threading.Lock()
        self._tokenizers = Latest[str, LLTokenizer](MAX_TOKENIZERS)
        self._grammars = Latest[tuple[str, str], LLGuidanceMatcher](max_grammars)
        self._good = Latest[tuple[str, str], bool](MAX_GOOD)  # terminals, as grammars

    def compile(self, text: str, vocabulary: Vocabulary) -> Matcher:
        """The matcher of a grammar, the first mask computed. Raises EngineFailure."""
        key = (text, vocabulary.digest)
        with self._lock:
            found = self._grammars.use(key)
        if found is None:
            found = _first(text, self.tokenizer(vocabulary), vocabulary)
            for terminal in _joined(text):
                self._try_once(terminal, vocabulary)
            with self._lock:
                self._grammars.put(key, found)
        return found.fork()

    def _try_once(self, terminal: str, vocabulary: Vocabulary) -> None:
        key = (terminal, vocabulary.digest)
        with self._lock:
            good = self._good.use(key)
        if not good:
            _try(terminal, self.tokenizer(vocabulary), len(vocabulary.pieces))
            with self._lock:
                self._good.put(key, True)

    def tokenizer(self, vocabulary: Vocabulary) -> LLTokenizer:
        """llguidance's own form of a vocabulary; made once (0.5 s for 128k tokens)."""
        with self._lock:
            found = self._tokenizers.use(vocabulary.digest)
            if found is None:
                found = self._tokenizers.put(vocabulary.digest, _tokenizer(vocabulary))
        return found


class LLGuidanceMatcher(Matcher):
    """Matcher over an LLMatcher. `empty`: the grammar holds nothing but the empty text."""

    def __init__(self, matcher: LLMatcher, n_vocab: int, empty: bool = False) -> None:
        self._matcher = matcher
        self._n_words = (n_vocab + 31) // 32
        self._empty = empty

    @property
    def done(self) -> bool:
        return self._empty or bool(self._call(self._matcher.is_stopped))

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        if row.shape != (self._n_words,) or row.dtype != np.int32 or not row.flags.c_contiguous:
            raise ValueError(f"the row must be {self._n_words} contiguous words of int32")
        self._call(self._matcher.unsafe_compute_mask_ptr, row.ctypes.data, row.nbytes)

    def advance(self, token: int) -> int:
        if not self._call(self._matcher.consume_token, token):
            raise EngineFailure(f"llguidance: the grammar does not allow token {token} here")
        return token

    def forced(self) -> tuple[int, ...]:
        return tuple(self._call(self._matcher.compute_ff_tokens))

    def fork(self) -> "LLGuidanceMatcher":
        copy = self._call(self._matcher.deep_copy)
        return LLGuidanceMatcher(copy, self._n_words * 32, self._empty)

    def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        result = function(*args)
        if self._matcher.is_error():
            # What follows the first line is the state of the parser.
            reason = self._matcher.get_error().partition("\n")[0]
            raise EngineFailure(f"llguidance: {reason}")
        return result


class _Wrapper:
    """What LLTokenizer reads from a tokenizer object; its names are llguidance's."""

    is_tokenizer_wrapper = True
    bos_token_id = None

    def __init__(self, vocabulary: Vocabulary) -> None:
        # A special token has no text: llguidance keeps its spelling behind a byte 0xFF, which no
        # UTF-8 has. An ordinary token with that byte could be mistaken for one and is left out.
        self.tokens = [b"" if b"\xff" in piece else piece for piece in vocabulary.pieces]
        for spelling, token in vocabulary.special.items():
            self.tokens[token] = spelling.encode("utf-8", "surrogateescape")
        self.special_token_ids = sorted(vocabulary.special.values())
        self.eos_token_id = min(vocabulary.end_tokens)
        self._encode = vocabulary.encode

    def __call__(self, text: str) -> list[int]:
        return self._encode(text, False)


def _tokenizer(vocabulary: Vocabulary) -> LLTokenizer:
    if not vocabulary.end_tokens:
        raise EngineFailure("llguidance needs an end token, and this vocabulary has none")
    # An end token must be a special one: else its text would end the reply inside a string.
    ordinary = vocabulary.end_tokens - frozenset(vocabulary.special.values())
    if ordinary:
        raise EngineFailure(f"end tokens {sorted(ordinary)} are not special in this vocabulary")
    wrapper: Any = _Wrapper(vocabulary)  # what is read of it is duck-typed
    return LLTokenizer(wrapper, eos_token=sorted(vocabulary.end_tokens))


def _first(text: str, tokenizer: LLTokenizer, vocabulary: Vocabulary) -> LLGuidanceMatcher:
    n_vocab = len(vocabulary.pieces)
    grammar = LLMatcher.grammar_from_lark(text)
    matcher = LLMatcher(tokenizer, grammar, log_level=0, limits=_LIMITS)
    first = LLGuidanceMatcher(matcher, n_vocab)
    row = np.zeros((n_vocab + 31) // 32, np.int32)
    if first.done:
        raise EngineFailure("llguidance: the grammar holds no text")
    first.fill_mask(row)
    others = row.view(np.uint32)  # without the end tokens; a first mask may allow all 128k
    for token in vocabulary.end_tokens:
        others[token // 32] &= ~np.uint32(1 << token % 32)
    return LLGuidanceMatcher(matcher, n_vocab, empty=not others.any())


def _joined(text: str) -> list[str]:
    """Terminals, each as a grammar: those of several repetitions, the longest first."""
    found = {body for body in _JOINED.findall(text) if len(_REPEATED.findall(body)) > 1}
    bodies = sorted(found, key=lambda body: (-len(body), body))[:MAX_TRIED]
    return [f"%llguidance {{}}\nstart: T\nT:{body}\n" for body in bodies]


def _try(grammar: str, tokenizer: LLTokenizer, n_vocab: int) -> None:
    """Some tokens of it, such as it allows. Raises EngineFailure."""
    compiled = LLMatcher.grammar_from_lark(grammar)
    matcher = LLGuidanceMatcher(
        LLMatcher(tokenizer, compiled, log_level=0, limits=_TRIED_LIMITS), n_vocab
    )
    row = np.zeros((n_vocab + 31) // 32, np.int32)
    choose = random.Random(0)  # the same at every compilation
    for _ in range(TRIED_TOKENS):
        if matcher.done:
            return
        matcher.fill_mask(row)
        allowed = np.flatnonzero(np.unpackbits(row.view(np.uint8), bitorder="little"))
        matcher.advance(int(choose.choice(allowed)))
