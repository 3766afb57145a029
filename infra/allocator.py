"""The C library keeps the memory of a batch for the next one.

Shape: keep_memory() once, as a program starts that works in batches. Without it glibc gives the
freed top of the heap back to the kernel after each, and the next waits for cleared pages again.
Bound: KEPT_BYTES of free memory above what is in use.
Errors: none; a C library without these words is left as it is.
Source: mallopt(3).
"""

import ctypes
import sys

KEPT_BYTES = 64 * 2**20
LARGE_BYTES = 16 * 2**20  # From here on a block has pages of its own, gone when it is freed.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


def keep_memory() -> bool:
    """Whether this C library does it from now on."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    return bool(mallopt(M_TRIM_THRESHOLD, KEPT_BYTES) and mallopt(M_MMAP_THRESHOLD, LARGE_BYTES))
