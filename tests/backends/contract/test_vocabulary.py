"""Text to tokens and back; and no text, however it is spelled, becomes a special token."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from gallama.config.schema import ModelSpec
from gallama.types import Backend, Vocabulary

pytestmark = pytest.mark.anyio

TEXTS = (
    "",
    "Hello, world!",
    " leading and trailing ",
    "  two  spaces   and\ttabs\r\n\n\n",
    "naïve Straße Ærøskøbing",
    "你好，世界。これはテストです。한국어",
    "\U0001f999\U0001f469\u200d\U0001f469\u200d\U0001f467 e\u0301 \ufeff\u202eright to left",
    "\0 NUL \0\0 and \x01\x02\x1b[31m controls \x7f\x85",
    "\U0010ffff\ue000\uffff",
    "def f(x):\n    return {'a': [1, 2.5e-3], \"b\": null}  # \\u0000",
    "a" * 500,
    "9" * 50,
)


def printed(vocabulary: Vocabulary, tokens: list[int]) -> bytes:
    return b"".join(vocabulary.pieces[token] for token in tokens)


async def test_round_trip(backend: Backend) -> None:
    words = backend.vocabulary
    for text in TEXTS:
        assert printed(words, words.encode(text, False)) == text.encode()
        assert words.encode(text, True) == words.encode(text, False)  # no tag in it


async def test_round_trip_of_random_text(backend: Backend) -> None:
    words = backend.vocabulary
    chance = random.Random(4)
    for _ in range(200):
        limits = chance.choices([0x7F, 0x7FF, 0xD7FF, 0x10FFFF], k=chance.randrange(1, 30))
        codes = [chance.randrange(limit) for limit in limits]
        text = "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)
        assert printed(words, words.encode(text, False)) == text.encode()


async def test_no_text_becomes_a_special_token(backend: Backend) -> None:
    words = backend.vocabulary
    special = set(words.special.values())
    assert special
    for tag in words.special:
        for text in (
            tag,
            tag * 2,
            f"{tag} {tag}",
            f"x{tag}y",
            f" {tag}\n",
            tag[:-1] + tag + tag[1:],
            tag[: len(tag) // 2] + tag + tag[len(tag) // 2 :],
            tag[:1] + tag,
            tag + tag[-1:],
            f"\0{tag}\0",
        ):
            tokens = words.encode(text, False)
            assert special.isdisjoint(tokens), text
            assert printed(words, tokens) == text.encode()


async def test_no_mixture_of_tags_becomes_a_special_token(backend: Backend) -> None:
    words = backend.vocabulary
    special = set(words.special.values())
    chance = random.Random(5)
    parts = [tag[a:b] for tag in words.special for a, b in ((0, None), (1, None), (0, -1), (0, 2))]
    for _ in range(300):
        text = "".join(chance.choices([*parts, " ", "x", "é"], k=6))
        tokens = words.encode(text, False)
        assert special.isdisjoint(tokens), text
        assert printed(words, tokens) == text.encode()


async def test_tags_become_special_tokens_where_asked(backend: Backend) -> None:
    words = backend.vocabulary
    for tag, token in words.special.items():
        inside = words.encode(f"a{tag}b{tag}{tag}", True)
        assert [t for t in inside if t in words.special.values()] == [token] * 3
        assert words.encode(tag, True) == [token]
        assert words.spelling(token) == tag


async def test_what_special_tokens_print(backend: Backend) -> None:
    """Control tokens print nothing, tags their spelling."""
    words = backend.vocabulary
    for tag in ("<|im_start|>", "<|im_end|>"):
        assert words.pieces[words.special[tag]] == b""
    for tag in ("<tool_call>", "</tool_call>", "<think>", "</think>"):
        assert words.pieces[words.special[tag]] == tag.encode()


async def test_its_tokens_are_in_range(backend: Backend) -> None:
    words = backend.vocabulary
    n_vocab = len(words.pieces)
    named = {*words.special.values(), *words.end_tokens}
    named |= {token for token in (words.bos, words.eos) if token is not None}
    assert named <= set(range(n_vocab))
    assert words.special["<|im_end|>"] in words.end_tokens
    assert words.chat_template


async def test_lone_surrogates_are_refused(backend: Backend) -> None:
    for special in (False, True):
        with pytest.raises(ValueError, match="surrogates"):
            backend.vocabulary.encode("a\ud800b", special)


async def test_the_digest_is_of_the_vocabulary(
    backend: Backend, make: Callable[[ModelSpec], Backend], spec: ModelSpec
) -> None:
    again = make(spec)
    await again.load(lambda part: None)
    assert again.vocabulary.digest == backend.vocabulary.digest
    await again.unload()
    spec.end_tokens = ["</think>"]
    other = make(spec)
    await other.load(lambda part: None)
    assert other.vocabulary.digest != backend.vocabulary.digest
    await other.unload()


async def test_from_several_threads_and_after_unload(backend: Backend) -> None:
    words = backend.vocabulary
    texts = [text * 3 for text in TEXTS] * 10
    expected = [words.encode(text, False) for text in texts]
    await backend.unload()
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: words.encode(text, False), texts)) == expected
