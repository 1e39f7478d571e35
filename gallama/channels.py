"""Token ids in, parts on channels out: what a reply says, thinks and calls.

stream = ChannelStream(vocabulary, Stops(["\\n\\n"]), extraction.extractor())
for step in steps:
    delta = stream.push(step.tokens)      # parts: content, reasoning, name, arguments
    if stream.stopped is not None: break  # a stop string in the content ended the reply
rest = stream.close()

The grammar says what is where (compilers.extract); here its captures become OpenAI's parts: the
name of a call whole, its arguments as JSON text, also where a model writes them otherwise.
"""

import json
import re
from collections.abc import Iterable, Sequence

from compilers.extract import Event, Extractor
from compilers.frontends.json_schema.parameters import SCALAR
from compilers.regular import accepts
from gallama.text import Delta, StopFinder, Stops
from gallama.types import Part, Vocabulary

_QUOTES = re.compile('^"|"$')


class ChannelStream:
    """The parts of one reply, as its tokens arrive. Stop strings are looked for in its content."""

    def __init__(self, vocabulary: Vocabulary, stops: Stops, extractor: Extractor) -> None:
        self._vocabulary = vocabulary
        self._special = frozenset(vocabulary.special.values())
        self._extractor = extractor
        self._stops = StopFinder(stops)
        self._calls = Calls()

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the reply, if one did."""
        return self._stops.found

    def push(self, tokens: Sequence[int]) -> Delta:
        """Raises compilers.extract.NoParse where the reply is not of its grammar."""
        parts: list[Part] = []
        for token in tokens:
            if token in self._special:
                events = self._extractor.special(self._vocabulary.spelling(token))
            else:
                events = self._extractor.feed(self._vocabulary.pieces[token])
            parts += self._parts(events)
        return Delta(tuple(parts), (0,) * len(tokens))

    def close(self) -> Delta:
        """The rest, when the reply is over."""
        parts = self._parts(self._extractor.close())
        if rest := self._stops.close():
            parts.append(Part("content", rest))
        return Delta((*parts, *self._calls.close()))

    def _parts(self, events: Iterable[Event]) -> list[Part]:
        parts: list[Part] = []
        for event in events:
            if event.channel == "tool_calls":
                parts += self._calls.take(event)
            elif event.kind == "text" and event.channel == "reasoning":
                parts.append(Part("reasoning", event.text))
            elif event.kind == "text" and (text := self._stops.push(event.text)):
                parts.append(Part("content", text))
        return parts


class Calls:
    """Captures of calls, made into names and JSON texts of arguments.

    Where a call has parameters in place of a JSON object (compilers.frontends.json_schema.
    parameters), the object is put together here.
    """

    def __init__(self) -> None:
        self._call = -1
        self._waiting = ""  # a name, a key or a scalar that is not whole yet
        self._members: int | None = None  # of an object that is open here

    def take(self, event: Event) -> list[Part]:
        take = getattr(self, f"_{event.name}")
        found: list[Part] = take(event.kind, event.text)
        return found

    def close(self) -> list[Part]:
        """The end of an object that is open, when the reply is over or another call begins."""
        if self._members is None:
            return []
        self._members, first = None, self._members == 0
        return self._said("{}" if first else "}")

    def _said(self, text: str) -> list[Part]:
        return [Part("arguments", text, self._call)] if text else []

    def _name(self, kind: str, text: str) -> list[Part]:
        self._waiting += text
        if kind != "close":
            return []
        before = self.close()
        self._call += 1
        name, self._waiting = self._waiting, ""
        return [*before, Part("name", name, self._call)]

    def _arguments(self, kind: str, text: str) -> list[Part]:
        return self._said(text)

    def _key(self, kind: str, text: str) -> list[Part]:
        self._waiting += text
        if kind != "close":
            return []
        opening = ", " if self._members else "{"
        self._members = (self._members or 0) + 1
        key, self._waiting = self._waiting, ""
        return self._said(f"{opening}{json.dumps(key, ensure_ascii=False)}: ")

    def _text(self, kind: str, text: str) -> list[Part]:
        if kind != "text":
            return self._said('"')
        return self._said(_QUOTES.sub("", json.dumps(text, ensure_ascii=False)))

    def _value(self, kind: str, text: str) -> list[Part]:
        return self._said(text)

    def _scalar(self, kind: str, text: str) -> list[Part]:
        self._waiting += text
        if kind != "close":
            return []
        whole, self._waiting = self._waiting, ""
        return self._said(whole if accepts(SCALAR, whole) else json.dumps(whole))
