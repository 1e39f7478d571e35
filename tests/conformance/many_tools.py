"""How long it takes to compile a request with many tools (auto mode), engine included.

    python -m tests.conformance.many_tools --data FILE [--tools 100] [--tokenizer GGUF]
        [--dialect llguidance|kbnf]

The tools are drawn from the function-call schemas of the data (BFCL and Glaive, many of which hold
several functions). "first" is a list of tools of which none was seen in this form, in a process
that has compiled before; "again" the same list with one tool replaced, as in the next request of an
agent; "small" are tools with a text, a number and a choice of two for parameters, none seen before.
CPU time of the thread. The proof that what comes back can be taken apart, which a server makes
besides, is shown for itself.
"""

import argparse
import random
import statistics
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import compilers
from compilers import collection
from compilers.errors import CompileError
from gallama.engines.formatron import FormatronEngine
from gallama.engines.llguidance import LLGuidanceEngine
from tests.conformance import real_vocabulary
from tests.conformance.maskbench import VOCABULARY, read

Tool = dict[str, Any]
ENGINES = {"llguidance": LLGuidanceEngine, "kbnf": FormatronEngine}  # by dialect


def pool(data: Path) -> list[Tool]:
    found: list[Tool] = []
    for row in read(data):
        if row["name"].startswith(("BFCL", "Glaive")) and compiles(row["schema"]):
            name = f"tool_{len(found)}"
            function = {"name": name, "parameters": row["schema"]}
            found.append({"type": "function", "function": function})
    return found


def small(count: int, draw: int) -> list[Tool]:
    """Tools with three parameters, others for each draw."""

    def parameters(name: str) -> Tool:
        properties = {
            f"{name}_city": {"type": "string", "description": "Where it is."},
            f"{name}_days": {"type": "integer", "minimum": 1, "maximum": 14},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        }
        return {"type": "object", "properties": properties, "required": [f"{name}_city"]}

    names = [f"small_{draw}_{i}" for i in range(count)]
    functions = [{"name": name, "parameters": parameters(name)} for name in names]
    return [{"type": "function", "function": function} for function in functions]


def compiles(schema: Any) -> bool:
    """Without being kept for the measurement: another description makes it another schema."""
    try:
        compilers.json_schema({**schema, "$comment": "to see whether it compiles"})
    except CompileError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tools", type=int, default=100)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--dialect", choices=list(ENGINES), default="llguidance")
    parser.add_argument("--tokenizer", type=Path, default=VOCABULARY)
    options = parser.parse_args()
    vocabulary = real_vocabulary.load(options.tokenizer)
    engine = ENGINES[options.dialect](max_grammars=0)
    engine.compile(compilers.emit(compilers.choice(["a"]), options.dialect), vocabulary)
    tools = pool(options.data)
    random.Random(0).shuffle(tools)

    def compile_all(chosen: list[Tool]) -> list[float]:
        times = [time.thread_time()]

        def lap(result: Any) -> Any:
            times.append(time.thread_time())
            return result

        with collection.put_off():  # until the engine is done, as a server does
            grammar = lap(compilers.tools(chosen))
            text = lap(compilers.emit(compilers.unwatched(grammar), options.dialect))
            lap(engine.compile(text, vocabulary))
        lap(compilers.Extraction(grammar))
        return [(b - a) * 1e3 for a, b in pairwise(times)]

    draws = [tools[i * options.tools : (i + 1) * options.tools] for i in range(options.draws)]
    first = [compile_all(draw) for draw in draws if len(draw) == options.tools]
    again = [compile_all([*draw[1:], tools[-1 - i]]) for i, draw in enumerate(draws)]
    few = [compile_all(small(options.tools, draw)) for draw in range(options.draws)]
    for name, rows in (("first", first), ("again", again), ("small", few)):
        parts = [f"{statistics.median(part):.1f}" for part in zip(*rows, strict=True)]
        whole = [sum(row[:3]) for row in rows]
        print(
            f"{name} ms: front end {parts[0]}, emit {parts[1]}, engine {parts[2]}; "
            f"in all {statistics.median(whole):.1f}, best {min(whole):.1f}; extraction {parts[3]}"
        )


if __name__ == "__main__":
    main()
