"""How one model writes and reads tool calls and reasoning: rendered, compiled.

    dialect = find(vocabulary.chat_template, spec.dialect, specs)      # gallama.probe
    parts = dialect.render(template, messages, tools)
    reasoning = dialect.reasoning("".join(parts))
    grammar = dialect.grammar(vocabulary, tools=tools, reasoning=reasoning)

What of a conversation the chat template does not render by itself (`Native`), `prepare` puts into
words before it is asked.
"""

import hashlib
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from compilers.frontends import tools as frontend
from compilers.frontends.surface import IDS, Surface, Tags, split
from compilers.ir import Grammar
from gallama.config.schema import DialectSpec
from gallama.template import ChatTemplate, Turns, environment
from gallama.types import Message, Vocabulary

GENERIC = "generic"

OFFER = """\
# Tools

You may call the tools below. Each stands on a line of its own, with the JSON Schema of its \
parameters.

<tools>
{% for tool in tools %}
{{ tool.function | tojson }}
{% endfor %}
</tools>

To call one, write its name and its arguments like this:
{{ example }}
What it returns is then shown to you."""

ID = f"[A-Za-z0-9]{{{IDS}}}"
_ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Native:
    """What a chat template renders by itself, in the dialect's own way.

    `several`: more than one call in a turn. `no_words`: a turn of calls alone has the content None,
    not "". `arguments_as_text`: it joins arguments to text, so they come as JSON text. `reasons`:
    it knows of the tag that opens the reasoning.
    """

    calls: bool = False
    tools: bool = False
    results: bool = False
    several: bool = False
    no_words: bool = False
    arguments_as_text: bool = False
    system: bool = True
    reasons: bool = False


@dataclass(frozen=True)
class Dialect:
    """One dialect, as one model's chat template speaks it. Made by gallama.probe."""

    name: str
    spec: DialectSpec
    native: Native

    @property
    def surface(self) -> Surface:
        return self.spec.reply

    # --- the grammar of a reply

    def grammar(
        self,
        vocabulary: Vocabulary,
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        tool_choice: str | Mapping[str, Any] = "auto",
        parallel: bool = True,
        reasoning: frontend.Reasoning = "no",
        content: Grammar | None = None,
        thinking: Grammar | None = None,
        lead: str = "",
        held: bool = True,
    ) -> Grammar:
        """The grammar of a whole reply; its captures are those of compilers.frontends.tools.

        `tool_choice` is OpenAI's. `content` and `thinking` take the place of free words and of free
        reasoning; `lead` is what the words begin with. `held`: see compilers.frontends.tools.
        Raises CompileError, placed in `tools`.
        """
        surface = self.surface
        if thinking is not None and not self.native.reasons:
            surface = replace(surface, reasoning=None)  # a model that has no such tags
        return frontend.parse(
            list(tools) or None,
            tool_choice,
            parallel,
            surface,
            special=vocabulary.special.keys(),
            reasoning=reasoning,
            content=content,
            thinking=thinking,
            lead=lead,
            held=held,
        )

    def reasoning(self, prompt: str) -> frontend.Reasoning:
        """Where a reply to this prompt begins: in its reasoning, or before it, if there is any."""
        if not self.native.reasons or self.surface.reasoning is None:
            return "no"
        before, _, after = split(self.surface.reasoning)
        tags, prompt = Tags(self.surface, ()), prompt.rstrip()
        if prompt.endswith(before.strip()):
            return "inside"
        return "no" if prompt.endswith(tags.first(after)) else "may"

    def end_tokens(self, vocabulary: Vocabulary) -> frozenset[int]:
        """Those of the dialect's end tokens that the vocabulary has."""
        found = (vocabulary.special.get(text) for text in self.spec.end_tokens)
        return frozenset(token for token in found if token is not None)

    # --- the prompt

    def render(
        self,
        template: ChatTemplate,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        **how: Any,
    ) -> list[str]:
        """The prompt, as ChatTemplate.render gives it, with whatever the template has no words for.
        Raises PlanError."""
        return template.render(messages, tools, prepare=self.prepare, **how)

    def prepare(self, turns: Turns, tools: list[Any]) -> tuple[Turns, list[Any]]:
        """Turns and tools as this template takes them."""
        if not self.native.system:
            turns = _without_system(turns)
        if self.native.calls and not self.native.several:
            turns = list(_one_by_one(turns))
        turns = [self._prepared(turn) for turn in turns]
        if not self.native.results:
            turns = _merged(turns, self.spec.prompt.result)
        if tools and not self.native.tools:
            return self._offering(turns, tools), []
        return turns, tools

    def _prepared(self, turn: dict[str, Any]) -> dict[str, Any]:
        """One turn, with its reasoning, its calls and their ids as this template takes them."""
        turn = dict(turn)
        if "reasoning_content" in turn:
            turn[self.spec.prompt.reasoning] = turn.pop("reasoning_content")
        if calls := turn.get("tool_calls"):
            if self.native.calls:
                turn["tool_calls"] = [self._call(call) for call in calls]
                turn["content"] = turn["content"] or (None if self.native.no_words else "")
            else:
                del turn["tool_calls"]
                words = turn["content"].rstrip()
                turn["content"] = (f"{words}\n" if words else "") + self.written(calls)
        if "tool_call_id" in turn:
            turn["tool_call_id"] = self._id(turn["tool_call_id"])
        return turn

    def _call(self, call: Mapping[str, Any]) -> dict[str, Any]:
        function = call["function"]
        if self.native.arguments_as_text:
            text = self.surface.style.dumps(function["arguments"])
            function = {**function, "arguments": text}
        return {**call, "id": self._id(call["id"]), "function": function}

    def _id(self, given: str) -> str:
        return short_id(given) if self.spec.prompt.short_ids else given

    def written(self, calls: Sequence[Mapping[str, Any]]) -> str:
        """Calls, as a chat template gets them, as the model writes them."""
        texts = [_filled(self.surface, call, i) for i, call in enumerate(calls)]
        before, _, after = split(self.surface.calls)
        return before + (self.surface.between or "").join(texts) + after

    def _offering(self, turns: Turns, tools: list[Any]) -> Turns:
        """The turns with a block of text that offers the tools, in the system turn if there can
        be one, else in the user's first."""
        offer = self._offer.render(tools=tools, example=_example(self.surface)).strip()
        role = "system" if self.native.system else "user"
        found = [dict(turn) for turn in turns]
        first = next((turn for turn in found if turn["role"] == role), None)
        if first is None:
            return [{"role": role, "content": offer}, *found]
        words = (first["content"], offer) if role == "system" else (offer, first["content"])
        first["content"] = "\n\n".join(text for text in words if text)
        return found

    def reply(self, thinking: str | None, content: str, calls: Sequence[Mapping[str, Any]]) -> str:
        """A reply as the model writes it; `calls` as a chat template gets them."""
        surface, text = self.surface, ""
        if thinking is not None:
            tagged = surface.reasoning if self.native.reasons else None
            text += _fill(tagged or "{reasoning}", {"reasoning": thinking})
        if content or not calls:
            markup = surface.preamble if calls and surface.preamble else surface.content
            text += _fill(markup, {"content": content})
        return text + self.written(calls) if calls else text

    @cached_property
    def _offer(self) -> Any:
        return environment().from_string(self.spec.prompt.tools or OFFER)


