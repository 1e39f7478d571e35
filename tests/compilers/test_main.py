"""The command line of the compilers, and what importing them may not bring along."""

import subprocess
import sys
from pathlib import Path

import pytest

from compilers.__main__ import main

SCHEMA = '{"type": "integer", "format": "int32", "minimum": 3}'
TOOLS = '[{"type": "function", "function": {"name": "now", "parameters": {"maxProperties": 0}}}]'

# Arguments (capital letters are files), exit code, text in stdout, lines in stderr.
COMMANDS = [
    (["json_schema", "S", "--accept", "12"], 0, "%llguidance {}\nstart:T0\n", "accepted: '12'"),
    (["json_schema", "S", "--reject", "x"], 0, "start:", "enforced: type, minimum"),
    (["json_schema", "S"], 0, "start:", "not enforced: /format: format 'int32' is an annotation"),
    (["json_schema", "S", "--accept", "1"], 1, "", "compilers: '1' is rejected, and should be acc"),
    (["json_schema", "S", "--reject", "5"], 1, "", "compilers: '5' is accepted, and should be rej"),
    (["json_schema", "no.json"], 2, "", "compilers: no.json: No such file"),
    (
        ["json_schema", "X"],
        1,
        "",
        "refused: line 1, column 1: this is no JSON (Expecting value)\n<",
    ),
    (["json_schema", "N"], 1, "", "compilers: N: refused: a number of more than 4300 digits\n"),
    (["json_schema", "L"], 2, "", "compilers: L: is no text in UTF-8\n"),
    (["json_schema", "D"], 1, "", "compilers: D: refused: nested too deeply to be read\n"),
    (["json_schema", "P", "--reject", '{"a": 1, "b": 2}'], 0, "", "no members but those declared"),
    (["json_schema", "C"], 1, "", "compilers: C: refused: /items/pattern: llguidance cannot say"),
    (["tools", "T"], 0, "start:", "enforced: calls of now; maxProperties"),
    (
        ["template", "X"],
        1,
        "",
        "refused: line 1, column 6: </b> where </a> is due\n<a>{x</b>\n     ^",
    ),
    (["regex", "[ab]+", "--to", "lark", "--accept", "ab"], 0, "start: t0\n", "the pattern, from"),
    (["regex", "a(?<=b)"], 1, "", "refused: pattern: look-behind\na(?<=b)\n   ^"),
    (["choice", 'yes,"a,b"', "--accept", "a,b"], 0, "start:", "enforced: one of 2 texts"),
    (["choice", 'yes,"a'], 2, "", "compilers: choice: unexpected end of data"),
    (["choice", "yes\nno"], 2, "", "compilers: choice: a line ends outside of double quotes, in"),
    (["choice", 'no,"a\nb"', "--accept", "a\nb"], 0, "start:", "enforced: one of 2 texts"),
    (["choice", "yes,\udce9"], 2, "", "compilers: choice: is no text in UTF-8\n"),
    (["regex", "yes|\udce9"], 2, "", "compilers: regex: is no text in UTF-8\n"),
    (["choice", "a", "--to", "yacc"], 2, "", "invalid choice: 'yacc'"),
]


@pytest.mark.parametrize(("arguments", "code", "out", "err"), COMMANDS)
def test_commands(
    arguments: list[str],
    code: int,
    out: str,
    err: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, text in {
        "S": SCHEMA,
        "P": '{"properties": {"a": {}}}',
        "C": '{"items": {"pattern": "^([ab]{1,100}){1,100}$"}}',
        "T": TOOLS,
        "X": "<a>{x</b>",
        "N": f'{{"const": {"9" * 5000}}}',
        "L": '{"const": "\xe9"}',
        "D": "[" * 100_000,
    }.items():
        (folder / name).write_text(text, encoding="latin-1")
    try:
        found = main(arguments)
    except SystemExit as error:
        found = error.code  # type: ignore[assignment]
    printed = capsys.readouterr()
    assert (found, out in printed.out, err in printed.err) == (code, True, True), printed


def test_a_grammar_that_cannot_be_printed() -> None:
    command = [sys.executable, "-m", "compilers", "regex", "a"]
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert found.returncode == 2
    assert found.stderr.startswith("compilers: the grammar cannot be printed: ")
    assert len(found.stderr.splitlines()) == 1


def test_bytes_from_a_pipe() -> None:
    command = [sys.executable, "-m", "compilers", "lark_text", "-"]
    found = subprocess.run(command, input=b'start: "\xe9"', capture_output=True, check=False)
    assert (found.returncode, found.stderr) == (2, b"compilers: -: is no text in UTF-8\n")


def test_pure() -> None:
    """Importing the compilers brings nothing of gallama, and no engine."""
    code = (
        "import sys, compilers; bad = {'gallama', 'llguidance', 'numpy', 'kbnf', 'formatron'};"
        "sys.exit(bool(bad & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
