"""The command line: gallama run, check, compile, schema, bench, doctor, completion.

Nothing heavy is imported before a command needs it: help and mistakes of usage come at once.
Exit codes: 0 all is well, 1 a command failed, 2 the arguments or the configuration are wrong.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from gallama.errors import ConfigError, GallamaError, Mistake

if TYPE_CHECKING:
    from gallama.config.schema import RunConfig

_RECIPE = re.compile(r"\+{0,2}recipe=")

_OVERRIDES = """\
overrides:
  models=NAME              what to run: a file of ./conf/models, $GALLAMA_HOME/conf/models or ours
  models=[A,B]             several of them; +models= is the same
  models.NAME.KEY=VALUE    a setting of one model, such as models.tiny.max_seq_len=1024
  server.KEY=VALUE         a setting of the gateway, such as server.port=9000
  recipe=NAME              the recipe of chats that name none; +recipe= is the same
"""

_RUN = """\
examples:
  gallama run
  gallama run +models=tiny server.port=9000 models.tiny.max_seq_len=1024
  gallama run models=gguf models.gguf.path=~/llama-3.1-8b.gguf
  gallama run --cfg job models=[tiny,scripted]
  gallama run -m models=tiny models.tiny.slots=1,4

The table of models and the progress go to stderr; when the server is ready, its address and a curl
line to try it go to stdout. Ctrl-C or SIGTERM lets running replies finish; a second one does not.
"""

_DOCTOR = """\
One line for each backend and engine: there (with its version), missing (with what installs it), or
broken (with the reason). The exit code is 0 when a real model can be served: when a backend other
than the scripted fake works.
"""

_COMPILE = """\
Print the grammar that a declaration compiles to; on stderr what of it is enforced, what is not, the
size and the time. A FILE may be - (stdin).
"""

_COMPILE_EXAMPLES = """\
examples:
  gallama compile +recipe=cot
  gallama compile +recipe=classify variables.labels='["good", "bad"]' --accept good
  gallama compile --schema person.json --accept '{"name": "Ann"}' --reject '{}'
  gallama compile --regex '[0-9]{3}' --to lark
  gallama compile --choice yes,no,maybe --reject perhaps

The exit code is 1 where the declaration is refused, or a text did not do as it should.
"""

_CHECK = """\
Print every mistake of what `gallama run KEY=VALUE ...` would run, or its models. With files or
folders of recipes: compile each of them, try its examples, and print how it went; that needs no
model.
"""

_SCHEMA = """\
An editor with a YAML language server completes and checks a file that begins with the line
# yaml-language-server: $schema=recipe.schema.json

examples:
  gallama schema recipe > recipes/recipe.schema.json
  gallama schema models > conf/models/models.schema.json
