"""Token ids in, parts on channels out: what a reply says, thinks and calls.

stream = ChannelStream(vocabulary, Stops(["\\n\\n"]), extraction.extractor(), template, shown)
for step in steps:
    delta = stream.push(step.tokens)      # parts: content, reasoning, name, arguments
    if stream.stopped is not None: break  # a stop string in the content ended the reply
rest = stream.close()
stream.thinking                           # the fields of the template, once it is filled

The grammar says what is where (compilers.extract); here its captures become OpenAI's parts: the
name of a call whole, its arguments as JSON text.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from compilers.extract import Event, Extractor, NoParse
from compilers.ir import Grammar
from compilers.tree import Tree
from gallama.arguments import Arguments
from gallama.text import Delta, StopFinder, Stops
from gallama.types import WORDS_ALONE, Part, Shown, Vocabulary

__all__ = ["ChannelStream", "NoParse"]


BETWEEN = "\n\n"
"""What stands between the thinking and the words in content that shows both."""


class ChannelStream:
    """The parts of one reply, as its tokens arrive. Stop strings are looked for in its words.

    `template` is the one that its reasoning fills, if there is one. A token is out when it is
    decided what its first character belongs to; where it begins in the text is not told.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        stops: Stops,
        extractor: Extractor,
        template: Grammar | None = None,
        shown: Shown = WORDS_ALONE,
    ) -> None:
        self._vocabulary = vocabulary
        self._special = frozenset(vocabulary.special.values())
        self._extractor = extractor
        self._stops = StopFinder(stops)
        self._shown = shown
        self._fields = None if template is None else Tree(template, "thinking")
        self._thought = False  # whether the reasoning has come to its end
        self._between = ""
        self._name = ""
        self._calls: list[Arguments] = []
        self._tokens = 0
        self._reasoned: int | None = 0  # tokens of the reasoning, None while it goes on
        self._begun: deque[int] = deque()  # where each token that is not out yet begins
        self._cut = 0  # characters from the stop string on

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the reply, if one did."""
        return self._stops.found

    @property
    def thinking(self) -> Mapping[str, Any] | None:
        """The fields of the template; None where there is none, or the reply was cut inside it."""
        return self._fields.value if self._fields is not None and self._thought else None

    @property
    def reasoning_tokens(self) -> int:
        """All up to the one that ends the reasoning, if there is any."""
        return self._tokens if self._reasoned is None else self._reasoned

    def push(self, tokens: Sequence[int]) -> Delta:
        """Raises compilers.extract.NoParse where the reply is not of its grammar."""
        parts: list[Part] = []
        for token in tokens:
            if self.stopped is not None:
                break
            self._tokens += 1
            self._begun.append(self._extractor.read)
            piece = self._vocabulary.pieces[token]
            if token in self._special:
                name = self._vocabulary.spelling(token)
                parts += self._parts(self._extractor.special(name, piece))
            else:
                parts += self._parts(self._extractor.feed(piece))
        return Delta(tuple(parts), self._out(self._extractor.out - self._stops.held - self._cut))

    def close(self) -> Delta:
        """The rest, when the reply is over: of a call only if it is whole."""
        parts = self._parts(self._extractor.close())
        if rest := self._stops.close():  # of words that were cut
            parts.append(self._words(rest))
        if self._extractor.complete:
            parts += self._ended()
        return Delta(tuple(parts), self._out(self._extractor.read + 1))

    def _out(self, end: int) -> tuple[int, ...]:
        """For each token that begins before `end` and was not out, a 0."""
        count = 0
        while self._begun and self._begun[0] < end:
            self._begun.popleft()
            count += 1
        return (0,) * count

    def _parts(self, events: Iterable[Event]) -> list[Part]:
        parts: list[Part] = []
        for event in events:
            if event.channel == "reasoning" and event.kind != "text":
                self._reasoned = None if event.kind == "open" else self._tokens
            if event.channel == "tool_calls":
                parts += self._of_call(event)
            elif event.channel in ("reasoning", "thinking"):
                parts += self._of_reasoning(event)
            elif event.name == "lead":
                if event.kind == "text" and self._shown.lead:
                    parts.append(self._words(event.text))
            elif text := self._of_words(event):
                parts.append(self._words(text))
        return parts

    def _of_words(self, event: Event) -> str:
        """What is certain to stand before any stop string."""
        if event.kind == "close":
            return self._stops.close()
        held, text = self._stops.held, self._stops.push(event.text)
        if self.stopped is not None and not self._cut:
            self._cut = held + len(event.text) - len(text)
        return text

    def _words(self, text: str) -> Part:
        between, self._between = self._between, ""
        return Part("content", between + text)

    def _of_reasoning(self, event: Event) -> list[Part]:
        if self._fields is not None:
            self._fields.push([event])
        if event.kind == "text":
            shown = [Part("content", event.text)] if self._shown.thinking else []
            return [Part("reasoning", event.text), *shown]
        if event.kind == "close" and event.name == "reasoning":
            self._thought = True
            self._between = BETWEEN if self._shown.thinking else ""
        return []

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
