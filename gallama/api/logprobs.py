"""Log-probabilities as chat and as legacy completions write them."""

from collections.abc import Sequence

from gallama.api.answers import (
    ChoiceLogprobs,
    CompletionLogprobs,
    ContentLogprob,
    TopLogprob,
)
from gallama.text import spelled
from gallama.types import TokenLogprob, Vocabulary

LEAST = -9999.0  # JSON has no infinity; OpenAI's number for what is very unlikely


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
    return {
        "token": token_text(token, vocabulary),
        "logprob": max(logprob, LEAST),
        "bytes": list(vocabulary.pieces[token]),
    }


def token_text(token: int, vocabulary: Vocabulary) -> str:
    """The token as text: a control token as it is spelled, part of a character as its bytes."""
    printed = spelled(token, vocabulary)
    try:
        return printed.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in printed)


def completion_logprobs(
    entries: Sequence[TokenLogprob | int], starts: Sequence[int], vocabulary: Vocabulary
) -> CompletionLogprobs:
    """`entries`: a bare id is a token without a probability (the prompt's first). `starts`: where
    in the text of the choice each of them begins."""
    known = [entry if isinstance(entry, TokenLogprob) else None for entry in entries]
    ids = [entry.token if isinstance(entry, TokenLogprob) else entry for entry in entries]
    return {
        "tokens": [token_text(token, vocabulary) for token in ids],
        "token_logprobs": [None if e is None else max(e.logprob, LEAST) for e in known],
        "top_logprobs": [None if e is None else _top(e, vocabulary) for e in known],
        "text_offset": list(starts),
    }


def _top(entry: TokenLogprob, vocabulary: Vocabulary) -> dict[str, float]:
    """The token itself is in it, too. Of tokens with the same text the likeliest counts."""
    top: dict[str, float] = {}
    for token, logprob in (*entry.top, (entry.token, entry.logprob)):
        top.setdefault(token_text(token, vocabulary), max(logprob, LEAST))
    return top
