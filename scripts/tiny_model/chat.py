"""Conversations and how they are written down: ChatML with tools, calls and reasoning.

`chat_template.jinja` writes the same text for a server; `render` also says which parts a model
should learn to write itself. A test in `export.py` holds the two together.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEMPLATE = (Path(__file__).parent / "chat_template.jinja").read_text().strip()

END_OF_TEXT, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CONTROL_TOKENS = (END_OF_TEXT, START, END)
TAG_TOKENS = (
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
    "<think>",
    "</think>",
)

Json = Any
Span = tuple[str, float]
"""Some text, and how much the model should learn to write it (0 = only read it)."""


@dataclass
class Message:
    """One turn.

    `forced` starts the reply with text that a server would put there (a prefill); `spans` replaces
    `content` where only parts of a reply are the model's own choice (a filled-in template).
    """

    role: str
    content: str = ""
    calls: list[dict[str, Json]] = field(default_factory=list)
    reasoning: str = ""
    forced: str = ""
    spans: list[Span] = field(default_factory=list)
    learn: float = 1.0


@dataclass
class Conversation:
    """Messages, with the tools on offer. `kind` names the lesson (for tables and balance)."""

    kind: str
    messages: list[Message]
    tools: list[dict[str, Json]] = field(default_factory=list)
    text: str = ""
    """Plain text without any chat markup; then `messages` is empty."""


def dumps(value: Json) -> str:
    """JSON with a space after `:` and `,`."""
    return json.dumps(value, ensure_ascii=False)


def tools_block(tools: list[dict[str, Json]]) -> str:
    """What the system turn says about tools."""
    lines = "".join("\n" + dumps(tool) for tool in tools)
    return (
        f"# Tools\n\n<tools>{lines}\n</tools>\n\nTo call a function, reply with:\n<tool_call>\n"
        '{"name": <name>, "arguments": <arguments>}\n</tool_call>'
    )


def call_text(call: dict[str, Json]) -> str:
    """One tool call as the model writes it."""
    body = f'{{"name": {dumps(call["name"])}, "arguments": {dumps(call["arguments"])}}}'
    return f"<tool_call>\n{body}\n</tool_call>"


def reply_text(message: Message) -> str:
    """What an assistant turn says, without reasoning."""
    parts = [message.content] if message.content else []
    return "\n".join(parts + [call_text(call) for call in message.calls])


def render(conversation: Conversation, read: float = 0.0) -> list[Span]:
    """The conversation as spans; `read` is the weight of what the model only reads."""
    if conversation.text:
        return [(conversation.text, 1.0), (END_OF_TEXT, 1.0)]
    messages = conversation.messages
    spans: list[Span] = []
    system = messages[0].content if messages[0].role == "system" else ""
    if conversation.tools:
        system += ("\n\n" if system else "") + tools_block(conversation.tools)
    if system:
        spans.append((f"{START}system\n{system}{END}\n", read))
    turns = [message for message in messages if message.role != "system"]
    for index, message in enumerate(turns):
        before = turns[index - 1].role if index else ""
        after = turns[index + 1].role if index + 1 < len(turns) else ""
        spans += turn(message, before, after, read)
    return spans


def turn(message: Message, before: str, after: str, read: float) -> list[Span]:
    """One turn; neighbouring tool results share one; only the last reply keeps reasoning."""
    if message.role == "tool":
        opening = "" if before == "tool" else f"{START}user"
        closing = "" if after == "tool" else f"{END}\n"
        response = f"\n<tool_response>\n{message.content}\n</tool_response>"
        return [(opening + response + closing, read)]
    if message.role != "assistant":
        return [(f"{START}{message.role}\n{message.content}{END}\n", read)]
    thinks = message.reasoning and not after
    spans = [(f"{START}assistant\n" + ("<think>\n" if thinks else ""), 0.0)]
    if thinks:
        spans.append((f"{message.reasoning}\n</think>\n\n", message.learn))
    if message.spans:
        spans += message.spans
    else:
        spans += [(message.forced, 0.0), (reply_text(message), message.learn)]
    return [*spans, (END, message.learn), ("\n", 0.0)]
