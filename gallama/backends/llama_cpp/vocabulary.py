"""A GGUF's tokenizer as a Vocabulary."""

import ctypes
import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

import llama_cpp

from gallama.backends import vocabulary as common
from gallama.config.schema import ModelSpec
from gallama.text import any_of
from gallama.types import Vocabulary

_SHORT = 32  # characters

_SPACE = "\u2581"  # how SentencePiece writes a space


class Tokenizer:
    """llama.cpp's tokenizer, with the promise that plain text never becomes a special token.

    Special are control tokens, and of the "user defined" ones those that end a reply and those
    that `markup` spells (the chat template and the YAML's end tokens). What else a model lists as
    user defined is text to it, such as runs of white space and the tags of HTML. Without `markup`
    all are special but white space and single characters.

    A text's tokens print exactly the text: the space that SentencePiece models put before a text
    is left out, since a prompt is put together from several texts.

    `weights` (a model.Weights) live as long as this object does. Safe to use from several threads.
    """

    def __init__(self, weights: Any, markup: str | None = None) -> None:
        self._weights = weights
        self._vocab = llama_cpp.llama_model_get_vocab(weights.pointer)
        n_vocab = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self.pieces = tuple(self._piece(token) for token in range(n_vocab))
        self.special = self._special(llama_cpp.LLAMA_TOKEN_ATTR_CONTROL)
        listed = self._special(llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED)
        tags = {text: i for text, i in listed.items() if self._is_tag(text, i, markup)}
        self.special |= tags
        self._whole = {text: i for text, i in listed.items() if text not in tags}
        self._eat_before = self._special(llama_cpp.LLAMA_TOKEN_ATTR_LSTRIP).keys()
        self._eat_after = self._special(llama_cpp.LLAMA_TOKEN_ATTR_RSTRIP).keys()
        self._ids = frozenset(self.special.values())
        self._tags = _any_of(tags)
        self._all = _any_of(self.special)
        self._wholes = _any_of(self._whole)
        ordinary = (i for i in reversed(range(n_vocab)) if i not in self._ids)
        self._bytes = {self.pieces[i][0]: i for i in ordinary if len(self.pieces[i]) == 1}
        self._lead = self._space_guard()
        # Texts between tags are short and much the same from request to request.
        self._short = lru_cache(4096)(self._piecewise)

    def encode(self, text: str, special: bool) -> list[int]:
        """Token ids. Raises ValueError for text that is not Unicode (lone surrogates).

        Tags are found here, not by llama.cpp, which takes minutes over a text with 100k of them.
        """
        if not special or self._all is None:
            return self._plain(text)
        parts = self._all.split(text)  # text and tags by turns
        for i in range(1, len(parts), 2):
            if parts[i] in self._eat_before:
                parts[i - 1] = parts[i - 1].rstrip()
            if parts[i] in self._eat_after:
                parts[i + 1] = parts[i + 1].lstrip()
        ids = self._plain(parts[0])
        for tag, plain in zip(parts[1::2], parts[2::2], strict=True):
            ids.append(self.special[tag])
            ids += self._plain(plain)
        return ids

    def _plain(self, text: str) -> list[int]:
        """Tokens of text that is not to be read as markup.

        llama.cpp always parses user defined tokens, so each of their spellings is cut after its
        first character. What is still special then (a tokenizer may know a whole word as a
        control token) is spelled byte by byte.
        """
        ids: list[int] = []
        for part in self._cut(text):
            ids += self._short(part) if len(part) <= _SHORT else self._piecewise(part)
        return ids

    def _piecewise(self, text: str) -> tuple[int, ...]:
        ids = self._tokenize(text)
        if self._ids.isdisjoint(ids):
            return tuple(ids)
        return tuple(self._byte(byte) for byte in text.encode())

    def _cut(self, text: str) -> list[str]:
        if self._tags is None:
            return [text]
        cuts = [0]
        while found := self._tags.search(text, cuts[-1]):  # from within: spellings may overlap
            cuts.append(found.start() + 1)
        return [text[a:b] for a, b in pairwise([*cuts, len(text)])]

    def _byte(self, byte: int) -> int:
        if byte not in self._bytes:
            raise ValueError(f"this model's vocabulary cannot spell the byte 0x{byte:02x}")
        return self._bytes[byte]

    def _tokenize(self, text: str) -> list[int]:
        if not self._lead:
            return self._call(text.encode())
        # The space would be put after each user defined token, too: those are found here.
        ids: list[int] = []
        for part in self._wholes.split(text) if self._wholes else [text]:
            if part in self._whole:
                ids.append(self._whole[part])
            else:
                ids += self._call(self._lead + part.encode())[len(self._call(self._lead)) :]
        return ids

    def _call(self, text: bytes) -> list[int]:
        room = len(text) + 8
        buffer = (llama_cpp.llama_token * room)()
        n = llama_cpp.llama_tokenize(self._vocab, text, len(text), buffer, room, False, False)
        if n < 0:  # more tokens than bytes
            buffer = (llama_cpp.llama_token * -n)()
            n = llama_cpp.llama_tokenize(self._vocab, text, len(text), buffer, -n, False, False)
        return buffer[:n]

    def _space_guard(self) -> bytes:
        """A text that takes the space put before every text, and does not merge with what follows.

        b"" for tokenizers that put none. U+0001 is in no vocabulary but as a byte.
        """
        if not b"".join(self.pieces[i] for i in self._call(b"x")).startswith(b" "):
            return b""
        lead = self._call(b"\x01")
        return b"\x01" if self._call(b"\x01x")[: len(lead)] == lead else b""

    def _piece(self, token: int) -> bytes:
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            n = llama_cpp.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if n >= 0:
                return buffer.raw[:n]
            size = -n

    def _is_tag(self, text: str, token: int, markup: str | None) -> bool:
        if llama_cpp.llama_vocab_is_eog(self._vocab, token):
            return True
        return len(text) > 1 and not text.isspace() and (markup is None or text in markup)

    def _special(self, attribute: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for token in range(len(self.pieces)):
            if llama_cpp.llama_vocab_get_attr(self._vocab, token) & attribute:
                text = llama_cpp.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")
                found.setdefault(text.replace(_SPACE, " ") if self._is_spm else text, token)
        found.pop("", None)
        return found

    @property
    def _is_spm(self) -> bool:
        kind: int = llama_cpp.llama_vocab_type(self._vocab)
        return kind in (llama_cpp.LLAMA_VOCAB_TYPE_SPM, llama_cpp.LLAMA_VOCAB_TYPE_UGM)


def build(weights: Any, spec: ModelSpec) -> Vocabulary:
    """The vocabulary of model.Weights. Raises LoadError when the spec asks for what it lacks."""
    vocab = llama_cpp.llama_model_get_vocab(weights.pointer)
    own_template = llama_cpp.llama_model_chat_template(weights.pointer, None)
    template = common.chat_template(
        spec, None if own_template is None else own_template.decode("utf-8", "replace")
    )
    markup = None if template is None else "\0".join([template, *spec.end_tokens])
    tokenizer = Tokenizer(weights, markup)
    n_vocab = len(tokenizer.pieces)
    own = {i for i in range(n_vocab) if llama_cpp.llama_vocab_is_eog(vocab, i)}
    if not _names_eos(weights.pointer):
        own &= set(tokenizer.special.values())
    ends = common.end_tokens(spec, tokenizer.special, own)
    bos = _named(llama_cpp.llama_vocab_bos(vocab), tokenizer.special)
    return Vocabulary(
        pieces=tokenizer.pieces,
        special=tokenizer.special,
        end_tokens=ends,
        digest=common.digest(tokenizer.pieces, tokenizer.special, ends),
        encode=tokenizer.encode,
        bos=bos,
        eos=_named(llama_cpp.llama_vocab_eos(vocab), tokenizer.special),
        adds_bos=bos is not None and bool(llama_cpp.llama_vocab_get_add_bos(vocab)),
        chat_template=template,
    )


def _names_eos(model: Any) -> bool:
    """Whether the file says which token its eos is: llama.cpp else takes an ordinary one."""
    key, room = b"tokenizer.ggml.eos_token_id", ctypes.create_string_buffer(32)
    found: int = llama_cpp.llama_model_meta_val_str(model, key, room, len(room))
    return found >= 0


def _named(token: int, special: dict[str, int]) -> int | None:
    """None where a file names no such token: llama.cpp then reports an ordinary one (id 11)."""
    return token if token in special.values() else None


def _any_of(spellings: dict[str, int]) -> re.Pattern[str] | None:
    return re.compile(f"({any_of(spellings)})") if spellings else None
