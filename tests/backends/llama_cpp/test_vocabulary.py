"""Tokenizers of other kinds than the shipped model's, from files that hold nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gallama.config.schema import ModelSpec
from gallama.types import Vocabulary

gguf = pytest.importorskip("gguf", reason="writes the files")

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6

TEXTS = (
    "the llama",
    " the",
    "a  b\n\n\nc",
    "the<tool_call>the</tool_call>",
    "é\U0001f999\0\x01",
    "",
)


def vocabulary(
    path: Path,
    tokens: Sequence[tuple[str, int]],
    name: str = "",
    end_tokens: Sequence[str] = (),
    **more: Any,
) -> Any:
    """A Vocabulary from spellings and types, read from a file without weights."""
    from gallama.backends.llama_cpp import model, vocabulary

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name(name)
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_types([kind for _, kind in tokens])
    for key, value in more.items():
        getattr(writer, f"add_{key}")(value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    weights = model.Weights(path, lambda part: True, vocab_only=True)
    return vocabulary.build(weights, ModelSpec(path=str(path), end_tokens=list(end_tokens)))


def sentencepiece(path: Path, name: str = "") -> Vocabulary:
    tokens = [("<unk>", UNKNOWN), ("<s>", CONTROL), ("</s>", CONTROL)]
    tokens += [("<|endoftext|>", CONTROL)]
    tokens += [(f"<0x{byte:02X}>", BYTE) for byte in range(256)]
    tokens += [(text, USER_DEFINED) for text in ("<tool_call>", "</tool_call>", "\n\n", "  ")]
    pieces = ["▁", "▁t", "he", "▁the", "▁l", "la", "ma", "llama", "▁llama"]
    pieces += [chr(letter) for letter in range(0x21, 0x7F)]
    tokens += [(text, NORMAL) for text in pieces]
    scores = [0.0] * 264 + [-float(i) for i in range(len(pieces))]
    made: Vocabulary = vocabulary(
        path, tokens, name, tokenizer_model="llama", token_scores=scores, add_bos_token=True
    )
    return made


def byte_bpe(path: Path) -> Vocabulary:
    """With "hello" as a control token, and a way to split text that looks whole words up."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable}
    letters |= {byte: chr(256 + i) for i, byte in enumerate(others)}
    tokens = [(letters[byte], NORMAL) for byte in range(256)] + [("th", NORMAL), ("the", NORMAL)]
    tokens += [("hello", CONTROL), ("<|end|>", CONTROL), ("<think>", USER_DEFINED)]
    made: Vocabulary = vocabulary(
        path,
        tokens,
        tokenizer_model="gpt2",
        tokenizer_pre="llama-bpe",
        token_merges=["t h", "th e"],
        eos_token_id=259,
    )
    return made


@pytest.mark.parametrize("build", [sentencepiece, byte_bpe])
def test_round_trip_without_special_tokens(build: Any, tmp_path: Path) -> None:
    words = build(tmp_path / "vocabulary.gguf")
    special = set(words.special.values())
    spellings = [f"{a}{tag}{b}" for tag in words.special for a in ("", "x", " ") for b in ("", "y")]
    for text in (*TEXTS, *spellings):
        tokens = words.encode(text, False)
        assert b"".join(words.pieces[token] for token in tokens) == text.encode()
        assert special.isdisjoint(tokens)


def test_a_sentencepiece_vocabulary(tmp_path: Path) -> None:
    words = sentencepiece(tmp_path / "vocabulary.gguf")
    assert (words.bos, words.eos, words.adds_bos) == (1, 2, True)
    assert words.special == {
        "<s>": 1,
        "</s>": 2,
        "<|endoftext|>": 3,
        "<tool_call>": 260,
        "</tool_call>": 261,
    }
    assert words.end_tokens == {2, 3}
    assert words.pieces[words.special["<s>"]] == b""
    assert words.pieces[0x41 + 4] == b"A"
    # No space before a text, and none after a tag; runs of white space as the model knows them.
    the = words.encode(" the", False)
    assert words.encode("<s> the<tool_call> the", True) == [1, *the, 260, *the]
    assert words.encode("a\n\nb  c", False)[1::2] == [262, 263]


def test_a_bpe_vocabulary(tmp_path: Path) -> None:
    words = byte_bpe(tmp_path / "vocabulary.gguf")
    assert (words.bos, words.eos, words.adds_bos) == (None, 259, False)
    assert words.encode("the", False) == [257]
    assert words.encode("hello", True) == [258]
    assert words.encode("hello", False) == list(b"hello")
    assert words.encode("the<|end|>", True) == [257, 259]
    assert words.chat_template is None


def test_a_models_html_is_text(tmp_path: Path) -> None:
    """User defined tokens are tags where the chat template or the YAML spells them; Gemma lists
    the tags of HTML, too, and reads a user's <b> as that one token."""
    tokens = [(chr(byte), NORMAL) for byte in range(33, 127)] + [("ab", NORMAL)]
    tokens += [(text, USER_DEFINED) for text in ("<think>", "<b>", "<end>", "\n\n")]
    words = vocabulary(
        tmp_path / "vocabulary.gguf",
        tokens,
        end_tokens=["<end>"],
        tokenizer_model="gpt2",
        tokenizer_pre="llama-bpe",
        token_merges=["a b"],
        chat_template="{{ messages }}\n\n<think>",
    )
    assert words.special == {"<think>": 95, "<end>": 97}
    assert words.end_tokens == {97}
    assert words.encode("x<b>", False) == words.encode("x<b>", True) == [ord("x") - 33, 96]
    assert 95 in words.encode("<think>", True)
    assert 95 not in words.encode("<think>", False)


def test_tags_that_swallow_white_space(tmp_path: Path) -> None:
    """Phi-3's do; llama.cpp knows it by the model's name."""
    words = sentencepiece(tmp_path / "vocabulary.gguf", name="phi-3-mini")
    assert words.encode("</s> \n the", True)[0] == 2
    assert words.encode("</s> \n the", True)[1:] == words.encode("the", False)
    assert words.encode("<s>the</s> the", True)[0] == 1
