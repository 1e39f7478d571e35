"""CONTRIBUTING.md leads newcomers to files that are there."""

import re

from tests.packaging.conftest import SOURCES

BACKENDS = SOURCES / "gallama/backends"
ROOMS = [SOURCES, SOURCES / "gallama", SOURCES / "compilers", BACKENDS / "llama_cpp"]


def test_every_file_that_it_names_is_there() -> None:
    text = (SOURCES / "CONTRIBUTING.md").read_text()
    paths = set(re.findall(r"`([\w/]+/[\w/.]*|\w+\.py)`", text))
    assert {"serve/gateway.py", "closing/", "engine.py", "conf/models"} <= paths
    assert [path for path in paths if not any((room / path).exists() for room in ROOMS)] == []
