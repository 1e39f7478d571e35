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
        # compile 406 ms (llguidance 3); masks of one reply 30 ms, of the third 2 (66, and 95)
        ("template", True): "formatron",
    }
    return table.get((source, ahead), "llguidance")  # compile 2 to 22 ms (formatron 73 to 234)
