"""A GGUF's tokenizer as a Vocabulary, through the llama.cpp backend's own reader."""

from pathlib import Path

from gallama.types import Vocabulary


def load(path: Path) -> Vocabulary:
    from gallama.backends.llama_cpp import library

    library.prepare(spin=False)
    from gallama.backends.llama_cpp import model, vocabulary
    from gallama.config.schema import ModelSpec

    weights = model.Weights(path, lambda _: True, vocab_only=True)
    return vocabulary.build(weights, ModelSpec())
