"""The scripted backend: a language model without weights that says what it is told.

It keeps every promise of the seam, so that whatever stands on a Backend can be tried without a
model: bytes are its tokens, ChatML its chat template.

    models:
      fake:
        backend: scripted
        scripted:
          replies: [{when: "weather", say: "<tool_call>\\n{...}\\n</tool_call>"}]
          step_seconds: 0.01

The first of `replies` whose regular expression `when` is found in the prompt's text is said, with
tags as special tokens; where none fits, the last user message is said back. Temperature and seed
change nothing: the token it means has all the probability, and where a grammar refuses it the
lowest id that is allowed has. Requests beyond `slots` wait, in their order.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallama.backends import vocabulary as common
from gallama.backends.reply import Reply, check_request
from gallama.backends.sampling import token_logprob
from gallama.config.schema import ModelSpec
from gallama.errors import BackendFailure, LoadError
from gallama.types import Matcher, Progress, Sampling, Stats, Step, TokenLogprob, Vocabulary

CONTROL = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
PRINTED = ("<tool_call>", "</tool_call>", "<think>", "</think>")
SPECIAL = {text: 256 + i for i, text in enumerate(CONTROL + PRINTED)}
SPELLINGS = (*(bytes([i]) for i in range(256)), *(text.encode() for text in SPECIAL))
START, END = SPECIAL["<|im_start|>"], SPECIAL["<|im_end|>"]
N_VOCAB = 256 + len(SPECIAL)
DEFAULT_MAX_SEQ_LEN = 4096
LOAD_STEPS = 10

CHAT_TEMPLATE = """\
{%- for message in messages -%}
<|im_start|>{{ message.role }}
{{ message.content }}
{%- for call in message.tool_calls or [] %}
<tool_call>
{"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments }}}
</tool_call>
{%- endfor -%}
<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% endif -%}
"""

_SPLIT = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


@dataclass
class _Counts:
    running: int = 0
    waiting: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class ScriptedBackend:
    """Backend over `spec.scripted`.

    backend = ScriptedBackend(ModelSpec(scripted=ScriptedSpec(replies=[...])))
    await backend.load(print)
    async for step in backend.generate(backend.vocabulary.encode("Hi", False), Sampling()): ...
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._max_seq_len = spec.max_seq_len or DEFAULT_MAX_SEQ_LEN
        self._counts = _Counts()
        self._replies: list[tuple[re.Pattern[str], str]] = []
        self._slots: asyncio.Semaphore | None = None  # None: not loaded
        self._vocabulary: Vocabulary | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        if self._vocabulary is None:
            raise BackendFailure("the scripted model is not loaded")
        return self._vocabulary

    @property
    def max_seq_len(self) -> int:
        return self._max_seq_len

    async def load(self, progress: Progress) -> None:
        progress(0.0)
        self._replies = _compile(self._spec.scripted.replies)
        self._vocabulary = _vocabulary(self._spec)
        if self._spec.scripted.load_seconds:
            for step in range(1, LOAD_STEPS):
                await asyncio.sleep(self._spec.scripted.load_seconds / LOAD_STEPS)
                progress(step / LOAD_STEPS)
            await asyncio.sleep(self._spec.scripted.load_seconds / LOAD_STEPS)
        self._slots = asyncio.Semaphore(self._spec.slots)
        progress(1.0)

    def generate(
        self, prompt: Sequence[int], sampling: Sampling, matcher: Matcher | None = None
    ) -> AsyncGenerator[Step, None]:
        if self._slots is None:
            raise BackendFailure("the scripted model is not loaded")
        ids = check_request(prompt, sampling, N_VOCAB, self._max_seq_len)
        return self._in_a_slot(self._slots, ids, sampling, matcher)

    async def unload(self) -> None:
        self._slots = None

    def stats(self) -> Stats:
        counts = self._counts
        return Stats(
            counts.running,
            counts.waiting,
            self._spec.slots,
            counts.prompt_tokens,
            counts.completion_tokens,
        )

    async def _in_a_slot(
        self,
        slots: asyncio.Semaphore,
        prompt: tuple[int, ...],
        sampling: Sampling,
        matcher: Matcher | None,
    ) -> AsyncGenerator[Step, None]:
        self._counts.waiting += 1
        try:
            await slots.acquire()
        finally:
            self._counts.waiting -= 1
        self._counts.running += 1
        try:
            async with aclosing(self._decode(slots, prompt, sampling, matcher)) as steps:
                async for step in steps:
                    yield step
        finally:
            self._counts.running -= 1
            slots.release()

    async def _decode(
        self,
        slots: asyncio.Semaphore,
        prompt: tuple[int, ...],
        sampling: Sampling,
        matcher: Matcher | None,
    ) -> AsyncGenerator[Step, None]:
        self._counts.prompt_tokens += len(prompt)
        about_prompt = _prompt_logprobs(prompt, sampling)
        reply = Reply(prompt, sampling, matcher, self.vocabulary, self._max_seq_len)
        if reply.finish:
            yield reply.empty(about_prompt)
            return
        script = iter(self._script(prompt))
        while reply.finish is None:
            await asyncio.sleep(self._spec.scripted.step_seconds)
            if self._slots is not slots:
                raise BackendFailure("the scripted model was unloaded")
            step = reply.take(_logits(next(script, END)))
            self._counts.completion_tokens += len(step.tokens)
            yield Step(step.tokens, step.logprobs, step.finish, about_prompt)
            about_prompt = ()

    def _script(self, prompt: Sequence[int]) -> list[int]:
        """The tokens that a reply to this prompt is meant to have."""
        text = _text(prompt)
        for when, say in self._replies:
            if when.search(text):
                return _encode(say, True)
        turns = text.split("<|im_start|>user\n")
        return list(turns[-1].split("<|im_end|>")[0].encode())


