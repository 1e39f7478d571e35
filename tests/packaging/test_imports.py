"""Who may import whom: the rules of the house as two tables, held against every import statement.

Imports inside functions count too: a lazy import is an import.
"""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.packaging.conftest import SOURCES


def _modules() -> dict[str, set[str]]:
    """Every module of gallama and compilers, with all that it imports."""
    files = [*SOURCES.glob("gallama/**/*.py"), *SOURCES.glob("compilers/**/*.py")]
    found = {}
    for file in files:
        name = ".".join(file.relative_to(SOURCES).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = set(_imports(ast.parse(file.read_bytes())))
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            # `from a import b` imports a, and a.b if that is a module: both count.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = _modules()


def _within(name: str, packages: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in packages.split())


# Modules (* is any text), and what none of them may import.
MAY_NOT = [
    ("compilers*", "gallama torch starlette hydra omegaconf numpy pydantic rich aiohttp"),
    ("compilers.ir", "compilers.frontends compilers.emitters compilers.passes"),
    ("compilers.passes*", "compilers.frontends compilers.emitters"),
    ("compilers.frontends*", "compilers.passes compilers.emitters"),
    ("compilers.emitters*", "compilers.frontends"),
    ("gallama.types", "gallama"),
    ("gallama.errors", "gallama"),
    ("gallama.wire_errors", "gallama"),
    ("gallama.asgi", "gallama.api gallama.backends gallama.engines gallama.serve"),
    ("gallama.text", "gallama.api gallama.backends gallama.engines gallama.serve"),
    ("gallama.plan", "gallama.api gallama.backends gallama.engines gallama.serve gallama.config"),
    ("gallama.dialect", "gallama.api gallama.backends gallama.engines gallama.serve gallama.plan"),
    ("gallama.probe", "gallama.api gallama.backends gallama.engines gallama.serve gallama.plan"),
    ("gallama.engines*", "gallama.api gallama.backends gallama.serve gallama.plan"),
    ("gallama.backends*", "gallama.api gallama.engines gallama.serve gallama.plan compilers"),
    ("gallama.backends.llama_cpp*", "gallama.backends.scripted"),
    ("gallama.backends.scripted*", "gallama.backends.llama_cpp"),
    ("gallama.api*", "gallama.backends gallama.engines gallama.serve gallama.registry compilers"),
    (
        "gallama.recipe*",
        "gallama.backends gallama.engines gallama.serve gallama.registry gallama.config.compose "
        "gallama.api.app gallama.api.chat gallama.api.service gallama.api.recipes",
    ),
    ("gallama.launchers*", "gallama.api gallama.backends gallama.engines gallama.serve"),
    ("gallama.serve.gateway", "gallama.api gallama.backends gallama.engines gallama.plan"),
    ("gallama.serve.router", "gallama.api gallama.backends gallama.engines gallama.plan"),
    ("gallama.serve.supervisor", "gallama.api gallama.backends gallama.engines gallama.plan"),
    ("gallama.serve.runner", "gallama.api gallama.backends gallama.engines gallama.plan"),
    ("gallama.serve.worker", "gallama.backends gallama.engines"),  # by name, through the registry
    ("gallama.config*", "gallama.api gallama.backends gallama.engines gallama.serve gallama.types"),
    ("gallama.doctor", "gallama.api gallama.backends gallama.engines gallama.serve"),
]

# Packages, and the modules that alone may import them.
ONLY = [
    ("hydra omegaconf", "gallama.config.compose"),
    ("yaml", "gallama.config.compose gallama.config.dialects gallama.config.tree"),
    ("rich", "gallama.console"),
    ("argcomplete", "gallama.cli"),
    ("argparse", "gallama.cli compilers.__main__ compilers.command"),
    ("llama_cpp", "gallama.backends.llama_cpp.*"),
    ("exllamav2", "gallama.backends.exllamav2.*"),
    ("torch", "gallama.backends.exllamav2.* gallama.backends.infinity.*"),
    ("infinity_emb sentence_transformers", "gallama.backends.infinity.*"),
    ("llguidance", "gallama.engines.llguidance"),
    ("formatron kbnf", "gallama.engines.formatron"),
    ("huggingface_hub", "gallama.hub.*"),
    ("ray", "gallama.launchers.ray"),
    ("starlette", "gallama.api.* gallama.serve.gateway gallama.asgi"),
    ("uvicorn", "gallama.serve.http gallama.serve.runner gallama.serve.worker"),
    ("transformers openai fastapi", ""),
]


@pytest.mark.parametrize(("who", "packages"), MAY_NOT, ids=[case[0] for case in MAY_NOT])
def test_what_a_module_may_not_import(who: str, packages: str) -> None:
    own = who.rstrip("*")
    wrong = [
        f"{module} imports {name}"
        for module, names in MODULES.items()
        for name in names
        if fnmatchcase(module, who) and _within(name, packages) and not _within(name, own)
    ]
    assert wrong == []


@pytest.mark.parametrize(("packages", "modules"), ONLY, ids=[case[0] for case in ONLY])
def test_what_only_some_may_import(packages: str, modules: str) -> None:
    wrong = [
        f"{module} imports {name}"
        for module, names in MODULES.items()
        for name in names
        if _within(name, packages)
        and not any(fnmatchcase(module, allowed) for allowed in modules.split())
    ]
    assert wrong == []


def test_compilers_stand_on_lark_alone() -> None:
    names = {
        name.partition(".")[0]
        for module, names in MODULES.items()
        for name in names
        if _within(module, "compilers")
    }
    assert names - set(sys.stdlib_module_names) <= {"compilers", "lark"}