def _filled(surface: Surface, call: Mapping[str, Any], index: int) -> str:
    function = call["function"]
    values = {
        "name": function["name"],
        "arguments": arguments_text(surface, function["arguments"]),
        "id": short_id(str(call["id"])),
        "index": str(index),
    }
    return _fill(surface.call, values)


def _fill(markup: str, values: Mapping[str, str]) -> str:
    return "".join(values[piece] if i % 2 else piece for i, piece in enumerate(split(markup)))


def arguments_text(surface: Surface, arguments: Mapping[str, Any]) -> str:
    """The arguments of a call as the model writes them."""
    if surface.parameter is None:
        return surface.style.dumps(arguments)
    return "".join(_parameter(surface, key, value) for key, value in arguments.items())


def _parameter(surface: Surface, key: str, value: Any) -> str:
    assert surface.parameter is not None
    if isinstance(value, str):
        return _fill(surface.parameter, {"key": key, "value": value})
    markup = surface.json_parameter or surface.parameter
    return _fill(markup, {"key": key, "value": surface.style.dumps(value)})


def _example(surface: Surface) -> str:
    """A call with words in place of its parts."""
    arguments = "<arguments as JSON>"
    if surface.parameter is not None:
        arguments = _fill(surface.parameter, {"key": "<parameter>", "value": "<value>"})
    values = {"name": "<name>", "arguments": arguments, "id": "<id>", "index": "0"}
    before, _, after = split(surface.calls)
    return before + _fill(surface.call, values) + after


def short_id(given: str) -> str:
    """The same id, or one of nine letters and digits made from it."""
    if re.fullmatch(ID, given):
        return given
    number = int.from_bytes(hashlib.sha256(given.encode("utf-8", "replace")).digest()[:8])
    letters = []
    for _ in range(IDS):
        number, letter = divmod(number, len(_ALPHANUMERIC))
        letters.append(_ALPHANUMERIC[letter])
    return "".join(letters)


def _without_system(turns: Turns) -> Turns:
    """What system turns say, before the user's first words."""
    words = [turn["content"] for turn in turns if turn["role"] == "system"]
    found = [dict(turn) for turn in turns if turn["role"] != "system"]
    first = next((turn for turn in found if turn["role"] == "user"), None)
    if not words or first is None:
        return turns
    first["content"] = "\n\n".join([*words, first["content"]])
    return found


def _one_by_one(turns: Turns) -> Iterator[dict[str, Any]]:
    """Each call in a turn of its own, its result behind it. (An id may come again in a later
    round.)"""
    rest = deque(turns)
    while rest:
        turn = rest.popleft()
        calls = turn.get("tool_calls", ())
        if len(calls) < 2:
            yield turn
            continue
        results = []
        while rest and rest[0]["role"] == "tool":
            results.append(rest.popleft())
        for i, call in enumerate(calls):
            words = turn if i == 0 else {"role": turn["role"], "content": ""}
            yield {**words, "tool_calls": [call]}
            yield from (each for each in results if each.get("tool_call_id") == call["id"])
        ids = {call["id"] for call in calls}
        yield from (each for each in results if each.get("tool_call_id") not in ids)


def _merged(turns: Turns, markup: str) -> Turns:
    """Results in the user's turns, those of one round in one turn."""
    found: Turns = []
    told = False  # whether the last turn is one of results
    for turn in turns:
        if turn["role"] != "tool":
            found.append(turn)
            told = False
            continue
        text = markup.replace("{content}", turn["content"])
        if told:
            found[-1]["content"] += f"\n{text}"
        else:
            found.append({"role": "user", "content": text})
        told = True
    return found
