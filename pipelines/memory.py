"""Memory that was freed, given back to the system."""

from __future__ import annotations

import ctypes
import sys


def give_back_freed_memory() -> bool:
    """Have the C library give back what the process has freed; whether there was something to give back.

    Arrays and the model's buffers come and go in several threads, in sizes that differ from recording to recording. The
    GNU C library keeps what one thread freed for that thread, so that a long run would hold ever more memory that
    nobody uses. Other C libraries have no such call, and nothing happens.
    """
    if sys.platform != "linux":
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
