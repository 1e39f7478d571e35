"""From a request to what a backend is asked, without a model."""

import asyncio
from dataclasses import replace
from typing import NoReturn

import pytest

import compilers
from compilers import clock
from gallama.api.completions import Completions
from gallama.api.service import Service
from gallama.api.types import CompletionRequest
from gallama.backends.scripted.backend import ScriptedBackend
from gallama.config.schema import DialectSpec, ModelSpec, SamplingDefaults
from gallama.engines.llguidance import LLGuidanceEngine
from gallama.errors import PlanError
from gallama.guide import Guides
from gallama.plan import Plan, Speaker, plan
from gallama.probe import find
from gallama.template import CHATML, ChatTemplate
from gallama.types import Guide, Message, Request, Sampling, Vocabulary
from tests.test_template import VOCABULARY

ROOM = 100  # tokens of context
START, END = VOCABULARY.special["<|im_start|>"], VOCABULARY.special["<|im_end|>"]
WITH_BOS = replace(VOCABULARY, bos=START, adds_bos=True)


def planned(request: Request, vocabulary: Vocabulary = VOCABULARY) -> Plan:
    return plan(request, speaker(vocabulary, ChatTemplate(CHATML, vocabulary)))


def speaker(vocabulary: Vocabulary, template: ChatTemplate) -> Speaker:
    return Speaker(vocabulary, template, guides(vocabulary), ROOM)


def guides(vocabulary: Vocabulary) -> Guides:
    dialect = find(CHATML, "auto", {"generic": DialectSpec()})
    return Guides(dialect, LLGuidanceEngine(), "llguidance", vocabulary)


def test_time_that_is_up_refuses_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it is up: a reply's grammar is also taken apart, which no front end limits."""

    def spend(grammar: compilers.Grammar) -> NoReturn:
        while True:
            clock.check()

    monkeypatch.setattr(compilers, "Extraction", spend)
    tools = '[{"type": "function", "function": {"name": "now"}}]'
    guide = Guide(tools=tools, param="tools")
    with pytest.raises(PlanError, match=r"tools: cannot be enforced: more than 0\.5 seconds"):
        guides(VOCABULARY).chat(guide, "no")


# a raw prompt, and its tokens where a model has a token before every prompt
PROMPTS = [
    ("hi", (START, *b"hi")),
    ("<|im_start|>hi", (START, *b"hi")),
    ("", (START,)),
    ((1, 2), (1, 2)),
]


@pytest.mark.parametrize(("prompt", "tokens"), PROMPTS)
def test_what_is_before_every_prompt(
    prompt: str | tuple[int, ...], tokens: tuple[int, ...]
) -> None:
    """Once, and before text only: who sends tokens says them all."""
    assert planned(Request(prompt=prompt), WITH_BOS).prompt == tokens


def test_tokenize_counts_as_completions_do() -> None:
    service = served(Fake(WITH_BOS), WITH_BOS)
    assert asyncio.run(service.encode("hi", True, True)) == [START, *b"hi"]
    assert asyncio.run(service.encode("hi", True, False)) == [*b"hi"]


def test_a_template_that_says_it_itself() -> None:
    template = ChatTemplate("{{ bos_token }}{{ messages[0].content }}", WITH_BOS)
    request = Request(messages=(Message("user", "hi"),))
    assert plan(request, speaker(WITH_BOS, template)).prompt == (START, *b"hi")


# max_tokens of the request, and of the model's YAML, with a prompt of 90 in a context of 100
LIMITS = [
    (None, None, 10),
    (None, 5, 5),
    (None, 50, 10),
    (7, 5, 7),
    (10, None, 10),
    (0, 5, 0),
]


@pytest.mark.parametrize(("wanted", "default", "limit"), LIMITS)
def test_how_many_tokens_a_reply_may_have(
    wanted: int | None, default: int | None, limit: int
) -> None:
    sampling = Sampling(max_tokens=wanted)
    request = Request(prompt="x" * 90, sampling=sampling, default_max_tokens=default)
    assert planned(request).sampling.max_tokens == limit


# the prompt's length, max_tokens, and what is said
TOO_LONG = [
    (90, 11, "holds 100 tokens, but the prompt takes 90 and max_tokens asks for 11 more"),
    (100, None, "holds 100 tokens, but the prompt takes 100: send less"),
    (101, 0, "the prompt takes 101"),
    (0, None, "The prompt is empty"),
]


@pytest.mark.parametrize(("length", "wanted", "words"), TOO_LONG)
def test_what_has_no_room(length: int, wanted: int | None, words: str) -> None:
    with pytest.raises(PlanError, match=words) as caught:
        planned(Request(prompt="x" * length, sampling=Sampling(max_tokens=wanted)))
    assert caught.value.param == "prompt"


def test_a_stop_string_that_is_a_control_token_is_an_end_token() -> None:
    """A tag that prints itself is met in the text, as any other stop string is."""
    request = Request(prompt="x", stop=("<|im_start|>", "<think>", "x<|im_end|>"))
    assert planned(request).sampling.end_tokens == {START}


def test_too_much_to_stop_at() -> None:
    with pytest.raises(PlanError, match="at most 100000 characters") as caught:
        planned(Request(prompt="x", stop=("x" * 60_000, "y" * 60_000)))
    assert caught.value.param == "stop"


# the tokens of vocabularies that know what comes in the middle, and the prompt they get
MIDDLES = [
    (
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        "<|fim_prefix|>def f(<|fim_suffix|>): pass<|fim_middle|>",
    ),
    (
        ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        "<｜fim▁begin｜>def f(<｜fim▁hole｜>): pass<｜fim▁end｜>",
    ),
]


@pytest.mark.parametrize(("tokens", "prompt"), MIDDLES)
def test_what_comes_in_the_middle(tokens: tuple[str, ...], prompt: str) -> None:
    special = {**VOCABULARY.special, **{text: 300 + i for i, text in enumerate(tokens)}}
    backend = Fake(replace(VOCABULARY, special=special))
    service = served(backend, VOCABULARY)
    wire = CompletionRequest(model="fake", prompt="def f(", suffix="): pass")
    (source,) = asyncio.run(Completions(service, wire).plan())
    assert bytes(source.plan.prompt).decode() == prompt


def served(backend: ScriptedBackend, vocabulary: Vocabulary) -> Service:
    template = ChatTemplate(CHATML, vocabulary)
    return Service("fake", backend, template, SamplingDefaults(), guides(vocabulary))


class Fake(ScriptedBackend):
    """The scripted backend with another vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(ModelSpec())
        self._other = vocabulary

    @property
    def vocabulary(self) -> Vocabulary:
        return self._other
