"""What every backend does alike with a reply once it has the logits."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gallama.backends.sampling import Sampler
from gallama.types import Finish, Matcher, Sampling, Step, TokenLogprob, Vocabulary


def check_request(
    prompt: Sequence[int], sampling: Sampling, n_vocab: int, max_seq_len: int
) -> tuple[int, ...]:
    """The prompt as a tuple. Raises ValueError for what a model could not run."""
    ids = tuple(map(int, prompt))
    if not 1 <= len(ids) <= max_seq_len:
        raise ValueError(f"a prompt must have 1 to {max_seq_len} tokens, this one has {len(ids)}")
    named = {"prompt": ids, "logit_bias": sampling.logit_bias, "end_tokens": sampling.end_tokens}
    for name, tokens in named.items():
        for token in tokens:
            if not 0 <= token < n_vocab:
                raise ValueError(f"{name}: token {token} is not within 0..{n_vocab - 1}")
    return ids


class Reply:
    """A reply that is being decoded: draws its tokens and knows when it is complete.

    reply = Reply(prompt, sampling, matcher, vocabulary, max_seq_len)
    while reply.finish is None:
        step = reply.take(logits)

    A reply that may have no token at all (max_tokens 0, or a prompt that fills the context) is
    complete from the start, with "length": its only step is `reply.empty()`. An end token drawn
    as the last that max_tokens allows makes a "stop".
    """

    def __init__(
        self,
        prompt: Sequence[int],
        sampling: Sampling,
        matcher: Matcher | None,
        vocabulary: Vocabulary,
        max_seq_len: int,
    ) -> None:
        room = max_seq_len - len(prompt)
        wanted = sampling.max_tokens
        self._left = room if wanted is None else min(room, wanted)
        self._ends = vocabulary.end_tokens | sampling.end_tokens
        self._sampler = Sampler(sampling, prompt)
        self._matcher = matcher
        self._mask = _words(len(vocabulary.pieces)) if matcher else None
        self._end_mask = _mask_of(self._ends, len(vocabulary.pieces)) if matcher else None
        self.finish: Finish | None = None if self._left > 0 else "length"

    def take(self, logits: NDArray[np.float32]) -> Step:
        """Draw the next token from `logits` [n_vocab]. The last step may have none, where a budget
        was spent already.

        Raises EngineFailure when the matcher fails, BackendFailure when the logits are no numbers.
        """
        token: int | None = self._sampler.choose(logits, self._allowed())
        assert token is not None
        if token in self._ends:
            self.finish = "stop"
        else:
            token = self._advanced(token)
        if token is None:
            return Step(finish=self.finish)
        logprob = self._sampler.take(logits, token)
        return Step((token,), () if logprob is None else (logprob,), self.finish)

    def empty(self, prompt_logprobs: tuple[TokenLogprob, ...] = ()) -> Step:
        """The only step of a reply without tokens."""
        return Step(finish=self.finish, prompt_logprobs=prompt_logprobs)

    def _advanced(self, token: int) -> int | None:
        """The token that is taken for the one that was drawn, None where the reply ends."""
        taken: int | None = token
        self._left -= 1
        if self._matcher is not None:
            taken = self._matcher.advance(token)
            if self._matcher.cut:
                self.finish = "length"
                return taken
            if self._matcher.done and not self._ends:  # a model without end tokens
                self.finish = "stop"
                return taken
        if self._left == 0:
            self.finish = "length"
        return taken

    def _allowed(self) -> NDArray[np.int32] | None:
        if self._matcher is None:
            return None
        if self._matcher.done:
            return self._end_mask
        assert self._mask is not None
        self._matcher.fill_mask(self._mask)
        return self._mask


def _words(n_vocab: int) -> NDArray[np.int32]:
    return np.zeros((n_vocab + 31) // 32, np.int32)


def _mask_of(tokens: frozenset[int], n_vocab: int) -> NDArray[np.int32]:
    words = _words(n_vocab)
    bits = words.view(np.uint32)
    for token in tokens:
        bits[token // 32] |= np.uint32(1 << token % 32)
    return words
