"""How an answer says what it calls: in `tool_calls`, or, where the request has `functions`, in the
older `function_call`, of which there is one at most."""

import uuid
from collections.abc import Iterable
from typing import Protocol

from gallama.api.answers import (
    AssistantMessage,
    CalledFunction,
    ChatDelta,
    FinishReason,
    MessageToolCall,
    ToolCallDelta,
)
from gallama.types import Part


class Calls(Protocol):
    @property
    def finish(self) -> FinishReason:
        """Of a reply that came to its end with a call."""

    def put(self, message: AssistantMessage, parts: Iterable[Part]) -> None:
        """Into a message: the calls among the parts of a reply, if there are any."""

    def delta(self, part: Part) -> ChatDelta:
        """Of a part that is a call's name or arguments."""


class ToolCalls:
    finish: FinishReason = "tool_calls"

    def put(self, message: AssistantMessage, parts: Iterable[Part]) -> None:
        calls: list[MessageToolCall] = [
            {"id": _call_id(), "type": "function", "function": function}
            for function in _functions(parts)
        ]
        if calls:
            message["tool_calls"] = calls

    def delta(self, part: Part) -> ChatDelta:
        call: ToolCallDelta = {"index": part.call, "function": {"arguments": part.text}}
        if part.channel == "name":
            call = {
                "index": part.call,
                "id": _call_id(),
                "type": "function",
                "function": {"name": part.text, "arguments": ""},
            }
        return {"tool_calls": [call]}


class FunctionCall:
    finish: FinishReason = "function_call"

    def put(self, message: AssistantMessage, parts: Iterable[Part]) -> None:
        for function in _functions(parts):
            message["function_call"] = function

    def delta(self, part: Part) -> ChatDelta:
        if part.channel == "name":
            return {"function_call": {"name": part.text, "arguments": ""}}
        return {"function_call": {"arguments": part.text}}


def _functions(parts: Iterable[Part]) -> list[CalledFunction]:
    found: list[CalledFunction] = []
    for part in parts:
        if part.channel == "name":
            found.append({"name": part.text, "arguments": ""})
        elif part.channel == "arguments":
            found[part.call]["arguments"] += part.text
    return found


def _call_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
