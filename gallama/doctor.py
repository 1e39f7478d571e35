"""What of gallama works on this machine: one line for each backend and engine.

Each is really imported, in a process of its own, so that one that crashes is a line too.
"""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from gallama import registry
from gallama.registry import Entry

State = Literal["there", "missing", "broken"]

TIMEOUT_S = 120  # torch takes seconds to import, on a busy machine many

_VERSION = """
from importlib.metadata import packages_distributions, version
def package(name):
    return name + " " + version(packages_distributions()[name][0])
"""

# What to run in place of "import all packages, print their versions".
_PROBES = {
    "llama_cpp": """
import llama_cpp
gpu = "GPUs" if llama_cpp.llama_supports_gpu_offload() else "CPU only"
print(package("llama_cpp") + ", " + gpu)
""",
    # Importing exllamav2 without CUDA raises, or starts a compilation of many minutes.
    "exllamav2": """
import torch
if torch.version.cuda is None:
    raise SystemExit("this build of torch has no CUDA")
if not torch.cuda.is_available():
    raise SystemExit("torch sees no GPU")
print(package("exllamav2") + ", " + torch.cuda.get_device_name() + ", CUDA " + torch.version.cuda)
""",
    # kbnf is the engine. formatron itself imports with an old pydantic only, unless it is helped.
    "formatron": """
import kbnf
try:
    import formatron.formatter
    print(package("kbnf") + ", " + package("formatron"))
except Exception as error:
    print(package("kbnf") + "; " + package("formatron") + " does not import by itself here: "
          + type(error).__name__ + ": " + str(error).splitlines()[0])
""",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`there`: its versions; `missing`: how to get it; `broken`: why."""

    seam: Literal["backend", "engine"]
    name: str
    state: State
    detail: str
    usable: bool

    def __str__(self) -> str:
        return f"{self.seam:8} {self.name:11} {self.state:8} {self.detail}"


def examine() -> list[Diagnosis]:
    """All backends and engines, in the order of the registry."""
    with ThreadPoolExecutor() as pool:
        backends = pool.map(lambda item: _diagnose("backend", *item), registry.BACKENDS.items())
        engines = pool.map(lambda item: _diagnose("engine", *item), registry.ENGINES.items())
        return [*backends, *engines]


def serves(diagnoses: list[Diagnosis]) -> bool:
    """True when a real model can be served: some backend other than the scripted fake is there."""
    return any(one.usable and one.seam == "backend" and one.name != "scripted" for one in diagnoses)


def _diagnose(seam: Literal["backend", "engine"], name: str, entry: Entry) -> Diagnosis:
    state, detail = _look(name, entry)
    if entry.target is None:
        unused = "this version of gallama does not use it"
        detail = f"{detail}; {unused}" if detail else unused
    return Diagnosis(seam, name, state, detail, state == "there" and entry.target is not None)


def _look(name: str, entry: Entry) -> tuple[State, str]:
    if absent := registry.missing(entry):
        return "missing", f"{', '.join(absent)} not installed: {registry.install(entry)}"
    if not entry.modules and entry.target is None:
        return "missing", ""
    return _probe("\n".join([_VERSION, *_target(entry), _PROBES.get(name) or _imports(entry)]))


def _imports(entry: Entry) -> str:
    lines = [f"import {module}" for module in entry.modules]
    versions = " + ', ' + ".join(f"package('{module}')" for module in entry.modules)
    return "\n".join([*lines, f"print({versions or repr('part of gallama')})"])


def _target(entry: Entry) -> Iterator[str]:
    """gallama's own module for it has to import too."""
    if entry.target is not None:
        module, _, attribute = entry.target.partition(":")
        yield f"from {module} import {attribute}"


def _probe(code: str) -> tuple[State, str]:
    """Run `code` in a fresh interpreter; what it prints last is the answer, or the reason."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return "broken", f"did not import within {TIMEOUT_S} seconds"
    if done.returncode < 0:
        return "broken", f"the import was killed by signal {-done.returncode}"
    if done.returncode:
        return "broken", _last_line(done.stderr) or f"the import ended with {done.returncode}"
    return "there", _last_line(done.stdout)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
