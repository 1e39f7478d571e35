"""Compile a declaration by hand.

    python -m compilers json_schema schema.json --to llguidance --accept '{}' --reject '[]'
    python -m compilers regex '[0-9]{3}'
    python -m compilers template template.xml
    python -m compilers tools tools.json
    python -m compilers lark_text grammar.lark --to gbnf
    python -m compilers choice yes,no,maybe

Prints the grammar; on stderr what is enforced, what is not, the size and the time. --accept and
--reject try a text on the reference recogniser. Exit code 1: refused, or a text that did not do as
it should; 2: wrong arguments. `gallama compile` does the same.
"""

import argparse
from collections.abc import Sequence

from compilers import command


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m compilers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("frontend", choices=sorted(command.FRONTENDS))
    parser.add_argument("source", help="a file (- is stdin), a pattern, or the choices")
    command.add_options(parser)
    options = parser.parse_args(arguments)
    return command.run("compilers", options.frontend, options.source, options)


if __name__ == "__main__":
    raise SystemExit(main())
