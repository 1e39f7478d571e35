"""The kbnf engine (Formatron's): grammars in KBNF, masks that are computed once and kept.

It parses in bytes, by Earley's algorithm, and keeps each mask under the state of its parser. So an
engine that has run is worth keeping: it goes back to a pool when its matcher is gone, and the next
reply with that grammar begins with its masks (`reset` keeps them).

Special tokens are no text. Each spells its name in plane 16 of Unicode, end tokens spell END (see
compilers.emitters.kbnf), and an ordinary token with the byte 0xF4, with which that plane begins in
UTF-8, is left out: so no text can forge one. kbnf holds the GIL while it compiles, not while it
computes a mask.
"""

import copy
import re
import threading
import weakref
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import kbnf
import numpy as np
from numpy.typing import NDArray

from compilers.emitters.kbnf import CLOSE, END, spelled
from compilers.emitters.kbnf_regular import PLANE_16
from compilers.latest import Latest
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary

MAX_GRAMMARS = 64  # compiled grammars kept
MAX_VOCABULARIES = 8
MAX_IDLE = 64  # engines in the pool
MAX_MASKS = 8_192  # computed by the engines in the pool; with 128k tokens up to 100 kB each
MAX_TEXT = 4_000_000  # letters of a grammar
MAX_AUTOMATON = 8 << 20  # bytes of a regex's automaton, while it is made

_DEAD_END = "no token of this vocabulary can go on from here"

MAX_FORCED = 256  # tokens that may come where a single byte must: where more may, none must

_FORGES = b"\xf4"  # where plane 16 begins in UTF-8
_NAMES = re.compile(f"([{chr(PLANE_16)}-{chr(PLANE_16 + 0xFF)}]+){CLOSE}")


class FormatronEngine:
    """Engine over kbnf.

    engine = FormatronEngine()
    matcher = engine.compile(compilers.emit(grammar, "kbnf"), vocabulary)
    """

    def __init__(self, max_grammars: int = MAX_GRAMMARS) -> None:
        self._lock = threading.Lock()
        self._vocabularies = Latest[str, _Words](MAX_VOCABULARIES)
        self._grammars = Latest[tuple[str, str], _Grammar](max_grammars)
        self._idle: list[_Lease] = []  # the one used last stands last
        self._returned: deque[_Lease] = deque()  # by finalizers, which may run inside of the lock

    def compile(self, text: str, vocabulary: Vocabulary) -> Matcher:
        """The matcher of a grammar, the first mask computed. Raises EngineFailure."""
        key = (text, vocabulary.digest)
        with self._lock:
            grammar = self._grammars.use(key)
        if grammar is None:
            grammar = _compiled(text, self.words(vocabulary))
            with self._lock:
                self._grammars.put(key, grammar)
        return self._matcher(grammar)

    def words(self, vocabulary: Vocabulary) -> "_Words":
        """kbnf's own form of a vocabulary; made once (0.7 s for 128k tokens)."""
        with self._lock:
            found = self._vocabularies.use(vocabulary.digest)
            if found is None:
                found = self._vocabularies.put(vocabulary.digest, _Words(vocabulary))
        return found

    def _matcher(self, grammar: "_Grammar") -> "FormatronMatcher":
        lease = self._take(grammar) or _Lease(grammar, grammar.engine())
        matcher = FormatronMatcher(lease, self._matcher)
        weakref.finalize(matcher, self._returned.append, lease).atexit = False
        return matcher

    def _take(self, grammar: "_Grammar") -> "_Lease | None":
        """An engine of the pool that has run this grammar, at its beginning again."""
        with self._lock:
            while self._returned:
                lease = self._returned.popleft()
                if lease.sound:
                    self._idle.append(lease)
            while len(self._idle) > MAX_IDLE or sum(each.masks for each in self._idle) > MAX_MASKS:
                self._idle.pop(0)
            found = next((each for each in reversed(self._idle) if each.grammar is grammar), None)
            if found is not None:
                self._idle.remove(found)
        if found is not None:
            found.engine.reset()
        return found


class _Grammar:
    """A compiled grammar: an engine that never moves, to be copied."""

    def __init__(self, first: Any, words: "_Words") -> None:
        self._first = first
        self.words = words

    def engine(self) -> Any:
        """A copy takes 60 us; one of an engine that has run takes its masks along: 0.3 ms each."""
        return copy.copy(self._first)


@dataclass(eq=False)
class _Lease:
    """An engine in use: of what grammar, how many masks it computed, whether it never failed."""

    grammar: _Grammar
    engine: Any
    masks: int = 0
    sound: bool = True


