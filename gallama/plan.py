"""From a request to what a backend is asked: pure, so it can be tested without a model."""

from dataclasses import dataclass, replace
from functools import lru_cache

from gallama.allowance import allowed, kept, thinking_apart
from gallama.errors import PlanError
from gallama.guide import NO_GUIDE, Constraint, Guides
from gallama.template import ChatTemplate
from gallama.text import Stops
from gallama.types import WORDS_ALONE, Request, Sampling, Shown, Vocabulary

# Characters of all stop strings together: they become an automaton with a state for each.
MAX_STOP_CHARACTERS = 100_000

QUICK = 100_000  # bytes that take no time to tokenize; a megabyte takes half a second


@dataclass(frozen=True, slots=True)
class Plan:
    """`prompt`: token ids; `stops`: the strings that end the reply, in the text layer;
    `constraint`: what holds the reply to its grammar, and takes it apart; `shown`: what of that
    stands in the content besides the words."""

    prompt: tuple[int, ...]
    sampling: Sampling
    stops: Stops
    constraint: Constraint | None = None
    shown: Shown = WORDS_ALONE


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a plan needs to know of a model."""

    vocabulary: Vocabulary
    template: ChatTemplate
    guides: Guides
    max_seq_len: int


def plan(request: Request, speaker: Speaker) -> Plan:
    """Raises PlanError, naming the field, where the request cannot be carried out."""
    speaker = _in_dialect(request, speaker)
    vocabulary = speaker.vocabulary
    stops = _stops(request)
    texts = None if isinstance(request.prompt, tuple) else _texts(request, speaker)
    prompt = _tokens(request, texts, vocabulary, speaker.max_seq_len)
    ends = speaker.guides.dialect.end_tokens(vocabulary)
    thinking = thinking_apart(len(prompt), request, speaker.max_seq_len)
    max_tokens = _max_tokens(len(prompt), thinking, request, speaker.max_seq_len)
    sampling = replace(
        request.sampling,
        max_tokens=max_tokens + (thinking or 0),
        end_tokens=request.sampling.end_tokens | ends | _stop_tokens(request, vocabulary),
    )
    constraint = _constraint(request, texts, speaker.guides)
    allowance = allowed(request, thinking, max_tokens)
    if constraint is not None and allowance is not None:
        constraint = kept(constraint, allowance, request, speaker.guides)
    return Plan(tuple(prompt), sampling, stops, constraint, request.shown)


def _in_dialect(request: Request, speaker: Speaker) -> Speaker:
    """The same model, speaking the dialect that the request names, if it names one."""
    return replace(speaker, guides=speaker.guides.of(request.dialect))


def _constraint(request: Request, texts: list[str] | None, guides: Guides) -> Constraint | None:
    """A chat is held to a grammar where something is declared, or where it begins inside its
    reasoning: then the grammar sees to it that it ends. Any other is taken apart as it comes."""
    guide = request.guide
    if not request.messages:
        return None if guide is None else guides.text(guide)
    reasoning = guides.dialect.reasoning("".join(texts or ()))
    if request.continue_final_message or not request.add_generation_prompt:
        reasoning = "no"
    bounded = request.budget.bound is not None and reasoning == "may"
    if guide is None and reasoning != "inside" and not bounded:
        return guides.free(reasoning)
    return guides.chat(guide or NO_GUIDE, reasoning, bounded)


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


def prompt_of(request: Request, speaker: Speaker) -> list[int]:
    """The request's prompt, however long. Raises PlanError where the template refuses it."""
    speaker = _in_dialect(request, speaker)
    texts = None if isinstance(request.prompt, tuple) else _texts(request, speaker)
    return _tokens(request, texts, speaker.vocabulary, None)


def _tokens(
    request: Request, texts: list[str] | None, vocabulary: Vocabulary, most: int | None
) -> list[int]:
    """Raises PlanError where the texts take so many more than `most` tokens that they need not
    be counted."""
    if texts is None:
        assert isinstance(request.prompt, tuple)
        return list(request.prompt)
    if most is not None:
        _check_size(texts, request, vocabulary, most)
    return with_bos([i for text in texts for i in vocabulary.encode(text, True)], vocabulary)


def _texts(request: Request, speaker: Speaker) -> list[str]:
    """What is tokenized, each text alone."""
    if isinstance(request.prompt, str):
        return [request.prompt]
    return speaker.guides.dialect.render(
        speaker.template,
        request.messages,
        request.tools,
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


def _max_tokens(n_prompt: int, thinking: int | None, request: Request, max_seq_len: int) -> int:
    """How many tokens the reply may have: what was asked for, or what there is room for beside
    the `thinking` that does not count."""
    wanted, default = request.sampling.max_tokens, request.default_max_tokens
    _check_length(n_prompt, thinking, request, max_seq_len)
    room = max_seq_len - n_prompt - (thinking or 0)
    if wanted is not None:
        return wanted
    return room if default is None else min(default, room)


def _check_length(n_prompt: int, thinking: int | None, request: Request, max_seq_len: int) -> None:
    wanted = request.sampling.max_tokens
    if n_prompt == 0:
        param = "messages" if request.prompt is None else "prompt"
        raise PlanError("The prompt is empty: give at least one token.", param=param)
    # A reply of any length needs room for at least one token.
    if n_prompt + (1 if wanted is None else wanted) + (thinking or 0) <= max_seq_len:
        return
    asked = "" if wanted is None else f" and max_tokens asks for {wanted} more"
    if thinking and request.budget.thinking is not None:
        asked += f" and thinking_budget for {thinking} more"
    raise _too_long(f"{n_prompt}{asked}", request, max_seq_len)


def _too_long(tokens: str, request: Request, max_seq_len: int) -> PlanError:
    param, takes = ("messages", "take") if request.prompt is None else ("prompt", "takes")
    return PlanError(
        f"This model's context holds {max_seq_len} tokens, but the {param} {takes} {tokens}: "
        "send less, or lower max_tokens.",
        param=param,
        code="context_length_exceeded",
    )
