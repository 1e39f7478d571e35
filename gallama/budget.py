"""A reply held to a number of tokens: its reasoning, and all of it, end whole within them.

    closer = Closer(closing, Speller(vocabulary))
    matcher = BudgetedMatcher(engine_matcher, closer, Allowance(thinking=100))

The rule: at every place the tokens that are left suffice for the shortest closing from there
(compilers.closing), of the reasoning or of the reply. A token that is drawn may break it: one of
the text, when only the closing's tokens are left, or one that commits to more than fits, as the
name of a member that must be an object. It is not taken: the closing's first token is, and then the
others. So a closing that fits at the beginning of a reply fits wherever it stands.

What follows the reasoning is the same however that ended, so the closing of a reply from within its
reasoning is the closing of the reasoning and then the shortest of what follows.
"""

from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compilers.closing import Closing, State, Text
from compilers.errors import TooLarge
from gallama.errors import EngineFailure
from gallama.types import Matcher, Vocabulary


class Speller:
    """Texts and special tokens as tokens of a vocabulary, and back."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._special = frozenset(vocabulary.special.values())
        ordinary = (i for i in reversed(range(len(vocabulary.pieces))) if i not in self._special)
        pieces = vocabulary.pieces
        self.longest = max(map(len, pieces))  # bytes of a token; a special one counts as one
        self._bytes = {pieces[i][0]: i for i in ordinary if len(pieces[i]) == 1}
        # They are much the same from token to token.
        self._encoded = lru_cache(1024)(lambda text: tuple(vocabulary.encode(text, False)))

    def tokens(self, text: Text) -> tuple[int, ...]:
        """A closing as the tokenizer writes it. Raises EngineFailure where no tokens write it."""
        found: list[int] = []
        for part in text:
            found += self._written(part) if isinstance(part, bytes) else [self._token(part)]
        return tuple(found)

    def _token(self, name: str) -> int:
        return self._vocabulary.special[name]

    def _written(self, text: bytes) -> list[int]:
        """It may begin within a character: the rest of that is written byte by byte."""
        begun = len(text) - len(text.lstrip(_WITHIN))
        found = self._encoded(text[begun:].decode())
        pieces = self._vocabulary.pieces
        if b"".join(pieces[token] for token in found) != text[begun:]:
            begun, found = len(text), ()
        if not self._bytes.keys() >= {*text[:begun]}:
            raise EngineFailure(f"this vocabulary has no tokens for the bytes {text[:begun]!r}")
        return [*(self._bytes[byte] for byte in text[:begun]), *found]

    def after(self, closing: Closing, state: State, token: int) -> State | None:
        """The state behind a token; None where the grammar does not allow it."""
        if token in self._special:
            return closing.special(state, self._vocabulary.spelling(token))
        return closing.feed(state, self._vocabulary.pieces[token])


_WITHIN = bytes(range(0x80, 0xC0))  # bytes that begin no character


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tokens. `thinking`: the reasoning is closed within them, or, where they are too few for that
    when it begins, at once. `reply`: the reply ends within them, those of the reasoning left out if
    `apart`; `close`: it is closed then, not cut. None: no bound."""

    thinking: int | None = None
    reply: int | None = None
    apart: bool = False
    close: bool = False


class Closer:
    """Of one grammar: what closes a reply, as tokens of one vocabulary."""

    def __init__(self, closing: Closing, speller: Speller) -> None:
        self._closing = closing
        self._speller = speller
        self._behind: tuple[int, ...] | None = None
        self.start = closing.start
        self.longest = speller.longest

    def after(self, state: State, token: int) -> State | None:
        return self._speller.after(self._closing, state, token)

    def thinking(self, state: State) -> tuple[int, ...]:
        """What closes the reasoning; nothing behind it."""
        return self._speller.tokens(self._closing.shortest(state, phase=True))

    def reply(self, state: State) -> tuple[int, ...]:
        """What closes the reply, when the reasoning is closed."""
        if not state.phase:
            return self._speller.tokens(self._closing.shortest(state))
        if self._behind is None:
            self._behind = self.reply(self._thought(state))
        return self._behind

    def needed(self) -> tuple[int, int]:
        """The number of tokens of the shortest reasoning, and of the shortest reply behind it."""
        return len(self.thinking(self.start)), len(self.reply(self.start))

    def _thought(self, state: State) -> State:
        for part in self._closing.shortest(state, phase=True):
            if isinstance(part, bytes):
                after = self._closing.feed(state, part)
            else:
                after = self._closing.special(state, part)
            assert after is not None, "a closing is of the grammar"
            state = after
        return state


