"""llama.cpp's own grammar sampler as a Matcher, for GBNF: the reference of that dialect, and slow.

    engine = LlamaGrammarEngine(Path("gallama/shipped/tiny.gguf"))
    matcher = engine.compile('root ::= "yes" | "no"', engine.vocabulary)

Only tokens that the mask holds may be accepted: llama.cpp ends the process at any other.
"""

from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from gallama.backends.llama_cpp import library, model, vocabulary
from gallama.config.schema import ModelSpec
from gallama.errors import EngineFailure
from gallama.types import Vocabulary

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class LlamaGrammarEngine:
    """Engine over the vocabulary of one GGUF, which llama.cpp knows by its own pointer."""

    def __init__(self, path: Path) -> None:
        library.prepare(spin=False)
        self._weights = model.Weights(path, lambda _: True, vocab_only=True)
        self._pointer = llama_cpp.llama_model_get_vocab(self._weights.pointer)
        self.vocabulary: Vocabulary = vocabulary.build(self._weights, ModelSpec())

    def compile(self, text: str, vocabulary: Vocabulary) -> "LlamaMatcher":
        """Raises EngineFailure when llama.cpp does not take the grammar."""
        if vocabulary.digest != self.vocabulary.digest:
            raise ValueError("this engine was made for another vocabulary")
        library.take_errors()
        sampler = llama_cpp.llama_sampler_init_grammar(self._pointer, text.encode(), b"root")
        if not sampler:
            raise EngineFailure(f"llama.cpp: {' '.join(library.take_errors()) or 'no grammar'}")
        return LlamaMatcher(self.vocabulary, sampler)


class LlamaMatcher:
    """A Matcher over one llama_sampler."""

    def __init__(self, vocabulary: Vocabulary, sampler: Any) -> None:
        self._vocabulary = vocabulary
        self._sampler = sampler
        self._ends = sorted(vocabulary.end_tokens)

    def __del__(self) -> None:
        llama_cpp.llama_sampler_free(self._sampler)

    @property
    def done(self) -> bool:
        allowed = self._allowed(np.arange(len(self._vocabulary.pieces), dtype=np.int32))
        return bool(np.isin(np.flatnonzero(allowed), self._ends).all())

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        allowed = self._allowed(np.arange(len(self._vocabulary.pieces), dtype=np.int32))
        bits = np.packbits(allowed, bitorder="little")
        row[:] = 0
        row.view(np.uint8)[: len(bits)] = bits

    def allows(self, *tokens: int) -> bool:
        """Whether any of these tokens may come next: the mask at these places only."""
        return bool(self._allowed(np.array(tokens, np.int32)).any())

    def may_end(self) -> bool:
        return self.allows(*self._ends)

    def advance(self, token: int) -> None:
        if not self.allows(token):
            raise EngineFailure(f"llama.cpp: the grammar does not allow token {token} here")
        llama_cpp.llama_sampler_accept(self._sampler, token)

    def forced(self) -> tuple[int, ...]:
        return ()

    def fork(self) -> "LlamaMatcher":
        return LlamaMatcher(self._vocabulary, llama_cpp.llama_sampler_clone(self._sampler))

    def _allowed(self, tokens: NDArray[np.int32]) -> NDArray[np.bool_]:
        candidates = np.zeros(len(tokens), _CANDIDATE)
        candidates["id"] = tokens
        array = llama_cpp.llama_token_data_array()
        array.data = candidates.ctypes.data_as(llama_cpp.llama_token_data_p)
        array.size = len(tokens)
        llama_cpp.llama_sampler_apply(self._sampler, llama_cpp.llama_cpp.byref(array))
        return np.isfinite(candidates["logit"])
