"""Tool lists (OpenAI's) to the grammar of a reply that may, or must, call them.

    auto        free text, then calls, or free text alone
    required    one call at least
    a name      calls of this tool only

How a call is written is a Surface; HERMES is that of Qwen and Hermes models. Where its tags are
special tokens of the vocabulary (`special`), text cannot spell them; where they are plain text,
free text holds no opening tag, so a text with a tag is a call or is refused.
"""

from dataclasses import dataclass, field
from typing import Any

from compilers.errors import CompileError, Malformed
from compilers.frontends import json_schema
from compilers.frontends.json_schema.spelling import Style
from compilers.ir import (
    Capture,
    FreeText,
    Grammar,
    Literal,
    Node,
    Note,
    Ref,
    Repeat,
    Special,
    choice,
    renamed,
    sequence,
)

MAX_TOOLS = 1_000
NO_PARAMETERS = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Surface:
    """How a call is written: open, name, arguments, close; `between` two calls."""

    open: str = "<tool_call>"
    before_name: str = '\n{"name": '
    before_arguments: str = ', "arguments": '
    after_arguments: str = "}\n"
    close: str = "</tool_call>"
    between: str = "\n"
    special: bool = False
    style: Style = field(default_factory=Style)


HERMES = Surface()


def parse(
    tools: Any, tool_choice: str = "auto", parallel: bool = True, surface: Surface = HERMES
) -> Grammar:
    """The grammar of a whole reply. `tool_choice`: auto, required, or the name of a tool."""
    functions = _functions(tools)
    if tool_choice not in ("auto", "required"):
        if tool_choice not in functions:
            raise Malformed(f"tool_choice: there is no tool {tool_choice!r}", kind="tools")
        functions = {tool_choice: functions[tool_choice]}
    rules: dict[str, Node] = {}
    notes: list[Note] = []
    bodies = []
    for i, (name, (schema, where)) in enumerate(functions.items()):
        arguments = _arguments(schema, where, surface.style)
        part = renamed(arguments, f"tool{i}_")
        rules.update(part.rules)
        notes += (Note(where + note.where, note.message) for note in arguments.notes)
        bodies.append(_call(name, Ref(part.start), surface))
    rules["call"] = choice(*bodies)
    rules["start"] = _reply(tool_choice == "auto", parallel, surface)
    return Grammar(rules, "start", tuple(notes))


def _functions(tools: Any) -> dict[str, tuple[Any, str]]:
    """Each tool's parameters by its name, and where they stand."""
    if not isinstance(tools, list) or not 0 < len(tools) <= MAX_TOOLS:
        raise Malformed(f"tools must be a list of 1 to {MAX_TOOLS}", kind="tools")
    found: dict[str, tuple[Any, str]] = {}
    for i, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(name, str) or not name:
            raise Malformed("a tool needs a function with a name", f"/{i}", "tools")
        if name in found:
            raise Malformed(f"two tools are named {name!r}", f"/{i}/function/name", "tools")
        assert isinstance(function, dict)
        schema = function.get("parameters")
        where = f"/{i}/function/parameters"
        found[name] = (NO_PARAMETERS if schema is None else schema, where)
    return found


def _arguments(schema: Any, where: str, style: Style) -> Grammar:
    try:
        return json_schema.parse(schema, style)
    except CompileError as error:
        raise type(error)(error.message, where + error.where, error.kind) from error


def _call(name: str, arguments: Node, surface: Surface) -> Node:
    """From behind the opening tag to the end of the closing one."""
    written = Capture("name", Literal(surface.style.dumps(name)), "tool_calls")
    return sequence(
        Literal(surface.before_name),
        written,
        Literal(surface.before_arguments),
        Capture("arguments", arguments, "tool_calls"),
        Literal(surface.after_arguments),
        _tag(surface.close, surface),
    )


def _tag(text: str, surface: Surface) -> Node:
    return Special(text) if surface.special else Literal(text)


def _reply(auto: bool, parallel: bool, surface: Surface) -> Node:
    call = sequence(_tag(surface.open, surface), Ref("call"))
    more = sequence(Literal(surface.between), call)
    calls = sequence(call, Repeat(more)) if parallel else call
    if not auto:
        return calls
    stops = () if surface.special else (surface.open,)
    words = Capture("content", FreeText(stops), "content")
    return choice(words, sequence(words, calls))
