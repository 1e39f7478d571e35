"""Each command as a person runs it: exit code, stdout and stderr."""

import resource
from pathlib import Path

import pytest

from tests.commands import Run

HELP = [
    ("--help", "serve models"),
    ("", "usage: gallama"),
    ("run --help", "gallama run +models=tiny server.port=9000"),
    ("check --help", "Print every mistake"),
    ("schema --help", "yaml-language-server"),
    ("compile --help", "--regex PATTERN"),
    ("bench --help", "--concurrency N,N"),
    ("doctor --help", "missing (with what installs it)"),
    ("completion --help", 'eval "$(gallama completion bash)"'),
    ("--version", "gallama"),
]


@pytest.mark.parametrize(("arguments", "text"), HELP)
def test_help_is_ours(arguments: str, text: str, run: Run) -> None:
    done = run("gallama", *arguments.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert text in done.stdout
    assert "Hydra" not in done.stdout.replace("--hydra-help          Hydra's own help", "")


HEAVY = (
    "hydra omegaconf rich starlette uvicorn aiohttp numpy torch openai transformers pydantic "
    "llama_cpp lark yaml jinja2 argcomplete importlib.metadata gallama.types gallama.config"
)


@pytest.mark.parametrize("arguments", ["['--help']", "['run', '--help']", "['check', '--help']"])
def test_help_imports_nothing_heavy(arguments: str, run: Run) -> None:
    code = f"""
import contextlib, sys
from gallama.cli import main
with contextlib.suppress(SystemExit):
    main({arguments})
print("imported:", *sorted(set({HEAVY.split()}) & set(sys.modules)))
"""
    assert run("python", "-c", code).stdout.endswith("imported:\n")


def test_help_comes_at_once(run: Run) -> None:
    """In seconds of processor time: the clock would measure the tests beside this one, too."""

    def seconds(*arguments: str) -> float:
        begin = resource.getrusage(resource.RUSAGE_CHILDREN)
        run("gallama", *arguments)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime

    assert min(seconds("--help") for _ in range(3)) < 0.15
    assert min(seconds("run", "--help") for _ in range(3)) < 0.15
    assert min(seconds("run", "--cfg", "job") for _ in range(2)) < 1.0
    assert min(seconds("check", "models=scripted") for _ in range(2)) < 1.0


COMMANDS = [
    ("check models=scripted", 0, "All is well: models 1, workers 1.", ""),
    ("check +models=scripted models.scripted.replicas=2", 0, "models 1, workers 2.", ""),
    ("check models=tinny", 2, "", "gallama: models=tinny: there is no models/tinny.yaml; "),
    ("check server.prot=1 foo", 2, "", "gallama: foo: is no KEY=VALUE"),
    ("run models=tinny", 2, "", "did you mean 'tiny'?"),
    ("run -m models=tiny,tinny server.port=1,x", 2, "", "server.port=x: must be a whole number"),
    ("run models.tiny.path=/nope", 2, "", "there is no file /nope"),
    ("run --cfg job", 0, "${shipped:tiny.gguf}", ""),
    ("run --cfg job --resolve", 0, "/shipped/tiny.gguf", ""),
    ("run --cfg=job models=qwen72b_spec", 0, "cache_quant: Q8", ""),
    ("run models=scripted --cfg job server.port=9", 0, "port: 9\n", ""),
    ("run --cfg job -p server", 0, "# @package server\nhost: 127.0.0.1", ""),
    ("run --cfg job server.prot=1", 2, "", "did you mean 'port'?"),
    ("run --cfg hydra", 0, "output_subdir: null", ""),
    ("run --info searchpath", 0, "Config search path", ""),
    ("run --info=defaults models=scripted", 0, "models/scripted", ""),
    ("run --hydra-help", 0, "Hydra (1.3", ""),
    ("run --cfg job --multirun", 2, "", "not allowed with"),
    ("run --cfg jobb", 2, "", "invalid choice: 'jobb'"),
    ("run --verbose", 2, "", "--verbose"),
    ("run models=scripted hydra.foo=1", 2, "", "gallama: Could not override 'hydra.foo'."),
    ("run hydra/launcher=fast", 2, "", "there is no hydra/launcher/fast.yaml"),
    ("rum", 2, "", "invalid choice: 'rum'"),
    ("compile --regex [0-9]+ --accept 12 --reject x --to lark", 0, "start: t0", None),
    (
        "compile --regex [0-9]+ --accept x",
        1,
        "start:",
        "gallama: 'x' is rejected, and should be accept",
    ),
    ("compile +recipe=yes_no --accept Yes. --reject Maybe", 0, "(?:Yes|No)", None),
    ("compile recipe=yes_no --to gbnf", 0, "root ::=", None),
    ("compile +recipe=yes_no --accept Maybe", 1, "(?:Yes|No)", "'Maybe' is rejected, and should"),
    ('compile +recipe=classify variables.labels=["a","b"] --accept a', 0, "[a-b]", None),
    ("compile +recipe=classify", 0, "positive", None),
    ("compile +recipe=route", 0, "refund", None),
    ("compile +recipe=yes", 2, "", "+recipe=yes: there is no recipes/yes.yaml; did you mean 'yes_"),
    ("compile +recipe=classify variables.labels=a", 2, "", "variables.labels=a: is no JSON"),
    ("compile +recipe=classify variables.lables=[]", 1, "", "refused: variables.lables: the rec"),
    ("compile +recipe=yes_no foo=1", 2, "", "foo=1: must be +recipe=NAME, once, or variables."),
    ("check nowhere/", 2, "", "gallama: nowhere/: there is no such file or folder"),
    ("check nowhere/ server.prot=1", 2, "", "file or folder\ngallama: server.prot=1: no such key"),
    ("check models=scripted +recipe=yes_no", 0, "All is well: models 1", ""),
    ("check models=scripted +recipe=yes", 2, "", "recipe=yes: there is no recipe 'yes'; did you"),
    ("check models=scripted models.scripted.recipe=cott", 2, "", "no recipe 'cott'; did you mean"),
    ("schema recipe", 0, '"regex_pattern"', ""),
    ("schema models", 0, '"max_seq_len"', ""),
    ("schema", 2, "", "kind"),
    ("compile --regex (", 1, "", "gallama: regex: refused: pattern: missing ')'"),
    ("compile --schema no.json", 2, "", "gallama: no.json: No such file"),
    ("compile", 2, "", "one of the arguments --schema"),
    ("compile --schema a --regex b", 2, "", "not allowed with argument --schema"),
    ("compile --choice yes --choice no", 2, "", "argument --choice: may be given once only"),
    ("compile --regex a --to yacc", 2, "", "invalid choice: 'yacc'"),
    ("completion", 2, "", "shell"),
    ("completion bash", 0, "complete ", ""),
    ("completion zsh", 0, "compdef", ""),
    ("completion fish", 0, "complete", ""),
]


@pytest.mark.parametrize(("arguments", "code", "out", "err"), COMMANDS)
def test_commands(
    arguments: str, code: int, out: str, err: str | None, run: Run, folder: Path
) -> None:
    """`err` None: anything may stand there, besides what is asked for."""
    done = run("gallama", *arguments.split())
    assert done.returncode == code, done
    assert out in done.stdout
    assert "Traceback" not in done.stderr
    if err is not None:
        assert err in done.stderr
        assert code or done.stderr == ""
    assert out or done.stdout == ""
    assert list(folder.iterdir()) == []


def test_the_default_is_well(run: Run) -> None:
    pytest.importorskip("llama_cpp")
    done = run("gallama", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "tiny" in done.stdout


def test_mistakes_name_the_file_and_line(run: Run, folder: Path) -> None:
    (folder / "conf/server").mkdir(parents=True)
    (folder / "conf/server/lan.yaml").write_text("host: 0.0.0.0\nprot: 1\n")
    assert run("gallama", "check", "models=scripted", "server=lan").stderr == (
        "gallama: conf/server/lan.yaml:2: server.prot: no such key; did you mean 'port'?\n"
    )


def test_check_tries_recipes(run: Run, folder: Path) -> None:
    (folder / "recipes").mkdir()
    (folder / "recipes/digits.yaml").write_text(
        "description: x\nrequest: {regex_pattern: '[0-9]+'}\nexamples:\n  - accept: ['1', x]\n"
    )
    done = run("gallama", "check", "recipes/", "models=scripted")
    assert (done.returncode, done.stderr) == (
        2,
        "gallama: recipes/digits.yaml:4: examples[0].accept[1]: is rejected, and should be "
        "accepted: 'x'\n",
    )
    assert "1 mistake" in done.stdout
    (folder / "recipes/digits.yaml").write_text(
        "description: x\nrequest: {regex_pattern: '[0-9]+'}\nexamples:\n  - accept: ['1']\n"
    )
    done = run("gallama", "check", "recipes/", "models=scripted")
    assert (done.returncode, done.stderr) == (0, "")
    assert "All is well: recipes 1, replies tried 1." in done.stdout
    assert "All is well: models 1, workers 1." in done.stdout


def test_a_reader_that_goes_away_is_no_error(run: Run) -> None:
    done = run("bash", "-c", "gallama run --cfg all | head -1; echo ${PIPESTATUS[0]}")
    assert "Traceback" not in done.stderr


def test_doctor_says_what_works(run: Run) -> None:
    done = run("gallama", "doctor")
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    lines = [line.split()[:3] for line in done.stdout.splitlines()]
    assert [line[1] for line in lines] == [
        "llama_cpp",
        "exllamav2",
        "infinity",
        "openai",
        "scripted",
        "llguidance",
        "formatron",
    ]
    assert {line[2] for line in lines} <= {"there", "missing", "broken"}
    assert ["backend", "scripted", "there"] in lines
