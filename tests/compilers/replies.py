"""Grammars of whole replies, modelled on the dialects of real models, and replies in them.

A reply is text and special tokens; what it says is listed as (captures, text), outermost first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import compilers
from compilers.extract import Event, Extraction
from compilers.ir import (
    Capture,
    Choice,
    FreeText,
    Grammar,
    Literal,
    Node,
    Ref,
    Repeat,
    Special,
    choice,
    maybe,
    renamed,
    sequence,
)
from compilers.passes.apart import apart
from tests.compilers.readings import Reading

Reply = Sequence[str | Special]
Said = list[tuple[str, str]]

ARGUMENTS = {
    "type": "object",
    "properties": {"x": {"type": "string"}, "y": {"type": ["array", "object", "integer"]}},
}


def free(name: str, *stops: str, channel: str | None = None) -> Node:
    return Capture(name, FreeText(stops), channel or name)


def named(*names: str) -> Node:
    return Capture("name", Choice(tuple(map(Literal, names))), "tool_calls")


def grammar(start: Node, **rules: Any) -> Grammar:
    """`rules` are JSON Schemas."""
    found: dict[str, Node] = {"start": start}
    for name, schema in rules.items():
        part = renamed(compilers.json_schema(schema), f"{name}_")
        found |= part.rules
        found[name] = Ref(part.start)
    return apart(Grammar(found))


def arguments() -> Node:
    return Capture("arguments", Ref("json"), "tool_calls")


def hermes(special: bool) -> Grammar:
    def tag(text: str) -> Node:
        return Special(text) if special else Literal(text)

    think = [tag("<think>"), free("reasoning"), tag("</think>"), Literal("\n\n")]
    call = sequence(
        tag("<tool_call>"),
        Literal('\n{"name": '),
        named('"f"', '"fg"', '"g"'),
        Literal(', "arguments": '),
        arguments(),
        Literal("}\n"),
        tag("</tool_call>"),
    )
    words = free("content")
    calls = sequence(words, call, Repeat(sequence(Literal("\n"), call)))
    return grammar(sequence(maybe(sequence(*think)), choice(words, calls)), json=ARGUMENTS)


def many_tools(special: bool, count: int = 100) -> Grammar:
    """hermes, without reasoning, with `count` tools of a schema each."""
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "more": {}}}
    opened, closed = (
        Special(tag) if special else Literal(tag) for tag in ("<tool_call>", "</tool_call>")
    )
    bodies = [
        sequence(
            Literal('\n{"name": '),
            named(f'"get_{i}"'),
            Literal(', "arguments": '),
            Capture("arguments", Ref(f"json{i}"), "tool_calls"),
            Literal("}\n"),
        )
        for i in range(count)
    ]
    call = sequence(opened, choice(*bodies), closed)
    words = free("content")
    calls = sequence(words, call, Repeat(sequence(Literal("\n"), call)))
    return grammar(choice(words, calls), **{f"json{i}": schema for i in range(count)})


def llama() -> Grammar:
    call = sequence(
        Literal('{"name": '),
        named('"f"', '"g"'),
        Literal(', "parameters": '),
        arguments(),
        Literal("}"),
    )
    return grammar(choice(free("content"), call), json=ARGUMENTS)


def mistral(special: bool) -> Grammar:
    tag = Special("[TOOL_CALLS]") if special else Literal("[TOOL_CALLS]")
    call = sequence(
        Literal('{"name": '), named('"f"', '"g"'), Literal(', "arguments": '), arguments(),
        Literal("}"),
    )  # fmt: skip
    calls = sequence(tag, Literal(" ["), call, Repeat(sequence(Literal(", "), call)), Literal("]"))
    words = free("content")
    return grammar(choice(words, sequence(words, calls)), json=ARGUMENTS)


def qwen_coder() -> Grammar:
    parameter = sequence(
        Literal("<parameter="),
        Capture("key", Choice((Literal("x"), Literal("xy"))), "tool_calls"),
        Literal(">\n"),
        free("value", "\n</parameter>", channel="tool_calls"),
        Literal("\n</parameter>\n"),
    )
    call = sequence(
        Literal("<tool_call>"),
        Literal("\n<function="),
        Capture("name", Choice((Literal("f"), Literal("fg"))), "tool_calls"),
        Literal(">\n"),
        Repeat(parameter),
        Literal("</function>\n</tool_call>"),
    )
    words = free("content")
    calls = sequence(words, call, Repeat(sequence(Literal("\n"), call)))
    return grammar(choice(words, calls))


def harmony() -> Grammar:
    def message(header: str, body: Node) -> Node:
        return sequence(
            Special("<|channel|>"),
            Literal(header),
            Special("<|message|>"),
            body,
            Special("<|end|>"),
        )

    again = sequence(Special("<|start|>"), Literal("assistant"))
    thought = message("analysis", free("reasoning"))
    preamble = message("commentary", free("content"))
    final = sequence(
        Special("<|channel|>"), Literal("final"), Special("<|message|>"), free("content")
    )
    call = sequence(
        Special("<|channel|>"),
        Literal("commentary to=functions."),
        Capture("name", Choice((Literal("f"), Literal("fg"))), "tool_calls"),
        Literal(" "),
        Special("<|constrain|>"),
        Literal("json"),
        Special("<|message|>"),
        arguments(),
        Special("<|call|>"),
    )
    before = Repeat(sequence(choice(thought, preamble), again))
    return grammar(sequence(before, choice(final, call)), json=ARGUMENTS)


def reasoned_json() -> Grammar:
    think = [Literal("<think>"), free("reasoning"), Literal("</think>"), Literal("\n\n")]
    schema = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}
    answer = Capture("content", Ref("json"), "content")
    return grammar(sequence(*think, answer), json=schema)


def guessing() -> Grammar:
    """Whose text a letter is shows only at the end; captures within captures; empty ones."""
    item = Capture("item", sequence(free("key", ":"), Literal(":"), free("of", ";")), "content")
    rows = Capture("rows", Repeat(sequence(item, Literal(";"))), "content")
    short = sequence(Capture("short", Repeat(Literal("é"), 0, 3), "content"), Literal("!"))
    long = sequence(Capture("long", Repeat(Literal("é"), 0, 3), "content"), Literal("?"))
    return grammar(choice(sequence(Literal("["), rows, Literal("]")), short, long))


@dataclass(frozen=True)
class Case:
    name: str
    grammar: Grammar
    reply: Reply
    said: Said


def _special(*parts: str) -> list[str | Special]:
    """Of these texts every second one is a special token."""
    return [Special(part) if i % 2 else part for i, part in enumerate(parts)]


THOUGHT = "Hué <3 </thin"
BODY = '\n{"name": "fg", "arguments": {"x": "}\\"]", "y": [{}, []]}}\n'
BODY_2 = '\n{"name": "f", "arguments": {}}\n'
SAID = [
    ("name", '"fg"'),
    ("arguments", '{"x": "}\\"]", "y": [{}, []]}'),
    ("name", '"f"'),
    ("arguments", "{}"),
]
_PLAIN = hermes(False)
_TOKENS = hermes(True)
_QWEN = qwen_coder()
_HARMONY = harmony()

CASES = [
    Case("words", _PLAIN, ["Hué <tool_cal<"], [("content", "Hué <tool_cal<")]),
    Case("nothing", _PLAIN, [], [("content", "")]),
    Case("nearly a thought", _PLAIN, ["<think"], [("content", "<think")]),
    Case(
        "a thought, and words",
        _PLAIN,
        [f"<think>{THOUGHT}</think>\n\nso"],
        [("reasoning", THOUGHT), ("content", "so")],
    ),
    Case(
        "a thought, words and calls",
        _PLAIN,
        [
            f"<think>{THOUGHT}</think>\n\n<tool<tool_call>{BODY}</tool_call>\n<tool_call>"
            f"{BODY_2}</tool_call>"
        ],
        [("reasoning", THOUGHT), ("content", "<tool"), *SAID],
    ),
    Case(
        "calls, by tokens",
        _TOKENS,
        _special(
            "<think>", "<think>", "<tool_call></think>", "</think>", "\n\né", "<tool_call>", BODY,
            "</tool_call>", "\n", "<tool_call>", BODY_2, "</tool_call>",
        )[1:],
        [("reasoning", "<tool_call></think>"), ("content", "é"), *SAID],
    ),
    Case(
        "tags spelled, by tokens",
        _TOKENS,
        ["<think><tool_call>"],
        [("content", "<think><tool_call>")],
    ),
    Case(
        "bare JSON",
        llama(),
        ['{"name": "g", "parameters": {"x": "é}"}}'],
        [("name", '"g"'), ("arguments", '{"x": "é}"}')],
    ),
    Case("nearly bare JSON", llama(), ['{"name":é'], [("content", '{"name":é')]),
    Case(
        "mistral",
        mistral(False),
        [
            'Hi [TOOL[TOOL_CALLS] [{"name": "f", "arguments": {"y": [1]}}, '
            '{"name": "g", "arguments": {}}]'
        ],
        [
            ("content", "Hi [TOOL"),
            ("name", '"f"'),
            ("arguments", '{"y": [1]}'),
            ("name", '"g"'),
            ("arguments", "{}"),
        ],
    ),
    Case(
        "mistral, by tokens",
        mistral(True),
        _special("Hi [TOOL_CALLS]", "[TOOL_CALLS]", ' [{"name": "f", "arguments": {}}]'),
        [("content", "Hi [TOOL_CALLS]"), ("name", '"f"'), ("arguments", "{}")],
    ),
    Case(
        "qwen-coder",
        _QWEN,
        [
            "ok\n<tool_call>\n<function=fg>\n<parameter=x>\na\n\n</parameter\n</parameter>\n"
            "<parameter=xy>\n\n</parameter>\n</function>\n</tool_call>"
        ],
        [
            ("content", "ok\n"),
            ("name", "fg"),
            ("key", "x"),
            ("value", "a\n\n</parameter"),
            ("key", "xy"),
            ("value", ""),
        ],
    ),
    Case(
        "harmony",
        _HARMONY,
        _special(
            "", "<|channel|>", "analysis", "<|message|>", "é<|end|>", "<|end|>", "", "<|start|>",
            "assistant", "<|channel|>", "final", "<|message|>", "Hi",
        ),
        [("reasoning", "é<|end|>"), ("content", "Hi")],
    ),
    Case(
        "harmony, a call",
        _HARMONY,
        _special(
            "", "<|channel|>", "commentary", "<|message|>", "I look", "<|end|>", "", "<|start|>",
            "assistant", "<|channel|>", "commentary to=functions.fg ", "<|constrain|>", "json",
            "<|message|>", '{"y": {"a": 1}}', "<|call|>",
        ),
        [("content", "I look"), ("name", "fg"), ("arguments", '{"y": {"a": 1}}')],
    ),
    Case(
        "a thought, and JSON",
        reasoned_json(),
        ['<think>\n</think>\n\n["é", "]"]'],
        [("reasoning", "\n"), ("content", '["é", "]"]')],
    ),
    Case(
        "a thought, and a number",
        reasoned_json(),
        ["<think></think>\n\n-12"],
        [("reasoning", ""), ("content", "-12")],
    ),
    Case("a guess", guessing(), ["ééé?"], [("long", "ééé")]),
    Case("another guess", guessing(), ["!"], [("short", "")]),
    Case(
        "captures in captures",
        guessing(),
        ["[a:é;:;]"],
        [
            ("rows/item/key", "a"),
            ("rows/item", ":"),
            ("rows/item/of", "é"),
            ("rows", ";"),
            ("rows/item/key", ""),
            ("rows/item", ":"),
            ("rows/item/of", ""),
            ("rows", ";"),
        ],
    ),
]  # fmt: skip


def merged(events: Sequence[Event]) -> list[Event]:
    """The same events, text that was cut put together again."""
    found: list[Event] = []
    for event in events:
        if event.kind == "text" and found and found[-1].kind == "text":
            assert event.path == found[-1].path
            found[-1] = event._replace(text=found[-1].text + event.text)
        else:
            found.append(event)
    return found


def said(events: Sequence[Event]) -> Said:
    """The texts of captures in order; of one that holds nothing, the empty text."""
    found: Said = []
    before = None
    for event in merged(events):
        path = "/".join(mark.name for mark in event.path)
        if event.kind == "text":
            found.append((path, event.text))
        elif event.kind == "close" and before is not None and before.kind == "open":
            found.append((path, ""))
        before = event
    return found


def streamed(extraction: Extraction, pieces: Sequence[bytes | Special]) -> tuple[list[Event], bool]:
    """All events of a reply that comes in these pieces, and whether it is complete."""
    extractor = extraction.extractor()
    events: list[Event] = []
    for piece in pieces:
        if isinstance(piece, Special):
            events += extractor.special(piece.name)
        else:
            events += extractor.feed(piece)
    events += extractor.close()
    return events, extractor.complete


def joined(symbols: Sequence[bytes | Special], size: int) -> list[bytes | Special]:
    """Bytes, of which so many come at once."""
    found: list[bytes | Special] = []
    for each in symbols:
        last = found[-1] if found else None
        if isinstance(each, bytes) and isinstance(last, bytes) and len(last) < size:
            found[-1] = last + each
        else:
            found.append(each)
    return found


def written(events: Sequence[Event]) -> Reading:
    """Events as a reading, without what no capture holds."""
    found: list[object] = []
    for event in events:
        found += event.text if event.kind == "text" else [(event.kind, event.name)]
    return tuple(found)


def captured(reading: Reading) -> Reading:
    """Without what no capture holds."""
    found: list[object] = []
    depth = 0
    for each in reading:
        if isinstance(each, tuple):
            depth += 1 if each[0] == "open" else -1
        if isinstance(each, tuple) or (isinstance(each, str) and depth):
            found.append(each)
    return tuple(found)
