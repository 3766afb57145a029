"""Memory that is kept costs no new pages: counted in a process of its own, whose heap it is."""

import subprocess
import sys

import pytest

TWICE = """
import ctypes, resource
from infra.allocator import keep_memory
if {kept}:
    assert keep_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
def batch():
    blocks = [libc.malloc(100_000) for _ in range(200)]
    for block in blocks:
        libc.memset(block, 1, 100_000)
    for block in blocks:
        libc.free(block)
batch()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
batch()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = 200 * 100_000 // 4_096


@pytest.mark.parametrize("kept", [True, False])
def test_the_second_batch_takes_the_pages_of_the_first(*, kept: bool) -> None:
    asked = [sys.executable, "-c", TWICE.format(kept=kept)]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    assert (int(said) < PAGES // 10) is kept
