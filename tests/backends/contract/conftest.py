"""The contract runs over every language model backend that this version has.

A new backend gives `SPECS` a small model's spec, with SLOTS slots; `test_every_backend_is_here`
says so when it is forgotten.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gallama import registry
from gallama.config.schema import BackendName, LlamaCppSpec, ModelSpec, ScriptedSpec
from gallama.types import Backend

TINY = Path(registry.__file__).parent / "shipped" / "tiny.gguf"
SLOTS = 4
MAX_SEQ_LEN = 512

SPECS: dict[str, Callable[[], ModelSpec]] = {
    "scripted": lambda: ModelSpec(
        backend=BackendName.scripted,
        slots=SLOTS,
        max_seq_len=MAX_SEQ_LEN,
        scripted=ScriptedSpec(step_seconds=0.001),  # slow enough to be caught at work
    ),
    "llama_cpp": lambda: ModelSpec(
        path=str(TINY),
        slots=SLOTS,
        max_seq_len=MAX_SEQ_LEN,
        # Chunks so short that a long prompt takes many decode calls.
        llama_cpp=LlamaCppSpec(threads=1, prefill_chunk=32),
    ),
}


@pytest.fixture(params=SPECS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    if trouble := registry.trouble(registry.BACKENDS[chosen]):
        pytest.skip(f"{chosen} {trouble}")
    if (path := SPECS[chosen]().path) and not Path(path).is_file():
        pytest.skip(f"{chosen}: {path} is not there")
    return chosen


@pytest.fixture
def spec(name: str) -> ModelSpec:
    return SPECS[name]()


@pytest.fixture
def make(name: str) -> Callable[[ModelSpec], Backend]:
    """The backend's class: an instance that is not loaded, for a spec."""
    made: Callable[[ModelSpec], Backend] = registry.load(registry.BACKENDS, name)
    return made


@pytest.fixture
async def backend(make: Callable[[ModelSpec], Backend], spec: ModelSpec) -> AsyncIterator[Backend]:
    backend = make(spec)
    await backend.load(lambda part: None)
    yield backend
    await backend.unload()
