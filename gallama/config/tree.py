"""A YAML file as a tree of Nodes, each with its line."""

from pathlib import Path
from typing import Any

import yaml

from gallama.config.shape import Node
from gallama.errors import ConfigError, Mistake

MAX_VALUES = 100_000  # of one file


def read(file: Path, loader_class: Any = yaml.SafeLoader) -> Node:
    """Raises OSError, ValueError, RecursionError and yaml.YAMLError."""
    return parse(file.read_text(encoding="utf-8"), loader_class)


def load(text: str, shown: Path) -> Node:
    """The tree of what a file says. Raises ConfigError with the line, where it is no YAML."""
    try:
        return parse(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        what = f"is not YAML: {error.problem or error.context}"
        raise ConfigError([Mistake(what, shown, line)]) from error
    except RecursionError as error:
        raise ConfigError([Mistake("is nested too deeply", shown)]) from error
    except (ValueError, yaml.YAMLError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError([Mistake(f"cannot be read: {reason}", shown)]) from error


def parse(text: str, loader_class: Any = yaml.SafeLoader) -> Node:
    """Raises ValueError, RecursionError and yaml.YAMLError."""
    loader = loader_class(text)
    root = loader.get_single_node()
    return Node({}) if root is None else _Reader(loader).node(root, root)


class _Reader:
    """Makes Nodes of what one loader has composed."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._left = MAX_VALUES

    def node(self, node: yaml.Node, begin: yaml.Node) -> Node:
        """A node, on the line where its key begins."""
        self._left -= 1
        if self._left < 0:  # aliases of aliases
            raise ValueError(f"more than {MAX_VALUES} values")
        line = begin.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node), line)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.node(item, item) for item in node.value], line)
        return Node(self._loader.construct_object(node), line)

    def _mapping(self, node: yaml.MappingNode) -> dict[Any, Node]:
        make = self._loader.construct_object
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _wrong(key, "a key must be text; {{ braces }} of a value stand in quotes")
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            name = make(key)
            if name in seen:
                raise _wrong(key, f"the key {name!r} stands twice in its section")
            seen.add(name)
        self._loader.flatten_mapping(node)  # << brings what the section does not say itself
        return {make(key): self.node(value, key) for key, value in node.value}


def _wrong(node: yaml.Node, problem: str) -> yaml.YAMLError:
    error: yaml.YAMLError = yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return error
