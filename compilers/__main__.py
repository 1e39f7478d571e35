"""Compile a declaration by hand.

    python -m compilers json_schema schema.json --to llguidance --accept '{}' --reject '[]'
    python -m compilers regex '[0-9]{3}'
    python -m compilers template template.xml
    python -m compilers tools tools.json
    python -m compilers lark_text grammar.lark --to gbnf
    python -m compilers choice yes no maybe

Prints the grammar; on stderr what is not enforced, the size and the time. --accept and --reject try
a text on the reference recogniser. Exit code 1: refused, or a text that did not do as it should.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import compilers
from compilers.oracle import recognises


def _schema(words: Sequence[str]) -> compilers.Grammar:
    return compilers.json_schema(json.loads(Path(words[0]).read_text(encoding="utf-8")))


def _tools(words: Sequence[str]) -> compilers.Grammar:
    return compilers.tools(json.loads(Path(words[0]).read_text(encoding="utf-8")))


def _template(words: Sequence[str]) -> compilers.Grammar:
    return compilers.template(Path(words[0]).read_text(encoding="utf-8"))


def _lark_text(words: Sequence[str]) -> compilers.Grammar:
    return compilers.lark_text(Path(words[0]).read_text(encoding="utf-8"))


FRONTENDS: dict[str, Callable[[Sequence[str]], compilers.Grammar]] = {
    "json_schema": _schema,
    "lark_text": _lark_text,
    "regex": lambda words: compilers.regex(words[0]),
    "template": _template,
    "tools": _tools,
    "choice": compilers.choice,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m compilers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("frontend", choices=sorted(FRONTENDS))
    parser.add_argument("source", nargs="+", help="a file, a pattern, or the choices")
    parser.add_argument("--to", default="llguidance", choices=sorted(compilers.DIALECTS))
    parser.add_argument("--accept", action="append", default=[], metavar="TEXT")
    parser.add_argument("--reject", action="append", default=[], metavar="TEXT")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        grammar = FRONTENDS[options.frontend](options.source)
        text = compilers.emit(grammar, options.to)
    except (compilers.CompileError, OSError, json.JSONDecodeError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    spent = time.perf_counter() - start
    print(text, end="")
    for note in grammar.notes:
        print(f"not enforced: {note.where}: {note.message}", file=sys.stderr)
    print(f"{len(grammar.rules)} rules, {spent * 1e3:.1f} ms", file=sys.stderr)
    return _try(grammar, options.accept, options.reject)


def _try(grammar: compilers.Grammar, accept: Sequence[str], reject: Sequence[str]) -> int:
    wrong = 0
    for wanted, texts in ((True, accept), (False, reject)):
        for text in texts:
            held = recognises(grammar, text)
            wrong += held != wanted
            mark = "ok" if held == wanted else "WRONG"
            print(f"{mark}: {'accepts' if held else 'rejects'} {text!r}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
