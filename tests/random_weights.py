"""A model that knows nothing: the shipped one, with the numbers of each matrix in another order.

It has the same tokenizer and template, and all but a uniform opinion of every next token.
"""

import shutil
from pathlib import Path

import numpy as np
from gguf import GGUFReader

from gallama.config.paths import shipped

CONTEXT = 8192  # tokens; where nothing was learned, nothing was learned for short texts only


def write(path: Path, seed: int = 0) -> Path:
    """A GGUF for llama.cpp at `path`."""
    shutil.copy(shipped("shipped/tiny.gguf"), path)
    model = GGUFReader(path, "r+")
    random = np.random.default_rng(seed)
    for tensor in model.tensors:
        if tensor.data.ndim > 1:
            numbers = tensor.data.reshape(-1)  # a view into the file
            numbers[:] = random.permutation(numbers)
    length = model.fields["llama.context_length"]
    length.parts[length.data[0]][:] = CONTEXT
    model.data.flush()
    return path
