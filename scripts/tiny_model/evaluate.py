"""The exam: asks the exported GGUF, through llama.cpp, and prints a table of exact answers.

    python -m scripts.tiny_model.evaluate gallama/shipped/tiny.gguf --count 200

An answer counts only if it is right to the last character (a tool call: name and every argument,
compared as JSON). Needs llama-cpp-python, not torch: what is measured is the file that ships.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from random import Random
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # be kind to whatever else runs here

import numpy as np
from llama_cpp import Llama
from tqdm import tqdm

from . import readme_examples
from .chat import START, Conversation, Message, render
from .curriculum import facts, reading, sums, templates, tool_lessons
from .curriculum.catalogue import NEVER_SEEN
from .curriculum.tool_lessons import Exam

CALL = re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL)
Source = Callable[[Random], Conversation]


class Student:
    """The model, answering greedily."""

    def __init__(self, path: str, threads: int = 1) -> None:
        self.llama = Llama(
            path, n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def reply_tokens(self, prompt: list[int], limit: int = 200) -> list[int]:
        """The reply as token ids, the end token with it."""
        reply: list[int] = []
        for token in self.llama.generate(prompt, temp=0.0, top_k=1, repeat_penalty=1.0):
            reply.append(token)
            if token in self.ends or len(reply) >= limit:
                break
        return reply

    def encode(self, text: str) -> list[int]:
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def go_on(self, text: str, limit: int = 600, at_least: int = 0) -> str:
        """Continue a text up to the end of the turn, or (if given) until `at_least` characters."""
        written = b""
        for token in self.llama.generate(self.encode(text), temp=0.0, top_k=1, repeat_penalty=1.0):
            if token in self.ends or limit == 0:
                break
            written += self.llama.detokenize([token], special=True)
            limit -= 1
            if at_least and len(written.decode(errors="ignore")) >= at_least:
                break
        return written.decode(errors="replace")

    @property
    def ends(self) -> tuple[int, ...]:
        return tuple(self.encode("<|im_end|><|endoftext|>"))


def prompt_of(conversation: Conversation) -> tuple[str, str]:
    """What the model reads, and what it should write (the last reply)."""
    spans = render(conversation)
    start = max(i for i, (text, _) in enumerate(spans) if text.startswith(f"{START}assistant"))
    read = "".join(text for text, _ in spans[: start + 1])
    return read, "".join(text for text, _ in spans[start + 1 : -2])


def calls_in(reply: str) -> list[Any]:
    """The calls of a reply; broken JSON is kept as it is, so that it equals nothing."""
    calls: list[Any] = []
    for body in CALL.findall(reply):
        try:
            calls.append(json.loads(body))
        except json.JSONDecodeError:
            calls.append(body)
    return calls


def right(student: Student, conversation: Conversation) -> tuple[bool, str, str]:
    """Is the reply exact? Also gives what was expected and what came."""
    last = conversation.messages[-1]
    if last.spans and any(weight == 0 for _, weight in last.spans):
        return filled_right(student, conversation)
    read, expected = prompt_of(conversation)
    reply = student.go_on(read, limit=len(expected) + 20)
    if last.calls:
        same = calls_in(reply) == calls_in(expected) and not CALL.sub("", reply).strip()
        return same or reply == expected, expected, reply
    return reply.strip() == expected.strip(), expected, reply


def filled_right(student: Student, conversation: Conversation) -> tuple[bool, str, str]:
    """A forced template: feed its tags, let the model fill the rest, stop at the first mistake."""
    text = ""
    spans = render(conversation)[:-2]
    run = ""
    for piece, weight in [*spans, ("", 0.0)]:
        if weight:
            run += piece
            continue
        if run:
            written = student.go_on(text, at_least=len(run))
            if written != run:
                return False, run, written
            text += run
            run = ""
        text += piece
    return True, "", ""


def question(
    source: Callable[[Random, bool], tuple[str, str]], held_out: bool, rng: Random
) -> Conversation:
    asked, answer = source(rng, held_out)
    return Conversation("", [Message("user", asked), Message("assistant", answer)])


def problem(thinking: bool, held_out: bool, rng: Random) -> Conversation:
    task = sums.problem(rng, held_out)
    reply = Message("assistant", sums.spoken_answer(task))
    if thinking:
        reply = Message("assistant", task.answer, reasoning=sums.reasoning(task))
    return Conversation("", [Message("user", task.text), reply])


def template(kind: str, rng: Random) -> Conversation:
    while (paper := templates.lesson(rng, held_out=True)).kind != kind:
        pass
    return paper


def tools(kind: str, exam: Exam, count: int, rng: Random) -> Conversation:
    return tool_lessons.exam_paper(rng, kind, exam, count)


def result(count: int, rng: Random) -> Conversation:
    return tool_lessons.result_paper(rng, count)


def remembered(rng: Random) -> Conversation:
    return reading.remembered(rng, True)


HELD = Exam(phrasing=True, usual=1.0, invented=0.0)
RENAMED = Exam(phrasing=True, usual=0.0, invented=0.0)
SEEN = Exam()
UNSEEN = Exam(phrasing=True, tools=NEVER_SEEN)
PAPERS: list[tuple[str, Source]] = [
    ("known tools, phrasings held out, 1 offered", partial(tools, "single", HELD, 1)),
    ("known tools, phrasings held out, 3 offered", partial(tools, "single", HELD, 3)),
    ("known tools, phrasings held out, 6 offered", partial(tools, "single", HELD, 6)),
    ("known tools, other names and parameters, 3 offered", partial(tools, "single", RENAMED, 3)),
    ("known and invented tools, usual phrasings, 3 offered", partial(tools, "single", SEEN, 3)),
    ("tools never seen (6 families), 1 offered", partial(tools, "single", UNSEEN, 1)),
    ("tools never seen (6 families), 3 offered", partial(tools, "single", UNSEEN, 3)),
    ("several calls at once, phrasings held out, 3 offered", partial(tools, "parallel", HELD, 3)),
    ("several calls at once, usual phrasings, 3 offered", partial(tools, "parallel", SEEN, 3)),
    ("no tool fits, phrasings held out, 3 offered", partial(tools, "missing", HELD, 3)),
    ("tools offered, none needed, phrasings held out", partial(tools, "words", HELD, 3)),
    ("answer from a tool's result", partial(result, 2)),
    ("facts and small talk, usual phrasings", partial(question, facts.question, False)),
    ("facts and small talk, phrasings held out", partial(question, facts.question, True)),
    ("yes/no, phrasings held out", partial(question, facts.yes_no, True)),
    ("sums", partial(question, sums.sum_question, True)),
    ("word problems, worked in the answer, phrasings held out", partial(problem, False, True)),
    ("word problems with <think>, phrasings held out", partial(problem, True, True)),
    ("word problems with <think>, usual phrasings", partial(problem, True, False)),
    ("XML template, forced", partial(template, "template, forced")),
    ("XML template, asked for", partial(template, "template, asked for")),
    ("repeat, phrasings held out", partial(question, reading.repeat, True)),
    ("extract, phrasings held out", partial(question, reading.extract, True)),
    ("classify, phrasings held out", partial(question, reading.classify, True)),
    ("remember across turns", remembered),
]


@dataclass
class Mark:
    """One line of the table."""

    name: str
    good: int
    count: int

    def line(self) -> str:
        return f"| {self.name} | {100 * self.good / self.count:.1f} % | {self.count} |"


@dataclass
class Paper:
    """One kind of question, asked `count` times; `show` wrong answers are kept."""

    gguf: str
    name: str
    count: int
    seed: int
    show: int


def ask(paper: Paper) -> tuple[Mark, list[str]]:
    """Ask one kind of question, in a process of its own."""
    student, make = Student(paper.gguf), dict(PAPERS)[paper.name]
    rng, good, wrong = Random(f"{paper.seed} {paper.name}"), 0, []
    for _ in range(paper.count):
        conversation = make(rng)
        same, expected, reply = right(student, conversation)
        good += same
        if not same and len(wrong) < paper.show:
            asked = [m.content for m in conversation.messages if m.role == "user"][-1]
            wrong.append(f"  asked:    {asked!r}\n  expected: {expected!r}\n  got:      {reply!r}")
    return Mark(paper.name, good, paper.count), wrong


def examine(papers: list[Paper], processes: int) -> list[Mark]:
    """Ask everything; prints the wrong answers as they come."""
    marks = []
    with get_context("spawn").Pool(processes) as pool:
        bar = tqdm(pool.imap(ask, papers), total=len(papers), desc="exam", unit="kind")
        for mark, wrong in bar:
            marks.append(mark)
            if wrong:
                bar.write(f"[{mark.name}]\n" + "\n".join(wrong))
    return marks


def agreement(student: Student, draft_path: str, seed: int, each: int = 4) -> tuple[int, int]:
    """On the main model's own replies: positions where the draft would have said the same."""
    draft = Llama(draft_path, n_ctx=2048, n_threads=2, logits_all=True, verbose=False)
    same = count = 0
    for name, paper in tqdm(PAPERS, desc="draft", unit="kind", dynamic_ncols=True):
        rng = Random(f"{seed} draft {name}")
        for _ in range(each):
            prompt = student.encode(prompt_of(paper(rng))[0])
            reply = student.reply_tokens(prompt)
            draft.reset()
            draft.eval(prompt + reply)
            rows = draft.scores[len(prompt) - 1 : len(prompt) + len(reply) - 1]
            same += int((np.argmax(rows, axis=1) == np.array(reply)).sum())
            count += len(reply)
    return same, count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gguf")
    parser.add_argument("--draft", help="a draft model: also measure how often it agrees")
    parser.add_argument("--count", type=int, default=200, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=20_000)
    parser.add_argument("--show", type=int, default=0, help="wrong answers to print, of each kind")
    parser.add_argument("--only", default="", help="kinds whose name holds this text")
    parser.add_argument("--processes", type=int, default=3)
    arguments = parser.parse_args()
    papers = [
        Paper(arguments.gguf, name, arguments.count, arguments.seed, arguments.show)
        for name, _ in PAPERS
        if arguments.only in name
    ]
    marks = examine(papers, arguments.processes)
    student = Student(arguments.gguf)
    print("\n| what | exact | questions |\n|---|---|---|")
    print("\n".join(mark.line() for mark in marks))
    if arguments.draft:
        same, count = agreement(student, arguments.draft, arguments.seed)
        print(f"\nDraft: {same} of {count} tokens as the main model ({100 * same / count:.1f} %).")
    if not arguments.only:
        print("\nThe README's examples:\n")
        for prompt in readme_examples.prompts():
            print(f"> {prompt[-400:]}\n{student.go_on(prompt)}\n")


if __name__ == "__main__":
    main()
