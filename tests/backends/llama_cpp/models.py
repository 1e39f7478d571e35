"""Models for the tests: the shipped one, loaded in many ways."""

import ctypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gallama.backends.llama_cpp.backend import LlamaCppBackend
from gallama.config.schema import LlamaCppSpec, ModelSpec
from tests.backends.contract.conftest import TINY

SPEC = ModelSpec(path=str(TINY), max_seq_len=512, llama_cpp=LlamaCppSpec(threads=1))


@asynccontextmanager
async def loaded(spec: ModelSpec = SPEC, **changes: Any) -> AsyncIterator[LlamaCppBackend]:
    """The shipped model; `changes` are of the spec."""
    backend = LlamaCppBackend(replace(spec, **changes))
    await backend.load(lambda part: None)
    yield backend
    await backend.unload()


def quantized(kind: str, folder: Path) -> Path:
    """The shipped model in another precision, as LLAMA_FTYPE_MOSTLY_<kind>."""
    import llama_cpp

    path = folder / f"{kind}.gguf"
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = getattr(llama_cpp, f"LLAMA_FTYPE_MOSTLY_{kind}")
    params.nthread = 1
    code = llama_cpp.llama_model_quantize(bytes(TINY), bytes(path), ctypes.byref(params))
    assert code == 0
    return path
