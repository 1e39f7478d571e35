# ruff: noqa: SIM905 - word lists read better as text
"""Conversations with tools: choose one, call it, call several, answer from results, or decline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from ..chat import Conversation, Message, dumps
from . import words as w
from .catalogue import KNOWN
from .facts import question
from .invented import invent, lookalike
from .phrases import finish, lines, listed, request
from .sums import sum_question
from .toolbox import Offer, Tool, offer, usual_offer

NO_TOOL = "Sorry, I have no tool for that."
SYSTEMS = lines("""
    You are a helpful assistant.
    You are a friendly assistant with access to tools.
    Use the tools when they help.
    Answer briefly.
    You are an assistant that calls functions.
    Be short and precise.
""")


@dataclass
class Exam:
    """What is held out of training and asked for in `evaluate.py`.

    `usual` is how often a known tool is offered by its usual schema, `invented` how often a tool
    on offer is one that was made up on the spot.
    """

    phrasing: bool = False
    tools: Sequence[Tool] = ()
    usual: float = 0.75
    invented: float = 0.15


RESULT_KEYS = """name price state place count owner date level temperature unit humidity wind title
size color email id value answer user age""".split()


def related(first: Tool, second: Tool) -> bool:
    """Two families that could answer the same request."""
    return bool(set(first.names.split()) & set(second.names.split()))


def toolbox(rng: Random, count: int, exam: Exam, first: Sequence[Tool] = ()) -> list[Offer]:
    """`count` tools that cannot be mistaken for each other by a careful reader."""
    chosen: list[Tool] = list(first)
    while len(chosen) < count:
        made_up = [tool for tool in chosen if tool not in KNOWN]
        if made_up and rng.random() < 0.3:
            tool = lookalike(rng, rng.choice(made_up))
        else:
            tool = invent(rng) if rng.random() < exam.invented else rng.choice(KNOWN)
        if not any(related(tool, other) for other in chosen):
            chosen.append(tool)
    rng.shuffle(chosen)
    offers = [
        usual_offer(tool) if tool in KNOWN and rng.random() < exam.usual else offer(rng, tool)
        for tool in chosen
    ]
    names = [entry.schema["name"] for entry in offers]
    return offers if len(set(names)) == len(names) else toolbox(rng, count, exam, first)


def verbalise(rng: Random) -> tuple[str, str]:
    """A result of no known form, and a sentence that only repeats it."""
    if rng.random() < 0.3:
        text = (
            finish(rng, w.sentence(rng)[0]).rstrip(".?") if rng.random() < 0.5 else w.items(rng)[0]
        )
        return text, f"The result is: {text}"
    if rng.random() < 0.25:
        message = rng.choice(["not found", "timeout", "no access", "invalid input", w.word(rng)[0]])
        return dumps({"error": message}), f"Sorry, that did not work: {message}."
    result: dict[str, Any] = {}
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([*RESULT_KEYS, w.invented(rng)])
        sampler = rng.choice([w.word, w.person, w.integer(13, 99), w.city, w.date, w.decimal])
        result[name] = sampler(rng)[1]
    facts = [f"the {name.replace('_', ' ')} is {value}" for name, value in result.items()]
    sentence = listed(facts)
    return dumps(result), sentence[0].upper() + sentence[1:] + "."


def outcome(rng: Random, entry: Offer, said: dict[str, str]) -> tuple[str, str]:
    """A tool result and the answer to it."""
    if rng.random() < 0.3:
        return verbalise(rng)
    result, answer = entry.reply(rng, said)
    return dumps(result), answer


@dataclass
class Exchange:
    """One request: what is asked, what is called, what comes back."""

    kind: str
    asked: str
    calls: list[dict[str, Any]]
    results: list[str]
    answer: str

    def messages(self, complete: bool) -> list[Message]:
        """The turns; an incomplete exchange ends with the calls."""
        if not self.calls:
            return [Message("user", self.asked), Message("assistant", self.answer)]
        turns = [Message("user", self.asked), Message("assistant", calls=self.calls)]
        if complete:
            turns += [Message("tool", result) for result in self.results]
            turns.append(Message("assistant", self.answer))
        return turns


def single(rng: Random, offers: list[Offer], exam: Exam) -> Exchange:
    """A request that one tool answers."""
    usable = [entry for entry in offers if entry.tool in exam.tools] if exam.tools else offers
    entry = rng.choice(usable)
    core, arguments, said = entry.ask(rng, exam.phrasing)
    result, answer = outcome(rng, entry, said)
    text = finish(rng, request(rng, core, exam.phrasing))
    call = {"name": entry.schema["name"], "arguments": arguments}
    return Exchange("one call", text, [call], [result], answer)


def parallel(rng: Random, offers: list[Offer], exam: Exam) -> Exchange:
    """Two or three things at once."""
    if rng.random() < 0.3:
        same = same_tool_twice(rng, offers, exam)
        if same:
            return same
    count = 2 if rng.random() < 0.75 else 3
    entries = [rng.choice(offers) for _ in range(count)]
    asks = [entry.ask(rng, exam.phrasing) for entry in entries]
    outcomes = [outcome(rng, entry, ask[2]) for entry, ask in zip(entries, asks, strict=True)]
    cores = [ask[0].removeprefix("=") for ask in asks]
    joiner = rng.choice([" and ", " and then ", ", then ", ". Also, ", ". ", ", and ", "; "])
    text = joiner.join(core.rstrip("?.") for core in cores)
    if not asks[0][0].startswith("="):
        text = request(rng, text, exam.phrasing)
    calls = [
        {"name": entry.schema["name"], "arguments": ask[1]}
        for entry, ask in zip(entries, asks, strict=True)
    ]
    return Exchange(
        "several calls", finish(rng, text), calls, [result for result, _ in outcomes],
        " ".join(answer for _, answer in outcomes),
    )  # fmt: skip


def same_tool_twice(rng: Random, offers: list[Offer], exam: Exam) -> Exchange | None:
    """`the weather in Boston and Paris`: one phrasing, two values of its only slot."""
    entry = rng.choice(offers)
    core, arguments, said = entry.ask(rng, exam.phrasing)
    if len(said) != 1 or not next(iter(said.values())) or len(arguments) != 1:
        return None
    slot, shown = next(iter(said.items()))
    param = next(param for param in entry.tool.params if param.slot == slot)
    if param.schema["type"] not in ("string", "integer", "number") or core.count(shown) != 1:
        return None
    values = [(shown, arguments[entry.names[slot]])]
    for _ in range(1 if rng.random() < 0.7 else 2):
        extra = entry.value(rng, param)
        if extra[0] not in [value[0] for value in values]:
            values.append(extra)
    if len(values) == 1:
        return None
    joined = listed([value[0] for value in values])
    if rng.random() < 0.4:
        joined = rng.choice([" and ", ", and ", ", "]).join(value[0] for value in values)
        joined = joined.replace(", and ", ", ", len(values) - 2)
    outcomes = [outcome(rng, entry, {slot: value[0]}) for value in values]
    calls = [
        {"name": entry.schema["name"], "arguments": {entry.names[slot]: value[1]}}
        for value in values
    ]
    text = finish(rng, request(rng, core.replace(shown, joined), exam.phrasing))
    answers = " ".join(answer for _, answer in outcomes)
    return Exchange("several calls", text, calls, [result for result, _ in outcomes], answers)


def in_words(rng: Random, exam: Exam) -> Exchange:
    """Tools are there, but the question needs none."""
    asked, answer = (sum_question if rng.random() < 0.1 else question)(rng, exam.phrasing)
    return Exchange("no call: words", asked, [], [], answer)


def missing(rng: Random, offers: list[Offer], exam: Exam) -> Exchange:
    """A request for a tool that is not on offer."""
    while True:
        tool = invent(rng) if rng.random() < exam.invented else rng.choice(KNOWN)
        if rng.random() < exam.invented and offers:
            tool = lookalike(rng, rng.choice(offers).tool)
        names = set(tool.names.split())
        if not any(names & set(entry.tool.names.split()) for entry in offers) and not covered(
            tool, offers
        ):
            break
    core, _, _ = offer(rng, tool).ask(rng, exam.phrasing and tool in KNOWN)
    text = finish(rng, request(rng, core, exam.phrasing))
    return Exchange("no call: none fits", text, [], [], NO_TOOL)


# Families that can do each other's work: never ask for one as missing while the other is there.
NEIGHBOURS = (
    {"calculate", "add_numbers"}, {"send_email", "send_message"}, {"search_web", "get_news"},
    {"create_event", "create_reminder", "set_alarm", "set_timer"}, {"get_weather", "get_forecast",
        "get_current_weather"},
    {"search_web", "get_recipe"}, {"read_file", "write_file"}, {"get_user", "run_query"},
)  # fmt: skip


def covered(tool: Tool, offers: list[Offer]) -> bool:
    """Is there a neighbouring family on offer?"""
    first = tool.names.split()[0]
    present = {entry.tool.names.split()[0] for entry in offers}
    return any(first in group and group & present for group in NEIGHBOURS)


def thought(exchange: Exchange) -> str:
    """What the model thinks before it acts."""
    if not exchange.calls:
        return "No tool fits." if exchange.answer == NO_TOOL else "No tool is needed."
    names = [call["name"] for call in exchange.calls]
    return f"I call {listed(names)}."


KINDS = ("single", "parallel", "words", "missing")


def exchange(rng: Random, kind: str, offers: list[Offer], exam: Exam) -> Exchange:
    if kind == "single":
        return single(rng, offers, exam)
    if kind == "parallel":
        return parallel(rng, offers, exam)
    return in_words(rng, exam) if kind == "words" else missing(rng, offers, exam)


COUNTS, COUNT_WEIGHTS = [1, 2, 3, 4, 5, 6, 8], [18, 18, 22, 14, 8, 16, 4]


def system(rng: Random) -> list[Message]:
    """Now and then there is a system text above the tools."""
    return [Message("system", rng.choice(SYSTEMS))] if rng.random() < 0.3 else []


def requests(rng: Random, grade: float) -> list[Conversation]:
    """Many separate requests over one set of tools. At grade 0 there are few tools."""
    exam = Exam()
    count = min(rng.choices(COUNTS, COUNT_WEIGHTS)[0], 1 + int(8 * grade))
    offers = toolbox(rng, count, exam)
    schemas = [entry.schema for entry in offers]
    opening = system(rng)
    lessons = []
    for _ in range(14):
        kind = rng.choices(KINDS, [62, 14, 10, 14])[0]
        turn = exchange(rng, kind, offers, exam)
        messages = turn.messages(complete=rng.random() < 0.12)
        if not turn.calls or messages[-1].calls:
            messages[-1].reasoning = thought(turn) if rng.random() < 0.05 else ""
        lessons.append(Conversation("tools", [*opening, *messages], schemas))
    return lessons


def conversation(rng: Random, grade: float) -> Conversation:
    """A few exchanges, one after another."""
    exam = Exam()
    offers = toolbox(rng, rng.choice([1, 2, 3]), exam)
    messages = system(rng)
    count = min(rng.choice([2, 3, 4]), 1 + int(8 * grade))
    for index in range(count):
        turn = exchange(rng, rng.choices(KINDS, [60, 15, 15, 10])[0], offers, exam)
        messages += turn.messages(complete=index < count - 1 or rng.random() < 0.7)
    return Conversation("tools", messages, [entry.schema for entry in offers])


def exam_paper(rng: Random, kind: str, exam: Exam, count: int) -> Conversation:
    """One request over `count` tools, ending with the expected reply."""
    first = [rng.choice(exam.tools)] if exam.tools else [rng.choice(KNOWN)]
    if kind == "missing":
        first = []
    offers = toolbox(rng, count, exam, first)
    if exam.phrasing and kind in ("single", "parallel"):
        wanted = exam.tools or KNOWN  # only these have phrasings that were held out
        asked = [entry for entry in offers if entry.tool in wanted]
        turn = exchange(rng, kind, asked, replace(exam, tools=[entry.tool for entry in asked]))
    else:
        turn = exchange(rng, kind, offers, exam)
    return Conversation(
        turn.kind, turn.messages(complete=False), [entry.schema for entry in offers]
    )


def result_paper(rng: Random, count: int) -> Conversation:
    """A finished call whose result has to be put into words."""
    exam = Exam(phrasing=True, usual=1.0, invented=0.0)
    offers = toolbox(rng, count, exam)
    turn = single(rng, offers, exam)
    return Conversation(
        "answer from a result", turn.messages(complete=True), [entry.schema for entry in offers]
    )
