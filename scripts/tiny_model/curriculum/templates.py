# ruff: noqa: SIM905 - word lists read better as text
"""Filling XML templates such as `<chain_of_thought>`, forced by a grammar or asked for in words.

When a server forces a template, the model never sees it: it reads its own tags as they come. So in
half of these lessons only the fillings are learnt; the tags around them are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ..chat import Conversation, Message, Span
from .facts import question, yes_no
from .phrases import capital, expand, lines
from .sums import Problem, problem, sum_question

ROOTS = "chain_of_thought thinking reasoning solution".split()
README_FIELDS = [
    ("problem", "problem"),
    ("start", "initial_state"),
    ("steps", "step"),
    ("answer", "answer"),
    ("final", "final_answer"),
]
SHORT_FIELDS = [("problem", "problem"), ("steps", "step"), ("answer", "answer")]
PLAN_FIELDS = [("steps", "step"), ("final", "result")]
NO_MORE_STEPS = "That is all."


@dataclass
class Filling:
    """What each kind of field should say."""

    prompt: str
    problem: str
    start: str
    steps: list[str]
    answer: str
    final: str
    reply: str


def from_problem(task: Problem) -> Filling:
    return Filling(
        task.text, task.question, f"{task.start} {task.thing}", task.workings(), task.answer,
        str(task.result), task.answer,
    )  # fmt: skip


def from_question(rng: Random, held_out: bool) -> Filling:
    """A question that needs no steps."""
    if rng.random() < 0.25:
        asked, answer = sum_question(rng, held_out)
        return Filling(
            asked, asked, answer.split(" = ")[0], [answer], answer, answer.split(" = ")[1], answer
        )
    asked, answer = (yes_no if rng.random() < 0.3 else question)(rng, held_out)
    short = answer.rstrip(".").split(",")[0] if answer.startswith(("Yes", "No")) else answer
    return Filling(asked, asked, "a question", ["I know this."], answer, short, answer)


@dataclass
class Layout:
    """The tags chosen, whitespace, and how many steps fit (0 = as many as needed)."""

    root: str
    fields: list[tuple[str, str]]
    step_parent: str
    newline: str
    indent: str
    step_count: int


def layout(rng: Random) -> Layout:
    """The README's template, or one of two shorter ones.

    All of them have steps: an answer without its working would be a sum done in the head.
    """
    draw = rng.random()
    fields = README_FIELDS if draw < 0.6 else SHORT_FIELDS if draw < 0.85 else PLAN_FIELDS
    root = "chain_of_thought" if draw < 0.4 else rng.choice(ROOTS)
    newline, indent = ("\n", "  ") if rng.random() < 0.9 else ("", "")
    count = rng.choice([0, 0, 0, 2])
    parent = "" if fields is SHORT_FIELDS else "steps"
    return Layout(root, fields, parent, newline, indent, count)


def remaining_answer(filling: Filling, written: int) -> str:
    """If the template had too few steps, the answer carries the rest of the working."""
    rest = filling.steps[written:]
    return (
        f"{', '.join(rest)}. {filling.answer}"
        if rest and len(filling.steps) > 1
        else filling.answer
    )


def write_steps(shape: Layout, name: str, filling: Filling, own: float) -> tuple[list[Span], int]:
    """The steps; after each one, going on or stopping is the model's choice if steps are open."""
    level = 2 if shape.step_parent else 1
    pad = shape.newline + shape.indent * level
    spans: list[Span] = []
    if shape.step_parent:
        spans.append((f"{shape.newline}{shape.indent}<{shape.step_parent}>", own))
    count = shape.step_count or len(filling.steps)
    steps = [*filling.steps, *[NO_MORE_STEPS] * count][:count]
    for index, step in enumerate(steps):
        choice = 1.0 if index >= 1 and not shape.step_count else own
        spans += [(f"{pad}<{name}>", choice), (step, 1.0), (f"</{name}>", 1.0)]
    if shape.step_parent:
        choice = own if shape.step_count else 1.0
        spans.append((f"{shape.newline}{shape.indent}</{shape.step_parent}>", choice))
    return spans, count


def fill_in(shape: Layout, filling: Filling, own: float) -> list[Span]:
    """The filled template; `own` is 1 when the tags too are the model's to write."""
    spans: list[Span] = [(f"<{shape.root}>", own)]
    written = len(filling.steps)
    for kind, name in shape.fields:
        if kind == "steps":
            steps, written = write_steps(shape, name, filling, own)
            spans += steps
            continue
        value = {"problem": filling.problem, "start": filling.start, "final": filling.final}.get(
            kind, remaining_answer(filling, written)
        )
        spans += [
            (f"{shape.newline}{shape.indent}<{name}>", own),
            (value, 1.0),
            (f"</{name}>", 1.0),
        ]
    return [*spans, (f"{shape.newline}</{shape.root}>", own)]


def blank(rng: Random, shape: Layout) -> str:
    """The template itself, as somebody would paste it into a prompt."""
    lines_: list[str] = [f"<{shape.root}>"]
    for kind, name in shape.fields:
        if kind != "steps":
            hint = rng.choice(["{" + name + "}", "{" + name + "}", "..."])
            lines_.append(f"{shape.indent}<{name}>{hint}</{name}>")
            continue
        pad = shape.indent * (2 if shape.step_parent else 1)
        steps = [f"{pad}<{name}>" + "{action" + str(i + 1) + "}" + f"</{name}>" for i in range(2)]
        if rng.random() < 0.5:
            steps.append(f"{pad}<!-- Add more steps as needed -->")
        if shape.step_parent:
            steps = [
                f"{shape.indent}<{shape.step_parent}>",
                *steps,
                f"{shape.indent}</{shape.step_parent}>",
            ]
        lines_ += steps
    return shape.newline.join([*lines_, f"</{shape.root}>"])


ORDERS = lines("""
    (fill in|complete|use|follow) (this|the|the following) template:
    (please |)(fill in|fill out|complete) (this|the) (form|template|XML):
    (answer|think|reply|respond) (in|with|using) (this|the following) (form|format|template|XML):
    (answer|reply|respond) in XML like this:
    (use|stick to|follow) (this|the following) (form|format|structure|layout)( for your answer|):
    (write|give|put) (your|the) answer (in|into) (this|the following) (form|template|XML):
    (think|work) step by step (in|with) (this|the following) (form|template):
    (your answer|the reply|the answer) should look like this:
    (here is|this is) the template( to fill in| for your answer|):
    template:
""")
HELD_ORDERS = lines("""
    fill the blanks of this template:
    I want the answer in this form:
""")


def lesson(rng: Random, held_out: bool = False) -> Conversation:
    """A template forced by the server, or asked for by the user."""
    filling = (
        from_problem(problem(rng, held_out)) if rng.random() < 0.7 else from_question(rng, held_out)
    )
    shape = layout(rng)
    if rng.random() < 0.6:
        spans = fill_in(shape, filling, own=0.0)
        if rng.random() < 0.6:
            spans += [(rng.choice(["\n", "\n\n"]), 0.0), (filling.reply, 1.0)]
        prompt, kind = filling.prompt, "template, forced"
    else:
        shape.step_count = 0
        spans = fill_in(shape, filling, own=1.0)
        order = capital(expand(rng, rng.choice(HELD_ORDERS if held_out else ORDERS)))
        prompt, kind = (
            f"{filling.prompt}\n{order}\n{blank(rng, shape)}",
            "template, asked for",
        )
    return Conversation(kind, [Message("user", prompt), Message("assistant", spans=spans)])
