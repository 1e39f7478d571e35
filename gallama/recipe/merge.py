"""What a recipe says and what a request says, made into one request: pure.

    fields = merged("yes_no", recipe_fields, {"model": "tiny", "messages": [...], "max_tokens": 5})

How a reply is drawn is the request's to say, where it says it. Messages and stop strings of both
count, the recipe's first. All other fields say what a reply may be: where the recipe has one, a
request that says otherwise is refused.
"""

from typing import Any

from gallama.api.types import GuideFields, SamplingFields
from gallama.wire_errors import ApiError

Fields = dict[str, Any]

# Fields that only a request has.
OF_THE_REQUEST = ("model", "stream", "stream_options", "recipe", "variables")


_DRAWN = {
    *SamplingFields.model_fields,
    *("max_completion_tokens", "logprobs", "top_logprobs"),
    *("include_leading_prompt", "include_thinking"),
    *("finish", "thinking_budget", "reasoning_effort"),
    *("metadata", "store", "service_tier", "safety_identifier", "prediction"),
    *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
}
_LENGTH = ("max_tokens", "max_completion_tokens")

# Of those that say what the words are, a reply can follow one, and these two together.
_WORDS = {*GuideFields.model_fields, "response_format"} - {"leading_prompt"} - _DRAWN
_PREFIX, _PATTERNS = "regex_prefix_pattern", ("regex_pattern", "guided_regex")


def merged(recipe: str, own: Fields, given: Fields) -> Fields:
    """The fields of the request that is meant, as yet unchecked. Raises ApiError 400 where the
    request contradicts the recipe, naming both."""
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in given.items():
        if rival := _rival(name, value, own):
            raise _contradiction(recipe, name, rival)
    if given.keys() & set(_LENGTH):
        own = {name: value for name, value in own.items() if name not in _LENGTH}
    joined = {
        name: _JOIN[name](own[name], given[name]) for name in _JOIN if name in own and name in given
    }
    return {**own, **given, **joined}


def holds(name: str) -> bool:
    """Whether a field says what a reply may be."""
    return name not in _DRAWN and name not in _JOIN


def _rival(name: str, value: Any, own: Fields) -> str | None:
    """The recipe's field that does not go with the request's, if there is one."""
    if not holds(name):
        return None
    if name in own:
        return None if own[name] == value else name
    if name not in _WORDS or value == {"type": "text"}:
        return None
    words = (each for each in own if each in _WORDS)
    return next((w for w in words if not _together({name: value, w: own[w]})), None)


def _together(fields: Fields) -> bool:
    """Whether a reply can follow both: a pattern, and one for how it begins."""
    rest = {name: value for name, value in fields.items() if name != _PREFIX}
    return len(rest) == 1 and any(
        name in _PATTERNS or (name == "structured_outputs" and "regex" in value)
        for name, value in rest.items()
    )


def _contradiction(recipe: str, name: str, rival: str) -> ApiError:
    what = "says otherwise" if name == rival else f"says {rival}"
    message = f"{name}: the recipe {recipe!r} {what}; leave one of them out."
    return ApiError(400, message, param=name, code="contradicts_recipe")


def _messages(own: Any, given: Any) -> Any:
    """The recipe's before the request's; there is one system turn, of both."""
    if not isinstance(given, list):
        return given  # it is refused later, by name
    system, rest = _system(own)
    theirs, turns = _system(given)
    if system is None or theirs is None:
        return [*own, *given] if theirs is None else [theirs, *own, *turns]
    return [{**theirs, "content": _words(system["content"], theirs["content"])}, *rest, *turns]


def _system(turns: list[Any]) -> tuple[Fields | None, list[Any]]:
    """The system turn at the beginning, if there is one, and the turns behind it."""
    match turns:
        case [{"role": "system" | "developer", "content": str() | list()} as first, *rest]:
            return first, rest
    return None, turns


def _words(first: Any, second: Any) -> Any:
    if isinstance(first, str) and isinstance(second, str):
        return f"{first}\n\n{second}"
    return [*_parts(first), *_parts(second)]


def _parts(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _strings(own: Any, given: Any) -> Any:
    if not isinstance(given, str | list):
        return given
    ours = [own] if isinstance(own, str) else own
    return [*ours, *([given] if isinstance(given, str) else given)]


def _kwargs(own: Any, given: Any) -> Any:
    return {**own, **given} if isinstance(given, dict) else given


_JOIN = {
    "messages": _messages,
    "stop": _strings,
    "stop_words": _strings,
    "chat_template_kwargs": _kwargs,
}
