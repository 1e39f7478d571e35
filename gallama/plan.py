"""From a request to what a backend is asked: pure, so it can be tested without a model."""

from dataclasses import dataclass, replace

from gallama.errors import PlanError
from gallama.template import ChatTemplate
from gallama.types import Request, Sampling, Vocabulary


@dataclass(frozen=True, slots=True)
class Plan:
    """`prompt`: token ids; `stop`: strings that end the reply, in the text layer."""

    prompt: tuple[int, ...]
    sampling: Sampling
    stop: tuple[str, ...]


def plan(
    request: Request, vocabulary: Vocabulary, template: ChatTemplate, max_seq_len: int
) -> Plan:
    """Raises PlanError, naming the field, where the request cannot be carried out."""
    prompt = _prompt(request, vocabulary, template)
    _check_length(len(prompt), request, max_seq_len)
    # A control token prints nothing: a stop string that spells one can only be met as a token.
    silent = {s: i for s, i in vocabulary.special.items() if not vocabulary.pieces[i]}
    ends = frozenset(silent[s] for s in request.stop if s in silent)
    sampling = replace(request.sampling, end_tokens=request.sampling.end_tokens | ends)
    return Plan(tuple(prompt), sampling, request.stop)


def _prompt(request: Request, vocabulary: Vocabulary, template: ChatTemplate) -> list[int]:
    if request.prompt is None:
        ids = template.encode(
            request.messages,
            continue_final_message=request.continue_final_message,
            kwargs=request.template_kwargs,
        )
    elif isinstance(request.prompt, str):
        ids = vocabulary.encode(request.prompt, True)
    else:
        return list(request.prompt)
    if vocabulary.adds_bos and vocabulary.bos is not None and ids[:1] != [vocabulary.bos]:
        ids.insert(0, vocabulary.bos)
    return ids


def _check_length(n_prompt: int, request: Request, max_seq_len: int) -> None:
    param = "messages" if request.prompt is None else "prompt"
    if n_prompt == 0:
        raise PlanError("The prompt is empty: give at least one token.", param=param)
    wanted = request.sampling.max_tokens
    # Without max_tokens a reply needs room for at least one token.
    if n_prompt + (1 if wanted is None else wanted) <= max_seq_len:
        return
    asked = "" if wanted is None else f" and max_tokens asks for {wanted} more"
    raise PlanError(
        f"This model's context holds {max_seq_len} tokens, but the {param} take {n_prompt}{asked}: "
        "shorten them or lower max_tokens.",
        param=param,
        code="context_length_exceeded",
    )
