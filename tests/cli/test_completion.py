"""TAB in bash: the real functions of the script that `gallama completion bash` prints."""

from pathlib import Path

import pytest

from tests.commands import Run

PRESS_TAB = r"""
eval "$(gallama completion bash)"
[[ "$(complete -p gallama)" == *"-F _python_argcomplete"* ]] || exit 1
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_python_argcomplete gallama
printf '%s\n' "${COMPREPLY[@]}"
"""

# Bash completes from the last = on: what stands before it is not printed again.
CASES = [
    ("gallama ", ["run", "check", "compile", "schema", "bench", "doctor", "completion"]),
    ("gallama ru", ["run "]),
    ("gallama run --c", ["--cfg "]),
    ("gallama compile --sch", ["--schema "]),
    ("gallama compile --regex a --to ll", ["llguidance "]),
    ("gallama completion ", ["bash", "zsh", "fish"]),
    ("gallama run mod", ["models.", "models="]),
    ("gallama run models=ti", ["tiny "]),
    ("gallama run +models=ti", ["tiny "]),
    ("gallama check models=ti", ["tiny "]),
    ("gallama run -m models=ti", ["tiny "]),
    ("gallama run models=[tiny,scr", [r"\[tiny,scripted,", r"\[tiny,scripted\]"]),
    ("gallama run models=mi", ["mine "]),
    ("gallama run server=de", ["default "]),
    ("gallama run +recipe=class", ["classify "]),
    ("gallama run server.lo", ["server.log_dir=", "server.log_level="]),
    ("gallama run server.log_level=w", ["warning "]),
    ("gallama run models.tiny.back", ["models.tiny.backend="]),
    ("gallama run models.tiny.backend=llama", ["llama_cpp "]),
    ("gallama run models=scripted models.scripted.sl", ["models.scripted.slots="]),
    ("gallama run models=nonsense server.po", ["server.port="]),
    ("gallama run models.tiny.llama_cpp.mmap=", ["true", "false"]),
    ("gallama run nothing.lik", [""]),
]


@pytest.mark.parametrize(("line", "answers"), CASES)
def test_tab(line: str, answers: list[str], run: Run, folder: Path) -> None:
    (folder / "conf/models").mkdir(parents=True)
    (folder / "conf/models/mine.yaml").write_text("mine: {backend: scripted}")
    done = run("bash", "-c", PRESS_TAB, "bash", line)
    assert sorted(done.stdout.removesuffix("\n").split("\n")) == sorted(answers), done
