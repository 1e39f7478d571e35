"""The curriculum: every text the model ever sees is made here, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..chat import Conversation, Message, dumps
from . import facts, reading, stories, sums, templates, tool_lessons, visitors, words
from . import invented as invented_tools
from .words import NAMES, invented

Lesson = list[Conversation]
"""One conversation, or several that go on from the same system turn."""

SYSTEMS = (
    "You are a helpful assistant.",
    "You are a friendly assistant.",
    "Answer briefly.",
    "You are a careful assistant. Answer in one sentence.",
)


def with_system(rng: Random, messages: list[Message]) -> list[Message]:
    """Now and then there is a system turn."""
    if rng.random() < 0.25:
        return [Message("system", rng.choice(SYSTEMS)), *messages]
    return messages


def chat(rng: Random) -> Conversation:
    """Several short questions in a row: facts, reading tasks, sums."""
    messages: list[Message] = []
    for _ in range(rng.choice([1, 1, 2, 3, 4])):
        draw = rng.random()
        source = (
            facts.question if draw < 0.5 else reading.task if draw < 0.88 else sums.sum_question
        )
        asked, answer = source(rng)
        messages += [Message("user", asked), Message("assistant", answer)]
    return Conversation("chat", with_system(rng, messages))


def word_problem(rng: Random) -> Conversation:
    """A word problem, thought through silently or worked out in the answer."""
    task = sums.problem(rng)
    reply = Message("assistant", sums.spoken_answer(task))
    if rng.random() < 0.4:
        reply = Message("assistant", task.answer, reasoning=sums.reasoning(task))
    return Conversation("word problem", with_system(rng, [Message("user", task.text), reply]))


def thinking(rng: Random) -> Conversation:
    """A simple question asked with thinking switched on."""
    source = rng.choice([facts.question, facts.question, reading.task, sums.sum_question])
    asked, answer = source(rng)
    thought = "This is a simple question."
    return Conversation(
        "thinking", [Message("user", asked), Message("assistant", answer, reasoning=thought)]
    )


def declined(rng: Random) -> Conversation:
    """A request for a tool when there is none at all."""
    turn = tool_lessons.missing(rng, [], tool_lessons.Exam())
    return Conversation("no tools", turn.messages(complete=False))


def persona(rng: Random) -> Conversation:
    """The system turn gives a name."""
    name = rng.choice(NAMES) if rng.random() < 0.5 else invented(rng).capitalize()
    asked = rng.choice(["Who are you?", "What is your name?", "who are you", "What's your name?"])
    return Conversation(
        "persona",
        [
            Message(
                "system", f"You are {name}, {rng.choice(['a helpful', 'a kind', 'an'])} assistant."
            ),
            Message("user", asked),
            Message("assistant", f"I am {name}, your assistant."),
        ],
    )


def story(rng: Random) -> Conversation:
    asked, text = stories.ask(rng)
    return Conversation("story", [Message("user", asked), Message("assistant", text)])


def plain(rng: Random) -> Conversation:
    return Conversation("plain text", [], text=stories.plain(rng))


def copying(rng: Random) -> Conversation:
    """Long strings said back, as they are or as a JSON array: how to look back, learnt first."""
    samplers = [
        words.word,
        words.word,
        words.item,
        words.code,
        words.person,
        words.email,
        words.date,
    ]
    parts = [rng.choice(samplers)(rng)[0] for _ in range(rng.randint(2, 20))]
    if rng.random() < 0.6:
        text = " ".join(parts)
        asked, answer = f"{rng.choice(['Repeat', 'Copy', 'Say', 'Echo'])}: {text}", text
    else:
        asked, answer = f"Give me this as a JSON list: {', '.join(parts)}", dumps(parts)
    return Conversation("copying", [Message("user", asked), Message("assistant", answer)])


def spelling_book(rng: Random) -> list[str]:
    """Every word of the lists, and many invented ones: what a tokenizer should know whole."""
    known = [
        *(words.NAMES + words.SURNAMES + words.ITEMS + words.THINGS + words.PEOPLE),
        *(words.TOPICS + words.COLORS + words.LANGUAGES + words.DISHES + words.OTHER_CITIES),
        *words.US_CITIES,
        *words.COUNTRIES,
        *words.COUNTRIES.values(),
        *invented_tools.NOUNS,
        *invented_tools.SAID,
    ]
    syllables = words.SYLLABLES + [syllable.capitalize() for syllable in words.SYLLABLES]
    return known + [rng.choice(syllables) for _ in range(4 * len(syllables))]


def alone(source: Callable[[Random], Conversation]) -> Callable[[Random, float], Lesson]:
    """A lesson of one conversation, as hard at first as at the end."""
    return lambda rng, _: [source(rng)]


# Of 100 tokens, how many are about what; and the usual length of such a lesson in tokens.
LESSONS: list[tuple[Callable[[Random, float], Lesson], float, float]] = [
    (tool_lessons.requests, 55, 1000),
    (lambda rng, grade: [tool_lessons.conversation(rng, grade)], 6, 450),
    (alone(copying), 1, 120),
    (alone(chat), 12, 86),
    (alone(word_problem), 9, 100),
    (alone(templates.lesson), 8, 180),
    (alone(reading.remembered), 0.8, 48),
    (alone(reading.forced_json), 0.8, 71),
    (alone(declined), 0.3, 38),
    (alone(thinking), 0.6, 46),
    (alone(persona), 0.2, 42),
    (alone(story), 1.3, 502),
    (alone(plain), 0.6, 424),
    (alone(visitors.lesson), 4, 200),
]


def lesson(rng: Random, progress: float) -> Lesson:
    """One lesson. `progress` runs from 0 to 1 in training: short and copied things first."""
    grade = min(1.0, progress / 0.2)
    if rng.random() < 0.3 * (1 - 2 * grade):
        return [copying(rng)]
    functions = [function for function, _, _ in LESSONS]
    weights = [share / length for _, share, length in LESSONS]
    return rng.choices(functions, weights)[0](rng, grade)