class FormatronMatcher(Matcher):
    """Matcher over an engine of kbnf. `another` makes one of the same grammar, at its beginning."""

    def __init__(self, lease: _Lease, another: "Callable[[_Grammar], FormatronMatcher]") -> None:
        self._lease = lease
        self._engine = lease.engine
        self._words = lease.grammar.words
        self._another = another
        self._computed = False  # the mask of this place
        self._failure: str | None = None
        self._row: NDArray[np.int32] | None = None  # the one filled last
        self._row_bytes = memoryview(b"")
        self._address = 0
        self._past = bytearray()  # what was taken, as the engine's bytes
        self._scout: Any = None  # an engine that looks ahead
        self._unseen = bytearray()  # of the past, by the scout
        self._ahead = bytearray()  # what must come, as far as the scout has seen

    @property
    def done(self) -> bool:
        self._compute()
        return self._engine.is_finished() or self._only_end(self._engine)

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        words, engine = self._words, self._engine
        if row is not self._row:  # to look at an array takes as long as a mask
            _check_row(row, words.n_words)
            self._row, self._row_bytes = row, row.data.cast("B")
            self._address = row.ctypes.data
        self._compute()
        if engine.is_finished():
            row[:] = words.ends
            return
        engine.fill_torch_bitmask(self._address)
        if words.n_written < words.n_words:
            row[words.n_written :] = 0
        if engine.check_if_token_is_allowed(words.end):
            row |= words.ends
        elif self._row_bytes == words.none:  # numpy takes twenty times as long to look for a bit
            self._fail(_DEAD_END)

    def advance(self, token: int) -> int:
        """kbnf may panic when it refuses a token, so the mask is looked at first."""
        self._compute()
        ends = token in self._words.end_tokens
        if self._engine.is_finished():
            if not ends:
                self._fail(f"the grammar does not allow token {token} here")
            return token
        piece = self._words.spellings.get(self._words.end if ends else token)
        if piece is None or not self._allows(self._words.end if ends else token):
            self._fail(f"the grammar does not allow token {token} here")
        self._take(piece)
        return token

    def _take(self, piece: bytes) -> None:
        self._call(self._engine.try_accept_new_bytes, piece)
        self._computed = False
        self._past += piece
        known = min(len(piece), len(self._ahead))
        del self._ahead[:known]
        self._unseen += piece[known:]

    def forced(self) -> tuple[int, ...]:
        """The text that must come, tokenized: as far as one byte alone is allowed.

        A scout finds it: an engine that is where this one is, or ahead of it.
        """
        self._compute()
        if not self._words.byte_tokens or self._number(self._engine) > MAX_FORCED:
            return ()
        if self._scout is None:
            self._scout, self._unseen = self._lease.grammar.engine(), bytearray(self._past)
        if self._unseen:
            self._call(self._scout.try_accept_new_bytes, bytes(self._unseen))
            self._unseen.clear()
        while (byte := self._only_byte()) is not None:
            self._call(self._scout.try_accept_new_bytes, byte)
            self._ahead += byte
        return self._words.tokens(bytes(self._ahead), self._only_end(self._scout))

    def fork(self) -> "FormatronMatcher":
        """Another engine, led to the same place: its masks are its own."""
        self._compute()
        other = self._another(self._lease.grammar)
        if self._past:
            other._take(bytes(self._past))
        return other

    def _only_byte(self) -> bytes | None:
        """The only byte that the scout's grammar allows, if it allows no other and no special."""
        if self._scout.is_finished():
            return None
        self._call(self._scout.compute_allowed_token_ids)
        if self._number(self._scout) > MAX_FORCED:
            return None
        allows = self._scout.check_if_token_is_allowed
        found = [byte for byte, token in self._words.byte_tokens if allows(token)]
        return found[0] if len(found) == 1 and not any(map(allows, self._words.private)) else None

    def _only_end(self, engine: Any) -> bool:
        return engine.check_if_token_is_allowed(self._words.end) and self._number(engine) == 1

    def _number(self, engine: Any) -> int:
        return int(engine.get_number_of_allowed_token_ids())

    def _allows(self, token: int) -> bool:
        return bool(self._call(self._engine.check_if_token_is_allowed, token))

    def _compute(self) -> None:
        if self._failure is not None:
            raise EngineFailure(self._failure)
        if not self._computed:
            self._lease.masks += 1
            self._call(self._engine.compute_allowed_token_ids)
            self._computed = True

    def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Rust is no Exception
            self._fail(_reason(error))

    def _fail(self, reason: str) -> NoReturn:
        self._lease.sound = False
        self._failure = f"formatron: {reason}"
        raise EngineFailure(self._failure)


