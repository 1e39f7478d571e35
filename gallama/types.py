"""The vocabulary of gallama: what every room speaks, and the seams between them.

A chat request becomes a `Request`, a `Request` becomes a prompt of token ids plus a `Sampling`,
a `Backend` turns those into `Step`s, and `gallama.text` turns `Step`s back into text.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Role = Literal["system", "user", "assistant", "tool"]
Finish = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that an assistant turn made: `arguments` is the JSON text as it was sent."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat. `tool_call_id` names the call that a tool turn answers."""

    role: Role
    content: str | None = None
    name: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    reasoning_content: str | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw tokens from the logits, and when to stop drawing.

    `temperature` 0 is greedy. `top_k` 0, `top_p` 1, `typical_p` 1 and `min_p` 0 switch the filter
    off. `max_tokens` None means: until the context is full. `end_tokens` end this reply besides
    the vocabulary's own. `top_logprobs` None asks for no log-probabilities, k for those of the
    token drawn and of the k likeliest (natural logarithm, of the model's own distribution, before
    any penalty, bias, mask or filter). Defined in full, in order, in `gallama.backends.sampling`.
    """

    max_tokens: int | None = None
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    typical_p: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    repetition_penalty: float = 1.0
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    seed: int | None = None
    end_tokens: frozenset[int] = frozenset()
    top_logprobs: int | None = None
    prompt_logprobs: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """What a reply may look like, as the request declares it; hashable, so that it can be a key.

    At most one of `schema` (JSON Schema, as JSON text), `choice` and `grammar` (text in Lark or in
    GBNF) is given; `regex` stands alone or with `prefix`, a pattern for how the reply begins.
    `param` is the request's field that declares it. `lead` is the text that the words begin with:
    what is given of them is about what follows it. `thinking` is the XML template of the
    reasoning. `tools` is OpenAI's list, as JSON text ("" for none), from the request's field
    `tools_param`; `tool_choice` is "auto" or "required", and may have some of the tools alone be
    called, those in `allowed`.
    """

    schema: str | None = None
    choice: tuple[str, ...] = ()
    regex: str | None = None
    prefix: str | None = None
    grammar: str | None = None
    param: str = ""
    lead: str = ""
    thinking: str | None = None
    tools: str = ""
    tools_param: Literal["tools", "functions"] = "tools"
    tool_choice: Literal["auto", "required"] = "auto"
    allowed: tuple[str, ...] = ()
    parallel: bool = True

    @property
    def shapes_content(self) -> bool:
        """Whether it says anything about the words of a reply."""
        return bool(self.choice) or any(
            one is not None for one in (self.schema, self.regex, self.prefix, self.grammar)
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """What a request says of the tokens that it spends. `thinking`: those of the reasoning;
    `effort`: the same where that says nothing, and only as far as the context goes; `close`:
    max_tokens closes the reply, and does not cut it."""

    thinking: int | None = None
    effort: int | None = None
    close: bool = False

    @property
    def bound(self) -> int | None:
        return self.effort if self.thinking is None else self.thinking

    @property
    def param(self) -> str:
        """The field that bounds the reasoning."""
        return "reasoning_effort" if self.thinking is None else "thinking_budget"


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the content of an answer besides the words of the reply."""

    lead: bool = False
    thinking: bool = False


WORDS_ALONE = Shown()


@dataclass(frozen=True, slots=True)
class Request:
    """One reply wanted: chat turns to be rendered by the model's template, or a raw prompt.

    `tools` are those that the prompt offers; `guide` says which of them may be called.
    `default_max_tokens` is for a request that says no max_tokens itself: it is cut to the room
    that the prompt leaves. `dialect` is another one than the model's own, by name.
    """

    messages: tuple[Message, ...] = ()
    prompt: str | tuple[int, ...] | None = None
    sampling: Sampling = Sampling()
    default_max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    add_generation_prompt: bool = True
    continue_final_message: bool = False
    template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    guide: Guide | None = None
    shown: Shown = WORDS_ALONE
    tools: tuple[Mapping[str, Any], ...] = ()
    dialect: str | None = None
    budget: Budget = Budget()


Channel = Literal["content", "reasoning", "name", "arguments"]


