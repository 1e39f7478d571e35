"""No case of the official suite may get worse than the ledger says."""

import json

import pytest

from tests.conformance import json_schema_suite as suite


@pytest.mark.skipif(not suite.DATA.is_file(), reason=f"no test suite at {suite.DATA}")
def test_ratchet() -> None:
    worse, better = suite.compare(json.loads(suite.LEDGER.read_text()), suite.run(suite.DATA))
    assert worse == []
    assert better == [], "update the ledger: python -m tests.conformance.json_schema_suite --update"


def test_no_invalid_instance_is_accepted() -> None:
    """But for formats that are not enforced, and one schema hidden in an unknown keyword."""
    accepted = [n for n, o in json.loads(suite.LEDGER.read_text()).items() if "accepted" in o]
    known = ("optional/format/", "optional/unknownKeyword.json")
    assert [name for name in accepted if not name.startswith(known)] == []
