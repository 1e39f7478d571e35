"""A llama_context as the engine needs it: slots of KV cache, and decode calls over numpy arrays."""

import ctypes
from collections.abc import Sequence
from typing import Any

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from gallama.backends.llama_cpp.library import take_errors
from gallama.config.schema import LlamaCppSpec
from gallama.errors import BackendFailure, LoadError

# llama.cpp gives each slot a multiple of this many tokens.
_CELLS = 256

# Rows of logits that one decode call may ask for: they are computed in a buffer of this many rows
# of n_vocab floats (16 MB at 128k tokens), which llama.cpp would else size for a whole batch.
MAX_PROMPT_ROWS = 32

Floats = NDArray[np.float32]


class Context:
    """The KV cache of `slots` sequences of up to `max_seq_len` tokens, and the decoding over it.

    context.decode([5, 6, 7], positions=[0, 1, 2], slots=[0, 0, 0], wanted=[2])
    context.logits(2)
    context.truncate(slot=0, length=0)
    """

    def __init__(self, model: Any, slots: int, max_seq_len: int, spec: LlamaCppSpec, threads: int):
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = slots * -(-max_seq_len // _CELLS) * _CELLS
        params.n_seq_max = slots
        params.kv_unified = False
        params.n_batch = params.n_ubatch = max(spec.prefill_chunk, slots)
        params.n_outputs_max = max(MAX_PROMPT_ROWS, slots)
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = int(spec.flash_attention)
        params.no_perf = True
        take_errors()
        self._context = llama_cpp.llama_init_from_model(model, params)
        if not self._context:
            reason = next(iter(take_errors()), "llama.cpp does not say why")
            raise LoadError(f"no KV cache of {slots} x {max_seq_len} tokens: {reason}")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self.n_vocab: int = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
        self._row = ctypes.c_float * self.n_vocab
        self.slots = slots
        self._batch = _Batch(params.n_batch)

    def decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        slots: Sequence[int],
        wanted: Sequence[int],
    ) -> None:
        """Run tokens through the model, all in one call, and put them into the KV cache.

        `wanted` are the indices whose logits are needed. Raises BackendFailure; the slots' contents
        are then undefined, and must be truncated to 0.
        """
        take_errors()
        batch = self._batch.filled(tokens, positions, slots, wanted)
        code = llama_cpp.llama_decode(self._context, batch)
        if code != 0:
            reason = next(iter(take_errors()), "")
            raise BackendFailure(f"llama_decode failed with code {code}. {reason}".strip())

    def logits(self, index: int) -> Floats:
        """The logits [n_vocab] of a wanted index: a view, good until the next decode."""
        row = llama_cpp.llama_get_logits_ith(self._context, index).contents
        return np.frombuffer(self._row.from_address(ctypes.addressof(row)), np.float32)

    def truncate(self, slot: int, length: int) -> None:
        """Keep the first `length` tokens of a slot."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, slot, length, -1):
            raise BackendFailure(f"llama.cpp cannot cut the KV cache of slot {slot} at {length}")

    def clear(self) -> None:
        """Empty all slots."""
        llama_cpp.llama_memory_clear(self._memory, True)

    def close(self) -> None:
        """Free the KV cache. Nothing else may be called any more."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None


class _Batch:
    """A llama_batch over numpy arrays: filling it is a few slice assignments."""

    def __init__(self, capacity: int) -> None:
        self._token = np.zeros(capacity, np.int32)
        self._position = np.zeros(capacity, np.int32)
        self._slot = np.zeros(capacity, np.int32)
        self._output = np.zeros(capacity, np.int8)
        self._one_slot = np.ones(capacity, np.int32)
        # Entry i points at the (only) slot of token i.
        self._slot_lists = (ctypes.POINTER(ctypes.c_int32) * capacity)(
            *(_pointer(self._slot[i:], ctypes.c_int32) for i in range(capacity))
        )
        self._batch = llama_cpp.llama_batch(
            n_tokens=0,
            token=_pointer(self._token, ctypes.c_int32),
            embd=None,
            pos=_pointer(self._position, ctypes.c_int32),
            n_seq_id=_pointer(self._one_slot, ctypes.c_int32),
            seq_id=self._slot_lists,
            logits=_pointer(self._output, ctypes.c_int8),
        )

    def filled(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        slots: Sequence[int],
        wanted: Sequence[int],
    ) -> Any:
        n = len(tokens)
        self._token[:n] = tokens
        self._position[:n] = positions
        self._slot[:n] = slots
        self._output[:n] = 0
        self._output[list(wanted)] = 1
        self._batch.n_tokens = n
        return self._batch


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
