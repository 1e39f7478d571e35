"""A tiny language for phrasings: `(a|b|)` picks one alternative, `{slot}` is filled in later.

>>> expand(Random(0), "(show|tell) me the weather in {city}")
'tell me the weather in {city}'
"""

from __future__ import annotations

import re
from random import Random

INNERMOST = re.compile(r"\(([^()]*)\)")


def expand(rng: Random, pattern: str) -> str:
    """Pick one alternative in every pair of parentheses, innermost first."""
    while match := INNERMOST.search(pattern):
        choice = rng.choice(match.group(1).split("|"))
        pattern = pattern[: match.start()] + choice + pattern[match.end() :]
    return pattern


def lines(block: str) -> list[str]:
    """The lines of a block of text, trimmed; empty ones left out."""
    return [line.strip() for line in block.splitlines() if line.strip()]


def fill(text: str, slots: dict[str, str]) -> str:
    """Put the slots' texts in; braces of other kinds are left alone."""
    for name, value in slots.items():
        text = text.replace("{" + name + "}", value)
    return text


def capital(text: str) -> str:
    """First letter in upper case."""
    return text[:1].upper() + text[1:]


def listed(items: list[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


WRAPPERS = lines("""
    (hey, |hi, |)please {x}
    (hey, |ok, |)can you (please |){x}?
    could you (please |){x}(?| for me?)
    {x}, please
    {x} for me
    I (want|need) you to {x}
    I('d| would) like (you |)to {x}
    I want to {x}
    help me {x}
    (go ahead and|now|next,|so,) {x}
    (let's|we should|I have to) {x}
    hello! {x}
    can I ask you to {x}?
    (hi there, |good evening, |)I need to {x}
    I('d| would) love for you to {x}
    I was hoping you could {x}
    I('d| would) be (glad|happy|grateful) if you could {x}
    do me a favor(:| and) {x}
    (would it be|is it) possible to {x}?
    are you able to {x}?
    how about you {x}?
    (could|can) we {x}?
    (just|quickly|kindly|first|right then,) {x}
    (excuse me|sorry to bother you|good afternoon|assistant|hello again), {x}
    (my next task|task|to do|one more thing): {x}
    (please |)be so kind as to {x}
    {x}, if you (can|could|don't mind)
    (it is|it's) important to {x}
""")
HELD_WRAPPERS = lines("""
    would you {x}?
    {x}, thanks
    (good morning, |)will you {x}?
""")


def request(rng: Random, core: str, held_out: bool = False) -> str:
    """Wrap an order politely or not. A core that starts with `=` is a whole sentence already."""
    if core.startswith("="):
        return core[1:]
    if rng.random() < 0.45:
        return core
    wrappers = HELD_WRAPPERS if held_out and rng.random() < 0.5 else WRAPPERS
    return expand(rng, rng.choice(wrappers)).replace("{x}", core)


def finish(rng: Random, text: str) -> str:
    """Mostly with a capital and an end mark; people are not always tidy."""
    if rng.random() < 0.85:
        text = capital(text)
    if text[-1] not in "?!." and rng.random() < 0.7:
        text += "."
    elif text[-1] in "?." and rng.random() < 0.1:
        text = text[:-1]
    return text
