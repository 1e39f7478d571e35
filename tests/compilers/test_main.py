"""The command line of the compilers, and what importing them may not bring along."""

import subprocess
import sys
from pathlib import Path

import pytest

from compilers.__main__ import main


def test_json_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.json"
    file.write_text('{"type": "integer", "format": "int32"}')
    assert main(["json_schema", str(file), "--accept", "12", "--reject", "x"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("%llguidance {}\nstart: T0\n")
    assert "ok: accepts '12'" in err
    assert "ok: rejects 'x'" in err


def test_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.json"
    file.write_text('{"items": {"$ref": "http://x/y"}}')
    assert main(["json_schema", str(file)]) == 1
    assert "refused: /items/$ref: " in capsys.readouterr().err


def test_a_text_that_does_not_do_as_it_should(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choice", "yes", "no", "--to", "lark", "--accept", "maybe"]) == 1
    assert "WRONG: rejects 'maybe'" in capsys.readouterr().err
    assert main(["regex", "[ab]+", "--accept", "ab"]) == 0


def test_pure() -> None:
    """Importing the compilers brings nothing of gallama, and no engine."""
    code = (
        "import sys, compilers; bad = {'gallama', 'llguidance', 'numpy', 'kbnf', 'formatron'};"
        "sys.exit(bool(bad & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
