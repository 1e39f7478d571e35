"""Do values have the shape that the dataclasses declare? Every mistake at once, with its place.

    found, tree = examine(Source(Node({"server": Node({"prot": Node(1, line=2)})}), file=...))
    found       # [(("server", "prot"), conf/run.yaml:2: server.prot: no such key; ...)]
    tree        # {"server": {}}: what is right, as plain values

A source is one YAML file or one argument of the command line. A text that holds an interpolation
(`${...}`) passes for any single value here: it is examined again once it is resolved.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from gallama.config.schema import RunConfig
from gallama.errors import Mistake

Key = tuple[str, ...]

# What a value becomes that is wrong, or left open with "???": what lies under it stays.
_DROPPED: Any = object()


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it stands on: a dict[Any, Node], a list[Node] or a scalar."""

    value: Any
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What one YAML file or one argument says, as a tree from the root of the configuration.

    `at` is where it begins to speak: ("models",) for conf/models/x.yaml, the key of an argument.
    """

    tree: Node
    at: Key = ()
    file: Path | None = None
    argument: str | None = None

    def find(self, key: Key) -> Node | None:
        """The node at `key`, if this source says something there."""
        node: Node | None = self.tree if len(key) >= len(self.at) else None
        for part in key:
            if node is None or not isinstance(node.value, dict):
                return None
            node = node.value.get(part)
        return node

    def mistake(self, key: Key, text: str, line: int | None = None) -> Mistake:
        name = ".".join(key)
        if self.argument is None:
            return Mistake(f"{name}: {text}" if name else text, self.file, line)
        return Mistake(
            f"{self.argument}: {text}" if key == self.at else f"{self.argument}: {name}: {text}"
        )


def nest(key: Key, node: Node) -> Node:
    """The tree that holds nothing but `node`, at `key`."""
    for part in reversed(key):
        node = Node({part: node}, node.line)
    return node


def hint(word: object, known: Iterable[str]) -> str:
    """The end of a sentence that refuses `word`: the name that was meant, or those there are."""
    names = sorted(known)
    # Compared in lower case, so that q4 finds Q4.
    lower, meant = {name.lower(): name for name in names}, str(word).lower()
    close = get_close_matches(meant, lower, n=1)
    if meant and (close := close or [name for name in lower if name.startswith(meant)]):
        return f"did you mean '{lower[close[0]]}'?"
    if len(names) < 2:
        return f"there is only '{names[0]}'" if names else "there is none"
    return f"there are {', '.join(names)}"


def is_interpolation(value: object) -> bool:
    return isinstance(value, str) and "${" in value


def interpolations(tree: Any, key: Key = ()) -> Iterator[Key]:
    """Where a plain tree waits for an interpolation; a list that holds one waits as a whole."""
    if is_interpolation(tree) or (isinstance(tree, list) and any(map(_waits, tree))):
        yield key
    elif isinstance(tree, dict):
        for name, value in tree.items():
            yield from interpolations(value, (*key, name))


def _waits(item: Any) -> bool:
    return any(True for _ in interpolations(item))


def examine(
    source: Source, models: Iterable[str] | None = None, kind: type = RunConfig
) -> tuple[list[tuple[Key, Mistake]], dict[str, Any]]:
    """The mistakes of a source, and what it says rightly, as a plain tree.

    With `models`, the source may change models of these names but not bring others. `kind` is
    the dataclass that it should fit. Only what Hydra composes may leave values open (`???`) or
    interpolate them.
    """
    walk = _Walk(source, None if models is None else frozenset(models), kind is RunConfig)
    tree = walk.value(kind, source.tree, ())
    return walk.mistakes, {} if tree is _DROPPED else tree


class _Walk:
    def __init__(self, source: Source, models: frozenset[str] | None, composed: bool) -> None:
        self.source = source
        self.models = models
        self.composed = composed
        self.mistakes: list[tuple[Key, Mistake]] = []

    def wrong(self, key: Key, text: str, node: Node) -> Any:
        self.mistakes.append((key, self.source.mistake(key, text, node.line)))
        return _DROPPED

    def value(self, kind: Any, node: Node, key: Key, rule: Field[Any] | None = None) -> Any:
        """What `node` says, if it fits `kind`: a type as the dataclasses of the schema write it."""
        kind, optional = without_none(kind)
        if self.composed and node.value == "???":
            return _DROPPED
        if is_dataclass(kind):
            return self.section(kind, node, key)
        if get_origin(kind) is dict:
            return self.mapping(get_args(kind)[1], node, key)
        waits = self.composed and is_interpolation(node.value)
        if waits or (optional and node.value is None) or kind is Any:
            return plain(node)
        if get_origin(kind) in (list, tuple):
            return self.items(get_args(kind)[0], node, key)
        allowed = rule.metadata.get("range") if rule else None
        if not _fits(kind, node.value) or (allowed is not None and node.value not in allowed):
            return self.wrong(key, _must_be(kind, allowed, node.value), node)
        return node.value

    def section(self, kind: Any, node: Node, key: Key) -> Any:
        if not isinstance(node.value, dict):
            return self.wrong(key, f"must be a section of settings, not {show(node.value)}", node)
        types, rules = get_type_hints(kind), {field.name: field for field in settings(kind)}
        result = {}
        for name, child in node.value.items():
            if name not in rules:
                self.wrong((*key, str(name)), f"no such key; {hint(name, rules)}", child)
                continue
            value = self.value(types[name], child, (*key, name), rules[name])
            if value is not _DROPPED:
                result[name] = value
        return result

    def mapping(self, kind: Any, node: Node, key: Key) -> Any:
        if not isinstance(node.value, dict):
            return self.wrong(key, f"must be names with their values, not {show(node.value)}", node)
        result = {}
        for name, child in node.value.items():
            if not isinstance(name, str):
                self.wrong(key, f"the name {show(name)} must be text: put it in quotes", child)
            elif key == ("models",) and self.models is not None and name not in self.models:
                self.wrong((*key, name), f"no such model; {hint(name, self.models)}", child)
            elif (value := self.value(kind, child, (*key, name))) is not _DROPPED:
                result[name] = value
        return result

    def items(self, kind: Any, node: Node, key: Key) -> Any:
        if not isinstance(node.value, list):
            return self.wrong(key, f"must be a list in [], not {show(node.value)}", node)
        values = [self.value(kind, child, key) for child in node.value]
        return [value for value in values if value is not _DROPPED]


def plain(node: Node) -> Any:
    """The values of a node without their lines."""
    if isinstance(node.value, dict):
        return {name: plain(child) for name, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def settings(kind: Any) -> list[Field[Any]]:
    """The fields of a dataclass that a configuration may set."""
    return [field for field in fields(kind) if not field.metadata.get("omegaconf_ignore")]


def without_none(kind: Any) -> tuple[Any, bool]:
    """`Optional[X]` is (X, True), any other type (itself, False)."""
    if get_origin(kind) not in (Union, UnionType):
        return kind, False
    (inner,) = (member for member in get_args(kind) if member is not NoneType)
    return inner, True


def _fits(kind: Any, value: Any) -> bool:
    if issubclass(kind, Enum):
        return isinstance(value, kind) or (isinstance(value, str) and value in kind.__members__)
    if kind is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is kind  # so that true is no number


_KINDS: Mapping[type, str] = {
    int: "a whole number",
    float: "a number",
    str: "text",
    bool: "true or false",
}


def _must_be(kind: Any, allowed: object, value: Any) -> str:
    if issubclass(kind, Enum):
        return f"{show(value)} is not one of the choices; {hint(value, kind.__members__)}"
    wanted = _KINDS[kind] + (f" {allowed}" if allowed else "")
    quotes = (
        ": put it in quotes" if kind is str and not isinstance(value, dict | list | None) else ""
    )
    return f"must be {wanted}, not {show(value)}{quotes}"


def show(value: Any) -> str:
    """A value as a person wrote it, for use in a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a section"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)
