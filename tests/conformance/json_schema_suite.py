"""The official JSON Schema test suite (2020-12), with a ratchet.

    python -m tests.conformance.json_schema_suite [--data FILE] [--update]

Each case passes, or its schema is refused by name, or it is wrong. The ledger beside this file
lists every case that does not pass: one that gets worse fails the run, one that gets better is
printed, and --update writes the ledger anew.
"""

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import compilers
from gallama.errors import EngineFailure
from tests.compilers.byte_engine import holds, tokens

DATA = Path(__file__).resolve().parents[3] / "shared/data/json-schema-test-suite-2020-12.jsonl.gz"
LEDGER = Path(__file__).with_suffix(".ledger.json")
_RANK = {"pass": 0, "refused": 1, "valid refused": 2, "invalid accepted": 3}

Ledger = dict[str, str]


def run(data: Path) -> Ledger:
    """The outcome of every case, by its name."""
    found: Ledger = {}
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for line in lines:
            group = json.loads(line)
            for name, outcome in _group(group):
                found[f"{group['file']} | {group['group']} | {name}"] = outcome
    return found


def _group(group: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        text = compilers.emit(compilers.json_schema(group["schema"]), "llguidance")
    except compilers.Contradiction:
        # Nothing may be written at all: right for every instance that is not valid.
        return [(t["description"], _verdict(t["valid"], False)) for t in group["tests"]]
    except compilers.CompileError as error:
        return [(t["description"], f"refused: {error.kind}") for t in group["tests"]]
    return [(t["description"], _case(text, t)) for t in group["tests"]]


def _case(text: str, test: dict[str, Any]) -> str:
    try:
        written = tokens(json.dumps(test["data"], ensure_ascii=False))
        return _verdict(test["valid"], holds(text, written))
    except UnicodeEncodeError:
        return _verdict(test["valid"], False)  # a lone surrogate has no UTF-8
    except EngineFailure:
        return "refused: engine"


def _verdict(valid: bool, held: bool) -> str:
    if valid == held:
        return "pass"
    return "valid refused" if valid else "invalid accepted"


def compare(old: Ledger, new: Ledger) -> tuple[list[str], list[str]]:
    """What got worse, and what got better."""
    worse, better = [], []
    for name, outcome in new.items():
        before = old.get(name, "pass")
        change = _rank(outcome) - _rank(before)
        if change:
            (worse if change > 0 else better).append(f"{name}: {before} -> {outcome}")
    return worse, better


def _rank(outcome: str) -> int:
    return _RANK[outcome.partition(":")[0]]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    new = run(options.data)
    old = json.loads(LEDGER.read_text()) if LEDGER.is_file() else {}
    if options.update:
        kept = {name: outcome for name, outcome in sorted(new.items()) if outcome != "pass"}
        LEDGER.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n")
    worse, better = compare(old, new)
    for title, changes in (("worse", worse), ("better", better)):
        for change in changes:
            print(f"{title}: {change}")
    for outcome, count in Counter(new.values()).most_common():
        print(f"{count:5}  {outcome}")
    return 1 if worse and not options.update else 0


if __name__ == "__main__":
    raise SystemExit(main())
