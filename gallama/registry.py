"""Names of a configuration -> the code behind them. Imports only what is chosen.

"Not in this version", "not installed" and "broken" are three different answers:

    registry.trouble(registry.BACKENDS["exllamav2"])    # a sentence, or None; imports nothing
    registry.load(registry.BACKENDS, "llama_cpp")       # the class; raises Unavailable
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from gallama.errors import LoadError


class Unavailable(LoadError):
    """A part that was chosen and cannot be had: says why, and how to get it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One implementation of a seam.

    `target` is "module:attribute", None for what is planned but not in this version. `modules`
    are the packages it stands on, which the extra `extra` installs (None: gallama itself does).
    """

    target: str | None = None
    modules: tuple[str, ...] = ()
    extra: str | None = None


@dataclass(frozen=True, slots=True)
class BackendEntry(Entry):
    """A backend; `settings` are the fields of ModelSpec that it takes besides `backend`.

    `reads` is what `path` must be: a GGUF file, a folder in the form of Hugging Face, or nothing.
    `shares_cache` tells that its slots draw on one KV cache, each as much as it needs.
    """

    reads: Literal["gguf", "folder"] | None = None
    settings: frozenset[str] = frozenset()
    shares_cache: bool = False


@dataclass(frozen=True, slots=True)
class EngineEntry(Entry):
    """A mask engine; `dialect` is what compilers.emit writes for it."""

    dialect: str = ""


_GATEWAY = frozenset({"aliases", "replicas"})
_GENERATION = ("max_seq_len", "slots", "sampling", "end_tokens")
_TEXT = _GATEWAY.union(_GENERATION, ("chat_template", "dialect", "engine", "recipe"))

BACKENDS: Mapping[str, BackendEntry] = {
    "llama_cpp": BackendEntry(
        "gallama.backends.llama_cpp.backend:LlamaCppBackend",
        ("llama_cpp",),
        "llama",
        "gguf",
        _TEXT | {"path", "cache_size", "llama_cpp"},
    ),
    "exllamav2": BackendEntry(
        None,
        ("exllamav2", "torch", "tokenizers"),
        "exl2",
        "folder",
        _TEXT | {"path", "cache_size", "cache_quant", "gpus", "draft"},
        shares_cache=True,
    ),
    "infinity": BackendEntry(None, ("infinity_emb",), "embed", "folder", _GATEWAY | {"path"}),
    "openai": BackendEntry(settings=_TEXT),
    "scripted": BackendEntry(
        "gallama.backends.scripted.backend:ScriptedBackend", settings=_TEXT | {"scripted"}
    ),
}

ENGINES: Mapping[str, EngineEntry] = {
    "llguidance": EngineEntry(
        "gallama.engines.llguidance:LLGuidanceEngine", ("llguidance",), dialect="llguidance"
    ),
    "formatron": EngineEntry(
        "gallama.engines.formatron:FormatronEngine", ("kbnf", "formatron"), dialect="kbnf"
    ),
}

LAUNCHERS: Mapping[str, Entry] = {
    "local": Entry("gallama.launchers.local:LocalLauncher"),
    "ray": Entry(None, ("ray",), "ray"),
}


def missing(entry: Entry) -> tuple[str, ...]:
    """The packages that are not installed."""
    return tuple(name for name in entry.modules if find_spec(name) is None)


def install(entry: Entry) -> str:
    """The line that installs what an entry stands on."""
    return f"pip install 'gallama[{entry.extra}]'" if entry.extra else "pip install gallama"


def trouble(entry: Entry) -> str | None:
    """Why an entry cannot be used, as far as that can be told without importing anything."""
    if entry.target is None:
        return "is not in this version of gallama"
    if absent := missing(entry):
        return f"needs {', '.join(absent)}, not installed here: {install(entry)}"
    return None


def load(entries: Mapping[str, Entry], name: str) -> Any:
    """What `name` stands for: imports its module. Raises Unavailable."""
    entry = entries[name]
    if reason := trouble(entry):
        raise Unavailable(f"{name} {reason}")
    assert entry.target is not None
    module, _, attribute = entry.target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, OSError, AttributeError) as error:
        raise Unavailable(f"{name} is broken here: {type(error).__name__}: {error}") from error