"""

_BENCH = """\
Streams replies of a running server's model, held to a grammar (a tool call, a JSON schema, a
thinking template) and free, to prompts of the same length and by turns. For each number of clients
at once: tokens a second of all streams together, from request to last token, and the milliseconds
to the first event (median; cold: of the very first request, which may compile).
"""

_COMPLETION = """\
for bash, in ~/.bashrc:   eval "$(gallama completion bash)"
for zsh, in ~/.zshrc:     eval "$(gallama completion zsh)"
for fish:                 gallama completion fish | source
"""


def main(arguments: Sequence[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    parser, commands = _parsers()
    if arguments[:1] == ["compile"] or "compile" in os.environ.get("COMP_LINE", ""):
        _add_compile(commands["compile"], any(map(_RECIPE.match, arguments)))
    if "_ARGCOMPLETE" in os.environ:
        _answer_the_shell(parser)
    try:
        if arguments and arguments[0] in commands:
            # Options may stand between overrides, which a parser of subcommands would refuse.
            options = commands[arguments[0]].parse_intermixed_args(arguments[1:])
        else:
            options = parser.parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(f"gallama: {mistake}", file=sys.stderr)
        return 2
    except GallamaError as error:
        print(f"gallama: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads our output went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _answer_the_shell(parser: argparse.ArgumentParser) -> NoReturn:
    import argcomplete

    argcomplete.autocomplete(parser, always_complete_options=False)
    raise SystemExit(0)  # not reached: argcomplete ends the process


def _parsers() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        "gallama",
        description="Local language models behind an OpenAI-compatible server, from declarations.",
        epilog="gallama COMMAND --help says more about a command.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    parser.set_defaults(command=lambda _: print(parser.format_help(), end="") or 0)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for declare in (
        _declare_run,
        _declare_check,
        _declare_compile,
        _declare_schema,
        _declare_bench,
        _declare_doctor,
        _declare_completion,
    ):
        declare(partial(commands.add_parser, formatter_class=argparse.RawDescriptionHelpFormatter))
    return parser, commands.choices


_Add = Callable[..., argparse.ArgumentParser]
"""Adds the parser of one more command."""


def _declare_run(add: _Add) -> None:
    run = add(
        "run",
        help="serve models",
        usage="gallama run [OPTION] [KEY=VALUE ...]",
        epilog=f"{_OVERRIDES}\n{_RUN}",
    )
    _add_overrides(run)
    instead = run.add_mutually_exclusive_group()
    instead.add_argument(
        "-m",
        "--multirun",
        action="store_true",
        help="a job for each alternative (KEY=A,B), in turn",
    )
    instead.add_argument(
        "-c", "--cfg", choices=("job", "hydra", "all"), help="print the configuration, run nothing"
    )
    instead.add_argument(
        "-i",
        "--info",
        nargs="?",
        const="all",
        choices=("all", "config", "defaults", "defaults-tree", "plugins", "searchpath"),
        help="print what the configuration was composed from, run nothing",
    )
    instead.add_argument("--hydra-help", action="store_true", help="Hydra's own help")
    run.add_argument("--resolve", action="store_true", help="with --cfg: resolve ${...}")
    run.add_argument("-p", "--package", metavar="KEY", help="with --cfg: this section only")
    run.set_defaults(command=_run)


def _declare_check(add: _Add) -> None:
    check = add(
        "check",
        help="check a configuration or recipes, load nothing",
        usage="gallama check [KEY=VALUE ...] [FILE|FOLDER ...]",
        description=_CHECK,
        epilog=_OVERRIDES,
    )
    _add_overrides(check)
    check.set_defaults(command=_check)


def _declare_compile(add: _Add) -> None:
    """Its options come from the compilers' tables, which cost 0.1 s: _add_compile."""
    add(
        "compile",
        help="print the grammar of a declaration",
        usage="gallama compile --schema FILE | --regex PATTERN | ... | +recipe=NAME [OPTION ...]",
        description=_COMPILE,
        epilog=_COMPILE_EXAMPLES,
    )


def _declare_schema(add: _Add) -> None:
    schema = add(
        "schema", help="print a JSON Schema of recipes or models, for editors", epilog=_SCHEMA
    )
    schema.add_argument("kind", choices=("recipe", "models"))
    schema.set_defaults(command=_schema)


def _declare_bench(add: _Add) -> None:
    bench = add("bench", help="what constraints cost", description=_BENCH)
    bench.add_argument(
        "url",
        nargs="?",
        type=_url,
        default="http://127.0.0.1:8000",
        metavar="URL",
        help="of a running server (default: http://127.0.0.1:8000)",
    )
    bench.add_argument("--model", help="one of the server's models (default: its first)")
    bench.add_argument(
        "--concurrency", type=_counts, default=[1, 8], metavar="N,N", help="(default: 1,8)"
    )
    bench.add_argument(
        "--tokens",
        type=_count,
        default=200,
        metavar="N",
        help="of one reply; the template takes about 30 (default: 200)",
    )
    bench.add_argument("--rounds", type=_count, default=5, metavar="N", help="(default: 5)")
    bench.set_defaults(command=_bench)


def _declare_doctor(add: _Add) -> None:
    doctor = add("doctor", help="what works on this machine", description=_DOCTOR)
    doctor.set_defaults(command=_doctor)


def _declare_completion(add: _Add) -> None:
    completion = add(
        "completion", help="print a script that completes arguments at TAB", epilog=_COMPLETION
    )
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    completion.set_defaults(command=_completion)


def _add_compile(parser: argparse.ArgumentParser, recipe: bool) -> None:
    from compilers import command

    if recipe:
        what = "a recipe, and what fills in its variables: variables.NAME=VALUE"
        parser.add_argument("overrides", nargs="+", metavar="KEY=VALUE", help=what)
    else:
        command.add_sources(parser)
    command.add_options(parser)
    parser.set_defaults(command=_compile)


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    action = parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help="changes to the configuration"
    )
    action.completer = _complete  # type: ignore[attr-defined]  # argcomplete looks for it


