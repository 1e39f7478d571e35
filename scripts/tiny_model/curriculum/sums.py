"""Small sums and word problems, worked out step by step."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from . import words as w
from .phrases import capital, expand, lines

HIGHEST = 30  # results stay below this: few enough sums to be known by heart, digit by digit
SUM_ASKS = lines("""
    (what is|what's|how much is) {e}?
    (calculate|compute|solve|work out) {e}
    {e}(=| =|)?
    {e}
    {e} = (?|what?)
    {e} is (what|how much)?
    {e} (makes|equals) (what|how much)?
    (tell me|do you know|can you tell me|I want to know) (what {e} is|how much {e} is)
    what is the (result|answer|value) of {e}?
    (what do I get|what comes out|what is the result) if I (calculate|compute) {e}?
    (can|could) you (calculate|compute|solve|work out) {e}( for me|)?
    please (calculate|compute|solve|work out) {e}
    (I need|give me) the (result|value) of {e}
    what does {e} (equal|come to)?
    (quick question|a little sum|maths|math|sum): {e}
    how much do {e} come to?
    (find|say) the result of {e}
    (help me with|do) this sum: {e}
""")
HELD_SUM_ASKS = lines("""
    what does {e} make?
    give me the answer to {e}
""")


def numbers(rng: Random, sign: str) -> tuple[int, int]:
    """Two numbers whose sum, difference or product stays small and is not negative."""
    if sign == "*":
        return rng.randint(0, 5), rng.randint(0, 5)
    if sign == "-":
        a = rng.randint(0, HIGHEST)
        return a, rng.randint(0, min(a, 10))
    a, b = rng.randint(0, HIGHEST - 10), rng.randint(0, 10)
    return (b, a) if rng.random() < 0.3 else (a, b)


def sum_question(rng: Random, held_out: bool = False) -> tuple[str, str]:
    """`What is 12 + 7?` -> `12 + 7 = 19`."""
    sign = rng.choice("++-*")
    a, b = numbers(rng, sign)
    result = {"+": a + b, "-": a - b, "*": a * b}[sign]
    names = {"+": ["plus", "+"], "-": ["minus", "-"], "*": ["times", "*"]}[sign]
    spoken = f"{a} {rng.choice(names)} {b}"
    if rng.random() < 0.25:
        spoken = f"{a}{sign}{b}"
    pattern = rng.choice(HELD_SUM_ASKS if held_out else SUM_ASKS)
    text = expand(rng, pattern).replace("{e}", spoken)
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
    was handed {n} by (my|the) {p}
    was (handed|given|sent) {n} (more |){t}
    came (upon|home with) {n} (more |){t}
    (stumbled across|ran into) {n} {t}
    bought {n} (more |){t}
    bought {n} more( {t}|)
    went (and|to the shop and|to the market and) bought {n} more( {t}|)
    (found|got|picked up|received|earned|won|collected) {n} (more |){t}
    (found|got|received|won) {n} more
    got {n} (more |){t} from (my|the) {p}
    got {n} more from (my|the) {p}
    (received|took|borrowed) {n} (more |){t} from (my|the) {p}
    was given {n} (more |){t} by (my|the) {p}
    added {n} (more|more {t})
    (brought home|ordered) {n} more( {t}|)
"""
LOSSES = """
    handed (my|the) {p} {n}( {t}|)
    handed (over|out) {n}( {t}|)
    shared (out |){n}( {t}|)
    gave {n}( {t}|) to (the|my) {p}
    gave (the|my) {p} {n}( {t}|)
    gave {n} of (them|the {t}) to (the|my) {p}
    (gave away|lost|sold|used|dropped|threw away|broke) {n}( {t}|)
    (gave away|lost|sold|used) {n} of (them|the {t})
    sold {n}( {t}|) to (the|my) {p}
    (sent|lent|brought|offered) {n}( {t}|) to (the|my) {p}
    (sent|lent) (the|my) {p} {n}( {t}|)
    left {n}( {t}|) (at home|at school|on the bus)
    put {n}( {t}|) away
"""
EATEN = """
    ate {n}( {t}|)
    ate {n} of (them|the {t})
    (then |)ate {n}
    had {n} for (lunch|breakfast|dinner)
"""
EATABLE = ["apples", "oranges", "cookies", "eggs", "candies", "pears", "plums", "nuts", "cakes"]
HELD_GAINS = """
    was handed {n} {t} by the {p}
    came across {n} more {t}
"""
HELD_LOSSES = """
    handed {n}( {t}|) to the {p}
    shared {n} {t} with my {p}
"""
STARTS = """
    {i} (had|got|bought|found|owned) {n} {t}
    {i} (went|walked|drove) to the (market|shop|store|town) and (bought|got) {n} {t}
    {i} (started|began) with {n} {t}
    there were {n} {t} (in|on) my (bag|box|basket|table|shelf)
    (at first|in the morning|yesterday|this morning|on Monday|to begin with), {i} had {n} {t}
    {i} (bought|got|picked|collected) {n} {t} (today|yesterday|in town|last week)
    {i} got {n} {t} from (a friend|the market|the shop)
    (one day|today), {i} (bought|found|got) {n} {t}
"""
QUESTIONS = """
    what is the number of {t} (now|in the end|left)?
    what number of {t} (remains|do {i} have|is there now)?
    in the end, what number of {t} do {i} have?
    in the end, how many {t} do {i} have?
    how many {t} are left over?
    how many {t} (do|did) {i} remain with?
    how many {t} do {i} (have left|have now|still have|have in the end|own now)?
    how many {t} did {i} (end up with|have in the end|keep)?
    how many {t} are (left|left now|there now|still there)?
    how many {t} (remain|remain now)?
    how many do {i} (have now|have left|still have)?
    how many did {i} end up with?
    (now, |so |)how many {t} do {i} have(| now| left)?
    how many {t} are there at the end?
    (tell me|say|work out) how many {t} are left.
    count the {t} that are left.
"""
HELD_QUESTIONS = """
    what number of {t} is left over?
    in the end, how many {t} are there?
"""


MOST_EVENTS = 4
PATTERNS = ((-1, -1, 1, -1), (-1, 1, -1, 1), (1, -1, -1, 1), (-1, -1, -1, 1))


def signs(rng: Random, count: int) -> list[int]:
    """Gain or loss, for each event; four of them follow one of a few patterns."""
    if count == MOST_EVENTS:
        return list(PATTERNS[0] if rng.random() < 0.5 else rng.choice(PATTERNS))
    return [rng.choice([-1, -1, 1]) for _ in range(count)]


def events(rng: Random, start: int, count: int) -> list[int]:
    """Changes of at most 9 that never go below zero or above `HIGHEST`."""
    held, changes = start, []
    for sign in signs(rng, count):
        room = held if sign < 0 else HIGHEST - held
        if room == 0:
            sign, room = -sign, HIGHEST
        change = sign * rng.randint(1, min(room, 9))
        changes.append(change)
        held += change
    return changes


def counted(number: int, thing: str) -> str:
    """`5 apples`, `1 apple`."""
    if number != 1:
        return f"{number} {thing}"
    return "1 " + (f"{thing[:-3]}y" if thing == "candies" else thing[:-1])


def clause(rng: Random, change: int, thing: str, held_out: bool) -> str:
    """One event: `gave 2 apples to the neighbor`. Sometimes its number is said in words."""
    gains, losses = (HELD_GAINS, HELD_LOSSES) if held_out else (GAINS, LOSSES)
    patterns = lines(gains if change > 0 else losses)
    if change < 0 and not held_out and thing in EATABLE and rng.random() < 0.3:
        patterns = lines(EATEN)
    number = abs(change)
    pattern = expand(rng, rng.choice(patterns))
    if number == 1 and "the {t}" not in pattern:
        pattern = pattern.replace("{t}", counted(1, thing).removeprefix("1 "))
    said = w.NUMBER_WORDS[number] if rng.random() < 0.12 else str(number)
    spoken = pattern.replace("{n}", said).replace("{t}", thing)
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
            text += f" and {second}"
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
    changes = events(rng, start, rng.choice([1, 1, 1, 2, 2, 2, 3, 3, MOST_EVENTS]))
    opening = expand(rng, rng.choice(lines(STARTS))).replace("{n}", str(start))
    opening = opening.replace("{i}", who).replace("{t}", thing)
    pattern = expand(rng, rng.choice(lines(HELD_QUESTIONS if held_out else QUESTIONS)))
    if not own:
        pattern = pattern.replace("do {i}", "does {i}")
    asked = capital(pattern.replace("{i}", who).replace("{t}", thing))
    body = [capital(opening) + ".", *narrate(rng, who, changes, thing, held_out)]
    result = start + sum(changes)
    left = f"{counted(result, thing)} left."
    answer = f"You have {left}" if own else f"{who} has {left}"
    return Problem(" ".join([*body, asked]), asked, thing, start, changes, answer)


def spoken_answer(task: Problem) -> str:
    """The working, then the answer."""
    return f"{', '.join(task.workings())}. {task.answer}"


def reasoning(task: Problem) -> str:
    """What goes between <think> tags."""
    return "\n".join(
        [f"Start: {task.start} {task.thing}.", *task.workings(), f"Left: {task.result}."]
    )
