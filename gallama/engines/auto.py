"""`engine: auto`: which engine a grammar is for.

Measured by `python -m tests.conformance.engine_choice`, both engines in one run, 128k tokens: time
to compile, and the masks of a reply, the first one and the third (kbnf keeps its masks).
"""

from typing import Literal

Source = Literal["json_schema", "tools", "regex", "choice", "template"]


def engine(source: Source, ahead: bool) -> str:
    """The name of an engine in the registry. `ahead`: compiled before the first request needs it.

    What is compiled while a request waits must compile fast; what is kept may take its time once.
    """
    table = {
        # 405 tokens: compiles in 700 ms (3), then 80 ms of masks, 4 in the third reply (170 each)
        ("template", True): "formatron",
    }
    return table.get((source, ahead), "llguidance")  # 1 to 60 ms to compile, formatron 30 to 800
