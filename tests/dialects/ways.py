"""Every way in which a chat may be held, for every dialect: each must have one reading only.

    python -m tests.dialects.ways [DIALECT ...]       # all of them: some minutes

The suite (test_ways.py) takes a sample.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import compilers
from compilers.errors import Ambiguous
from compilers.extract import Extraction
from compilers.frontends.tools import Reasoning
from compilers.ir import Grammar
from gallama.dialect import Dialect, Native
from tests.dialects.test_grammars import SPECS, TOOLS, vocabulary_of

NAMED = {"type": "function", "function": {"name": "get_time"}}
CHOICES: dict[str, Any] = {"auto": "auto", "required": "required", "named": NAMED, "none": "none"}
CONTENTS: dict[str, Grammar | None] = {
    "free": None,
    "regex": compilers.regex("(Yes|No)[.!]*"),
    "schema": compilers.json_schema({"type": "object", "properties": {"a": {}}}),
}
TEMPLATE = compilers.template("<plan>\n  <step>{what}</step>\n  <!-- add more -->\n</plan>")
THINKING: list[tuple[Reasoning, Grammar | None]] = [
    ("no", None), ("may", None), ("must", None), ("inside", None),
    ("must", TEMPLATE), ("inside", TEMPLATE),
]  # fmt: skip
LEADS = ("", "Well: ")


class Way(NamedTuple):
    dialect: str
    special: bool
    choice: str
    parallel: bool
    reasoning: Reasoning
    template: bool
    content: str
    lead: str

    def grammar(self) -> Grammar:
        dialect = Dialect(self.dialect, SPECS[self.dialect], Native(reasons=True))
        return dialect.grammar(
            vocabulary_of(self.dialect, self.special),
            tools=TOOLS,
            tool_choice=CHOICES[self.choice],
            parallel=self.parallel,
            reasoning=self.reasoning,
            thinking=TEMPLATE if self.template else None,
            content=CONTENTS[self.content],
            lead=self.lead,
        )


def ways(*dialects: str) -> Iterator[Way]:
    """Of these dialects, or of all."""
    choices = product(
        dialects or sorted(SPECS), (False, True), CHOICES, (True, False), THINKING, CONTENTS, LEADS
    )
    for dialect, special, choice, parallel, (reasoning, template), content, lead in choices:
        tags = SPECS[dialect].reply.reasoning is not None
        thinks = tags or reasoning == "no" or (template is not None and reasoning == "must")
        words = choice in ("auto", "none")
        if thinks and (words or not lead) and (parallel or choice in ("auto", "required")):
            filled = template is not None
            yield Way(dialect, special, choice, parallel, reasoning, filled, content, lead)


def told_apart(way: Way) -> bool:
    """Whether calls and words can be: a call in Llama's JSON may be an object of a schema, too."""
    bare_json = way.dialect == "llama3" and way.content == "schema"
    return not (bare_json and way.choice == "auto" and not way.lead)


def refused(way: Way) -> str:
    """Why, "" where it is not."""
    try:
        Extraction(way.grammar())
    except Ambiguous as error:
        return str(error)
    return ""


def main() -> int:
    begin = time.process_time()
    wrong, counts = 0, Counter[bool]()
    for way in ways(*sys.argv[1:]):
        reason = refused(way)
        counts[bool(reason)] += 1
        if bool(reason) == told_apart(way):
            wrong += 1
            print(f"{way}: {reason[:300] or 'not refused'}")
    seconds = time.process_time() - begin
    print(
        f"{counts.total()} ways, {counts[True]} refused, {wrong} of them wrongly; {seconds:.0f} s"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