class BudgetedMatcher(Matcher):
    """A Matcher that holds another one to an allowance, from the beginning of a reply."""

    def __init__(self, matcher: Matcher, closer: Closer, allowance: Allowance) -> None:
        self._matcher = matcher
        self._closer = closer
        self._allowance = allowance
        self._forced: tuple[int, ...] = ()
        self._closes = False  # what is forced ends the reply
        self._cut = False
        self._taken = 0
        self._thought = 0  # tokens of the reasoning, once it is over
        self._deadline = 0  # when the reasoning must be over
        self._state = closer.start
        self._arrive(closer.start, True)

    @property
    def done(self) -> bool:
        return not self._forced and self._matcher.done

    @property
    def cut(self) -> bool:
        return self._cut

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        if not self._forced:
            self._matcher.fill_mask(row)
            return
        token = self._forced[0]
        row[:] = 0
        row.view(np.uint32)[token // 32] = np.uint32(1 << token % 32)

    def advance(self, token: int) -> int | None:
        after = None if self._forced else self._admitted(token)
        if after is None:
            if not self._forced:
                self._cut = True
                return None
            token, *rest = self._forced
            self._forced = tuple(rest)
            after = self._after(token)
        self._matcher.advance(token)
        self._taken += 1
        self._arrive(after, bool(after.phase and not self._state.phase))
        return token

    def forced(self) -> tuple[int, ...]:
        return self._forced or self._matcher.forced()

    def fork(self) -> "BudgetedMatcher":
        other = copy(self)
        other._matcher = self._matcher.fork()
        return other

    def _after(self, token: int) -> State:
        if not (self._state.within or self._allowance.close):
            return self._state  # nothing is left that could be forced
        after = self._closer.after(self._state, token)
        if after is None:
            raise EngineFailure(f"the engine allows token {token}, which the grammar does not")
        return after

    def _arrive(self, state: State, begins: bool) -> None:
        """Note where the reasoning begins and ends, and whether the reply does here."""
        if begins and self._allowance.thinking is not None:
            least = len(self._closer.thinking(state))
            self._deadline = max(self._allowance.thinking, self._taken + least)
        if self._state.phase and not state.phase:
            self._thought = self._taken
        self._state = state
        limit = self._limit(state, self._taken)
        spent = limit is not None and self._taken >= limit
        self._cut = spent or (self._closes and not self._forced)

    # --- the rule

    def _admitted(self, token: int) -> State | None:
        """The state behind a token that was drawn, if the rule holds there; if it does not, the
        closing is forced from here on."""
        try:
            after = self._after(token)
            fits = self._fits(after)
            if fits and self._in_time(after):
                return after
        except TooLarge:  # a closing that cannot be found is as one that does not fit
            fits = not self._allowance.close
        thinking = self._closer.thinking(self._state)
        self._closes = not fits
        self._forced = thinking if fits else thinking + self._closer.reply(self._state)
        return None

    def _in_time(self, after: State) -> bool:
        """Whether the reasoning can be closed in time behind one more token."""
        if self._allowance.thinking is None or not (self._state.phase and after.phase):
            return True
        left = self._deadline - self._taken - 1
        if self._is_plain(after.phase, left):
            return after.phase <= left
        return len(self._closer.thinking(after)) <= left

    def _fits(self, after: State) -> bool:
        """Whether the reply can be closed with what is left behind one more token."""
        limit = self._limit(after, self._taken + 1) if self._allowance.close else None
        if limit is None:
            return True
        left = limit - self._taken - 1
        if self._is_plain(after.size, left):
            return after.size <= left
        return len(self._closer.thinking(after)) + len(self._closer.reply(after)) <= left

    def _is_plain(self, size: int, left: int) -> bool:
        """Whether a size in bytes says by itself that its tokens fit, or that they do not."""
        return size <= left or size > left * self._closer.longest

    def _limit(self, state: State, taken: int) -> int | None:
        """When the reply must be over, None where that is not known yet."""
        allowance = self._allowance
        if allowance.reply is None or not allowance.apart:
            return allowance.reply
        if state.phase:
            return None
        return allowance.reply + (taken if self._state.phase else self._thought)
