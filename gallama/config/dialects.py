"""conf/dialect/*.yaml -> DialectSpecs, every mistake at once. No Hydra.

A user's file goes before a shipped one of the same name, as in all groups.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, TemplateSyntaxError

from compilers.errors import CompileError, Malformed
from compilers.frontends.json_schema.spelling import Style
from compilers.frontends.surface import Surface
from gallama.config import paths, tree
from gallama.config.schema import AUTO, DialectSpec, PromptSpec
from gallama.config.shape import Key, Source, examine
from gallama.errors import ConfigError, Mistake


def load() -> dict[str, DialectSpec]:
    """All dialects by name. Raises ConfigError."""
    folders = (*paths.user_folders("conf"), paths.shipped("conf"))
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted((folder / "dialect").glob("*.yaml")):
            files.setdefault(file.stem, file)
    found, mistakes = {}, list[Mistake]()
    for name, file in sorted(files.items()):
        try:
            found[name] = read(file)
        except ConfigError as error:
            mistakes += error.mistakes
    if AUTO in files:
        text = f"'{AUTO}' cannot be the name of a dialect: it asks for the one that fits"
        mistakes.append(Mistake(text, files[AUTO]))
    if mistakes:
        raise ConfigError(mistakes)
    return found


def read(file: Path) -> DialectSpec:
    """One dialect. Raises ConfigError with all that is wrong with its file."""
    shown = paths.shown(file)
    try:
        stat = file.stat()
        return _read(file, shown, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError([Mistake(f"cannot be read: {reason}", shown)]) from error


@lru_cache(maxsize=100)  # a configuration is composed several times in one run
def _read(file: Path, shown: Path, changed: int, size: int) -> DialectSpec:
    source = Source(tree.read(file), file=shown)
    found, said = examine(source, kind=DialectSpec)
    if found:
        raise ConfigError([mistake for _, mistake in found])
    return DialectSpec(
        reply=_made(source, ("reply",), lambda: _surface(said.get("reply", {}))),
        prompt=_made(source, ("prompt",), lambda: _prompt(said.get("prompt", {}))),
        end_tokens=tuple(said.get("end_tokens", ())),
    )


def _made(source: Source, at: Key, make: Callable[[], Any]) -> Any:
    """What `make` makes; its CompileError becomes a mistake at the field that it names."""
    try:
        return make()
    except CompileError as error:
        key = (*at, error.where)
        node = source.find(key) or source.find(at)
        line = node.line if node else None
        raise ConfigError([source.mistake(key, error.message, line)]) from error


def _surface(said: dict[str, Any]) -> Surface:
    style = Style(**said.get("style", {}))
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Surface(**{**said, **lists, "style": style})


def _prompt(said: dict[str, Any]) -> PromptSpec:
    spec = PromptSpec(**said)
    if spec.result.count("{content}") != 1:
        raise Malformed(f"must hold {{content}} once, not {spec.result!r}", "result")
    try:
        Environment().parse(spec.tools or "")
    except TemplateSyntaxError as error:
        raise Malformed(f"is not Jinja, line {error.lineno}: {error.message}", "tools") from error
    return spec
