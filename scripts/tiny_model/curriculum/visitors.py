"""What a visitor tries first: the README's examples and questions very much like them.

These few are learnt on purpose, so that the first thing anybody tries works. The exam in
`evaluate.py` asks other things.
"""

from __future__ import annotations

from random import Random

from ..chat import Conversation, Message
from ..readme_examples import PLAIN, THINKING_TEMPLATE, WEATHER_TOOL
from . import facts, stories, sums, templates
from .catalogue import WEATHER_ASKS
from .phrases import capital, expand, finish, lines, listed
from .tool_lessons import NO_TOOL
from .words import city_and_state

APPLE_STORY = (
    "I went to the market and bought {n} apples. I gave {a} apples to the neighbor and {b} to the "
    "repairman. I then went and bought {c} more apples and ate {d}. "
)
APPLE_QUESTION = "How many apples did I remain with?"


def apples(rng: Random) -> sums.Problem:
    """The README's problem, or the same with other numbers."""
    n, a, b, c, d = 10, 2, 2, 5, 1
    if rng.random() < 0.5:
        n, a, b, c, d = rng.randint(8, 15), *(rng.randint(1, 5) for _ in range(4))
    text = APPLE_STORY + APPLE_QUESTION
    for slot, value in zip("nabcd", (n, a, b, c, d), strict=True):
        text = text.replace("{" + slot + "}", str(value))
    left = n - a - b + c - d
    return sums.Problem(
        text, APPLE_QUESTION, "apples", n, [-a, -b, c, -d], f"You have {left} apples left."
    )


def problem(rng: Random) -> Conversation:
    """Apples: worked out, thought through, or in the README's template (forced or asked for)."""
    task = apples(rng)
    draw = rng.random()
    if draw < 0.3:
        reply = Message("assistant", sums.spoken_answer(task))
    elif draw < 0.6:
        reply = Message("assistant", task.answer, reasoning=sums.reasoning(task))
    else:
        return in_template(rng, task, asked_for=draw > 0.8)
    return Conversation("visitor", [Message("user", task.text), reply])


def in_template(rng: Random, task: sums.Problem, asked_for: bool) -> Conversation:
    """The README's own template, with as many steps as needed or with its two."""
    fields = [
        ("problem", "problem"),
        ("start", "initial_state"),
        ("steps", "step"),
        ("answer", "answer"),
        ("final", "final_answer"),
    ]
    count = 0 if asked_for else rng.choice([0, 2])
    newline, indent = ("\n", "  ") if asked_for or rng.random() < 0.7 else ("", "")
    shape = templates.Layout("chain_of_thought", fields, "steps", newline, indent, count)
    spans = templates.fill_in(shape, templates.from_problem(task), own=1.0 if asked_for else 0.0)
    prompt = f"{task.text}\nFill in this template:{THINKING_TEMPLATE}" if asked_for else task.text
    if not asked_for:
        spans += [(rng.choice(["\n", "\n\n"]), 0.0), (task.answer, 1.0)]
    return Conversation("visitor", [Message("user", prompt), Message("assistant", spans=spans)])


def weather(rng: Random) -> Conversation:
    """The README's tool: called once, called for several cities, or not needed."""
    draw = rng.random()
    if draw < 0.2:
        asked, answer = facts.question(rng) if draw < 0.12 else reaction(rng)
        return talk(asked, answer, with_tool=True)
    if draw < 0.27:
        return talk("Send an email to my boss.", NO_TOOL, with_tool=True)
    cities = dict(city_and_state(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    pattern = rng.choice([line for line in lines(WEATHER_ASKS) if "{unit}" not in line])
    asked = expand(rng, pattern).removeprefix("=")
    if rng.random() < 0.4:
        asked = "What's the weather like in {location} today?"
    text = finish(rng, asked.replace("{location}", listed(list(cities))))
    calls = [
        {"name": WEATHER_TOOL["name"], "arguments": {"location": place}}
        for place in cities.values()
    ]
    messages = [Message("user", text), Message("assistant", calls=calls)]
    return Conversation("visitor", messages, [WEATHER_TOOL])


def talk(asked: str, answer: str, with_tool: bool = False) -> Conversation:
    messages = [Message("user", asked), Message("assistant", answer)]
    return Conversation("visitor", messages, [WEATHER_TOOL] if with_tool else [])


def reaction(rng: Random) -> tuple[str, str]:
    """Cat or dog; mostly those two."""
    if rng.random() < 0.3:
        return facts.comparison(rng, False)
    first, second = rng.choice([("a cat", "a dog"), ("a dog", "a cat")])
    asked = rng.choice([PLAIN[0], f"Which is faster in reaction speed, {first} or {second}?"])
    return asked, "A cat is faster than a dog in terms of reaction speed."


def yes_or_no(rng: Random) -> tuple[str, str]:
    if rng.random() < 0.4:
        return PLAIN[1], "Yes"
    question, _, true = facts.statement(rng)
    return f"{capital(question)} Answer with Yes or No", "Yes" if true else "No"


def greeting(rng: Random) -> tuple[str, str]:
    """The first few entries of small talk: hello, who are you, what can you do, thanks, bye."""
    asks, _, answer = rng.choice(facts.TALK[:5])
    return capital(expand(rng, rng.choice(lines(asks)))), answer


def lesson(rng: Random) -> Conversation:
    """One of the things above."""
    draw = rng.random()
    if draw < 0.3:
        return problem(rng)
    if draw < 0.55:
        return weather(rng)
    if draw < 0.65:
        asked, text = stories.ask(rng)
        return talk(asked, text) if rng.random() < 0.5 else talk(PLAIN[2], stories.story(rng))
    return talk(*rng.choice([reaction, yes_or_no, greeting, greeting, facts.question])(rng))
