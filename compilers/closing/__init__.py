"""The shortest text that ends a reply, or a phase of it, from any place in it.

    closing = Closing(grammar, "reasoning")                 # the rule that is the phase
    state = closing.feed(closing.start, b'<think>So')       # None: no reply begins like this
    state = closing.special(state, "</think>")
    state.size, closing.shortest(state)                     # to the end of the reply
    state.phase, closing.shortest(state, phase=True)        # to the phase's; 0, () behind it

Sizes are bytes of UTF-8; a special token counts as one. A state is never changed, so it may be kept
and gone on from several times.

    leaves     words, tokens and regular languages, which letters stand in
    items      what a grammar is made of
    texts      the shortest text of each item
    stack      what stands before a parse
    closing    all parses of a text at once
    utf8       characters that have arrived in part

All parses are followed at once, so a letter costs as much work as there are places where a parse
may stand, however deep it is nested and however many parses there are.
"""

from compilers.closing.closing import Closing, State
from compilers.closing.leaves import Text

__all__ = ["Closing", "State", "Text"]
