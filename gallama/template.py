"""Chat templates: the model's own Jinja, in a sandbox, around text that stays text.

What a user writes must never become a control token, however it is spelled. So every string of a
request gets a mark inside each spelling of a special token; the rendered prompt is cut at the
marks and each part is tokenized alone. The template's own tags have no mark and become tokens.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gallama.errors import LoadError, PlanError
from gallama.text import any_of
from gallama.types import Message, Vocabulary

# The default of models that bring none; what most instruction-tuned models were taught.
CHATML = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""

# What the server itself says to a template: chat_template_kwargs may not say otherwise.
_OWN_NAMES = frozenset({"messages", "tools", "add_generation_prompt", "bos_token", "eos_token"})

# Keys that templates ask for by name: their ends need no guard, since a quote follows in JSON.
_CHAT = ("role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "id")
_TOOL = ("type", "function", "arguments", "description", "parameters", "properties", "required")
_WORDS = frozenset((*_CHAT, *_TOOL, "items", "enum"))

Turns = list[dict[str, Any]]
Prepare = Callable[[Turns, list[Any]], tuple[Turns, list[Any]]]
"""Turns and tools as they were asked for -> as a template takes them."""

# What a template raises over messages that it was not written for.
_TEMPLATE_FAULTS = (
    TemplateError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)

_PRIVATE_USE = range(0xE000, 0xF900)
_ESCAPE = re.compile(r"\\(?:u(e[0-9a-f]{3}|f[0-8][0-9a-f]{2})|.)")  # in JSON


class ChatTemplate:
    """A compiled chat template. Raises LoadError when it is not valid Jinja."""

    def __init__(self, source: str, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        spellings = [text for text in vocabulary.special if text]
        self._spelling = re.compile(any_of(spellings)) if spellings else None
        self._prefixes = {s[:n] for s in spellings for n in range(1, len(s))}
        self._longest = max(map(len, spellings), default=0)
        try:
            self._template = environment().from_string(source)
        except TemplateSyntaxError as error:
            raise LoadError(f"chat template, line {error.lineno}: {error.message}") from error

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        add_generation_prompt: bool = True,
        continue_final_message: bool = False,
        kwargs: Mapping[str, Any] | None = None,
        prepare: Prepare | None = None,
    ) -> list[str]:
        """The prompt, cut so that each part is tokenized alone. Raises PlanError where the
        template refuses the messages.

        It ends with what begins the assistant's next turn, if `add_generation_prompt`; with
        `continue_final_message` it ends inside the last message, right after its content.
        `tools` are OpenAI's; `prepare` puts into words what this template has none for. `kwargs`
        are further variables, for the template alone.
        """
        _check_names(kwargs or {})
        turns = [_as_dict(message) for message in messages]
        extra, offered = dict(kwargs or {}), list(tools)
        mark, end = _unused_characters(turns, offered, extra)
        turns, offered, extra = (self._guard(value, mark) for value in (turns, offered, extra))
        for turn, message in zip(turns, messages, strict=True):
            turn["role"] = message.role  # a word of ours, which templates compare
        if prepare is not None:
            turns, offered = prepare(turns, offered)
        if offered:
            extra["tools"] = offered
        if continue_final_message:
            rendered = self._render_until(end, turns, extra)
        else:
            rendered = self._render(turns, add_generation_prompt, extra)
        return [part for part in rendered.split(mark) if part]

    def encode(self, messages: Sequence[Message], **how: Any) -> list[int]:
        """The token ids of what `render` gives."""
        encode = self._vocabulary.encode
        return [token for part in self.render(messages, **how) for token in encode(part, True)]

    def _render_until(self, end: str, turns: list[Any], extra: dict[str, Any]) -> str:
        """The prompt up to `end`, which is put behind the last message's content."""
        content = turns[-1]["content"]
        turns[-1]["content"] = content + end
        before, found, _ = self._render(turns, False, extra).rpartition(end)
        if not found or not before.endswith(content):
            raise PlanError(
                "continue_final_message: this model's chat template changes the last message, "
                "so it cannot be continued as it stands.",
                param="continue_final_message",
            )
        return before

    def _render(self, turns: list[Any], generation_prompt: bool, extra: dict[str, Any]) -> str:
        vocabulary = self._vocabulary
        variables = {
            "messages": turns,
            "add_generation_prompt": generation_prompt,
            "bos_token": vocabulary.spelling(vocabulary.bos),
            "eos_token": vocabulary.spelling(vocabulary.eos),
        }
        try:
            return self._template.render({**extra, **variables})
        except _TEMPLATE_FAULTS as error:
            message = f"The model's chat template refuses these messages: {error}"
            raise PlanError(message, param="messages") from error

    def _guard(self, value: Any, mark: str) -> Any:
        """`value` with the mark in every spelling of a special token, in keys and values."""
        if isinstance(value, str):
            return self._guard_text(value, mark)
        if isinstance(value, list):
            return [self._guard(item, mark) for item in value]
        if isinstance(value, dict):
            return {self._guard_key(k, mark): self._guard(v, mark) for k, v in value.items()}
        return value

    def _guard_key(self, key: str, mark: str) -> str:
        if key in _WORDS and not (self._spelling and self._spelling.search(key)):
            return key
        return self._guard_text(key, mark)

    def _guard_text(self, text: str, mark: str) -> str:
        if self._spelling is None:
            return text
        cuts = [0]
        while found := self._spelling.search(text, cuts[-1]):  # from within: they may overlap
            cuts.append(found.start() + 1)
        # The end of the text may begin a spelling that the template's next words would complete.
        ends = range(1, min(self._longest, len(text) + 1))
        cuts += [len(text) - n + 1 for n in ends if text[-n:] in self._prefixes]
        return mark.join(text[a:b] for a, b in pairwise([*sorted(cuts), len(text)]))


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as chat templates expect it."""
    found = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", _Generation],
    )
    found.filters["tojson"] = _tojson
    found.globals["raise_exception"] = _raise_exception
    found.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    return found


class _Generation(Extension):
    """Hugging Face's {% generation %} marks an assistant's words for training; here it does not."""

    tags = {"generation"}  # noqa: RUF012 (as Jinja has it)

    def parse(self, parser: Parser) -> list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _as_dict(message: Message) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": message.role, "content": message.content or ""}
    if message.name is not None:
        turn["name"] = message.name
    if message.tool_call_id is not None:
        turn["tool_call_id"] = message.tool_call_id
    if message.reasoning_content is not None:
        turn["reasoning_content"] = message.reasoning_content
    if message.tool_calls:
        turn["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.loads(call.arguments)},
            }
            for call in message.tool_calls
        ]
    return turn


def _unused_characters(*values: Any) -> tuple[str, str]:
    """Two private-use characters that occur nowhere in the request."""
    used = set(json.dumps(values, ensure_ascii=False))
    free = (chr(code) for code in _PRIVATE_USE if chr(code) not in used)
    try:
        return next(free), next(free)
    except StopIteration:
        raise PlanError(
            "The messages use every private-use character of Unicode (U+E000 to U+F8FF); "
            "leave two of them out.",
            param="messages",
        ) from None


def _check_names(kwargs: Mapping[str, Any]) -> None:
    for name in sorted(_OWN_NAMES & kwargs.keys()):
        param = f"chat_template_kwargs.{name}"
        raise PlanError(f"{param}: the server says this one to the template.", param=param)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """With the arguments of Hugging Face's, and like it without HTML escapes.

    Private-use characters are never escaped: one of them may be the mark.
    """
    text = json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )
    if not ensure_ascii:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[0], text)


def _raise_exception(message: str) -> None:
    raise TemplateError(message)
