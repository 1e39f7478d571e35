"""XGrammar's own JSON Schema front end and engine, for comparison; not among our requirements.

    peer = XGrammar(vocabulary)
    matcher = peer.compile({"type": "integer"})

It is asked for what the benchmark writes: members in the order of the schema, separated as
json.dumps does it, and keys that a schema does not name where the schema does not forbid them
(`strict_mode` would).
"""

import json
from typing import Any

import numpy as np
import xgrammar
from numpy.typing import NDArray

from gallama.errors import EngineFailure
from gallama.types import Vocabulary


class XGrammar:
    """One thread, so that the time it takes is the time of the thread that asks."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        pieces = list(vocabulary.pieces)
        for token in vocabulary.special.values():
            pieces[token] = b""  # XGrammar keeps tokens without text out of every mask
        info = xgrammar.TokenizerInfo(pieces, stop_token_ids=sorted(vocabulary.end_tokens))
        self._compiler = xgrammar.GrammarCompiler(info, max_threads=1)

    def compile(self, schema: Any) -> "XGrammarMatcher":
        """Raises RuntimeError where XGrammar does not take the schema."""
        compiled = self._compiler.compile_json_schema(
            json.dumps(schema), any_whitespace=False, separators=(", ", ": "), strict_mode=False
        )
        return XGrammarMatcher(xgrammar.GrammarMatcher(compiled))


class XGrammarMatcher:
    """A Matcher over a GrammarMatcher."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    @property
    def done(self) -> bool:
        return bool(self._matcher.is_terminated())

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        if not self._matcher.fill_next_token_bitmask(row):
            row[:] = -1  # nothing is forbidden, and nothing was written

    def advance(self, token: int) -> None:
        if not self._matcher.accept_token(token):
            raise EngineFailure(f"xgrammar: the grammar does not allow token {token} here")

    def forced(self) -> tuple[int, ...]:
        return ()

    def fork(self) -> "XGrammarMatcher":
        return XGrammarMatcher(self._matcher.fork())
