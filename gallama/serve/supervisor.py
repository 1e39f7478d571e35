"""Keeps a worker running for every replica of every model.

Each replica has a task of its own, which is its whole life:

    start -> ready -> (it ended, or does not answer) -> back-off -> start -> ...

A first load that fails for a reason of its own (LaunchFailed, permanent), or a few times, ends in
"failed"; a replica that was ready once is tried again for ever.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import aiohttp

from gallama.config.schema import RunConfig
from gallama.launchers.base import Launcher, LaunchFailed, Worker, WorkerSpec
from gallama.serve.events import Observer, State, WorkerEvent
from gallama.wire_errors import ApiError, unavailable

logger = logging.getLogger("gallama")

FIRST_BACKOFF = 0.2  # seconds; doubled with every failure in a row
LAST_BACKOFF = 30.0
SETTLED_SECONDS = 30.0  # a worker that lived this long was no failure in a row
FIRST_LOAD_ATTEMPTS = 5
STOP_GRACE_SECONDS = 5.0  # for unloading a model; then the worker is killed


class Replica:
    """One worker's place: which state it is in, and how requests reach it."""

    def __init__(self, spec: WorkerSpec, observer: Observer) -> None:
        self.spec = spec
        self.in_flight = 0
        self.event = WorkerEvent(spec.worker, "starting")
        self.session: aiohttp.ClientSession | None = None
        self.ready_since = 0.0  # of the last worker that was; 0: none ever
        self.retry_at = 0.0
        self._observer = observer

    @property
    def ready(self) -> bool:
        return self.session is not None

    @property
    def settled(self) -> bool:
        """Its first load has come to an end, good or bad."""
        return self.ready or self.event.state == "failed"

    def enter(self, state: State, fraction: float = 0.0, detail: str = "") -> None:
        self.event = WorkerEvent(self.spec.worker, state, fraction, detail)
        self._observer(self.event)

    def loading(self, fraction: float) -> None:
        self.enter("loading", fraction)

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """Held from the choice of this replica until the answer's last byte."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1


class Supervisor:
    def __init__(self, config: RunConfig, launcher: Launcher, observer: Observer) -> None:
        self._launcher = launcher
        self._heartbeat = config.server.heartbeat_seconds
        self._tasks: list[asyncio.Task[None]] = []
        self.models = {name: _replicas(name, config, observer) for name in config.models}

    @property
    def replicas(self) -> list[Replica]:
        return [replica for replicas in self.models.values() for replica in replicas]

    async def settled(self) -> bool:
        """Returns when every replica is ready or failed for good: whether any is ready."""
        while not all(replica.settled for replica in self.replicas):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return any(replica.ready for replica in self.replicas)

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._keep(replica)) for replica in self.replicas]

    async def stop(self) -> None:
        """Ends every worker; none is left when this returns."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._launcher.close()

    async def _keep(self, replica: Replica) -> None:
        failures = 0
        while True:
            reason, permanent = await self._one_worker(replica)
            settled = replica.ready_since and time.monotonic() - replica.ready_since
            failures = 1 if settled > SETTLED_SECONDS else failures + 1
            if not replica.ready_since and (permanent or failures >= FIRST_LOAD_ATTEMPTS):
                replica.enter("failed", detail=reason)
                return
            await self._back_off(replica, failures, reason)

    async def _one_worker(self, replica: Replica) -> tuple[str, bool]:
        """Starts a worker and serves with it; why it is no more, and whether the next would end
        the same way."""
        replica.enter("starting")
        try:
            worker = await self._launcher.start(replica.spec, replica.loading)
            return await self._live(replica, worker), False
        except LaunchFailed as error:
            return str(error), error.permanent
        except asyncio.CancelledError:
            replica.enter("stopped")
            raise
        except Exception as error:  # whatever it is, no replica may be forgotten
            logger.exception("%s: the supervisor failed", replica.spec.worker)
            return f"the supervisor failed: {error!r}", False

    async def _live(self, replica: Replica, worker: Worker) -> str:
        """Serves with a ready worker until it ends, or answers no more; says why."""
        session = aiohttp.ClientSession(
            "http://worker",
            connector=aiohttp.UnixConnector(worker.socket, limit=0, keepalive_timeout=5),
            timeout=aiohttp.ClientTimeout(),
            auto_decompress=False,
        )
        replica.session, replica.ready_since = session, time.monotonic()
        replica.enter("ready", 1.0)
        ended = asyncio.create_task(worker.wait())
        silent = asyncio.create_task(self._silent(session))
        grace = 0.0  # a worker that is silent could not use it
        try:
            await asyncio.wait((ended, silent), return_when=asyncio.FIRST_COMPLETED)
            return ended.result() if ended.done() else silent.result()
        except asyncio.CancelledError:
            grace = STOP_GRACE_SECONDS
            raise
        finally:
            replica.session = None
            silent.cancel()
            try:
                await worker.stop(grace)
            finally:
                await session.close()

    async def _silent(self, session: aiohttp.ClientSession) -> str:
        """Returns when the worker has not answered for a heartbeat, twice in a row: once may be
        this process's own fault (it was stopped, say, by a debugger)."""
        timeout = aiohttp.ClientTimeout(total=self._heartbeat / 2)
        missed = 0
        while missed < 2:
            await asyncio.sleep(self._heartbeat / 4)
            try:
                async with session.get("/health", timeout=timeout):
                    missed = 0
            except (TimeoutError, aiohttp.ClientError, OSError):
                missed += 1
        return f"the worker did not answer for {self._heartbeat:g} s and was killed"

    async def _back_off(self, replica: Replica, failures: int, reason: str) -> None:
        seconds = min(FIRST_BACKOFF * 2 ** (failures - 1), LAST_BACKOFF)
        replica.retry_at = time.monotonic() + seconds
        logger.warning("%s: %s", replica.spec.worker, reason)
        replica.enter("restarting", detail=reason)
        await asyncio.sleep(seconds)


def why_not(model: str, replicas: list[Replica]) -> ApiError:
    """The answer while no replica of a model is ready."""
    replica = min(replicas, key=lambda r: r.event.state == "failed")
    event = replica.event
    if event.state == "failed":
        summary = event.detail.partition("\n")[0]
        message = f"The model {model!r} could not be loaded: {summary}"
        return ApiError(503, message, code="model_failed")
    if event.state == "stopped":
        return unavailable("The server is stopping.", 1)
    if event.state == "restarting":
        wait = max(replica.retry_at - time.monotonic(), 0)
        return unavailable(f"The model {model!r} is being restarted.", int(wait) + 1)
    return unavailable(f"The model {model!r} is loading ({event.fraction:.0%}).", 1)


def _replicas(name: str, config: RunConfig, observer: Observer) -> list[Replica]:
    first = WorkerSpec(
        worker=name,
        model=name,
        spec=config.models[name],
        max_body=int(config.server.max_body_mb * 1e6),
        log_level=config.server.log_level,
        dialects=config.dialects,
        recipe_folders=config.recipe_folders,
        recipe=config.models[name].recipe or config.recipe,
    )
    further = (replace(first, worker=f"{name}#{i}") for i in range(2, first.spec.replicas + 1))
    return [Replica(spec, observer) for spec in (first, *further)]
