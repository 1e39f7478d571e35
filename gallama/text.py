"""Token ids in, text out: once, for every backend.

stream = TextStream(vocabulary, Stops(["\\n\\n"]))
for step in steps:
    delta = stream.push(step.tokens)      # its parts never split a character
    if stream.stopped is not None: break  # a stop string ended the reply
rest = stream.close()
"""

import codecs
import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gallama.types import Part, Vocabulary


def spelled(token: int, vocabulary: Vocabulary) -> bytes:
    """What the token prints; of a control token, which prints nothing, how it is spelled."""
    return vocabulary.pieces[token] or vocabulary.spelling(token).encode()


def any_of(spellings: Iterable[str]) -> str:
    """A regular expression for any of them, of several at one place the longest.

    It is a tree, so that hundreds of them cost a search little more than one.
    """
    rests: dict[str, list[str]] = {}
    ends = False
    for spelling in spellings:
        ends = ends or not spelling
        if spelling:
            rests.setdefault(spelling[0], []).append(spelling[1:])
    branches = [re.escape(first) + any_of(rest) for first, rest in rests.items()]
    if ends:
        return f"(?:{'|'.join(branches)})?" if branches else ""
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


class Utf8:
    """Bytes that arrive in pieces, as text; what is no UTF-8 becomes U+FFFD.

    `size` counts the characters so far, without one that is not complete yet.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.size = 0

    def push(self, piece: bytes) -> tuple[int, str]:
        """Where in the text the piece begins, and the text that is complete with it."""
        start, text = self.size, ""
        if self._decoder.getstate()[0]:  # does it complete a character, or spoil one?
            text = self._decoder.decode(piece[:1])
            start += max(len(text) - (not self._decoder.getstate()[0]), 0)
            piece = piece[1:]
        text += self._decoder.decode(piece)
        self.size += len(text)
        return start, text

    def close(self) -> str:
        """What is left of a character that was cut."""
        text = self._decoder.decode(b"", final=True)
        self.size += len(text)
        return text


def spelled_text(tokens: Iterable[int], vocabulary: Vocabulary) -> tuple[str, list[int]]:
    """The tokens as text, control tokens as they are spelled, and where in it each begins."""
    utf8 = Utf8()
    parts = [utf8.push(spelled(token, vocabulary)) for token in tokens]
    return "".join(text for _, text in parts) + utf8.close(), [start for start, _ in parts]


class Stops:
    """Stop strings as one automaton (Aho-Corasick), which all replies to a request share.

    A state is the longest end of the text so far that a stop string begins with: `depth` of it
    may still become one. `met` is the length of the longest stop string that the state ends with,
    0 where there is none. A character costs the same, however many strings there are.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._shorter = [0]  # the state of the next longest end
        self.depth = [0]
        self.met = [0]
        for string in strings:
            self._add(string)
        self._link()

    def __bool__(self) -> bool:
        return len(self.depth) > 1

    def step(self, state: int, character: str) -> int:
        while state and character not in self._next[state]:
            state = self._shorter[state]
        return self._next[state].get(character, 0)

    def _add(self, string: str) -> None:
        state = 0
        for depth, character in enumerate(string, 1):
            if character not in self._next[state]:
                self._next[state][character] = len(self._next)
                self._next.append({})
                self._shorter.append(0)
                self.depth.append(depth)
                self.met.append(0)
            state = self._next[state][character]
        self.met[state] = len(string)

    def _link(self) -> None:
        level = deque(self._next[0].values())
        while level:
            state = level.popleft()
            for character, longer in self._next[state].items():
                self._shorter[longer] = self.step(self._shorter[state], character)
                self.met[longer] = self.met[longer] or self.met[self._shorter[longer]]
                level.append(longer)


class StopFinder:
    """Finds the stop string that ends first in a text that arrives in pieces.

    Of several that end at the same place the longest counts. What may still become a stop string
    is held back, so that the outcome does not depend on how the text was cut into pieces.
    """

    def __init__(self, stops: Stops) -> None:
        self._stops = stops
        self._state = 0
        self._held = ""
        self.found: str | None = None

    @property
    def held(self) -> int:
        """Characters that may still become a stop string."""
        return len(self._held)

    def push(self, text: str) -> str:
        """The text that certainly stands before any stop string."""
        if self.found is not None:
            return ""
        if not self._stops:
            return text
        step, met, state = self._stops.step, self._stops.met, self._state
        for at, character in enumerate(text, 1):
            state = step(state, character)
            if met[state]:
                return self._cut(self._held + text[:at], met[state])
        self._state = state
        text = self._held + text
        certain = len(text) - self._stops.depth[state]
        self._held = text[certain:]
        return text[:certain]

    def close(self) -> str:
        """What was held back and turned out to be no stop string, since the text is over; another
        may begin."""
        held, self._held, self._state = self._held, "", 0
        return held

    def _cut(self, text: str, length: int) -> str:
        self._held = ""
        self.found = text[-length:]
        return text[:-length]


@dataclass(frozen=True, slots=True)
class Delta:
    """What is certain now, and for each of the reply's tokens that is out with it where in the
    reply's text it begins."""

    parts: tuple[Part, ...] = ()
    starts: tuple[int, ...] = ()


class TextStream:
    """The text of one reply, as its tokens arrive.

    A token is out with the first character that holds a byte of it. Bytes that are not UTF-8
    become U+FFFD, and so does a character that the reply's end cuts. Of a reply that is held to a
    lead, its first `lead` characters are it: no stop string is looked for there, and they are text
    only if they are shown.
    """

    def __init__(
        self, vocabulary: Vocabulary, stops: Stops, lead: int = 0, shows_lead: bool = True
    ) -> None:
        self._pieces = vocabulary.pieces
        self._utf8 = Utf8()
        self._stops = StopFinder(stops)
        self._lead = lead
        self._shows_lead = shows_lead
        self._hidden = 0 if shows_lead else lead
        self._starts: deque[int] = deque()  # where each token that is not out yet begins
        self._out = 0

    thinking = None  # nothing but words

    @property
    def stopped(self) -> str | None:
        """The stop string that ended the reply, if one did."""
        return self._stops.found

    def push(self, tokens: Sequence[int]) -> Delta:
        text = ""
        for token in tokens:
            start, more = self._utf8.push(self._pieces[token])
            self._starts.append(max(start - self._hidden, 0))
            text += more
        return self._released(self._said(text), final=False)

    def close(self) -> Delta:
        """The rest, when the reply is over."""
        text = self._said(self._utf8.close())
        return self._released(text + self._stops.close(), final=self.stopped is None)

    def _said(self, text: str) -> str:
        """Of what the tokens print: what is certain to be text of the reply."""
        led, text = text[: self._lead], text[self._lead :]
        self._lead -= len(led)
        return (led if self._shows_lead else "") + self._stops.push(text)

    def _released(self, text: str, final: bool) -> Delta:
        self._out += len(text)
        starts = []
        while self._starts and (final or self._starts[0] < self._out):
            starts.append(self._starts.popleft())
        return Delta((Part("content", text),) if text else (), tuple(starts))
