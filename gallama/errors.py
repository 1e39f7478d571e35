"""What can go wrong, by who can do something about it.

GallamaError
├── ConfigError      the user's configuration: every mistake at once (`mistakes`); exit code 2
├── LoadError        a model that cannot be loaded: the reason, in one sentence
├── PlanError        a request that cannot be carried out: names the field; HTTP 400
├── BackendFailure   a model that broke while it generated; HTTP 500
└── EngineFailure    a mask engine that broke while it generated; HTTP 500
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class GallamaError(Exception):
    """The root of all errors that gallama raises itself."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a configuration: `where` it stands, what is wrong, what would be right."""

    message: str
    file: Path | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return self.message
        line = "" if self.line is None else f":{self.line}"
        return f"{self.file}{line}: {self.message}"


class ConfigError(GallamaError):
    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class LoadError(GallamaError):
    pass


class PlanError(GallamaError):
    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


class BackendFailure(GallamaError):
    pass


class EngineFailure(GallamaError):
    pass
