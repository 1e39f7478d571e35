"""The fields that say what a reply may be, made into one `Guide`."""

import json
from dataclasses import replace
from typing import Any, NamedTuple

from gallama.api.offer import offer_of
from gallama.api.types import (
    ChatRequest,
    CompletionRequest,
    JsonObjectFormat,
    JsonSchemaFormat,
    StructuredOutputs,
)
from gallama.types import Guide, Shown
from gallama.wire_errors import ApiError

ANY_OBJECT = {"type": "object"}


class Declared(NamedTuple):
    """One field that declares something: its path, and what it puts into a Guide."""

    param: str
    guide: dict[str, Any]


def guide_of(wire: ChatRequest | CompletionRequest) -> Guide | None:
    """None where nothing is declared. Raises ApiError 400 where two fields exclude each other."""
    guide = _content(wire)
    if wire.leading_prompt:
        guide = replace(guide or Guide(param="leading_prompt"), lead=wire.leading_prompt)
    if not isinstance(wire, ChatRequest):
        return guide
    if offer := offer_of(wire):
        guide = replace(guide or Guide(param=offer.param), **offer.guide)
        if guide.lead and guide.tool_choice != "auto":
            param = "leading_prompt"
            message = f"{param}: there are no words to lead where a call is required."
            raise ApiError(400, message, param=param)
    if wire.thinking_template is not None:
        guide = guide or Guide(param="thinking_template")
        guide = replace(guide, thinking=wire.thinking_template)
    return guide


def shown_of(wire: ChatRequest | CompletionRequest) -> Shown:
    """Raises ApiError 400 where there is nothing to show."""
    if wire.include_leading_prompt and wire.leading_prompt is None:
        param = "include_leading_prompt"
        raise ApiError(400, f"{param}: needs leading_prompt.", param=param)
    if not isinstance(wire, ChatRequest):
        return Shown(lead=bool(wire.include_leading_prompt))
    if wire.include_thinking and wire.thinking_template is None:
        param = "include_thinking"
        raise ApiError(400, f"{param}: needs thinking_template.", param=param)
    return Shown(bool(wire.include_leading_prompt), bool(wire.include_thinking))


def _content(wire: ChatRequest | CompletionRequest) -> Guide | None:
    found = [*_response_format(wire), *_own(wire), *_outputs(wire.structured_outputs)]
    if len(found) > 1:
        first, second = found[0].param, found[1].param
        message = f"{second}: does not go with {first}; give one of them."
        raise ApiError(400, message, param=second)
    prefix = wire.regex_prefix_pattern
    if not found:
        own = "regex_prefix_pattern"
        return None if prefix is None else Guide(prefix=prefix, param=own)
    param, guide = found[0]
    if prefix is not None and "regex" not in guide:
        message = f"regex_prefix_pattern: does not go with {param}; give one of them."
        raise ApiError(400, message, param="regex_prefix_pattern")
    return Guide(**guide, prefix=prefix, param=param)


def _response_format(wire: ChatRequest | CompletionRequest) -> list[Declared]:
    form = wire.response_format if isinstance(wire, ChatRequest) else None
    if isinstance(form, JsonObjectFormat):
        return [Declared("response_format", _schema(ANY_OBJECT))]
    if isinstance(form, JsonSchemaFormat):
        where = "response_format.json_schema.schema"
        return [Declared(where, _schema(form.json_schema.schema_))]
    return []


def _own(wire: ChatRequest | CompletionRequest) -> list[Declared]:
    found = []
    if wire.guided_json is not None:
        found.append(Declared("guided_json", _schema(wire.guided_json)))
    if wire.guided_choice is not None:
        found.append(Declared("guided_choice", {"choice": tuple(wire.guided_choice)}))
    if wire.regex_pattern is not None:
        found.append(Declared("regex_pattern", {"regex": wire.regex_pattern}))
    if wire.guided_grammar is not None:
        found.append(Declared("guided_grammar", {"grammar": wire.guided_grammar}))
    if wire.grammar is not None:
        found.append(Declared("grammar", {"grammar": wire.grammar}))
    if wire.guided_regex is not None:
        found.append(Declared("guided_regex", {"regex": wire.guided_regex}))
    return found


def _outputs(outputs: StructuredOutputs | None) -> list[Declared]:
    if outputs is None:
        return []
    at = "structured_outputs"
    found = []
    if outputs.json_ is not None:
        found.append(Declared(f"{at}.json", _schema(outputs.json_)))
    if outputs.regex is not None:
        found.append(Declared(f"{at}.regex", {"regex": outputs.regex}))
    if outputs.choice is not None:
        found.append(Declared(f"{at}.choice", {"choice": tuple(outputs.choice)}))
    if outputs.grammar is not None:
        found.append(Declared(f"{at}.grammar", {"grammar": outputs.grammar}))
    if outputs.json_object is not None:
        found.append(Declared(f"{at}.json_object", _schema(ANY_OBJECT)))
    if not found:
        message = f"{at}: must have one of json, regex, choice, grammar, json_object."
        raise ApiError(400, message, param=at)
    return found


def _schema(schema: Any) -> dict[str, Any]:
    """As text: the order of its keys is the order in which members are written."""
    return {"schema": json.dumps(schema)}
