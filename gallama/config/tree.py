"""A YAML file as a tree of Nodes, each with its line."""

from pathlib import Path
from typing import Any

import yaml

from gallama.config.shape import Node


def read(file: Path, loader_class: Any = yaml.SafeLoader) -> Node:
    """Raises OSError and yaml.YAMLError."""
    with file.open(encoding="utf-8") as stream:
        loader = loader_class(stream)
        root = loader.get_single_node()
        return Node({}) if root is None else _node(loader, root, root)


def _node(loader: Any, node: yaml.Node, begin: yaml.Node) -> Node:
    """A node, on the line where its key begins."""
    line = begin.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        pairs = [
            (loader.construct_object(key, deep=True), _node(loader, value, key))
            for key, value in node.value
        ]
        return Node(dict(pairs), line)
    if isinstance(node, yaml.SequenceNode):
        return Node([_node(loader, item, item) for item in node.value], line)
    return Node(loader.construct_object(node), line)
