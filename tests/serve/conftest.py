from collections.abc import Iterator

import pytest

from tests.serving import Server, running

# Tests share the machine: one thread each, and no busy waiting.
TINY = ("models=tiny",)


@pytest.fixture(scope="session")
def tiny() -> Iterator[Server]:
    """The shipped model behind `gallama run`."""
    with running(*TINY) as server:
        yield server


@pytest.fixture(scope="session")
def formatron() -> Iterator[Server]:
    """The same with the other mask engine."""
    with running(*TINY, "models.tiny.engine=formatron") as server:
        yield server
