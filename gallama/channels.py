"""Token ids in, parts on channels out: what a reply says, thinks and calls.

stream = ChannelStream(vocabulary, Stops(["\\n\\n"]), extraction.extractor())
for step in steps:
    delta = stream.push(step.tokens)      # parts: content, reasoning, name, arguments
    if stream.stopped is not None: break  # a stop string in the content ended the reply
rest = stream.close()

The grammar says what is where (compilers.extract); here its captures become OpenAI's parts: the
name of a call whole, its arguments as JSON text.
"""

from collections.abc import Iterable, Sequence

from compilers.extract import Event, Extractor, NoParse
from gallama.arguments import Arguments
from gallama.text import Delta, StopFinder, Stops
from gallama.types import Part, Vocabulary

__all__ = ["ChannelStream", "NoParse"]


class ChannelStream:
    """The parts of one reply, as its tokens arrive. Stop strings are looked for in its content."""

    def __init__(self, vocabulary: Vocabulary, stops: Stops, extractor: Extractor) -> None:
        self._vocabulary = vocabulary
        self._special = frozenset(vocabulary.special.values())
        self._extractor = extractor
        self._stops = StopFinder(stops)
        self._name = ""
        self._calls: list[Arguments] = []
        self._tokens = 0
        self._thinking: int | None = 0  # tokens, None while it goes on

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the reply, if one did."""
        return self._stops.found

    def push(self, tokens: Sequence[int]) -> Delta:
        """Raises compilers.extract.NoParse where the reply is not of its grammar."""
        parts: list[Part] = []
        for token in tokens:
            self._tokens += 1
            if token in self._special:
                events = self._extractor.special(self._vocabulary.spelling(token))
            else:
                events = self._extractor.feed(self._vocabulary.pieces[token])
            parts += self._parts(events)
        return Delta(tuple(parts), (0,) * len(tokens))

    def close(self) -> Delta:
        """The rest, when the reply is over: of a call only if it is whole."""
        parts = self._parts(self._extractor.close())
        if rest := self._stops.close():
            parts.append(Part("content", rest))
        if self._extractor.complete:
            parts += self._ended()
        return Delta(tuple(parts))

    @property
    def reasoning_tokens(self) -> int:
        """All up to the one that ends the reasoning, if there is any."""
        return self._tokens if self._thinking is None else self._thinking

    def _parts(self, events: Iterable[Event]) -> list[Part]:
        parts: list[Part] = []
        for event in events:
            if event.channel == "reasoning" and event.kind != "text":
                self._thinking = None if event.kind == "open" else self._tokens
            if event.channel == "tool_calls":
                parts += self._of_call(event)
            elif event.kind == "text" and event.channel in ("reasoning", "thinking"):
                parts.append(Part("reasoning", event.text))
            elif event.kind == "text" and (text := self._stops.push(event.text)):
                parts.append(Part("content", text))
        return parts

    def _of_call(self, event: Event) -> list[Part]:
        if event.name != "name":
            return self._argument(self._calls[-1].take(event.kind, event.name, event.text))
        self._name += event.text
        if event.kind != "close":
            return []
        before = self._ended()
        name, self._name = self._name, ""
        self._calls.append(Arguments())
        return [*before, Part("name", name, len(self._calls) - 1)]

    def _ended(self) -> list[Part]:
        """What completes the arguments of the last call."""
        return self._argument(self._calls[-1].end()) if self._calls else []

    def _argument(self, text: str) -> list[Part]:
        return [Part("arguments", text, len(self._calls) - 1)] if text else []
