"""Mutants: values near the valid ones of each schema of a MaskBench file, as such a file again.

    python -m tests.conformance.mutants --data FILE --out FILE [--count N] [--seed N] [--only TEXT]
    python -m tests.conformance.maskbench --data OUT --show wrong

A schema's instances, the examples that it gives, and random members of its grammar are gathered; of
those that are valid mutants are made, each with one thing changed: another type, a letter, a number
past a bound, a member dropped, added, renamed or moved, an item dropped or there twice. The package
jsonschema says which are valid (see judge.py).

Left out are values of which only the spelling is in question (to the compiler 1.0 is no integer),
and letters about which Python's regexes and ECMAScript's differ.
"""

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from referencing.exceptions import Unresolvable

import compilers
from tests.compilers.differential.members import member
from tests.conformance.judge import Judge, exact, places
from tests.conformance.maskbench import Row, read

OTHERS = (None, True, 0, -1, 2.5, 10**9, "", "x", "a b", [], [1, "a"], {}, {"a": 1})
LETTERS = ("", "a", "Z", "9", " ", "-", "/", ".", '"', "\\")
LONGEST = 4_000  # of a text, in characters
SECONDS = 3.0  # for one schema
N_MEMBERS = 5
# Where \s, \w, \d and . differ.
_UNLIKE = re.compile(r"[^\x20-\x7E]")


def mutant(value: Any, names: list[str], random: Random) -> Any:
    whole = [deepcopy(value)]
    container, at = random.choice(list(places(whole)))
    here = container[at]
    change = random.choice([lambda *_: random.choice(OTHERS), *_CHANGES.get(type(here), ())])
    container[at] = change(here, names, random)
    return whole[0]


def _letter(here: str, names: list[str], random: Random) -> str:
    """One put in, or in the place of another; or all of them many times."""
    at = random.randrange(len(here) + 1)
    changed = here[:at] + random.choice(LETTERS) + here[at + random.randrange(2) :]
    return changed * random.choice([1, 1, 20])


def _number(here: float, names: list[str], random: Random) -> float:
    return random.choice([here + 1, here - 1, -here, here * 10, here + 0.5, 10**6])


def _added(here: dict[str, Any], names: list[str], random: Random) -> Any:
    return {**here, random.choice([*names, "other"]): random.choice([*OTHERS, *here.values()])}


def _renamed(here: dict[str, Any], names: list[str], random: Random) -> Any:
    """Or dropped."""
    old, new = random.choice([*here, ""]), random.choice([*names, "other", None])
    pairs = ((new if name == old else name, value) for name, value in here.items())
    return {name: value for name, value in pairs if name is not None}


def _moved(here: dict[str, Any], names: list[str], random: Random) -> Any:
    return dict(random.sample(list(here.items()), len(here)))


def _items(here: list[Any], names: list[str], random: Random) -> Any:
    """One dropped, or the first one several times."""
    at = random.randrange(len(here) + 1)
    return random.choice([here[:at] + here[at + 1 :], here[:1] * random.randrange(1, 4) + here])


_CHANGES: Mapping[type, tuple[Callable[..., Any], ...]] = {
    str: (_letter, _letter),
    int: (_number, _number),
    float: (_number, _number),
    dict: (_added, _renamed, _renamed, _moved),
    list: (_items, _items),
}


def is_plain(value: Any) -> bool:
    """Whether there is one way to write it, and all regexes of JSON Schema mean the same by it."""
    if isinstance(value, str):
        return not _UNLIKE.search(value)
    if isinstance(value, float):
        return not value.is_integer() and 1e-4 <= abs(value) < 1e16
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    return not isinstance(value, dict | list) or all(map(is_plain, inner))


def seeds(row: Row, random: Random) -> Iterator[Any]:
    """Values to begin with, valid or not. CompileError: the schema is refused."""
    grammar = compilers.json_schema(row["schema"])
    yield from (test["data"] for test in row["tests"])
    if isinstance(row["schema"], dict):
        yield from [row["schema"][key] for key in ("default", "example") if key in row["schema"]]
        yield from row["schema"].get("examples", ())
    texts = (member(grammar, random) for _ in range(N_MEMBERS))
    yield from (json.loads("".join(map(str, text))) for text in texts if text)


def tests(row: Row, count: int, random: Random) -> Iterator[Row]:
    """`count` values at most. Unresolvable, re.error: jsonschema cannot read the schema."""
    judge = Judge(row["schema"])
    names = sorted({at for _, at in places(row["schema"]) if isinstance(at, str)})
    first = list(seeds(row, random))
    valid: list[Any] = []
    seen: set[str] = set()
    end = time.monotonic() + SECONDS
    while len(seen) < count and (first or valid) and time.monotonic() < end:
        value = first.pop(0) if first else mutant(random.choice(valid), names, random)
        text = json.dumps(value, ensure_ascii=False)
        if text in seen or len(text) > LONGEST or not is_plain(value):
            continue
        seen.add(text)
        right = judge.fault(exact(value)) is None
        valid += [value] if right else []
        yield {"data": value, "valid": right}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40, help="values for a schema")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    made: list[Row] = []
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for row in read(options.data):
            if options.only not in row["name"]:
                continue
            try:
                found = list(tests(row, options.count, Random(f"{options.seed} {row['name']}")))
            except (compilers.CompileError, Unresolvable, re.error) as error:
                print(f"left out: {row['name']}: {error}"[:150])
                continue
            made += found
            out.write(json.dumps({**row, "tests": found}, ensure_ascii=False) + "\n")
    print(f"{len(made)} values, {sum(test['valid'] for test in made)} of them valid")


if __name__ == "__main__":
    main()
