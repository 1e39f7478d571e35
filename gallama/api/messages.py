"""From the turns of the wire to `Message`s, and to the prompt that is to be made of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from gallama.api.types import (
    AssistantTurn,
    FunctionCall,
    FunctionTurn,
    TemplateFields,
    TextPart,
    ToolTurn,
    Turn,
)
from gallama.types import Message, Request, ToolCall
from gallama.wire_errors import ApiError


def conversation(turns: Sequence[Turn], fields: TemplateFields) -> Request:
    """What the chat template is asked for. Raises ApiError 400."""
    messages = to_messages(turns)
    goes_on = bool(fields.continue_final_message)
    if goes_on:
        _check_continues(messages[-1], fields)
    new_turn = fields.add_generation_prompt
    return Request(
        messages=messages,
        add_generation_prompt=not goes_on if new_turn is None else new_turn,
        continue_final_message=goes_on,
        template_kwargs=fields.chat_template_kwargs or {},
    )


def _check_continues(last: Message, fields: TemplateFields) -> None:
    reason = None
    if last.role != "assistant":
        reason = "the last message must be the assistant's"
    elif last.tool_calls:
        reason = "the last message has tool_calls; only text can be continued"
    elif fields.add_generation_prompt:
        reason = "add_generation_prompt asks for a new turn; give one of them"
    if reason:
        param = "continue_final_message"
        raise ApiError(400, f"{param}: {reason}.", param=param)


def to_messages(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Results of several calls come in the order of the calls, whatever order they were sent in:
    most chat templates show no ids. Raises ApiError 400 where turns do not fit together."""
    known_calls: dict[str, str] = {}  # the function that was called last under an id
    functions: dict[str, str] = {}  # the id that stands for the last function_call of a name
    messages = []
    for index, turn in enumerate(turns):
        path = f"messages[{index}]"
        if isinstance(turn, AssistantTurn):
            messages.append(_assistant(turn, path, f"function_{index}"))
            known_calls |= {call.id: call.function.name for call in turn.tool_calls or ()}
            if turn.function_call is not None:
                (call,) = messages[-1].tool_calls
                functions[call.name] = call.id
        elif isinstance(turn, ToolTurn):
            if turn.tool_call_id not in known_calls:
                raise ApiError(
                    400,
                    f"{path}.tool_call_id: no assistant message before has a tool call with the "
                    f"id {turn.tool_call_id!r}.",
                    param=f"{path}.tool_call_id",
                )
            name = turn.name or known_calls[turn.tool_call_id]
            messages.append(
                Message("tool", _text(turn.content), name, tool_call_id=turn.tool_call_id)
            )
        elif isinstance(turn, FunctionTurn):
            messages.append(_function_result(turn, path, functions))
        else:
            role = "system" if turn.role == "developer" else turn.role
            messages.append(Message(role, _text(turn.content), turn.name))
    return tuple(_in_order(messages))


def _in_order(messages: Iterable[Message]) -> Iterator[Message]:
    """The results behind an assistant's turn as its calls are."""
    places: dict[str | None, int] = {}
    for are_results, group in groupby(messages, lambda message: message.role == "tool"):
        turns = list(group)
        if are_results:
            turns.sort(key=lambda turn: places.get(turn.tool_call_id, len(places)))
        yield from turns
        places = {call.id: i for i, call in enumerate(turns[-1].tool_calls)}


def _assistant(turn: AssistantTurn, path: str, id: str) -> Message:
    """`id`: for a function_call, which has none."""
    if turn.tool_calls and turn.function_call is not None:
        param = f"{path}.function_call"
        raise ApiError(400, f"{param}: does not go with tool_calls; give one of them.", param=param)
    ids = [call.id for call in turn.tool_calls or ()]
    for i, each in enumerate(ids):
        if each in ids[:i]:
            param = f"{path}.tool_calls[{i}].id"
            message = f"{param}: two calls have the id {each!r}; give each an id of its own."
            raise ApiError(400, message, param=param)
    calls = tuple(
        _call(call.id, call.function, f"{path}.tool_calls[{i}].function")
        for i, call in enumerate(turn.tool_calls or ())
    )
    if turn.function_call is not None:
        calls = (_call(id, turn.function_call, f"{path}.function_call"),)
    if turn.content is None and not calls:
        raise ApiError(
            400, f"{path}.content: required unless tool_calls are given.", param=f"{path}.content"
        )
    return Message(
        "assistant",
        None if turn.content is None else _text(turn.content),
        turn.name,
        tool_calls=calls,
        reasoning_content=turn.reasoning_content,
    )


def _function_result(turn: FunctionTurn, path: str, known: Mapping[str, str]) -> Message:
    if turn.name not in known:
        param = f"{path}.name"
        message = f"{param}: no assistant message before has a function_call of {turn.name!r}."
        raise ApiError(400, message, param=param)
    content = _text(turn.content or "")
    return Message("tool", content, turn.name, tool_call_id=known[turn.name])


def _call(id: str, function: FunctionCall, path: str) -> ToolCall:
    param = f"{path}.arguments"
    try:
        arguments = json.loads(function.arguments)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, f"{param}: not valid JSON: {error}.", param=param) from None
    if not isinstance(arguments, dict):
        raise ApiError(400, f"{param}: must be the text of a JSON object.", param=param)
    return ToolCall(id, function.name, function.arguments)


def _text(content: str | list[TextPart]) -> str:
    """Parts are joined by line breaks, as the other local servers do."""
    if isinstance(content, str):
        return content
    return "\n".join(part.text for part in content)
