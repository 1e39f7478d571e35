"""From a request to what a backend is asked: pure, so it can be tested without a model."""

from dataclasses import dataclass, replace
from functools import lru_cache

from compilers import Grammar
from gallama.errors import PlanError
from gallama.guide import grammar_of
from gallama.template import ChatTemplate
from gallama.text import Stops
from gallama.types import Matcher, Request, Sampling, Vocabulary

# Characters of all stop strings together: they become an automaton with a state for each.
MAX_STOP_CHARACTERS = 100_000

QUICK = 100_000  # bytes that take no time to tokenize; a megabyte takes half a second


@dataclass(frozen=True, slots=True)
class Plan:
    """`prompt`: token ids; `stops`: the strings that end the reply, in the text layer; `grammar`:
    what the reply is held to, and `matcher`, once it is compiled, at the reply's beginning."""

    prompt: tuple[int, ...]
    sampling: Sampling
    stops: Stops
    grammar: Grammar | None = None
    matcher: Matcher | None = None


def plan(
    request: Request, vocabulary: Vocabulary, template: ChatTemplate, max_seq_len: int
) -> Plan:
    """Raises PlanError, naming the field, where the request cannot be carried out."""
    stops = _stops(request)
    prompt = prompt_of(request, vocabulary, template, max_seq_len)
    sampling = replace(
        request.sampling,
        max_tokens=_max_tokens(len(prompt), request, max_seq_len),
        end_tokens=request.sampling.end_tokens | _stop_tokens(request, vocabulary),
    )
    grammar = None if request.guide is None else grammar_of(request.guide)
    return Plan(tuple(prompt), sampling, stops, grammar)


def _stops(request: Request) -> Stops:
    size = sum(map(len, request.stop))
    if size > MAX_STOP_CHARACTERS:
        raise PlanError(
            f"stop: at most {MAX_STOP_CHARACTERS} characters together; these have {size}.",
            param="stop",
        )
    return _automaton(request.stop)


@lru_cache(maxsize=1)  # the prompts of one request are planned one by one
def _automaton(stop: tuple[str, ...]) -> Stops:
    return Stops(stop)


def _stop_tokens(request: Request, vocabulary: Vocabulary) -> frozenset[int]:
    """A control token prints nothing: a stop string that spells one is met as a token."""
    found = (vocabulary.special.get(stop) for stop in request.stop)
    return frozenset(i for i in found if i is not None and not vocabulary.pieces[i])


def prompt_of(
    request: Request, vocabulary: Vocabulary, template: ChatTemplate, most: int | None = None
) -> list[int]:
    """The request's prompt. Raises PlanError where the template refuses it, and where it takes so
    many more than `most` tokens that they need not be counted."""
    if isinstance(request.prompt, tuple):
        return list(request.prompt)
    texts = _texts(request, template)
    if most is not None:
        _check_size(texts, request, vocabulary, most)
    return with_bos([i for text in texts for i in vocabulary.encode(text, True)], vocabulary)


def _texts(request: Request, template: ChatTemplate) -> list[str]:
    """What is tokenized, each text alone."""
    if isinstance(request.prompt, str):
        return [request.prompt]
    return template.render(
        request.messages,
        add_generation_prompt=request.add_generation_prompt,
        continue_final_message=request.continue_final_message,
        kwargs=request.template_kwargs,
    )


def _check_size(texts: list[str], request: Request, vocabulary: Vocabulary, most: int) -> None:
    # White space does not count: some special tokens eat any amount of it.
    size = sum(len("".join(text.split()).encode()) for text in texts)
    if size > QUICK:
        longest = max(map(len, [*vocabulary.pieces, *(s.encode() for s in vocabulary.special)]))
        if size > most * longest:
            raise _too_long(f"at least {size // longest}", request, most)


def with_bos(ids: list[int], vocabulary: Vocabulary) -> list[int]:
    """`ids` behind the token that this model has before every prompt, if it has one."""
    if vocabulary.adds_bos and vocabulary.bos is not None and ids[:1] != [vocabulary.bos]:
        return [vocabulary.bos, *ids]
    return ids


def _max_tokens(n_prompt: int, request: Request, max_seq_len: int) -> int:
    """How many tokens the reply may have: what was asked for, or what there is room for."""
    wanted, default = request.sampling.max_tokens, request.default_max_tokens
    _check_length(n_prompt, wanted, request, max_seq_len)
    room = max_seq_len - n_prompt
    if wanted is not None:
        return wanted
    return room if default is None else min(default, room)


def _check_length(n_prompt: int, wanted: int | None, request: Request, max_seq_len: int) -> None:
    if n_prompt == 0:
        param = "messages" if request.prompt is None else "prompt"
        raise PlanError("The prompt is empty: give at least one token.", param=param)
    # A reply of any length needs room for at least one token.
    if n_prompt + (1 if wanted is None else wanted) <= max_seq_len:
        return
    asked = "" if wanted is None else f" and max_tokens asks for {wanted} more"
    raise _too_long(f"{n_prompt}{asked}", request, max_seq_len)


def _too_long(tokens: str, request: Request, max_seq_len: int) -> PlanError:
    param, takes = ("messages", "take") if request.prompt is None else ("prompt", "takes")
    return PlanError(
        f"This model's context holds {max_seq_len} tokens, but the {param} {takes} {tokens}: "
        "send less, or lower max_tokens.",
        param=param,
        code="context_length_exceeded",
    )