@dataclass(frozen=True, slots=True)
class Part:
    """Text of a reply, on a channel. A "name" is whole and begins a tool call, to which the
    "arguments" after it belong; `call` counts the calls from 0."""

    channel: Channel
    text: str
    call: int = 0


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """Natural log-probability of `token`, and of the likeliest tokens at its place, best first."""

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one decode brought for one reply.

    `tokens` holds every token drawn, the end token too; `logprobs` one entry for each of them when
    they were asked for. `finish` stands on the last step: "stop" after an end token, "length"
    when max_tokens or the context is used up. `prompt_logprobs`, on the first step when asked
    for, has one entry for each prompt token but the first.
    """

    tokens: tuple[int, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    finish: Finish | None = None
    prompt_logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Plain data of one tokenizer.

    `pieces[i]` are the bytes that token i prints: empty for control tokens, the spelling for
    tokens like `<tool_call>` that a tokenizer lists as special but prints. `special` maps the
    spelling of both kinds to the id. `encode(text, special)` gives token ids; with special=False
    no text, however it is spelled, becomes a special token. `digest` is equal for equal
    vocabularies, in hex.
    """

    pieces: tuple[bytes, ...]
    special: Mapping[str, int]
    end_tokens: frozenset[int]
    digest: str
    encode: Callable[[str, bool], list[int]]
    bos: int | None = None
    eos: int | None = None
    adds_bos: bool = False
    chat_template: str | None = None
    _spellings: Mapping[int, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first_counts = {token: text for text, token in reversed([*self.special.items()])}
        object.__setattr__(self, "_spellings", first_counts)

    def spelling(self, token: int | None) -> str:
        """The text of a special token as chat templates name it; "" for None."""
        return "" if token is None else self._spellings.get(token, "")


@dataclass(frozen=True, slots=True)
class Stats:
    """What a backend is doing: requests decoding, requests waiting, slots in all, tokens so far."""

    running: int = 0
    waiting: int = 0
    slots: int = 1
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Matcher(Protocol):
    """The state of one grammar in one reply. After any call that fails it raises EngineFailure."""

    @property
    def done(self) -> bool:
        """True when the reply is complete and only an end token may follow."""

    @property
    def cut(self) -> bool:
        """True when the reply ends here whatever might follow, since its budget is spent."""
        return False

    def fill_mask(self, row: NDArray[np.int32]) -> None:
        """Set bit t % 32 of word t // 32 to 1 where token t may come next, 0 elsewhere.

        `row` has ceil(n_vocab / 32) words.
        """

    def advance(self, token: int) -> int | None:
        """Take the token that was drawn, and return it. What keeps a budget may take another one
        in its place, or none (None) where the reply is cut instead."""

    def forced(self) -> tuple[int, ...]:
        """The tokens that must come next whatever the model says; often none."""

    def fork(self) -> "Matcher":
        """An independent copy."""


class Engine(Protocol):
    """A mask provider: grammar text in, `Matcher` out."""

    def compile(self, text: str, vocabulary: Vocabulary) -> Matcher:
        """Compile, and compute the first mask, before the grammar counts as good."""


Progress = Callable[[float], None]


class Backend(Protocol):
    """A loaded language model.

    Closing the iterator that `generate` returns (`aclose()`, or cancelling the task that reads it)
    cancels the reply: the model stops working on it within one decode call.
    """

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def max_seq_len(self) -> int:
        """Tokens that one reply may take, prompt and completion together."""

    async def load(self, progress: Progress) -> None:
        """Load the model; `progress` gets fractions from 0 to 1. Raises LoadError."""

    def generate(
        self, prompt: Sequence[int], sampling: Sampling, matcher: Matcher | None = None
    ) -> AsyncGenerator[Step, None]:
        """Decode one reply. The prompt must have 1 to max_seq_len tokens.

        Raises BackendFailure when the model cannot go on, EngineFailure when the matcher cannot.
        """

    async def unload(self) -> None: ...

    def stats(self) -> Stats: ...


class Embedder(Protocol):
    """A loaded embedding model."""

    async def load(self, progress: Progress) -> None: ...

    async def embed(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], int]:
        """Vectors [len(texts), n_dim] and the number of tokens they were made from."""

    async def unload(self) -> None: ...
