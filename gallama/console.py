"""What a person sees on a terminal: the table of the topology, and the progress of the workers.

All of it goes to stderr, but for the address and the curl line that `Watcher` prints when the
server is ready: they are what `gallama run` has to say on stdout. Without a terminal the bars
become plain lines, so that a log file holds no control characters.
"""

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gallama.config.schema import ModelSpec, RunConfig
from gallama.recipe.verdict import Verdict
from gallama.serve.events import Event, Serving, WorkerEvent

_QUARTER = 0.25


def topology(config: RunConfig) -> Table:
    """One row a model, with its other names and its draft under it.

    `slots`: so many requests at once, of so many tokens each.
    """
    host, port = config.server.host, config.server.port or "(any free port)"
    title = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False
    )
    for heading in ("model", "backend", "from", "slots", "workers", "GB on GPUs"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "from")
    for name, spec in config.models.items():
        table.add_row(*map(Text, _cells(name, spec)))
    return table


def _cells(name: str, spec: ModelSpec) -> tuple[str, ...]:
    return (
        "\n= ".join([name, *spec.aliases]),
        spec.backend.value,
        "\n+ ".join(Path(path).name for path in (spec.path, spec.draft.path) if path) or "-",
        f"{spec.slots} x {spec.max_seq_len or 'all'}",
        str(spec.replicas),
        " ".join(map(str, spec.gpus)) if isinstance(spec.gpus, list) else str(spec.gpus),
    )


def recipes(verdicts: Iterable[Verdict]) -> Table:
    """One row a recipe: what it says of replies, and how many were tried."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for heading in ("recipe", "holds", "accepts", "rejects", "ms", ""):
        table.add_column(heading, justify="right" if heading == "ms" else "left")
    for verdict in verdicts:
        accepted, rejected = verdict.tried
        found = len(verdict.mistakes)
        how = "well" if not found else f"{found} mistake{'s' * (found > 1)}"
        milliseconds = f"{verdict.seconds * 1e3:.0f}"
        holds = ", ".join(verdict.holds) or "-"
        cells = (verdict.recipe, holds, str(accepted), str(rejected), milliseconds, how)
        table.add_row(*map(Text, cells))
    return table


def terminal(*, stderr: bool) -> Console:
    """A console that, without a terminal, has room for a path in a row."""
    console = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = 160
    return console


def curl(url: str, model: str) -> str:
    """One line to copy: a chat completion."""
    body = {"model": model, "messages": [{"role": "user", "content": "Hello!"}]}
    data = shlex.quote(json.dumps(body))
    return f"curl {url}/v1/chat/completions -H 'Content-Type: application/json' -d {data}"


class Watcher:
    """Shows what the supervisor tells.

    with Watcher(config) as watcher:
        runner.run(config, watcher)
    """

    def __init__(self, config: RunConfig) -> None:
        self._model = next(iter(config.models))
        self._err = terminal(stderr=True)
        self._bars: _Bars | None = _Bars(self._err) if self._err.is_terminal else None
        self._shown: dict[str, tuple[str, int]] = {}
        self._err.print(topology(config))

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_bars()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Serving):
            self._end_bars()
            out = terminal(stderr=False)
            out.print(f"Serving at {event.url}", markup=False)
            out.print(curl(event.url, self._model), markup=False)
            out.file.flush()
            return
        if self._bars is not None:
            self._bars.show(event)
        if self._bars is None or event.detail:
            self._line(event)

    def _line(self, event: WorkerEvent) -> None:
        """A line for each change of state and each quarter of a load."""
        shown = (event.state, int(event.fraction / _QUARTER))
        if self._shown.get(event.worker) == shown and not event.detail:
            return
        self._shown[event.worker] = shown
        part = f" {event.fraction:.0%}" if event.state == "loading" else ""
        detail = f": {event.detail}" if event.detail else ""
        self._err.print(f"{event.worker}: {event.state}{part}{detail}", markup=False)

    def _end_bars(self) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


class _Bars:
    """A bar for each worker, until all are ready."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()

    def show(self, event: WorkerEvent) -> None:
        if event.worker not in self._tasks:
            self._tasks[event.worker] = self._progress.add_task(event.worker, total=1.0, state="")
        done = 1.0 if event.state == "ready" else event.fraction
        self._progress.update(self._tasks[event.worker], completed=done, state=event.state)

    def stop(self) -> None:
        self._progress.stop()
