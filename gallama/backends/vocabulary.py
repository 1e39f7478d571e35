"""Building a Vocabulary: what the backends have in common."""

import hashlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from gallama.config.schema import ModelSpec
from gallama.errors import LoadError


def end_tokens(spec: ModelSpec, special: Mapping[str, int], own: Iterable[int]) -> frozenset[int]:
    """The model's own end tokens and those the spec adds. LoadError on an unknown spelling."""
    ends = set(own)
    for text in spec.end_tokens:
        if text not in special:
            near = get_close_matches(text, special, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise LoadError(f"end_tokens: {text!r} is no special token of this model{hint}")
        ends.add(special[text])
    return frozenset(ends)


def chat_template(spec: ModelSpec, own: str | None) -> str | None:
    """The text of the file that the spec names, else the model's own template."""
    if spec.chat_template is None:
        return own
    try:
        return Path(spec.chat_template).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(f"chat_template {spec.chat_template}: {error}") from error


def digest(pieces: Iterable[bytes], special: Mapping[str, int], end_tokens: Iterable[int]) -> str:
    """SHA-256 in hex over all that a mask engine builds its tokenizer from."""
    total = hashlib.sha256()
    for piece in pieces:
        total.update(len(piece).to_bytes(4, "little") + piece)
    for text, token in sorted(special.items()):
        total.update(f"\0{text}\0{token}".encode("utf-8", "surrogatepass"))
    total.update(repr(sorted(end_tokens)).encode())
    return total.hexdigest()
