"""POST /v1/chat/completions."""

import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from gallama.api.answers import (
    AssistantMessage,
    ChatChoice,
    ChatChunk,
    ChatCompletion,
    ChatDelta,
    ChoiceLogprobs,
    ChunkChoice,
    FinishReason,
    Usage,
)
from gallama.api.budget import budget_of, told
from gallama.api.calls import Calls, FunctionCall, ToolCalls
from gallama.api.guide import guide_of, shown_of
from gallama.api.logprobs import chat_logprobs
from gallama.api.messages import conversation
from gallama.api.offer import offer_of
from gallama.api.service import Piece, Service, collect, interleave, replies
from gallama.api.sse import DONE, event
from gallama.api.types import (
    ChatRequest,
)
from gallama.api.usage import usage_of
from gallama.plan import Plan
from gallama.types import Finish, Part
from gallama.wire_errors import ApiError


class Chat:
    """One chat request being answered."""

    def __init__(self, service: Service, wire: ChatRequest) -> None:
        self._service = service
        self._wire = wire
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._calls: Calls = ToolCalls() if wire.functions is None else FunctionCall()

    async def plan(self) -> Plan:
        """Raises ApiError 400 where the request cannot be carried out."""
        wire, service = self._wire, self._service
        request = replace(
            conversation(wire.messages, wire),
            sampling=service.sampling(wire, _max_tokens(wire), _top_logprobs(wire)),
            default_max_tokens=service.defaults.max_tokens,
            stop=wire.stop_strings,
            guide=guide_of(wire),
            shown=shown_of(wire),
            tools=tuple(offer_of(wire).tools),
            budget=budget_of(wire),
            dialect=wire.dialect,
        )
        return await service.plan(told(request, wire))

    async def complete(self, plan: Plan) -> ChatCompletion:
        answers = replies(self._service, plan, self._wire.n or 1)
        wholes = await collect(answers)
        return {
            "id": self._id,
            "object": "chat.completion",
            "created": self._created,
            "model": self._wire.model,
            "choices": [self._choice(i, whole) for i, whole in enumerate(wholes)],
            "usage": usage_of(plan, answers),
        }

    def _choice(self, index: int, whole: Piece) -> ChatChoice:
        assert whole.finish is not None
        called = any(part.channel == "name" for part in whole.parts)
        return {
            "index": index,
            "message": self._message(whole),
            "logprobs": self._logprobs(whole),
            "finish_reason": self._finish_reason(whole.finish, called),
        }

    def _message(self, whole: Piece) -> AssistantMessage:
        """`content` is null where a reply only calls."""
        content, reasoning = whole.said("content"), whole.said("reasoning")
        message: AssistantMessage = {"role": "assistant", "content": content, "refusal": None}
        if reasoning:
            message["reasoning_content"] = reasoning
        if whole.thinking is not None:
            message["thinking"] = dict(whole.thinking)
        self._calls.put(message, whole.parts)
        if not content and message.keys() & {"tool_calls", "function_call"}:
            message["content"] = None
        return message

    def _finish_reason(self, finish: Finish, called: bool) -> FinishReason:
        """A reply that was cut is cut, even inside a call."""
        return self._calls.finish if called and finish == "stop" else finish

    async def stream(self, plan: Plan) -> AsyncGenerator[bytes, None]:
        """Server-sent events: the role, the text as it comes, the end, the usage, [DONE]."""
        answers = replies(self._service, plan, self._wire.n or 1)
        async with aclosing(interleave(answers)) as pieces:
            begun: set[int] = set()
            calling: set[int] = set()
            async for index, piece in pieces:
                if index not in begun:
                    begun.add(index)
                    yield self._chunk(index, {"role": "assistant", "content": ""})
                logprobs = self._logprobs(piece)
                for part in piece.parts or (Part("content", ""),) * bool(piece.logprobs):
                    if part.channel == "name":
                        calling.add(index)
                    yield self._chunk(index, self._delta(part), logprobs)
                    logprobs = None  # those of all parts stand on the first
                if piece.finish:
                    finish = self._finish_reason(piece.finish, index in calling)
                    last: ChatDelta = {}
                    if piece.thinking is not None:
                        last["thinking"] = dict(piece.thinking)
                    yield self._chunk(index, last, finish=finish)
        if self._wire.wants_usage:
            yield event(self._envelope([], usage_of(plan, answers)))
        yield DONE

    def _delta(self, part: Part) -> ChatDelta:
        if part.channel == "content":
            return {"content": part.text}
        if part.channel == "reasoning":
            return {"reasoning_content": part.text}
        return self._calls.delta(part)

    def _chunk(
        self,
        index: int,
        delta: ChatDelta,
        logprobs: ChoiceLogprobs | None = None,
        finish: FinishReason | None = None,
    ) -> bytes:
        choice: ChunkChoice = {
            "index": index,
            "delta": delta,
            "logprobs": logprobs,
            "finish_reason": finish,
        }
        return event(self._envelope([choice], None))

    def _envelope(self, choices: list[ChunkChoice], usage: Usage | None) -> ChatChunk:
        chunk: ChatChunk = {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": self._created,
            "model": self._wire.model,
            "choices": choices,
        }
        if self._wire.wants_usage:
            chunk["usage"] = usage
        return chunk

    def _logprobs(self, piece: Piece) -> ChoiceLogprobs | None:
        if not self._wire.logprobs:
            return None
        return chat_logprobs(piece.logprobs, self._service.backend.vocabulary)


def _max_tokens(wire: ChatRequest) -> int | None:
    old, new = wire.max_tokens, wire.max_completion_tokens
    if old is not None and new is not None and old != new:
        raise ApiError(
            400,
            f"max_tokens: says {old}, max_completion_tokens says {new}; give one of them.",
            param="max_tokens",
        )
    return old if new is None else new


def _top_logprobs(wire: ChatRequest) -> int | None:
    if wire.top_logprobs and not wire.logprobs:
        raise ApiError(400, "top_logprobs: needs 'logprobs': true.", param="top_logprobs")
    return (wire.top_logprobs or 0) if wire.logprobs else None
