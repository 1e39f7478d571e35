"""What the supervisor tells whoever watches it (the console, the tests)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["starting", "loading", "ready", "restarting", "failed", "stopped"]


logger = logging.getLogger("gallama")


@dataclass(frozen=True, slots=True)
class WorkerEvent:
    """A worker's state changed, or its load went on.

    `worker` is the name of the model, with "#2" and so on for further replicas. `fraction` is how
    much of the load is done, 0 to 1. `detail` says why, for restarting and failed, with the last
    lines of the worker's log.
    """

    worker: str
    state: State
    fraction: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Serving:
    """Every worker is ready, or failed for good; requests are answered at `url`."""

    url: str


Event = WorkerEvent | Serving
Observer = Callable[[Event], None]


def forgiving(observer: Observer) -> Observer:
    """An observer that cannot write (its disk is full, its terminal gone) is no reason to stop."""

    def tell(event: Event) -> None:
        try:
            observer(event)
        except OSError as error:
            logger.warning("%r could not be shown: %s", event, error)

    return tell
