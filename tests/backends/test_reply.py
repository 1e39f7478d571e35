"""A reply's ends, without a model."""

import numpy as np
from numpy.typing import NDArray

from gallama.backends.reply import Reply
from gallama.backends.sampling import token_logprob
from gallama.types import Sampling, Step, Vocabulary
from tests.backends.matchers import Choice, set_bits

LOGITS = np.arange(40, dtype=np.float32)


def vocabulary(*end_tokens: int) -> Vocabulary:
    pieces = tuple(bytes([65 + i]) for i in range(40))
    return Vocabulary(pieces, {}, frozenset(end_tokens), "", lambda text, special: [])


def test_a_grammar_ends_without_end_tokens_too() -> None:
    reply = Reply([1], Sampling(temperature=0), Choice((3, 4)), vocabulary(), 10)
    assert reply.take(LOGITS) == Step((3,))
    assert reply.take(LOGITS) == Step((4,), finish="stop")


def test_after_a_grammar_only_end_tokens_may_come() -> None:
    sampling = Sampling(temperature=2, seed=1, end_tokens=frozenset({33}))
    reply = Reply([1], sampling, Choice((3,)), vocabulary(2), 10)
    assert reply.take(LOGITS) == Step((3,))
    step = reply.take(LOGITS)
    assert step.tokens[0] in {2, 33}
    assert step.finish == "stop"


def test_a_grammar_may_be_cut_by_length() -> None:
    reply = Reply([1], Sampling(temperature=0, max_tokens=1), Choice((3, 4)), vocabulary(2), 10)
    assert reply.take(LOGITS) == Step((3,), finish="length")


def test_no_room_at_all() -> None:
    assert Reply([1, 2], Sampling(), None, vocabulary(), 2).empty() == Step(finish="length")


class Overruling(Choice):
    """Takes the token before the one that was drawn, and is cut behind the `last`, or without it:
    then none is taken for that."""

    def __init__(self, last: int, without: bool = False) -> None:
        super().__init__(range(1, 40))
        self._last, self._without = last, without
        self._taken = 0

    @property
    def cut(self) -> bool:
        return self._taken == self._last

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        set_bits(row, range(40))

    def advance(self, token: int) -> int | None:
        self._taken += 1
        return None if self.cut and self._without else token - 1


def test_what_was_taken_counts() -> None:
    """... as drawn, for penalties and log-probabilities, too."""
    sampling = Sampling(temperature=0, top_logprobs=0, frequency_penalty=2)
    reply = Reply([1], sampling, Overruling(3), vocabulary(2), 10)
    steps = [reply.take(LOGITS) for _ in range(3)]
    assert [step.tokens for step in steps] == [(38,)] * 3
    assert [step.finish for step in steps] == [None, None, "length"]
    assert steps[0].logprobs == (token_logprob(LOGITS, 38, 0),)


def test_a_reply_may_be_cut_without_a_token() -> None:
    reply = Reply([1], Sampling(temperature=0), Overruling(2, True), vocabulary(2), 10)
    assert [reply.take(LOGITS) for _ in range(2)] == [Step((38,)), Step((), (), "length")]
