"""The curriculum: every text the model ever sees is made here, from a seed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ..chat import Conversation, Message
from . import facts, reading, stories, sums, templates, tool_lessons
from .words import NAMES, invented

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


LESSONS: list[tuple[Callable[[Random], Conversation], float]] = [
    (tool_lessons.lesson, 46),
    (chat, 24),
    (word_problem, 10),
    (templates.lesson, 9),
    (reading.remembered, 2),
    (declined, 2),
    (thinking, 2.5),
    (reading.forced_json, 2.5),
    (persona, 1),
    (story, 2.5),
    (plain, 1.5),
]


def lesson(rng: Random) -> Conversation:
    """One conversation, drawn by weight."""
    functions, weights = zip(*LESSONS, strict=True)
    return rng.choices(functions, weights)[0](rng)
