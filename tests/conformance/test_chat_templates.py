"""Real chat templates: what is found out about each stays what the ledger says."""

import json

import pytest

from scripts.fetch_templates import FOLDER
from tests.conformance import chat_templates

LEDGER = json.loads(chat_templates.LEDGER.read_text(encoding="utf-8"))


@pytest.mark.skipif(
    not any(FOLDER.glob("*.jinja")),
    reason=f"no templates in {FOLDER}: python -m scripts.fetch_templates",
)
def test_ledger() -> None:
    found = chat_templates.run()
    changed = {name for name in LEDGER.keys() | found if LEDGER.get(name) != found.get(name)}
    assert changed == set(), "if that is right: python -m tests.conformance.chat_templates --update"


def test_nothing_of_a_conversation_is_lost() -> None:
    lost = {name: entry["lost"] for name, entry in LEDGER.items() if entry.get("lost")}
    assert lost == KNOWN


# What these templates show otherwise: \u00e9.
KNOWN = {"Reka-Edge": ["Hué"]}
