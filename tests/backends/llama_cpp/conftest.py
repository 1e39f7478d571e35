import pytest

from gallama import registry
from tests.backends.contract.conftest import TINY


@pytest.fixture(autouse=True, scope="session")
def _available() -> None:
    if trouble := registry.trouble(registry.BACKENDS["llama_cpp"]):
        pytest.skip(f"llama_cpp {trouble}")
    if not TINY.is_file():
        pytest.skip(f"{TINY} is not there")
    from gallama.backends.llama_cpp import library

    library.prepare(spin=False)
