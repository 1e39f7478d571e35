"""The arguments of a call as JSON text, fragment by fragment, however the model writes them.

    arguments = Arguments()
    arguments.take("open", "key"), arguments.take("text", "key", "city"), ...     # JSON so far
    arguments.end()                                                               # the rest of it

It takes what an extractor says of a call's captures (compilers.frontends.tools lists them). JSON
comes out as it came in; parameters become the members of an object.
"""

import json
import re
from typing import Literal

_SCALAR = re.compile(r"null|true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Arguments:
    """One call's. What `take` and `end` return is, joined, the text of a JSON object."""

    def __init__(self) -> None:
        self._members = 0
        self._plain = False  # the model writes JSON itself
        self._held = ""

    def take(self, kind: Literal["open", "text", "close"], capture: str, text: str = "") -> str:
        """One event of a capture: "arguments", "key", "text", "value" or "scalar"."""
        self._plain |= capture == "arguments"
        if kind == "text":
            return self._text(capture, text)
        if capture == "text":
            return '"'  # opens and closes it
        if kind == "close" and capture in ("key", "scalar"):
            held, self._held = self._held, ""
            return self._key(held) if capture == "key" else _scalar(held)
        return ""

    def end(self) -> str:
        """Nothing more comes."""
        if self._plain:
            return ""
        return "}" if self._members else "{}"

    def _text(self, capture: str, text: str) -> str:
        if capture in ("key", "scalar"):
            self._held += text
            return ""
        return json.dumps(text, ensure_ascii=False)[1:-1] if capture == "text" else text

    def _key(self, name: str) -> str:
        self._members += 1
        before = "{" if self._members == 1 else ", "
        return f"{before}{json.dumps(name, ensure_ascii=False)}: "


def _scalar(text: str) -> str:
    """JSON where it reads as JSON, else a string."""
    return text if _SCALAR.fullmatch(text) else json.dumps(text, ensure_ascii=False)
