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
        # compile 400 ms (llguidance 4); masks of one reply 37 ms, of the third 2 (86, and 66)
        ("template", True): "formatron",
    }
    return table.get((source, ahead), "llguidance")  # compile 2 to 26 ms (formatron 97 to 285)
