"""Loading a GGUF: the weights, their KV cache, and what can be wrong with either."""

import contextlib
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from gallama.backends.llama_cpp import vocabulary
from gallama.backends.llama_cpp.context import Context
from gallama.backends.llama_cpp.engine import Engine, column_group
from gallama.backends.llama_cpp.library import log, take_errors
from gallama.config.schema import ModelSpec
from gallama.errors import LoadError
from gallama.types import Vocabulary

# What a model gets that was trained on more and whose spec does not say: a KV cache for the 128k
# tokens of many models would take gigabytes a slot.
DEFAULT_MAX_SEQ_LEN = 8192

# Activations (tokens x layers x width) that the measurement of column_group goes by. In a model of
# 5 layers of 256 every second token shows that q4_K differs by column.
_COMPARED = 32_000

_loading = threading.Lock()


class Weights:
    """A llama_model, freed by close() or with its last reference.

    `report` gets fractions and returns False to break off.
    """

    def __init__(self, path: Path, report: Callable[[float], bool], **settings: Any) -> None:
        params = llama_cpp.llama_model_default_params()
        for name, value in settings.items():
            setattr(params, name, value)
        params.progress_callback = llama_cpp.llama_progress_callback(lambda part, _: report(part))
        take_errors()
        self.pointer = llama_cpp.llama_model_load_from_file(bytes(path), params)
        if not self.pointer:
            reason = next(iter(take_errors()), "llama.cpp does not say why")
            raise LoadError(f"cannot load {path}: {reason}")
        self.close = weakref.finalize(self, llama_cpp.llama_model_free, self.pointer)
        self.close.atexit = False  # the engine's thread may still be at work


@dataclass(frozen=True)
class Model:
    """A model that runs: its engine's thread is started."""

    vocabulary: Vocabulary
    max_seq_len: int
    engine: Engine
    _context: Context
    _weights: Weights

    def close(self) -> None:
        """Stop the engine and free weights and cache."""
        self.engine.stop()
        self._context.close()
        self._weights.close()


def load(spec: ModelSpec, report: Callable[[float], bool]) -> Model:
    """Load what `spec` names. Raises LoadError with the reason in one sentence."""
    path = Path(spec.path or "").expanduser()
    if not path.is_file():
        raise LoadError(f"no such model file: {path}" if spec.path else "path: no model file given")
    own = spec.llama_cpp
    if not 1 <= own.prefill_chunk <= 512:
        raise LoadError(f"llama_cpp.prefill_chunk is {own.prefill_chunk}; it must be 1 to 512")
    mode = llama_cpp.LLAMA_LOAD_MODE_MMAP if own.mmap else llama_cpp.LLAMA_LOAD_MODE_NONE
    with _loading:  # one after the other: two loads would fight for disk and memory
        # The tokenizer keeps a copy of its own (no weights), so that it outlives unload().
        words = Weights(path, lambda _: True, vocab_only=True)
        vocab = vocabulary.build(words, spec)
        weights = Weights(path, report, n_gpu_layers=own.gpu_layers, load_mode=mode)
    with contextlib.ExitStack() as undo:
        undo.callback(weights.close)
        max_seq_len = _max_seq_len(spec, weights.pointer)
        threads = own.threads or max(1, _physical_cores() - 1)
        context = Context(weights.pointer, spec.slots, max_seq_len, own, threads)
        undo.callback(context.close)
        engine = Engine(context, own.prefill_chunk, _column_group(spec, weights.pointer, context))
        undo.pop_all()
    engine.start()
    return Model(vocab, max_seq_len, engine, context, weights)


def _max_seq_len(spec: ModelSpec, model: Any) -> int:
    if not llama_cpp.llama_model_has_decoder(model) or llama_cpp.llama_model_has_encoder(model):
        raise LoadError(f"{spec.path} is no decoder-only language model")
    trained: int = llama_cpp.llama_model_n_ctx_train(model)
    if spec.max_seq_len is None:
        share = (spec.cache_size or spec.slots * DEFAULT_MAX_SEQ_LEN) // spec.slots
        return min(trained, share)
    if spec.max_seq_len > trained:
        raise LoadError(
            f"max_seq_len is {spec.max_seq_len}, but the model was trained on {trained}"
        )
    if spec.cache_size is not None and spec.cache_size < spec.slots * spec.max_seq_len:
        raise LoadError(
            f"cache_size {spec.cache_size} is less than slots x max_seq_len "
            f"({spec.slots} x {spec.max_seq_len})"
        )
    return spec.max_seq_len


def _column_group(spec: ModelSpec, model: Any, context: Context) -> int:
    """See engine.column_group. GPUs promise nothing bit for bit: no columns are wasted there."""
    if llama_cpp.llama_supports_gpu_offload() and spec.llama_cpp.gpu_layers != 0:
        return 1
    if llama_cpp.llama_model_is_recurrent(model) or llama_cpp.llama_model_is_hybrid(model):
        return 0  # a recurrent state cannot be cut back after a filler
    size = llama_cpp.llama_model_n_embd(model) * llama_cpp.llama_model_n_layer(model)
    # The fewer numbers a token is made of, the more tokens it takes to meet a difference.
    trials = max(2, _COMPARED // size)
    # With flash attention a long sequence alone is split over the threads.
    group = column_group(context, trials, at_least=2 if spec.llama_cpp.flash_attention else 1)
    log.debug("replies decode in groups of %d columns", group)
    if group == 0 and spec.slots > 1:
        log.warning(
            "this model cannot decode %d replies together and give each the same as alone: they "
            "run one by one; a multiple of 8 slots, or less than 4, may be faster",
            spec.slots,
        )
    return group


def _physical_cores() -> int:
    """Physical cores among those that this process may use."""
    if not hasattr(os, "sched_getaffinity"):  # not Linux
        return os.cpu_count() or 1
    cores = set()
    for cpu in os.sched_getaffinity(0):
        topology = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            cores.add(topology.read_text())
        except OSError:  # not every container shows it
            cores.add(str(cpu))
    return len(cores)
