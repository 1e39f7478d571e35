"""Python's cyclic garbage collector, put off while a declaration is compiled.

Compiling makes many small objects that refer to each other and are kept; a collection among them
walks through all that the process holds, tens of milliseconds at a time, and finds next to nothing.
It comes right afterwards.
"""

import gc
import threading
from contextlib import ContextDecorator

_lock = threading.Lock()
_compiling = 0
_was_on = True


class put_off(ContextDecorator):
    """No collection in any thread until the last compilation of those under way is done."""

    def __enter__(self) -> None:
        global _compiling, _was_on
        with _lock:
            if not _compiling:
                _was_on = gc.isenabled()
                gc.disable()
            _compiling += 1

    def __exit__(self, *_: object) -> None:
        global _compiling
        with _lock:
            _compiling -= 1
            if not _compiling and _was_on:
                gc.enable()
