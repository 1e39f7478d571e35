"""The process-wide side of llama.cpp: how its threads wait, where its log goes, why it failed."""

import ctypes
import logging
import os
import re
import threading
from collections import deque

log = logging.getLogger("gallama.llama_cpp")

# ggml_log_level. What llama.cpp calls INFO is pages of detail at every load.
_LEVELS = {2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}
_ERROR = 4

_of_thread = threading.local()
_lock = threading.Lock()
_callback: object = None  # llama.cpp keeps only the address: someone must hold the object


def prepare(spin: bool) -> None:
    """Load and set up the library; what the first caller of a process says about `spin` holds.

    libgomp reads its environment once, when it is loaded. By default its threads spin between the
    operations of a decode: 3-5x faster on a quiet machine, but as soon as other processes want the
    same cores a reply collapses from hundreds of tokens a second to three. So they sleep, unless
    `spin`. A variable that the user has set is left alone.
    """
    global _callback
    with _lock:
        if _callback is not None:
            return
        if not spin:
            os.environ.setdefault("OMP_WAIT_POLICY", "passive")
            os.environ.setdefault("GOMP_SPINCOUNT", "0")
        import llama_cpp  # not before the lines above

        _callback = llama_cpp.llama_log_callback(_log)
        llama_cpp.llama_log_set(_callback, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()


def take_errors() -> list[str]:
    """What llama.cpp logged as errors in this thread since the last call, the first first.

    The first says why, without the names of the functions that say it: "invalid magic characters:
    'hell', expected 'GGUF'"; those after it only that something failed.
    """
    errors = _errors()
    taken = [re.sub(r"^(\w+: |error loading model: )+", "", text) for text in errors]
    errors.clear()
    return taken


def _errors() -> deque[str]:
    if not hasattr(_of_thread, "errors"):
        _of_thread.errors = deque(maxlen=100)
    errors: deque[str] = _of_thread.errors
    return errors


def _log(level: int, text: bytes, _: object) -> None:
    message = text.decode("utf-8", "replace").rstrip()
    if level == _ERROR:
        _errors().append(message)
    if message and level in _LEVELS:
        log.log(_LEVELS[level], "%s", message)
