"""A worker process: one model behind the api, on a unix socket.

    python -m gallama.serve.worker SOCKET STATUS_FD NAME < spec

This is the one place where api, backend and engine meet. See gallama.launchers.local for what
goes over standard input and the status line; the name is for those who look at processes.
"""

import asyncio
import ctypes
import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from pydantic import TypeAdapter

from gallama import auto_engine, registry
from gallama.api.ahead import ahead
from gallama.api.app import build
from gallama.api.recipes import Recipes
from gallama.api.service import Service
from gallama.config.schema import EngineName, ModelSpec
from gallama.errors import LoadError
from gallama.guide import Guides
from gallama.launchers.base import WorkerSpec
from gallama.probe import find
from gallama.template import CHATML, ChatTemplate
from gallama.types import Backend, Engine

logger = logging.getLogger("gallama")

PR_SET_PDEATHSIG = 1

Work = Coroutine[Any, Any, None]


class Status:
    """Says on the status line how the load goes, in lines of JSON."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._pipe = os.fdopen(fd, "w", buffering=1)
        self._said = -1.0

    def progress(self, fraction: float) -> None:
        if fraction - self._said >= 0.01:
            self._said = fraction
            self._say(progress=fraction)

    def ready(self) -> None:
        self._say(ready=True)
        self._pipe.close()

    def failed(self, reason: str) -> None:
        self._say(failed=reason)

    def _say(self, **what: object) -> None:
        self._pipe.write(json.dumps(what) + "\n")


class Server(uvicorn.Server):
    """Says when it is ready; ends at once on SIGTERM, since it is the gateway that drains."""

    def __init__(
        self, config: uvicorn.Config, status: Status, afterwards: Callable[[], Work]
    ) -> None:
        super().__init__(config)
        self._status = status
        self._afterwards = afterwards  # what is done once it is ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup()
        self._status.ready()
        self._task = asyncio.create_task(self._afterwards())

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = self.force_exit = True


def main() -> int:
    socket, status = sys.argv[1], Status(int(sys.argv[2]))
    spec = TypeAdapter(WorkerSpec).validate_json(sys.stdin.buffer.readline())
    _end_with_the_gateway()
    logging.basicConfig(level=spec.log_level.value.upper(), format="%(levelname)s %(message)s")
    try:
        asyncio.run(_serve(spec, socket, status))
    except LoadError as error:
        status.failed(str(error))
        return 1
    return 0


async def _serve(spec: WorkerSpec, socket: str, status: Status) -> None:
    backend: Backend = registry.load(registry.BACKENDS, spec.spec.backend.value)(spec.spec)
    recipes = Recipes(spec.recipe_folders, (spec.model, *spec.spec.aliases), spec.recipe)
    recipes.check_default()
    await backend.load(status.progress)
    try:
        vocabulary = backend.vocabulary
        source = vocabulary.chat_template or CHATML
        dialect = find(source, spec.spec.dialect, spec.dialects)
        other = partial(find, source, specs=spec.dialects)
        guides = Guides(dialect, *_engine(spec.spec), vocabulary, other)
        template = ChatTemplate(source, vocabulary)
        service = Service(spec.model, backend, template, spec.spec.sampling, guides, recipes)
        config = uvicorn.Config(
            build(service, spec.max_body),
            uds=socket,
            lifespan="off",
            access_log=False,
            log_config=None,
            timeout_keep_alive=3600,
        )
        _keep_out_of_collections()
        await Server(config, status, partial(ahead, service)).serve()
    finally:
        await backend.unload()


def _engine(spec: ModelSpec) -> tuple[Engine, str]:
    """A mask engine, and what compilers.emit writes for it."""
    name = spec.engine.value
    if name == EngineName.auto.value:
        name = auto_engine.engine("tools", ahead=False)  # grammars come with requests
    engine: Engine = registry.load(registry.ENGINES, name)()
    return engine, registry.ENGINES[name].dialect


def _keep_out_of_collections() -> None:
    """All that was loaded stays: walking through it would hold up every reply, 30 ms each time."""
    gc.collect()
    gc.freeze()


def _end_with_the_gateway() -> None:
    """However the gateway ends, this process does too: the kernel sees to it on Linux, and the
    end of standard input elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.read(0, 1):  # not sys.stdin: its lock, held here, would break a clean exit
            pass
        os._exit(0)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
