"""Which dialect a chat template speaks, found out by asking it.

    dialect = find(vocabulary.chat_template, "auto", specs)

What counts is what the template does, not what is written in it: a conversation with a call is
rendered, and the dialect in which the call then stands is the one. What else the template renders
(tools, results, a system turn) is found out in the same way.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compilers.frontends.surface import Surface, split
from gallama.config.schema import AUTO, DialectSpec
from gallama.dialect import GENERIC, ID, Dialect, Native, arguments_text
from gallama.errors import LoadError, PlanError
from gallama.template import ChatTemplate, Prepare
from gallama.types import Message, ToolCall, Vocabulary

_TOOL = {
    "type": "function",
    "function": {
        "name": "probe_weather",
        "description": "Tells the weather.",
        "parameters": {
            "type": "object",
            "properties": {"probe_place": {"type": "string", "description": "A place."}},
            "required": ["probe_place"],
        },
    },
}
_ARGUMENTS = {"probe_place": "Oslo", "days": 3}
_NOBODY = Vocabulary((), {}, frozenset(), "", lambda text, special: [])
_USER = Message("user", "Probe question?")
_RESULT = "Probe result."


def _calls(*ids: str) -> Message:
    text = json.dumps(_ARGUMENTS)
    calls = tuple(ToolCall(each, "probe_weather", text) for each in ids)
    return Message("assistant", None, tool_calls=calls)


def _results(*ids: str) -> list[Message]:
    return [Message("tool", _RESULT, "probe_weather", tool_call_id=each) for each in ids]


_ONE, _TWO = "probeID01", "probeID02"


def find(template: str, name: str, specs: Mapping[str, DialectSpec]) -> Dialect:
    """The dialect of this name, or with "auto" the one that the chat template speaks: `generic`
    if it is none of `specs`. Raises LoadError for an unknown name or a template that is no Jinja.
    """
    probe = _Probe(template)
    if name == AUTO:
        name = probe.spoken(specs)
    elif name not in specs:
        raise LoadError(f"dialect: there is no {name!r}; there are {', '.join(sorted(specs))}")
    return Dialect(name, specs[name], probe.native(name, specs[name]))


class _Probe:
    """A chat template, asked to render small conversations.

    Templates differ in the form in which they take a call; the first that shows a call is taken.
    """

    FORMS = (
        Native(calls=True, several=True),
        Native(calls=True, several=True, no_words=True),
        Native(calls=True, several=True, arguments_as_text=True),
        Native(calls=True, several=True, no_words=True, arguments_as_text=True),
    )

    def __init__(self, source: str) -> None:
        self._source = source
        self._template = ChatTemplate(source, _NOBODY)

    def spoken(self, specs: Mapping[str, DialectSpec]) -> str:
        """The dialect in which the template writes a call; of several the most exact."""
        found = [
            (size, name)
            for name, spec in specs.items()
            if name != GENERIC
            for size in [max(self._match(spec, form) for form in self.FORMS)]
            if size
        ]
        return max(found)[1] if found else GENERIC

    def native(self, name: str, spec: DialectSpec) -> Native:
        opening = split(spec.reply.reasoning or "")[0]
        common = {
            "system": "Probe system." in self._text([Message("system", "Probe system."), _USER]),
            "reasons": bool(opening) and opening in self._source,
        }
        form = next((f for f in self.FORMS if name != GENERIC and self._match(spec, f)), None)
        if form is None:
            return Native(**common)
        return replace(
            form,
            tools="probe_place" in self._text([_USER], [_TOOL]),
            results=_RESULT in self._called(spec, form, _ONE),
            several=spec.reply.between is not None and self._several(spec, form),
            **common,
        )

    def _match(self, spec: DialectSpec, form: Native) -> int:
        """How much of a rendered call is this dialect's: characters, 0 for none."""
        text = self._called(spec, form, _ONE)
        found = [re.search(_pattern(spec.reply, each), text) for each in spec.reply.spellings]
        return max((len(match[0]) for match in found if match), default=0)

    def _several(self, spec: DialectSpec, form: Native) -> bool:
        text = self._called(spec, form, _ONE, _TWO)
        return len(re.findall(_pattern(spec.reply, spec.reply.call, whole=False), text)) == 2

    def _called(self, spec: DialectSpec, form: Native, *ids: str) -> str:
        """A conversation with calls and their results."""
        messages = [_USER, _calls(*ids), *_results(*ids)]
        return self._text(messages, prepare=Dialect("", spec, replace(form, results=True)).prepare)

    def _text(
        self, messages: list[Message], tools: Sequence[Any] = (), prepare: Prepare | None = None
    ) -> str:
        """What the template renders, "" where it refuses."""
        try:
            return "".join(self._template.render(messages, tools, prepare=prepare))
        except PlanError:
            return ""


def _pattern(surface: Surface, spelling: str, whole: bool = True) -> str:
    """A regular expression for the probe's call as this surface spells it, up to the end of the
    call. White space around it is the template's own affair; so is the end of the list, which some
    templates write behind the second call only."""
    parts = {"name": "probe_weather", "arguments": arguments_text(surface, _ARGUMENTS)}
    holes = {"id": ID, "index": "[0-9]+"}
    before = split(surface.calls)[0] if whole else ""
    pieces = split((before + spelling).strip())
    texts = (parts.get(piece, piece) if i % 2 else piece for i, piece in enumerate(pieces))
    return "".join(holes.get(text) or re.escape(text) for text in texts)
