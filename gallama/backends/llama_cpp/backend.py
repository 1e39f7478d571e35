"""The llama.cpp backend: GGUF models on CPU (and on what else llama.cpp was built for)."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import TYPE_CHECKING

from gallama.backends.llama_cpp import library
from gallama.backends.reply import Reply, check_request
from gallama.config.schema import ModelSpec
from gallama.errors import BackendFailure
from gallama.types import Matcher, Progress, Sampling, Stats, Step, Vocabulary

if TYPE_CHECKING:
    from gallama.backends.llama_cpp.model import Model


class LlamaCppBackend:
    """Backend over the GGUF file `spec.path`.

    backend = LlamaCppBackend(ModelSpec(path="model.gguf"))
    await backend.load(print)
    async for step in backend.generate(backend.vocabulary.encode("Hi", False), Sampling()): ...
    await backend.unload()

    Without `max_seq_len` a request gets the model's own context, at most 8192 tokens. On CPU a
    reply at temperature 0 or with a seed is the same whatever runs beside it (how, and what that
    costs: see engine.py); `slots` and other settings of the load may change its last bits. With
    max_tokens 0 a reply is one step without tokens that says "length".
    """

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._model: Model | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the loaded model. Whoever holds it may use it after unload(), too."""
        return self._loaded().vocabulary

    @property
    def max_seq_len(self) -> int:
        return self._loaded().max_seq_len

    async def load(self, progress: Progress) -> None:
        loop = asyncio.get_running_loop()
        broken_off = threading.Event()

        def report(part: float) -> bool:
            loop.call_soon_threadsafe(progress, min(part, 0.99))
            return not broken_off.is_set()

        progress(0.0)
        try:
            self._model = await asyncio.to_thread(self._load, report)
        except asyncio.CancelledError:
            broken_off.set()
            raise
        progress(1.0)

    def generate(
        self, prompt: Sequence[int], sampling: Sampling, matcher: Matcher | None = None
    ) -> AsyncGenerator[Step, None]:
        model = self._loaded()
        ids = check_request(prompt, sampling, len(model.vocabulary.pieces), model.max_seq_len)
        return _steps(model, ids, sampling, matcher)

    async def unload(self) -> None:
        model, self._model = self._model, None
        if model:
            await asyncio.to_thread(model.close)

    def stats(self) -> Stats:
        return self._model.engine.stats() if self._model else Stats(slots=self._spec.slots)

    def _load(self, report: Callable[[float], bool]) -> "Model":
        library.prepare(self._spec.llama_cpp.spin)
        from gallama.backends.llama_cpp import model  # loads the library: not before prepare()

        return model.load(self._spec, report)

    def _loaded(self) -> "Model":
        if self._model is None:
            raise BackendFailure("the model is not loaded")
        return self._model


async def _steps(
    model: "Model", prompt: tuple[int, ...], sampling: Sampling, matcher: Matcher | None
) -> AsyncGenerator[Step, None]:
    from gallama.backends.llama_cpp.engine import Job

    reply = Reply(prompt, sampling, matcher, model.vocabulary, model.max_seq_len)
    if reply.finish and not sampling.prompt_logprobs:
        yield reply.empty()
        return
    top = (sampling.top_logprobs or 0) if sampling.prompt_logprobs else None
    job = Job(prompt, reply, top)
    model.engine.submit(job)
    try:
        while True:
            step = await job.inbox.get()
            if isinstance(step, Exception):
                raise step
            yield step
            if step.finish:
                return
    finally:
        model.engine.cancel(job)
