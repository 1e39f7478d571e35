"""Where gallama's data lies: the folders it ships, and the user's own."""

import os
from importlib.resources import files
from pathlib import Path


def shipped(name: str) -> Path:
    """A folder or file that comes with gallama, such as `conf` or `shipped/tiny.gguf`.

    In the wheel conf/ and recipes/ lie inside the package, in a checkout beside it.
    """
    package = Path(str(files("gallama")))
    inside = package / name
    return inside if inside.exists() else package.parent / name


def home() -> Path:
    """`$GALLAMA_HOME`, or ~/.gallama: the user's models, configurations and sweeps."""
    return Path(os.environ.get("GALLAMA_HOME") or "~/.gallama").expanduser().absolute()


def user_folders(name: str) -> list[Path]:
    """The user's own folders called `name` that exist, the nearest first."""
    ours = shipped(name).resolve()
    folders = (Path.cwd() / name, home() / name)
    return [folder for folder in folders if folder.is_dir() and folder.resolve() != ours]


def folders(name: str) -> tuple[Path, ...]:
    """Where files of a folder called `name` are looked for, the nearest first; the user's may not
    exist yet."""
    return (Path.cwd() / name, home() / name, shipped(name))


def shown(file: Path) -> Path:
    """A file as a person in this folder names it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
