"""Compiling one declaration for a person to read: `gallama compile` and `python -m compilers`.

FRONTENDS is the table of what can be compiled, `compilers.DIALECTS` the table of what it can be
printed as: a new one is one row, and both command lines have it.

The grammar goes to stdout; to stderr what of the declaration is enforced, what is not, the size and
the time, and how the texts of --accept and --reject fared. The exit code is 0, or 1 where the
declaration is refused or a text did not do as it should, or 2 where the declaration cannot be read
or the grammar cannot be printed.
"""

import argparse
import csv
import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import compilers
from compilers.errors import placed
from compilers.frontends.declared import only_declared
from compilers.frontends.json_schema.assertions import assertions
from compilers.ir import Capture, FreeText, walk
from compilers.oracle import recognises

DEFAULT_DIALECT = "llguidance"


@dataclass(frozen=True, slots=True)
class Frontend:
    """How one kind of declaration is given on a command line.

    `option`, `metavar` and `help` are those of `gallama compile`; `read` makes a declaration of
    what is given there, `enforced` says in a few words what its grammar enforces.
    """

    option: str
    metavar: str
    help: str
    read: Callable[[str], Any]
    parse: Callable[[Any], compilers.Grammar]
    enforced: Callable[[Any, compilers.Grammar], str]


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.buffer.read().decode()
    return Path(file).read_text(encoding="utf-8")


def _given(argument: str) -> str:
    """What stands on the command line itself; its bytes, where they are no UTF-8, are hidden."""
    return argument.encode("utf-8", "surrogateescape").decode()


def _json(file: str) -> Any:
    text = _text(file)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise compilers.TooLarge("nested too deeply to be read") from error
    except json.JSONDecodeError as error:
        where, shown = placed(text, error.pos)
        raise compilers.Malformed(f"this is no JSON ({error.msg})\n{shown}", where) from error
    except ValueError as error:  # what Python says of it is of no use to others
        most = sys.get_int_max_str_digits()
        raise compilers.TooLarge(f"a number of more than {most} digits") from error


def _split(texts: str) -> list[str]:
    """Comma-separated; a text with a comma stands in double quotes."""
    rows = list(csv.reader(io.StringIO(_given(texts), newline=""), strict=True))
    if len(rows) > 1:
        raise csv.Error("a line ends outside of double quotes")
    return rows[0] if rows else []


def _schema(schema: Any) -> compilers.Grammar:
    """As a reply is held to it."""
    return compilers.json_schema(only_declared(schema))


def _of_schema(schema: Any, grammar: compilers.Grammar) -> str:
    counts = _counted(assertions(schema, {note.where for note in grammar.notes})) or "any JSON"
    return counts if only_declared(schema) == schema else f"{counts}; no members but those declared"


def _of_tools(tools: Any, grammar: compilers.Grammar) -> str:
    counts: Counter[str] = Counter()
    ignored = {note.where for note in grammar.notes}
    for i, tool in enumerate(tools):
        schema = tool["function"].get("parameters")
        prefix = f"/{i}/function/parameters"
        counts.update(assertions(schema, {each.removeprefix(prefix) for each in ignored}))
    names = ", ".join(tool["function"]["name"] for tool in tools)
    return "; ".join(filter(None, [f"calls of {names}", _counted(counts)]))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(word if n == 1 else f"{word} ({n})" for word, n in counts.items())


def _of_template(template: Any, grammar: compilers.Grammar) -> str:
    captures = [
        each for rule in grammar.rules.values() for each in walk(rule) if isinstance(each, Capture)
    ]
    shown = (f"{c.name} ({'text' if isinstance(c.part, FreeText) else 'typed'})" for c in captures)
    return f"the tags and white space as written; holes {', '.join(shown) or 'none'}"


