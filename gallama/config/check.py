"""Can a composed configuration run on this machine? Every reason why not, at once. No Hydra.

`topology` gives findings as (key, text); `place` finds the file and line, or the argument, that
set the key.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from gallama import registry
from gallama.config import recipes
from gallama.config.schema import AUTO, DraftSpec, ModelSpec, RunConfig
from gallama.config.shape import Key, Source, hint, show
from gallama.errors import ConfigError, Mistake

Finding = tuple[Key, str]

# A name goes into URLs, log lines and worker names such as tiny#2.
_NAME = re.compile(r"[^\s/@#?%]+(/[^\s/@#?%]+)*")


def place(sources: Sequence[Source], key: Key, text: str) -> Mistake:
    """The finding as a mistake of the source that spoke last of `key`, or of what holds it."""
    for depth in range(len(key), 0, -1):
        for source in reversed(sources):
            if node := source.find(key[:depth]):
                return source.mistake(key, text, node.line)
    return Mistake(f"{'.'.join(key)}: {text}")


def topology(
    config: RunConfig, wrong: Collection[Key] = (), complete: bool = True
) -> Iterator[Finding]:
    """What is wrong with a configuration of the right shape.

    Nothing is said that only follows from a mistake already known: of `wrong` keys, or of models
    that are lacking because the configuration is not `complete`.
    """
    if complete and not config.models and not {key[:1] for key in wrong} & {(), ("models",)}:
        yield ("models",), "there is no model to run; choose one, such as models=tiny"
    if reason := registry.trouble(registry.LAUNCHERS[config.launcher.value]):
        yield ("launcher",), f"{config.launcher.value} {reason}"
    if not config.server.host:
        yield ("server", "host"), "must be an address, such as 127.0.0.1, not ''"
    yield from _names(config.models)
    yield from _recipes(config, wrong)
    for name, spec in config.models.items():
        key = ("models", name)
        if (*key, "backend") in wrong:
            continue
        for check in _MODEL_CHECKS:
            for inner, text in check(spec):
                misspelt = spec.path is None and inner == ("path",) and _any_within(wrong, key)
                if not misspelt:
                    yield (*key, *inner), text
        if (*key, "dialect") not in wrong:
            yield from ((key + inner, text) for inner, text in _dialect(spec, config.dialects))


def _any_within(wrong: Collection[Key], key: Key) -> bool:
    return any(one[: len(key)] == key for one in wrong)


def _names(models: dict[str, ModelSpec]) -> Iterator[Finding]:
    """Names by which requests reach a model: well formed, and each of one model only."""
    allowed = "letters, digits and marks other than @ # ? %, with / only between them"
    taken = Counter([*models, *(alias for spec in models.values() for alias in spec.aliases)])
    for name, spec in models.items():
        if not _NAME.fullmatch(name):
            yield ("models", name), f"'{name}' cannot be the name of a model: use {allowed}"
        for alias in dict.fromkeys(spec.aliases):
            key = ("models", name, "aliases")
            if not _NAME.fullmatch(alias):
                yield key, f"'{alias}' cannot be the name of a model: use {allowed}"
            elif alias in models:
                yield key, f"'{alias}' is the name of a model already; choose another alias"
            elif taken[alias] > 1:
                yield key, f"'{alias}' is given more than once; each alias leads to one model"


def _available(spec: ModelSpec) -> Iterator[Finding]:
    backend = spec.backend.value
    if reason := registry.trouble(registry.BACKENDS[backend]):
        yield ("backend",), f"{backend} {reason}"
    engine = registry.ENGINES.get(spec.engine.value)  # auto is none of them
    if engine is not None and (reason := registry.trouble(engine)):
        yield ("engine",), f"{spec.engine.value} {reason}"


def _files(spec: ModelSpec) -> Iterator[Finding]:
    reads = registry.BACKENDS[spec.backend.value].reads
    example = {"gguf": "a GGUF file", "folder": "a folder with config.json and safetensors"}
    if reads and not spec.path:
        yield ("path",), f"is missing: give {example[reads]}"
    elif reads and spec.path and (text := _unreadable(reads, spec.path)):
        yield ("path",), text
    if spec.chat_template and (text := _unreadable("template", spec.chat_template)):
        yield ("chat_template",), text


def _dialect(spec: ModelSpec, known: Collection[str]) -> Iterator[Finding]:
    if spec.dialect not in (AUTO, *known):
        text = f"there is no dialect/{spec.dialect}.yaml; {hint(spec.dialect, [AUTO, *known])}"
        yield ("dialect",), text


def _recipes(config: RunConfig, wrong: Collection[Key]) -> Iterator[Finding]:
    """The recipes that chats have by default: that they are there, and have the shape of one."""
    known = recipes.files(config.recipe_folders)
    for model, spec in config.models.items():
        key = ("recipe",) if spec.recipe is None else ("models", model, "recipe")
        name = spec.recipe or config.recipe
        if name is not None and key not in wrong:
            for text in _recipe(name, known, (model, *spec.aliases)):
                yield key, text


def _recipe(name: str, known: Mapping[str, Path], models: Collection[str]) -> Iterator[str]:
    if name not in known:
        yield f"there is no recipe '{name}'; {hint(name, known)}"
        return
    try:
        only = recipes.read(known[name]).spec.model
    except ConfigError as error:
        yield from map(str, error.mistakes)
        return
    if only not in (None, *models):
        yield f"the recipe '{name}' is for the model '{only}' only"


def _draft(spec: ModelSpec) -> Iterator[Finding]:
    entry = registry.BACKENDS[spec.backend.value]
    if spec.draft == DraftSpec() or "draft" not in entry.settings or entry.reads is None:
        return
    if not spec.draft.path:
        yield ("draft", "path"), "is missing: give the model that drafts"
    elif text := _unreadable(entry.reads, spec.draft.path):
        yield ("draft", "path"), text
    yield from ((("draft", *key), text) for key, text in _shares(spec.draft.gpus))


def _unreadable(form: str, path: str) -> str | None:
    """Why what lies at `path` cannot be taken for a file of this form; None when it can."""
    try:
        return _FORMS[form](Path(path))
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"


def _file(path: Path) -> str | None:
    return None if path.is_file() else f"there is no file {path}{_neighbour(path)}"


def _gguf(path: Path) -> str | None:
    if path.is_dir():
        return f"{path} is a folder; llama_cpp reads a GGUF file"
    if absent := _file(path):
        return absent
    with path.open("rb") as file:
        magic = file.read(4)
    return None if magic == b"GGUF" else f"{path} is no GGUF file: it does not begin with 'GGUF'"


def _folder(path: Path) -> str | None:
    if path.is_file():
        return f"{path} is a file; this backend reads a folder with config.json and safetensors"
    if not path.is_dir():
        return f"there is no folder {path}{_neighbour(path)}"
    return (
        None
        if (path / "config.json").is_file()
        else f"{path} has no config.json: no model is there"
    )


def _neighbour(path: Path) -> str:
    """Names the file that was meant, if its folder has one of nearly the same name."""
    if not path.parent.is_dir():
        return ""
    meant = hint(path.name, [file.name for file in path.parent.iterdir()])
    return f"; {meant}" if meant.startswith("did") else ""


_FORMS: dict[str, Callable[[Path], str | None]] = {
    "gguf": _gguf,
    "folder": _folder,
    "template": _file,
}


def _settings(spec: ModelSpec) -> Iterator[Finding]:
    """Settings that the backend would not heed."""
    backend, default = spec.backend.value, ModelSpec()
    takes = registry.BACKENDS[backend].settings | {"backend"}
    for field in fields(ModelSpec):
        if field.name in takes:
            continue
        for key, value in _changes(getattr(spec, field.name), getattr(default, field.name)):
            leave = "remove it" if value in (None, []) else f"leave it at {show(value)}"
            yield (field.name, *key), f"{backend} does not support this in this version; {leave}"


def _changes(value: Any, default: Any) -> Iterator[tuple[Key, Any]]:
    """Where a setting differs from its default, and that default."""
    if is_dataclass(default):
        for field in fields(default):
            for key, inner in _changes(getattr(value, field.name), getattr(default, field.name)):
                yield (field.name, *key), inner
    elif value != default:
        yield (), getattr(default, "value", default)


def _gpus(spec: ModelSpec) -> Iterator[Finding]:
    if "gpus" in registry.BACKENDS[spec.backend.value].settings:
        yield from _shares(spec.gpus)


def _shares(gpus: Any) -> Iterator[Finding]:
    wanted = "must be auto or a list of GB for each GPU, such as [20, 15, 0]"
    if gpus == "auto":
        return
    if not isinstance(gpus, list):
        yield ("gpus",), f"{wanted}, not {show(gpus)}"
    elif bad := [show(gb) for gb in gpus if type(gb) not in (int, float) or not 0 <= gb < 10_000]:
        yield ("gpus",), f"{wanted}, with numbers of at least 0, not {', '.join(bad)}"
    elif not any(gpus):
        yield ("gpus",), f"{wanted}, with one above 0 at least"


def _cache(spec: ModelSpec) -> Iterator[Finding]:
    if spec.cache_size is None or spec.max_seq_len is None:
        return
    shared = registry.BACKENDS[spec.backend.value].shares_cache
    least = spec.max_seq_len * (1 if shared else spec.slots)
    what = "max_seq_len" if shared else f"slots x max_seq_len, {spec.slots} x {spec.max_seq_len}"
    if spec.cache_size < least:
        yield ("cache_size",), f"must be at least {least} ({what}), not {spec.cache_size}"


def _replies(spec: ModelSpec) -> Iterator[Finding]:
    key = ("scripted", "replies")
    for number, reply in enumerate(spec.scripted.replies, start=1):
        for name in reply.keys() - {"when", "say"}:
            yield key, f"reply {number} has no key '{name}'; {hint(name, ('when', 'say'))}"
        if not reply.keys() - {"when"}:
            yield key, f"reply {number} lacks 'say', the text to answer with"
        try:
            re.compile(reply.get("when", ""))
        except re.error as error:
            yield key, f"reply {number}: 'when' is not a regular expression: {error}"


_MODEL_CHECKS = (_available, _files, _draft, _settings, _gpus, _cache, _replies)
