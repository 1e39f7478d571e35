"""A vocabulary of some 330 tokens that every engine here can have, llama.cpp's own included.

Every byte is a token, so every character can be split; others end or begin in the middle of a
character, or run over the places where one terminal ends and the next begins; five are special.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import gguf

from compilers.ir import Special
from gallama.types import Vocabulary
from tests.conformance.llama_grammar import LlamaGrammarEngine

Symbols = tuple[str | Special, ...]
"""A text, letter by letter, with special tokens in it."""

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4
ENDS = ("<|end|>", "<|endoftext|>")
NAMED = ("<think>", "</think>", "<tool_call>")
WORDS = (
    *("aa", "ab", "ba", "bb", "abc", "bab", "a1", "10", "12", " a", "  ", "\n\n", ".5", "-1", "e"),
    *("é", "éa", "aé", "😀", "é😀", '"a', '"a"', '": ', '", "', ', "', '{"', '"}'),
    *("}}", "[[", "]]"),
    *("[1, ", "true", "false", "null", '": {"', "\\n", '\\"', "\\u0"),
    *("</", "<a", "<a>", "</a>", "><", "</a><b>", "a</", "<b>", "</b>"),
    *("<thi", "nk>", "ink>a", "call>", "tool_call", "<tool", "_call>a"),
)  # fmt: skip
_MARK = b"\xff"
HALVES = (
    b"a\xc3",
    b"\xa9a",
    b"\xa9\xc3",
    b"\xf0\x9f",
    b"\x98\x80",
    b"\x80b",
    b'\xa9"',
    b"\xa9</a>",
)


def _bytes_as_letters() -> dict[int, str]:
    """How a BPE vocabulary spells bytes: those that do not print as other letters."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}


def _write(path: Path) -> None:
    letters = _bytes_as_letters()
    pieces = [bytes([byte]) for byte in range(256)]
    pieces += [word.encode() for word in WORDS if len(word.encode()) > 1] + list(HALVES)
    spelled = [("".join(letters[byte] for byte in piece), NORMAL) for piece in pieces]
    spelled += [(name, CONTROL) for name in (*ENDS, *NAMED[:-1])]
    spelled += [(NAMED[-1], USER_DEFINED)]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list([text for text, _ in spelled])
    writer.add_token_types([kind for _, kind in spelled])
    writer.add_token_merges(["a b"])  # llama.cpp wants one
    writer.add_eos_token_id(len(pieces))
    writer.add_eot_token_id(len(pieces) + 1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


@cache
def llama_engine() -> LlamaGrammarEngine:
    """llama.cpp over the vocabulary: all others have it from here."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "vocabulary.gguf")
        _write(path)
        return LlamaGrammarEngine(path)


@cache
def vocabulary() -> Vocabulary:
    """The longest token first is how its tokenizer writes a text."""
    return replace(llama_engine().vocabulary, encode=lambda text, special: _greedy(text.encode()))


@cache
def _by_spelling() -> dict[bytes, int]:
    words = llama_engine().vocabulary
    special = set(words.special.values())
    return {piece: i for i, piece in enumerate(words.pieces) if i not in special and piece != _MARK}


def _greedy(data: bytes) -> list[int]:
    return cut(data, max)


def cut(data: bytes, choose: Callable[[list[int]], int]) -> list[int]:
    """The tokens of what `written` gives; `choose` says which of the sizes a token may have."""
    known, at, found = _by_spelling(), 0, []
    while at < len(data):
        if data[at : at + 1] == _MARK:
            name, at = data[at + 1 :].split(_MARK, 1)[0], data.index(_MARK, at + 1) + 1
            found.append(int(name))
            continue
        sizes = [n for n in range(1, 13) if data[at : at + n] in known and at + n <= len(data)]
        size = choose(sizes)
        found.append(known[data[at : at + size]])
        at += size
    return found


def written(ids: Iterable[int]) -> bytes:
    """The bytes of tokens; special ones by number, between marks that no UTF-8 has; no ends."""
    words = vocabulary()
    special = set(words.special.values()) - words.end_tokens
    return b"".join(b"%b%d%b" % (_MARK, i, _MARK) if i in special else words.pieces[i] for i in ids)


def tokens(text: Symbols, random: Random) -> list[int]:
    """One of the ways to cut a text: the tokenizer's, byte by byte, or any."""
    special = vocabulary().special
    data = b"".join(
        written([special[each.name]]) if isinstance(each, Special) else each.encode()
        for each in text
    )
    return cut(data, random.choice([max, min, random.choice]))


def symbols(ids: Iterable[int]) -> Symbols | None:
    """What tokens write; None for what is no UTF-8."""
    words, names = vocabulary(), {token: name for name, token in vocabulary().special.items()}
    found: list[str | Special] = []
    data = b""
    try:
        for token in ids:
            if token in names:
                found += [*data.decode(), Special(names[token])]
                data = b""
            else:
                data += words.pieces[token]
        return (*found, *data.decode())
    except UnicodeDecodeError:
        return None


def splits_a_character(ids: list[int]) -> bool:
    """Whether some character is written by more than one token."""
    pieces = [vocabulary().pieces[token] for token in ids]
    return any(after[:1] >= b"\x80" and after[:1] < b"\xc0" for _, after in pairwise(pieces))
