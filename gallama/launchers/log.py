"""The log file of one worker: rotated, and never a reason to stop serving."""

import contextlib
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

logger = logging.getLogger("gallama")

MAX_BYTES = 10_000_000
OLD_FILES = 2


class LogFile:
    """A disk that is full loses lines, not replies: said once in the server's own log."""

    def __init__(self, folder: Path | None, worker: str) -> None:
        self._handler = None if folder is None else _Rotating(folder, worker)

    def __enter__(self) -> "LogFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._handler is not None:
            self._handler.close()

    def write(self, line: str) -> None:
        if self._handler is not None:
            self._handler.handle(logging.makeLogRecord({"msg": line}))


class _Rotating(RotatingFileHandler):
    def __init__(self, folder: Path, worker: str) -> None:
        self._path = folder / f"{worker}.log"
        self._complained = False
        super().__init__(
            self._path, maxBytes=MAX_BYTES, backupCount=OLD_FILES, encoding="utf-8", delay=True
        )

    def emit(self, record: logging.LogRecord) -> None:
        # `delay` opens the file here, so a folder that cannot be made is found here too.
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.handleError(record)
            return
        super().emit(record)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # of the last lines, once more
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        if not self._complained:
            self._complained = True
            why = sys.exc_info()[1]
            logger.warning("the log %s cannot be written; lines are lost: %s", self._path, why)
