"""The functions that a request offers: `tools` and `tool_choice`, or the older `functions` and
`function_call`."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from gallama.api.types import (
    AllowedToolsChoice,
    ChatRequest,
    Function,
    NamedFunction,
    NamedTool,
)
from gallama.guide import function_path
from gallama.wire_errors import ApiError


class Offer(NamedTuple):
    """`param`: the field they stand in; `choice`: whether one must be called; `allowed`: the names
    of those that may be, if not all may; `parallel`: whether a reply may have several calls."""

    param: Literal["tools", "functions"]
    functions: Sequence[Function]
    choice: Literal["none", "auto", "required"]
    parallel: bool
    allowed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.functions) and self.choice != "none"

    @property
    def tools(self) -> list[dict[str, Any]]:
        """OpenAI's list, for the prompt."""
        functions = (each.model_dump(exclude_none=True) for each in self.functions if self)
        return [{"type": "function", "function": function} for function in functions]

    @property
    def guide(self) -> dict[str, Any]:
        """What a Guide says of them: names and schemas, by which alone they are told apart."""
        schemas = [
            {"function": {key: f[key] for key in ("name", "parameters") if key in f}}
            for f in (tool["function"] for tool in self.tools)
        ]
        return {
            "tools": json.dumps(schemas),
            "tools_param": self.param,
            "tool_choice": self.choice,
            "allowed": self.allowed,
            "parallel": self.parallel,
        }


def offer_of(wire: ChatRequest) -> Offer:
    """Raises ApiError 400 where fields contradict each other."""
    offer = _tools(wire) if wire.functions is None else _functions(wire)
    names = [each.name for each in offer.functions]
    for i, name in enumerate(names):
        if name in names[:i]:
            param = f"{function_path(offer.param, i)}.name"
            message = f"two {offer.param} are named {name!r}; give each a name of its own."
            raise _wrong(param, message)
    return offer


def _tools(wire: ChatRequest) -> Offer:
    if wire.function_call is not None:
        raise _wrong("function_call", "goes with functions; with tools it is tool_choice.")
    functions = [tool.function for tool in wire.tools or ()]
    parallel = wire.parallel_tool_calls is not False
    choice = wire.tool_choice or "auto"
    if choice == "required" and not functions:
        raise _wrong("tool_choice", "'required' needs tools.")
    if isinstance(choice, NamedTool):
        name = _named(choice.function, functions, "tool_choice.function.name", "tool")
        return Offer("tools", functions, "required", parallel, (name,))
    if isinstance(choice, AllowedToolsChoice):
        some = choice.allowed_tools
        path = "tool_choice.allowed_tools.tools[{}].function.name"
        names = [
            _named(tool.function, functions, path.format(i), "tool")
            for i, tool in enumerate(some.tools)
        ]
        return Offer("tools", functions, some.mode, parallel, tuple(names))
    return Offer("tools", functions, choice, parallel)


def _functions(wire: ChatRequest) -> Offer:
    for param in ("tools", "tool_choice", "parallel_tool_calls"):
        if getattr(wire, param) is not None:
            raise _wrong(param, "does not go with functions, its older form; give one of them.")
    functions = wire.functions or []
    choice = wire.function_call or "auto"
    if isinstance(choice, NamedFunction):
        name = _named(choice, functions, "function_call.name", "function")
        return Offer("functions", functions, "required", False, (name,))
    return Offer("functions", functions, choice, False)


def _named(chosen: NamedFunction, offered: Sequence[Function], param: str, kind: str) -> str:
    names = [each.name for each in offered]
    if chosen.name not in names:
        known = f"; there are {', '.join(names)}" if names else f", since there are no {kind}s"
        raise _wrong(param, f"no {kind} {chosen.name!r}{known}.")
    return chosen.name


def _wrong(param: str, message: str) -> ApiError:
    return ApiError(400, f"{param}: {message}", param=param)
