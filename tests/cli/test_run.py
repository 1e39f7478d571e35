"""`gallama run` up to the runner, and what it shows of what the runner tells."""

import io
import re
import sys

import pytest
from rich.console import Console

from gallama import cli, console
from gallama.config.schema import ModelSpec, RunConfig
from gallama.errors import ConfigError, LoadError, Mistake
from gallama.serve import runner
from gallama.serve.events import Event, Observer, Serving, WorkerEvent

Reply = int | Exception


class Runner:
    """Stands in for gallama.serve.runner.run: remembers its configurations, answers as told."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.configs: list[RunConfig] = []

    def __call__(self, config: RunConfig, observer: Observer) -> int:
        self.configs.append(config)
        observer(Serving("http://127.0.0.1:8000"))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.mark.parametrize(
    ("arguments", "replies", "code", "ports"),
    [
        ("run models=scripted", [0], 0, [8000]),
        ("run models=scripted server.port=9", [1], 1, [9]),
        ("run -m models=scripted server.port=8,9", [0, 0], 0, [8, 9]),
        ("run -m models=scripted server.port=8,9", [1, 0], 1, [8, 9]),
        ("run models=scripted", [LoadError("out of memory")], 1, [8000]),
        ("run models=scripted", [ConfigError([Mistake("server.port: in use")])], 2, [8000]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_run_composes_for_the_runner(
    arguments: str,
    replies: list[Reply],
    code: int,
    ports: list[int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stand_in = Runner(*replies)
    monkeypatch.setattr(runner, "run", stand_in)
    monkeypatch.setattr(sys, "argv", ["gallama", *arguments.split()])
    assert cli.main() == code
    assert [config.server.port for config in stand_in.configs] == ports
    told = [str(reply) for reply in replies if isinstance(reply, Exception)]
    errors = capsys.readouterr().err
    assert [line for line in errors.splitlines() if line.startswith("gallama: ")] == [
        f"gallama: {text}" for text in told
    ]


EVENTS: list[Event] = [
    WorkerEvent("tiny", "starting"),
    WorkerEvent("tiny", "loading", 0.0),
    WorkerEvent("tiny", "loading", 0.1),
    WorkerEvent("tiny#2", "restarting", 0.0, "it ended with 1\nout of [memory]"),
    WorkerEvent("tiny", "loading", 0.5),
    WorkerEvent("tiny", "ready", 1.0),
    Serving("http://127.0.0.1:8000"),
    WorkerEvent("tiny", "stopped"),
]

CONFIG = RunConfig({"tiny": ModelSpec(path="/a[b].gguf", aliases=["x", "y"], gpus=[20, 0])})


def test_a_log_gets_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with console.Watcher(CONFIG) as watcher:
        for event in EVENTS:
            watcher(event)
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "Serving at http://127.0.0.1:8000",
        "curl http://127.0.0.1:8000/v1/chat/completions -H 'Content-Type: application/json' -d "
        '\'{"model": "tiny", "messages": [{"role": "user", "content": "Hello!"}]}\'',
    ]
    table, _, progress = err.partition("tiny: starting\n")
    rows = [re.split(r"\s{2,}", line.strip()) for line in table.splitlines()]
    assert ["tiny", "llama_cpp", "a[b].gguf", "4 x all", "1", "20 0"] in rows
    assert ["= y"] in rows
    assert progress.splitlines() == [
        "tiny: loading 0%",
        "tiny#2: restarting: it ended with 1",
        "out of [memory]",
        "tiny: loading 50%",
        "tiny: ready",
        "tiny: stopped",
    ]
    assert "\x1b" not in out + err


def test_a_terminal_gets_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=100, highlight=False)
    monkeypatch.setattr(console, "terminal", lambda *, stderr: screen)
    with console.Watcher(CONFIG) as watcher:
        for event in EVENTS:
            watcher(event)
    shown = screen.file.getvalue()
    assert "100 %" in shown
    assert "out of [memory]" in shown
    assert "Serving at http://127.0.0.1:8000" in shown
    assert "tiny: stopped" in shown


def test_curl_survives_a_quote_in_a_name() -> None:
    assert console.curl("http://h", "it's").endswith(
        """-d '{"model": "it'"'"'s", "messages": [{"role": "user", "content": "Hello!"}]}'"""
    )
