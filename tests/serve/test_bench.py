"""`gallama bench` as a person runs it, against the shipped model."""

import os
import re
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.commands import runner
from tests.serving import Server

QUICK = ("--rounds", "1", "--tokens", "40")
ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> CompletedProcess[str]:
    run = runner(ROOT, dict(os.environ))
    return run(sys.executable, "-m", "gallama", "bench", *arguments)


def test_a_table(tiny: Server) -> None:
    done = bench(tiny.url, "--concurrency", "1,2", *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = done.stdout.splitlines()
    assert header.split()[:4] == ["at", "once", "free", "held"]
    kinds = [
        re.match(r" +(\d) +(tool call|JSON schema|thinking template) +\d", row) for row in rows
    ]
    assert [kind and kind[1] for kind in kinds] == ["1"] * 3 + ["2"] * 3


# arguments, the exit code, and words on stderr
MISTAKES = [
    (["http://127.0.0.1:9"], 1, "no answer from http://127.0.0.1:9"),
    (["nowhere"], 2, "argument URL: must be an address such as http://127.0.0.1:8000, not 'nowh"),
    (["--rounds", "0"], 2, "argument --rounds: must be a whole number above 0, not '0'"),
    (["--concurrency", "1,x"], 2, "argument --concurrency: must be a whole number above 0"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), MISTAKES, ids=str)
def test_mistakes(arguments: list[str], code: int, words: str) -> None:
    done = bench(*arguments)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_model(tiny: Server) -> None:
    done = bench(tiny.url, "--model", "another", *QUICK)
    assert done.returncode == 1
    said = "gallama: status 404: There is no model 'another' here; there is 'tiny'.\n"
    assert (done.stdout, done.stderr) == ("", said)
