"""What an argument of the command line may go on with: the TAB of a shell. No Hydra.

complete("server.lo", groups, models)     # ["server.log_dir=", "server.log_level="]
complete("models=ti", groups, models)     # ["models=tiny"]
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from gallama.config.schema import RunConfig
from gallama.config.shape import without_none


def complete(
    word: str, groups: Mapping[str, Collection[str]], models: Collection[str]
) -> list[str]:
    """The arguments that begin with `word`.

    `groups` are the files to choose from, by group; `models` the names of the models composed.
    """
    plus, word = ("+", word[1:]) if word.startswith("+") else ("", word)
    if "=" in word:
        found = _values(word, groups, models)
    else:
        found = [*_children(word.rpartition(".")[0], models), *(f"{group}=" for group in groups)]
    found = _matching(found, word)
    while len(found) == 1 and found[0].endswith("."):
        # The keys of a section in its place: a shell would add a space behind a single answer.
        found = list(_children(found[0][:-1], models))
    return [plus + text for text in found]


def _matching(texts: Collection[str], start: str) -> list[str]:
    return sorted({text for text in texts if text.startswith(start)})


def _values(word: str, groups: Mapping[str, Collection[str]], models: Collection[str]) -> list[str]:
    key, _, value = word.partition("=")
    if key in groups:
        # A list goes on behind its last comma: models=[tiny,scr
        begun = value[: max(value.rfind("["), value.rfind(",")) + 1]
        ends = (",", "]") if begun.startswith("[") else ("",)
        return [f"{key}={begun}{choice}{end}" for choice in groups[key] for end in ends]
    kind = _kind(key, models)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [f"{key}={name}" for name in kind.__members__]
    return [f"{key}=true", f"{key}=false"] if kind is bool else []


def _children(key: str, models: Collection[str]) -> Iterator[str]:
    """The keys of a section: those of values end in =, those of sections in a dot."""
    kind = _kind(key, models)
    if is_dataclass(kind):
        names: Collection[str] = [field.name for field in fields(kind)]
    else:
        names = models if get_origin(kind) is dict else ()
    for name in names:
        inner = f"{key}.{name}" if key else name
        child = _kind(inner, models)
        yield inner + ("." if is_dataclass(child) or get_origin(child) is dict else "=")


def _kind(key: str, models: Collection[str]) -> Any:
    """The type of the value at `key`; None where there is none."""
    kind: Any = RunConfig
    for part in key.split(".") if key else ():
        if is_dataclass(kind):
            kind, _ = without_none(get_type_hints(kind).get(part))
        else:
            kind = get_args(kind)[1] if get_origin(kind) is dict and part in models else None
    return kind
