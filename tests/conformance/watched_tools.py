"""What it costs that items of tools' arguments must differ: masks and compilation.

    python -m tests.conformance.watched_tools [--tools 100] [--items 30] [--tokenizer GGUF]
        [--dialect llguidance|kbnf] [--rounds 5]

The same reply (words, then calls with lists of words) is walked through the masks of three lists
of tools: "plain", where no items must differ; "one", where those of the tool that is called must;
and "all", where those of each tool must. Rounds go in turn; CPU time of the thread, in
microseconds. The masks are told apart by where the reply stands: in its words, in the markup of
calls, in their arguments.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

import compilers
from compilers.frontends.tools import HERMES
from gallama.types import Engine, Matcher, Vocabulary
from gallama.watched import Pieces, watched
from tests.conformance import real_vocabulary
from tests.conformance.many_tools import ENGINES
from tests.conformance.maskbench import VOCABULARY

LISTS = ("plain", "one", "all")
CALLED = 0
WORDS = "The picture shows a dog, a cat, [1, 2] and many things; I shall label each of them. " * 6

Tool = dict[str, Any]


def tools_of(unique: str, count: int) -> list[Tool]:
    def parameters(i: int) -> Tool:
        must_differ = unique == "all" or (unique == "one" and i == CALLED)
        labels = {"type": "array", "items": {"type": "string"}, "uniqueItems": must_differ}
        properties = {f"labels_{i}": labels, "note": {"type": "string"}}
        return {"type": "object", "properties": properties, "required": [f"labels_{i}"]}

    functions = [{"name": f"label_{i}", "parameters": parameters(i)} for i in range(count)]
    return [{"type": "function", "function": function} for function in functions]


def reply(n_items: int) -> list[tuple[str, str]]:
    """What stands where in it."""
    before, between, after = HERMES.call.replace("{arguments}", "{name}").split("{name}")
    found = [("words", WORDS)]
    for call in range(3):
        labels = [f'{i * 7919 % 101}th "thing" of {call}' for i in range(n_items)]
        arguments = json.dumps({f"labels_{CALLED}": labels, "note": "so, [it] is"})
        gap = "\n" if call else ""
        found += [("markup", f"{gap}{before}label_{CALLED}{between}"), ("arguments", arguments)]
        found.append(("markup", after))
    return found


def compiled(
    tools: list[Tool], dialect: str, engine: Engine, vocabulary: Vocabulary, pieces: Pieces
) -> tuple[Matcher, dict[str, float]]:
    """And the milliseconds that it took."""
    times = [time.thread_time()]
    grammar = compilers.tools(tools)
    times.append(time.thread_time())
    text = compilers.emit(compilers.unwatched(grammar), dialect)
    matcher = engine.compile(text, vocabulary)
    times.append(time.thread_time())
    matcher = watched(matcher, grammar, dialect, lambda: pieces)
    times.append(time.thread_time())
    names = ("front end", "emit and engine", "watch")
    return matcher, {n: (times[i + 1] - times[i]) * 1e3 for i, n in enumerate(names)}


Said = list[tuple[str, list[int]]]
"""Tokens, and where they stand."""


def walk(matcher: Matcher, said: Said, n_vocab: int, found: dict[str, list[float]]) -> None:
    row = np.zeros((n_vocab + 31) // 32, np.int32)
    for place, tokens in said:
        for token in tokens:
            times = [time.thread_time_ns()]
            matcher.fill_mask(row)
            times.append(time.thread_time_ns())
            assert row[token // 32] >> token % 32 & 1, token
            times.append(time.thread_time_ns())
            matcher.advance(token)
            found[place].append((times[1] - times[0]) / 1e3)
            found["advance"].append((time.thread_time_ns() - times[2]) / 1e3)


def said_in(vocabulary: Vocabulary, n_items: int) -> Said:
    """The reply in the tokenizer's tokens, each where its first letter stands."""
    parts = reply(n_items)
    ends = np.cumsum([len(text.encode()) for _, text in parts])
    found: Said = []
    at = 0
    for token in vocabulary.encode("".join(text for _, text in parts), False):
        place = parts[int(np.searchsorted(ends, at, side="right"))][0]
        found.append((place, [token]))
        at += len(vocabulary.pieces[token])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tools", type=int, default=100)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dialect", choices=list(ENGINES), default="llguidance")
    parser.add_argument("--tokenizer", type=Path, default=VOCABULARY)
    options = parser.parse_args()
    vocabulary = real_vocabulary.load(options.tokenizer)
    pieces, said = Pieces(vocabulary), said_in(vocabulary, options.items)
    print(f"{options.tools} tools; {len(said)} tokens; {len(pieces.outside)} of the vocabulary's")
    print("could break a value in one piece\n")
    matchers = {}
    for name in LISTS:
        engine = ENGINES[options.dialect](max_grammars=0)  # its own: they keep masks
        engine.compile(compilers.emit(compilers.choice(["a"]), options.dialect), vocabulary)
        tools = tools_of(name, options.tools)
        matchers[name], times = compiled(tools, options.dialect, engine, vocabulary, pieces)
        shown = ", ".join(f"{part} {ms:.1f}" for part, ms in times.items())
        print(f"{name:6} ms: {shown}  ({type(matchers[name]).__name__})")
    found = {name: defaultdict[str, list[float]](list) for name in LISTS}
    for _ in range(options.rounds):
        for name, matcher in matchers.items():
            walk(matcher.fork(), said, len(vocabulary.pieces), found[name])
    print(f"\n{'us':20} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}")
    for place in found["plain"]:
        for name in LISTS:
            low, high, top, most = np.percentile(found[name][place], (50, 95, 99, 100))
            print(f"{place:12} {name:7} {low:8.1f} {high:8.1f} {top:8.1f} {most:8.1f}")


if __name__ == "__main__":
    main()
