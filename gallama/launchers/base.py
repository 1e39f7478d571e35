"""The seam between who decides that a worker runs (the supervisor) and who can start one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gallama.config.schema import DialectSpec, LogLevel, ModelSpec
from gallama.errors import GallamaError
from gallama.types import Progress


@dataclass
class WorkerSpec:
    """All that a worker process is told. `worker` names it in logs; `model` is what it serves.

    `dialects` are all there are: which one a model speaks is known when it is loaded.
    `recipe_folders`: where recipes are looked for, the nearest first; `recipe`: that of chats that
    name none.
    """

    worker: str
    model: str
    spec: ModelSpec
    max_body: int
    log_level: LogLevel
    dialects: dict[str, DialectSpec] = field(default_factory=dict)
    recipe_folders: tuple[Path, ...] = ()
    recipe: str | None = None


class LaunchFailed(GallamaError):
    """A worker that did not become ready. `permanent`: trying again would fail the same way."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Worker(Protocol):
    """A worker that was ready once."""

    @property
    def socket(self) -> str:
        """Path of the unix socket it answers HTTP on."""

    async def wait(self) -> str:
        """Returns when the worker has ended: how, with the last lines of its log."""

    async def stop(self, grace_seconds: float) -> None:
        """Asks it to end, then makes it end. No process is left afterwards."""


class Launcher(Protocol):
    async def start(self, spec: WorkerSpec, progress: Progress) -> Worker:
        """Returns when the worker is ready. Cancelling it, or an error, leaves no process behind.

        Raises LaunchFailed.
        """

    def close(self) -> None:
        """Removes what the launcher itself made (folders of sockets)."""
