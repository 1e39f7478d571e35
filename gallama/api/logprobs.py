"""Log-probabilities as chat and as legacy completions write them."""

from collections.abc import Sequence

from gallama.api.types import (
    ChoiceLogprobs,
    CompletionLogprobs,
    ContentLogprob,
    TopLogprob,
)
from gallama.types import TokenLogprob, Vocabulary


def chat_logprobs(entries: Sequence[TokenLogprob], vocabulary: Vocabulary) -> ChoiceLogprobs:
    content: list[ContentLogprob] = [
        {
            **_entry(entry.token, entry.logprob, vocabulary),
            "top_logprobs": [_entry(token, p, vocabulary) for token, p in entry.top],
        }
        for entry in entries
    ]
    return {"content": content, "refusal": None}


def _entry(token: int, logprob: float, vocabulary: Vocabulary) -> TopLogprob:
    piece = vocabulary.pieces[token]
    return {
        "token": token_text(token, vocabulary),
        "logprob": logprob,
        "bytes": list(piece),
    }


def token_text(token: int, vocabulary: Vocabulary) -> str:
    """The token as text: its spelling if it is a control token, U+FFFD for part of a character."""
    piece = vocabulary.pieces[token]
    return piece.decode("utf-8", "replace") if piece else vocabulary.spelling(token)


def completion_logprobs(
    entries: Sequence[TokenLogprob | int], offset: int, vocabulary: Vocabulary
) -> CompletionLogprobs:
    """`entries`: a bare id is a token without a probability (the prompt's first). `offset`: where
    in the text of the choice the first token begins, in characters."""
    known = [e if isinstance(e, TokenLogprob) else None for e in entries]
    ids = [e.token if isinstance(e, TokenLogprob) else e for e in entries]
    tokens = [token_text(token, vocabulary) for token in ids]
    offsets, printed = [], bytearray()
    for token in ids:
        offsets.append(offset + len(printed.decode("utf-8", "replace")))
        printed += vocabulary.pieces[token]
    return {
        "tokens": tokens,
        "token_logprobs": [None if e is None else e.logprob for e in known],
        "top_logprobs": [
            None if e is None else {token_text(t, vocabulary): p for t, p in e.top} for e in known
        ],
        "text_offset": offsets,
    }
