"""Loading: what is refused, and that the reason says what is wrong."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gallama.backends.llama_cpp.backend import LlamaCppBackend
from gallama.config.schema import LlamaCppSpec
from gallama.errors import LoadError
from tests.backends.contract.conftest import TINY
from tests.backends.llama_cpp.models import SPEC, loaded
from tests.backends.replies import chat, complete

pytestmark = pytest.mark.anyio

DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "failed to read magic"),
    "no model": (lambda data: b"Hello, I am a text file.", "invalid magic .* expected 'GGUF'"),
    "header cut": (lambda data: data[:5000], "failed to read key-value pairs"),
    "weights cut": (lambda data: data[: len(data) // 2], "not within the file bounds"),
    "unknown architecture": (
        lambda data: data.replace(
            b"architecture\x08\0\0\0\x05\0\0\0\0\0\0\0llama",
            b"architecture\x08\0\0\0\x05\0\0\0\0\0\0\0lamas",
        ),
        "unknown model architecture: 'lamas'",
    ),
    "tensor missing": (
        lambda data: data.replace(b"blk.0.attn_q.weight", b"blk.0.attn_Q.weight"),
        "'blk.0.attn_q.weight' not found",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_file_that_is_no_model(damage: str, tmp_path: Path) -> None:
    spoil, reason = DAMAGES[damage]
    path = tmp_path / "model.gguf"
    path.write_bytes(spoil(TINY.read_bytes()))
    with pytest.raises(LoadError, match=reason) as caught:
        await LlamaCppBackend(replace(SPEC, path=str(path))).load(lambda part: None)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"path": None}, "no model file given"),
        ({"path": "/nowhere/tiny.gguf"}, "no such model file: /nowhere/tiny.gguf"),
        ({"path": "/"}, "no such model file"),
        ({"max_seq_len": 4096}, "4096, but the model was trained on 2048"),
        ({"cache_size": 1024}, r"1024 is less than slots x max_seq_len \(4 x 512\)"),
        ({"slots": 257}, "257"),
        ({"llama_cpp": LlamaCppSpec(prefill_chunk=513)}, "it must be 1 to 512"),
    ],
)
async def test_a_spec_that_cannot_be_had(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        await LlamaCppBackend(replace(SPEC, **changes)).load(lambda part: None)


async def test_the_context_without_max_seq_len() -> None:
    async with loaded(max_seq_len=None) as backend:
        assert backend.max_seq_len == 2048  # as trained
    async with loaded(max_seq_len=None, slots=2, cache_size=1500) as backend:
        assert backend.max_seq_len == 750


async def test_breaking_off_a_load() -> None:
    backend = LlamaCppBackend(SPEC)
    loading = asyncio.create_task(backend.load(lambda part: None))
    await asyncio.sleep(0)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    await backend.load(lambda part: None)
    assert (await complete(backend, chat(backend, "Hi"))).tokens
    await backend.unload()


async def test_unload_frees_the_weights() -> None:
    async with loaded() as backend:
        model = backend._model
        assert model is not None
        weights = weakref.ref(model._weights)
        assert model._weights.close.alive
        freed = model._weights.close
        del model
    assert not freed.alive
    del backend, freed
    gc.collect()
    assert weights() is None


async def test_two_models_in_one_process() -> None:
    async with loaded() as one, loaded(slots=2) as two:
        prompt = chat(one, "Tell me a llama story.")
        alone = await complete(one, prompt)
        together = await asyncio.gather(*(complete(b, prompt) for b in (one, two) * 3))
    assert together == [alone] * 6
