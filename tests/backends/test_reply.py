"""A reply's ends, without a model."""

import numpy as np

from gallama.backends.reply import Reply
from gallama.types import Sampling, Step, Vocabulary
from tests.backends.matchers import Choice

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