def _compile(replies: Sequence[dict[str, str]]) -> list[tuple[re.Pattern[str], str]]:
    compiled = []
    for i, reply in enumerate(replies):
        where = f"scripted.replies[{i}]"
        if set(reply) - {"when"} != {"say"}:
            raise LoadError(f"{where}: give 'say' and, if you like, 'when'; not {sorted(reply)}")
        try:
            compiled.append((re.compile(reply.get("when", "")), reply["say"]))
        except re.error as error:
            raise LoadError(f"{where}.when is no regular expression: {error}") from error
    return compiled


def _vocabulary(spec: ModelSpec) -> Vocabulary:
    silent = {SPECIAL[text] for text in CONTROL}
    pieces = tuple(b"" if i in silent else text for i, text in enumerate(SPELLINGS))
    own = (END, SPECIAL["<|endoftext|>"])
    ends = common.end_tokens(spec, SPECIAL, own)
    return Vocabulary(
        pieces=pieces,
        special=SPECIAL,
        end_tokens=ends,
        digest=common.digest(pieces, SPECIAL, ends),
        encode=_encode,
        eos=END,
        chat_template=common.chat_template(spec, CHAT_TEMPLATE),
    )


def _encode(text: str, special: bool) -> list[int]:
    if not special:
        return list(text.encode())
    parts = _SPLIT.split(text)  # text and tags by turns
    return [t for p in parts for t in ([SPECIAL[p]] if p in SPECIAL else p.encode())]


def _text(tokens: Sequence[int]) -> str:
    return b"".join(SPELLINGS[token] for token in tokens).decode("utf-8", "replace")


def _logits(token: int) -> NDArray[np.float32]:
    """[N_VOCAB]: `token` for certain; of the others, whichever are allowed, the lowest id.

    The gaps are so wide that no temperature, bias or penalty of the API bridges them.
    """
    logits = np.arange(1, N_VOCAB + 1, dtype=np.float32) * np.float32(-1e4)
    logits[token] = 0
    return logits


def _prompt_logprobs(prompt: Sequence[int], sampling: Sampling) -> tuple[TokenLogprob, ...]:
    """This model foresees its prompt: every token in it was certain."""
    if not sampling.prompt_logprobs:
        return ()
    return tuple(token_logprob(_logits(t), t, sampling.top_logprobs or 0) for t in prompt[1:])