FRONTENDS = {
    "json_schema": Frontend(
        "schema",
        "FILE",
        "a JSON Schema; members that it does not declare are left out, as in replies",
        _json,
        _schema,
        _of_schema,
    ),
    "tools": Frontend("tools", "FILE", "OpenAI's list of tools", _json, compilers.tools, _of_tools),
    "template": Frontend(
        "template", "FILE", "a thinking template", _text, compilers.template, _of_template
    ),
    "lark_text": Frontend(
        "lark",
        "FILE",
        "a grammar in the subset of Lark that docs and compilers.lark_text describe",
        _text,
        compilers.lark_text,
        lambda _, grammar: f"the {len(grammar.rules)} rules as written",
    ),
    "gbnf_text": Frontend(
        "gbnf",
        "FILE",
        "a grammar in GBNF, the language of llama.cpp",
        _text,
        compilers.gbnf_text,
        lambda _, grammar: f"the rules as written, {len(grammar.rules)} where they are not regular",
    ),
    "regex": Frontend(
        "regex",
        "PATTERN",
        "a regular expression, matched from end to end",
        _given,
        compilers.regex,
        lambda pattern, grammar: "the pattern, from end to end",
    ),
    "choice": Frontend(
        "choice",
        "A,B",
        "one of several texts; one with a comma in double quotes",
        _split,
        compilers.choice,
        lambda texts, grammar: f"one of {len(set(texts))} texts",
    ),
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What both command lines take besides the declaration."""
    parser.add_argument(
        "--to",
        default=DEFAULT_DIALECT,
        choices=sorted(compilers.DIALECTS),
        help=f"the dialect to print (default: {DEFAULT_DIALECT})",
    )
    parser.add_argument(
        "--accept", action="append", default=[], metavar="TEXT", help="a text that must be allowed"
    )
    parser.add_argument(
        "--reject", action="append", default=[], metavar="TEXT", help="a text that must not be"
    )


def add_sources(parser: argparse.ArgumentParser) -> None:
    """An option for each frontend, of which one must be given; the outcome is (frontend, text)."""
    group = parser.add_mutually_exclusive_group(required=True)
    for name, frontend in FRONTENDS.items():
        group.add_argument(
            f"--{frontend.option}",
            dest="source",
            action=_Once,
            type=_Source(name),
            metavar=frontend.metavar,
            help=frontend.help,
        )


class _Once(argparse.Action):
    """Of two declarations none is dropped: the second is refused."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option: Any = None) -> None:
        if namespace.source is not None:
            raise argparse.ArgumentError(self, "may be given once only")
        namespace.source = values


@dataclass(frozen=True, slots=True)
class _Source:
    frontend: str

    def __call__(self, text: str) -> tuple[str, str]:
        return self.frontend, text


def run(program: str, frontend: str, source: str, options: argparse.Namespace) -> int:
    """Compile, print, try the texts. `program` begins the lines of errors."""
    start = time.perf_counter()
    kind = FRONTENDS[frontend]
    place = source if kind.metavar == "FILE" else frontend
    try:
        declaration = kind.read(source)
        grammar = kind.parse(declaration)
        text = compilers.emit(grammar, options.to)
    except compilers.CompileError as error:
        print(f"{program}: {place}: refused: {error}", file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print(f"{program}: {place}: is no text in UTF-8", file=sys.stderr)
        return 2
    except csv.Error as error:
        print(f"{program}: {place}: {error}, in {source!r}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{program}: {place}: {error.strerror}", file=sys.stderr)
        return 2
    spent = time.perf_counter() - start
    return show(program, grammar, text, kind.enforced(declaration, grammar), spent, options)


def show(
    program: str,
    grammar: compilers.Grammar,
    text: str,
    enforced: str,
    spent: float,
    options: argparse.Namespace,
) -> int:
    """Print a grammar that took `spent` seconds, and try the texts."""
    try:
        print(text, end="", flush=True)
    except (OSError, UnicodeEncodeError) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is in its buffer
        if not isinstance(error, BrokenPipeError):  # as `head` does it
            print(f"{program}: the grammar cannot be printed: {error}", file=sys.stderr)
        return 2
    print(f"enforced: {enforced}", file=sys.stderr)
    for note in grammar.notes:
        print(f"not enforced: {note.where}: {note.message}", file=sys.stderr)
    print(f"{len(grammar.rules)} rules, {spent * 1e3:.1f} ms", file=sys.stderr)
    wanted = [*((True, each) for each in options.accept), *((False, t) for t in options.reject)]
    held = [_tried(program, grammar, text, accepted) for accepted, text in wanted]
    return 0 if all(held) else 1


def _tried(program: str, grammar: compilers.Grammar, text: str, wanted: bool) -> bool:
    """Whether the reference recogniser takes the text, or does not, as it should."""
    try:
        found = recognises(grammar, text)
    except RecursionError:
        print(f"{program}: {text[:40]!r}... is nested too deeply to be tried", file=sys.stderr)
        return False
    verdict = "accepted" if found else "rejected"
    if found == wanted:
        print(f"{verdict}: {text!r}", file=sys.stderr)
        return True
    print(
        f"{program}: {text!r} is {verdict}, and should be {'accepted' if wanted else 'rejected'}",
        file=sys.stderr,
    )
    return False