class _Words:
    """A vocabulary for kbnf.

    `spellings` are the bytes of each token in the engine; `end` stands for all end tokens, of which
    `ends` is a mask, [n_words] of int32. `private` are the tokens that are no text. `byte_tokens`
    are the bytes and the tokens that spell one alone; none, when some byte of UTF-8 has no such
    token: then what is forced cannot be told from masks.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        if not vocabulary.end_tokens:
            raise EngineFailure("formatron needs an end token, and this vocabulary has none")
        self.end_tokens = vocabulary.end_tokens
        self.end = min(vocabulary.end_tokens)
        self.special = {t: vocabulary.spelling(t) for t in vocabulary.special.values()}
        self.spellings = _spellings(vocabulary, self.special, self.end)
        self.private = [t for t in (self.end, *self.special) if t in self.spellings]
        self.n_words = (len(vocabulary.pieces) + 31) // 32
        bits = np.zeros(self.n_words * 32, np.uint8)
        bits[list(vocabulary.end_tokens)] = 1
        self.ends = np.packbits(bits, bitorder="little").view(np.int32)
        self.none = bytes(self.ends.nbytes)  # a mask without any token
        self.byte_tokens = _byte_tokens(self.spellings)
        self._encode = vocabulary.encode
        self._pieces = vocabulary.pieces
        names = {token: piece.decode("latin-1") for token, piece in self.spellings.items()}
        tokens = {token: kbnf.Token(piece) for token, piece in self.spellings.items()}
        self.vocabulary = kbnf.Vocabulary(tokens, names)
        self.n_written = (self.vocabulary.get_vocab_size() + 31) // 32  # words that kbnf fills

    def tokens(self, text: bytes, whole: bool) -> tuple[int, ...]:
        """A forced text as the tokenizer writes it. The last token only if nothing can follow it.

        The tokenizer might join the last one with what comes; and a text that does not come back
        from its tokens byte by byte is left to the model.
        """
        found = self._encode(text.decode("utf-8", "ignore"), False)
        kept = found if whole else found[:-1]
        written = b"".join(self._pieces[token] for token in kept)
        return tuple(kept) if text.startswith(written) else ()


def _spellings(vocabulary: Vocabulary, special: Mapping[int, str], end: int) -> dict[int, bytes]:
    found = {
        token: piece
        for token, piece in enumerate(vocabulary.pieces)
        if piece and _FORGES not in piece and token not in special
    }
    found.update((t, spelled(name).encode()) for t, name in special.items())
    for token in vocabulary.end_tokens:
        found.pop(token, None)
    found[end] = END.encode()
    return found


def _byte_tokens(spellings: Mapping[int, bytes]) -> list[tuple[bytes, int]]:
    found = {piece: token for token, piece in spellings.items() if len(piece) == 1}
    never = {0xC0, 0xC1, *range(0xF4, 0x100)}  # in UTF-8, or here
    needed = {bytes([byte]) for byte in range(256) if byte not in never}
    return list(found.items()) if needed <= set(found) else []


def _compiled(text: str, words: _Words) -> _Grammar:
    if len(text) > MAX_TEXT:
        raise EngineFailure(f"formatron: a grammar of more than {MAX_TEXT} letters")
    _check_names(text, words)
    grammar = _Grammar(_engine(text, words), words)
    probe = FormatronMatcher(_Lease(grammar, grammar.engine()), lambda _: probe)
    probe.fill_mask(np.zeros(words.n_words, np.int32))
    return grammar


def _check_names(text: str, words: _Words) -> None:
    """Each special token that the grammar names must be one of the vocabulary, and no end token."""
    known = {spelled(name): token for token, name in words.special.items()}
    for found in set(_NAMES.findall(text)):
        token = known.get(found + CLOSE)
        name = bytes(ord(letter) - PLANE_16 for letter in found).decode("utf-8", "replace")
        if token is None:
            raise EngineFailure(f"formatron: this vocabulary has no special token {name!r}")
        if token in words.end_tokens:
            raise EngineFailure(f"formatron: {name!r} ends a reply and cannot stand inside of it")


def _engine(text: str, words: _Words) -> Any:
    try:
        return kbnf.InternalEngine(text, words.vocabulary, _config())
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of Rust is no Exception
        raise EngineFailure(f"formatron: {_reason(error)}") from error


def _config() -> Any:
    """Alternatives stay alternatives: as the regexes of "compression" they are dear to compile."""
    config = kbnf.Config()
    compression, regexes = config.compression_config, config.regex_config
    compression.min_terminals = 1 << 30
    regexes.max_memory_usage = MAX_AUTOMATON
    config.compression_config, config.regex_config = compression, regexes
    return config


def _check_row(row: NDArray[np.int32], n_words: int) -> None:
    if row.shape != (n_words,) or row.dtype != np.int32 or not row.flags.c_contiguous:
        raise ValueError(f"the row must be {n_words} contiguous words of int32")


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0][:200]
