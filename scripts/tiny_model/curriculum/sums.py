"""Small sums and word problems, worked out step by step."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from . import words as w
from .phrases import capital, expand, lines


def sum_question(rng: Random, held_out: bool = False) -> tuple[str, str]:
    """`What is 12 + 7?` -> `12 + 7 = 19`."""
    a, b, sign = rng.randint(0, 60), rng.randint(0, 40), rng.choice("++-*")
    if sign == "*":
        a, b = rng.randint(0, 10), rng.randint(0, 10)
    elif sign == "-" and b > a:
        a, b = b, a
    result = {"+": a + b, "-": a - b, "*": a * b}[sign]
    names = {"+": ["plus", "+"], "-": ["minus", "-"], "*": ["times", "*"]}[sign]
    asks = (
        "what does {e} make?\ngive me the answer to {e}" if held_out else
        "(what is|what's|how much is|calculate|compute|solve) {e}?\n{e}(=| =|)?\n{e}\n"
        "(tell me|do you know) (what {e} is|how much {e} is)\nwhat is the result of {e}?"
    )  # fmt: skip
    spoken = f"{a} {rng.choice(names)} {b}"
    if rng.random() < 0.25:
        spoken = f"{a}{sign}{b}"
    text = expand(rng, rng.choice(lines(asks))).replace("{e}", spoken)
    return capital(text), f"{a} {sign} {b} = {result}"


@dataclass
class Problem:
    """A word problem: its text, the events (change, how to say it briefly) and its answer."""

    text: str
    question: str
    thing: str
    start: int
    changes: list[int]
    answer: str

    @property
    def result(self) -> int:
        return self.start + sum(self.changes)

    def workings(self) -> list[str]:
        """`10 - 2 = 8`, one for each change."""
        held, steps = self.start, []
        for change in self.changes:
            after = held + change
            steps.append(f"{held} {'+' if change > 0 else '-'} {abs(change)} = {after}")
            held = after
        return steps


GAINS = """
    bought {n} (more |){t}
    (found|got|picked|received|earned) {n} (more |){t}
    (then |)(went and |)bought {n} more( {t}|)
    got {n} (more |){t} from (my|the) {p}
    received {n} {t} from the {p}
"""
LOSSES = """
    gave {n}( {t}|) to (the|my) {p}
    (lost|sold|ate|used|dropped|threw away) {n}( {t}|)
    (gave away|lost) {n} of (them|the {t})
    ate {n}( of them|)
    sold {n} {t} to (the|my) {p}
    gave (the|my) {p} {n}( {t}|)
"""
HELD_GAINS = """
    was handed {n} {t} by the {p}
    came across {n} more {t}
"""
HELD_LOSSES = """
    handed {n}( {t}|) to the {p}
    shared {n} {t} with my {p}
"""
STARTS = """
    {i} (had|have|bought|got) {n} {t}
    {i} (went|walked) to the (market|shop|store) and bought {n} {t}
    {i} started with {n} {t}
    there were {n} {t} in my (bag|box|basket)
    at first, {i} had {n} {t}
"""
QUESTIONS = """
    how many {t} (do|did) {i} (have (left|now)|remain with|have in the end|still have)?
    how many {t} are left?
    how many {t} (remain|are there now)?
    how many (do|did) {i} (have now|have left|end up with)?
"""
HELD_QUESTIONS = """
    what number of {t} is left over?
    in the end, how many {t} are there?
"""


def events(rng: Random, start: int, count: int) -> list[int]:
    """Changes that never go below zero."""
    held, changes = start, []
    for _ in range(count):
        lose = held > 1 and rng.random() < 0.6
        change = -rng.randint(1, min(held, 9)) if lose else rng.randint(1, 12)
        changes.append(change)
        held += change
    return changes


def clause(rng: Random, change: int, thing: str, held_out: bool) -> str:
    """One event: `gave 2 apples to the neighbor`."""
    gains, losses = (HELD_GAINS, HELD_LOSSES) if held_out else (GAINS, LOSSES)
    pattern = expand(rng, rng.choice(lines(gains if change > 0 else losses)))
    spoken = pattern.replace("{n}", str(abs(change))).replace("{t}", thing)
    return spoken.replace("{p}", rng.choice(w.PEOPLE))


def short_clause(rng: Random, clause_text: str, change: int) -> str:
    """A second gift can leave out the verb: `and 2 to the repairman`."""
    if (
        change < 0
        and clause_text.startswith("gave")
        and " to " in clause_text
        and rng.random() < 0.6
    ):
        return f"{abs(change)} to the {rng.choice(w.PEOPLE)}"
    return ""


def narrate(rng: Random, who: str, changes: list[int], thing: str, held_out: bool) -> list[str]:
    """Sentences for the changes, one or two changes in each."""
    sentences, index = [], 0
    openers = [f"{who} ", f"{who} then ", f"Then {who} ", f"Later {who} ", f"After that, {who} "]
    while index < len(changes):
        first = clause(rng, changes[index], thing, held_out).removeprefix("then ")
        text = rng.choice(openers) + first
        index += 1
        if index < len(changes) and rng.random() < 0.6:
            short = short_clause(rng, first, changes[index]) if changes[index - 1] < 0 else ""
            second = short or clause(rng, changes[index], thing, held_out)
            text += rng.choice([" and ", " and "]) + second
            index += 1
        sentences.append(capital(text) + ".")
    return sentences


def problem(rng: Random, held_out: bool = False) -> Problem:
    """A story of gains and losses."""
    thing = rng.choice(w.THINGS)
    if rng.random() < 0.15:
        thing = w.invented(rng) + "s"
    own = rng.random() < 0.65
    who = "I" if own else rng.choice(w.NAMES)
    start = rng.randint(2, 20)
    changes = events(rng, start, rng.choice([1, 1, 2, 2, 3, 4, 4, 5]))
    opening = expand(rng, rng.choice(lines(STARTS))).replace("{n}", str(start))
    opening = opening.replace("{i}", who).replace("{t}", thing)
    pattern = expand(rng, rng.choice(lines(HELD_QUESTIONS if held_out else QUESTIONS)))
    if not own:
        pattern = pattern.replace("do {i}", "does {i}")
    asked = capital(pattern.replace("{i}", who).replace("{t}", thing))
    body = [capital(opening) + ".", *narrate(rng, who, changes, thing, held_out)]
    result = start + sum(changes)
    answer = f"You have {result} {thing} left." if own else f"{who} has {result} {thing} left."
    return Problem(" ".join([*body, asked]), asked, thing, start, changes, answer)


def spoken_answer(task: Problem) -> str:
    """The working, then the answer."""
    return f"{', '.join(task.workings())}. {task.answer}"


def reasoning(task: Problem) -> str:
    """What goes between <think> tags."""
    return "\n".join(
        [f"Start: {task.start} {task.thing}.", *task.workings(), f"Left: {task.result}."]
    )
