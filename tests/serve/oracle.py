"""The shipped model through llama.cpp's own binding, and slow definitions of what fields mean."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gallama.backends.llama_cpp import library
from gallama.config.paths import shipped

library.prepare(spin=False)

import llama_cpp  # noqa: E402  (not before its threads are told how to wait)

Floats = NDArray[np.float64]

# The logits of a prompt run whole differ a little from those of tokens run one by one.
SLACK = 0.15


class Oracle:
    """Logits of the shipped model."""

    def __init__(self) -> None:
        self._llama = llama_cpp.Llama(
            str(shipped("shipped/tiny.gguf")),
            n_ctx=2048,
            n_threads=1,
            logits_all=True,
            verbose=False,
        )
        pieces = (self._llama.detokenize([i], special=True) for i in range(self._llama.n_vocab()))
        self._ids = {piece: token for token, piece in enumerate(pieces)}

    def logits(self, tokens: Sequence[int]) -> Floats:
        """[len(tokens), n_vocab]: row i is about the token after tokens[i]."""
        self._llama.reset()
        self._llama.eval(list(tokens))
        return np.array(self._llama.scores[: len(tokens)], np.float64)

    def reply(self, entries: Sequence[Any]) -> list[int]:
        """The token ids of a choice's log-probabilities."""
        return [self._ids[bytes(e["bytes"]) or e["token"].encode()] for e in entries]

    def after(self, prompt: Sequence[int], reply: Sequence[int]) -> Floats:
        """[len(reply), n_vocab]: the logits from which each token of the reply was drawn."""
        return self.logits([*prompt, *reply])[len(prompt) - 1 : -1]


@cache
def oracle() -> Oracle:
    return Oracle()


def log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def penalised(
    row: Floats,
    prompt: Sequence[int],
    reply: Sequence[int],
    presence_penalty: float = 0,
    frequency_penalty: float = 0,
    repetition_penalty: float = 1,
) -> Floats:
    row = row.copy()
    for token in {*prompt, *reply}:
        row[token] = (
            row[token] / repetition_penalty if row[token] > 0 else row[token] * repetition_penalty
        )
    for token, times in Counter(reply).items():
        row[token] -= presence_penalty + times * frequency_penalty
    return row


def allowed(
    row: Floats,
    token: int,
    temperature: float,
    top_k: int = 0,
    top_p: float = 1,
    typical_p: float = 1,
    min_p: float = 0,
) -> bool:
    """Whether a filter leaves the token (one filter at a time), with some slack at its border."""
    logp = log_softmax(row / temperature)
    p = np.exp(logp)
    if top_k:
        return bool(row[token] >= np.sort(row)[-top_k] - SLACK)
    if min_p:
        return bool(p[token] >= p.max() * min_p * np.exp(-SLACK))
    if top_p < 1:
        return bool(p[logp > logp[token] + SLACK].sum() < top_p)
    surprise = np.abs(-logp + (p * logp).sum())
    return bool(p[surprise < surprise[token] - SLACK].sum() < typical_p)
