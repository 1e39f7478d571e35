"""Both engines on the same declarations, in one run: what gallama.auto_engine rests on.

    python -m tests.conformance.engine_choice [--tokenizer GGUF]

For each: the time to emit, to compile (with the first mask), and the masks of a reply, three times
over: an engine that keeps masks has them in the third. CPU time of this thread.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import compilers
from gallama import registry
from gallama.types import Engine, Vocabulary
from tests.compilers.test_template import SEED, filled
from tests.conformance import real_vocabulary
from tests.conformance.maskbench import VOCABULARY

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 1},
        "days": {"type": "integer", "minimum": 0, "maximum": 150},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "from": {"type": "string", "format": "date"},
    },
    "required": ["city"],
    "additionalProperties": False,
}
ARGUMENTS = '{"city": "Hanoi", "days": 3, "unit": "celsius", "from": "2024-02-29"}'
WORDS = 'The quick brown fox jumps over the lazy dog because 2 < 3, and "so" it goes on. '


@dataclass(frozen=True)
class Case:
    name: str
    grammar: compilers.Grammar
    reply: str


def _tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": SCHEMA}}


def _call(name: str) -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {ARGUMENTS}}}\n</tool_call>'


def cases() -> list[Case]:
    tools = [_tool(f"look_up_{i}") for i in range(100)]
    thinking = filled(*[WORDS * 2] * 4, answer=WORDS * 4)
    return [
        Case("regex", compilers.regex(r"(Yes|No)\."), "Yes."),
        Case("json_schema", compilers.json_schema(SCHEMA), ARGUMENTS),
        Case("1 tool", compilers.tools(tools[:1]), _call("look_up_0")),
        Case("100 tools", compilers.tools(tools), "I look. " + _call("look_up_42")),
        Case("template", compilers.template(SEED), thinking),
    ]


def measure(case: Case, name: str, engine: Engine, vocabulary: Vocabulary) -> str:
    """One line of the table. AssertionError: a mask refuses the reply."""
    start = time.thread_time()
    text = compilers.emit(case.grammar, registry.ENGINES[name].dialect)
    emitted = time.thread_time()
    engine.compile(text, vocabulary)
    compiled = time.thread_time()
    times = [_reply(case, engine.compile(text, vocabulary), vocabulary) for _ in range(3)]
    masks = " | ".join(
        f"{np.percentile(t, 50):6.1f} {np.percentile(t, 99):8.1f} {sum(t) / 1e3:7.1f}"
        for t in times
    )
    emit_ms, compile_ms = (emitted - start) * 1e3, (compiled - emitted) * 1e3
    return f"{case.name:12} {name:11} {emit_ms:8.1f} {compile_ms:9.1f}    {masks}"


def _reply(case: Case, matcher: Any, vocabulary: Vocabulary) -> list[float]:
    """The time of each mask, in microseconds."""
    row = np.zeros((len(vocabulary.pieces) + 31) // 32, np.int32)
    found = []
    for token in vocabulary.encode(case.reply, False):
        start = time.thread_time()
        matcher.fill_mask(row)
        found.append((time.thread_time() - start) * 1e6)
        assert row[token >> 5] >> (token & 31) & 1, f"{case.name}: token {token} is refused"
        matcher.advance(token)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokenizer", type=Path, default=VOCABULARY)
    vocabulary = real_vocabulary.load(parser.parse_args().tokenizer)
    engines: dict[str, Engine] = {
        name: registry.load(registry.ENGINES, name)() for name in registry.ENGINES
    }
    for name, engine in engines.items():
        warm_up = compilers.emit(compilers.choice(["a"]), registry.ENGINES[name].dialect)
        engine.compile(warm_up, vocabulary)
    print(
        "                           emit ms  compile ms   masks us: p50, p99, ms in all (3 times)"
    )
    for case in cases():
        for name, engine in engines.items():
            print(measure(case, name, engine, vocabulary), flush=True)


if __name__ == "__main__":
    main()