class _Version(argparse.Action):
    """--version; the version is looked up when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"gallama {version('gallama')}")
        except PackageNotFoundError:
            print("gallama, from a folder of sources that is not installed")
        parser.exit()


def _run(options: argparse.Namespace) -> int:
    from gallama.config import compose

    overrides = [compose.simplify(text) for text in options.overrides]
    jobs = compose.jobs(overrides) if options.multirun else [overrides]
    showing = bool(options.cfg or options.info or options.hydra_help)
    compose.check_all(jobs, machine=not showing)
    return compose.launch([*_hydra_flags(options), *overrides], _serve)


def _hydra_flags(options: argparse.Namespace) -> list[str]:
    flags = [f"--{name}" for name in ("multirun", "resolve") if getattr(options, name)]
    flags += ["--hydra-help"] if options.hydra_help else []
    for name in ("cfg", "info", "package"):
        if value := getattr(options, name):
            flags.append(f"--{name}={value}")
    return flags


def _serve(config: "RunConfig") -> int:
    from gallama import console
    from gallama.serve import runner

    with console.Watcher(config) as watcher:
        return runner.run(config, watcher)


def _check(options: argparse.Namespace) -> int:
    recipes = [text for text in options.overrides if _is_path(text)]
    overrides = [text for text in options.overrides if text not in recipes]
    checks: list[Callable[[], None]] = []
    if recipes:
        checks.append(lambda: _check_recipes(recipes))
    if overrides or not recipes:
        checks.append(lambda: _check_run(overrides))
    mistakes: list[Mistake] = []
    for check in checks:
        try:
            check()
        except ConfigError as error:
            mistakes += error.mistakes
    if mistakes:
        raise ConfigError(mistakes)
    return 0


def _is_path(text: str) -> bool:
    """Whether an argument of `check` is a recipe or a folder of them."""
    return "=" not in text and (text.endswith(("/", ".yaml", ".yml")) or os.path.isdir(text))


def _check_run(overrides: list[str]) -> None:
    from gallama import console
    from gallama.config import compose, recipes

    config = compose.compose([compose.simplify(text) for text in overrides])
    out = console.terminal(stderr=False)
    out.print(console.topology(config))
    known = recipes.files(config.recipe_folders)
    named = {spec.recipe or config.recipe for spec in config.models.values()} - {None}
    if named:
        _check_recipes([str(known[name]) for name in sorted(map(str, named))])
    workers = sum(spec.replicas for spec in config.models.values())
    out.print(f"All is well: models {len(config.models)}, workers {workers}.")


def _check_recipes(paths: list[str]) -> None:
    """Raises ConfigError with all mistakes, when the table is out."""
    from gallama import console
    from gallama.config import dialects
    from gallama.recipe import check

    verdicts = list(check.check(check.files(paths), dialects.load()))
    out = console.terminal(stderr=False)
    out.print(console.recipes(verdicts))
    if mistakes := [mistake for verdict in verdicts for mistake in verdict.mistakes]:
        raise ConfigError(mistakes)
    tried = sum(sum(verdict.tried) for verdict in verdicts)
    out.print(f"All is well: recipes {len(verdicts)}, replies tried {tried}.")


def _compile(options: argparse.Namespace) -> int:
    from compilers import command

    if "overrides" in options:
        from gallama.recipe.command import compile_recipe

        return compile_recipe(options)
    frontend, source = options.source
    return command.run("gallama", frontend, source, options)


def _schema(options: argparse.Namespace) -> int:
    import json

    from gallama.recipe import schema

    print(json.dumps(schema.KINDS[options.kind](), indent=2, ensure_ascii=False))
    return 0


def _bench(options: argparse.Namespace) -> int:
    import asyncio

    from gallama import bench

    measured = bench.Bench(options.url, options.model, options.tokens, options.rounds)
    for i, concurrency in enumerate(options.concurrency):
        rows = asyncio.run(measured.run(concurrency))
        print(*([] if i else [bench.HEADER]), *map(bench.line, rows), sep="\n", flush=True)
    return 0


def _url(text: str) -> str:
    if not re.match("https?://.", text):
        where = "must be an address such as http://127.0.0.1:8000"
        raise argparse.ArgumentTypeError(f"{where}, not {text!r}")
    return text


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, not {text!r}")
    return int(text)


def _counts(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


def _doctor(options: argparse.Namespace) -> int:
    from gallama import doctor

    diagnoses = doctor.examine()
    for diagnosis in diagnoses:
        print(diagnosis)
    return 0 if doctor.serves(diagnoses) else 1


def _completion(options: argparse.Namespace) -> int:
    from argcomplete.shell_integration import shellcode

    print(shellcode(["gallama"], shell=options.shell))
    return 0


def _complete(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """What the shell may put for `prefix`, behind the arguments that stand already."""
    from gallama.config import complete, compose, paths, recipes

    others = [compose.simplify(text) for text in parsed_args.overrides or ()]
    groups = {group: compose.choices(group) for group in ("models", "server")}
    groups["recipe"] = list(recipes.files(paths.folders("recipes")))
    return complete.complete(prefix, groups, compose.models(others))
