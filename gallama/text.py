"""Token ids in, text out: once, for every backend.

stream = TextStream(vocabulary, stop=("\\n\\n",))
for step in steps:
    delta = stream.push(step.tokens)      # delta.text never splits a character
    if stream.stopped is not None: break  # a stop string ended the reply
rest = stream.close()
"""

import codecs
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from gallama.types import Vocabulary


@dataclass(frozen=True, slots=True)
class Delta:
    """Text that is certain now, and how many more of the reply's tokens are out with it."""

    text: str = ""
    tokens: int = 0


class StopFinder:
    """Finds the stop string that ends first in a text that arrives in pieces.

    Of several that end at the same place the longest counts. What may still become a stop string
    is held back, so that the outcome does not depend on how the text was cut into pieces.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._prefixes = {stop[:n] for stop in self._stops for n in range(1, len(stop))}
        self._longest = max(map(len, self._stops), default=0)
        self._held = ""
        self.found: str | None = None

    def push(self, text: str) -> str:
        """The text that certainly stands before any stop string."""
        if not self._stops or self.found is not None:
            return "" if self.found is not None else text
        text = self._held + text
        ends = [(at + len(s), -len(s), s) for s in self._stops if (at := text.find(s)) >= 0]
        if ends:
            end, negative_length, self.found = min(ends)
            self._held = ""
            return text[: end + negative_length]
        keep = self._undecided(text)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def close(self) -> str:
        """What was held back and turned out to be no stop string."""
        held, self._held = self._held, ""
        return held

    def _undecided(self, text: str) -> int:
        """Length of the longest end of `text` that a stop string could begin with."""
        longest = min(self._longest - 1, len(text))
        return next((n for n in range(longest, 0, -1) if text[-n:] in self._prefixes), 0)


class TextStream:
    """The text of one reply, as its tokens arrive.

    Bytes that are not UTF-8 become U+FFFD, and so does a character that the reply's end cuts.
    """

    def __init__(self, vocabulary: Vocabulary, stop: Sequence[str] = ()) -> None:
        self._pieces = vocabulary.pieces
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = StopFinder(stop)
        self._starts: deque[int] = deque()  # where each token that is not out yet begins
        self._decoded = 0
        self._out = 0

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the reply, if one did."""
        return self._stops.found

    def push(self, tokens: Sequence[int]) -> Delta:
        text = ""
        for token in tokens:
            self._starts.append(self._decoded + len(text))
            text += self._utf8.decode(self._pieces[token])
        self._decoded += len(text)
        return self._released(self._stops.push(text), final=False)

    def close(self) -> Delta:
        """The rest, when the reply is over."""
        tail = self._utf8.decode(b"", final=True)
        self._decoded += len(tail)
        text = self._stops.push(tail)
        return self._released(text + self._stops.close(), final=self.stopped is None)

    def _released(self, text: str, final: bool) -> Delta:
        self._out += len(text)
        tokens = 0
        while self._starts and (final or self._starts[0] < self._out):
            self._starts.popleft()
            tokens += 1
        return Delta(text, tokens)
