"""A byte-level BPE of 2,048 tokens, learnt from the curriculum.

Copying names out of a prompt is most of what the model does, so a word must look the same wherever
it stands: after a space, after a quote, at the start of a line. No merge therefore joins a space
with letters, except, last of all, a space with a very common whole word (` the`, ` is`). Digits
stay single. Pre-tokenisation is SmolLM's (`tokenizer.ggml.pre` = smollm), which llama.cpp knows.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from .chat import CONTROL_TOKENS, TAG_TOKENS

GGML_PRE = "smollm"
SPACE = "Ġ"  # how byte-level BPE writes a space


def pre_tokenizer(isolate_spaces: bool = False) -> pre_tokenizers.PreTokenizer:
    """SmolLM's splitting; while learning merges, the space before a word stands alone."""
    steps = [pre_tokenizers.Digits(individual_digits=True)]
    if isolate_spaces:
        steps.append(pre_tokenizers.Split(Regex(r" (?=\p{L})"), "isolated"))
    steps.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True))
    return pre_tokenizers.Sequence(steps)


def learn_merges(texts: list[str], size: int) -> tuple[dict[str, int], list[list[str]]]:
    """Vocabulary and merges of `size` tokens; all 256 bytes are in it."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizer(isolate_spaces=True)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    model = json.loads(bpe.to_str())["model"]
    return model["vocab"], [list(pair) for pair in model["merges"]]


def common_words(texts: Iterable[str], vocab: dict[str, int], count: int) -> list[str]:
    """The most frequent lower-case words that are one token already, after a space."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(re.findall(r"(?<= )[a-z]+", text))
    ranked = sorted(seen, key=lambda word: (-seen[word], word))
    return [word for word in ranked if word in vocab][:count]


def train_tokenizer(texts: list[str], size: int, spaced_words: int = 192) -> Tokenizer:
    """Learn a tokenizer of exactly `size` tokens; the special ones come last."""
    special = (*CONTROL_TOKENS, *TAG_TOKENS)
    vocab, merges = learn_merges(texts, size - len(special) - spaced_words)
    words = common_words(texts, vocab, size - len(special) - len(vocab))
    for word in words:
        vocab[SPACE + word] = len(vocab)
        merges.append([SPACE, word])
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[(a, b) for a, b in merges]))
    tokenizer.pre_tokenizer = pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in CONTROL_TOKENS]
    )
    tokenizer.add_tokens(
        [AddedToken(token, special=False, normalized=False) for token in TAG_TOKENS]
    )
    if tokenizer.get_vocab_size() != size:
        raise ValueError(f"{tokenizer.get_vocab_size()} tokens instead of {size}: too little text")
    return tokenizer
