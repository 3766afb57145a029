"""Watch processes that are not our children until they are gone; a zombie is gone.

Shape: open a `Watch` while they live, then `gone(within_s)` says whether all ended in that time.
Source: pidfd_open(2) on Linux, kqueue(2) elsewhere.
"""

import os
import select
import sys
import time
from collections.abc import Iterable
from typing import Self


class Watch:
    def __init__(self, pids: Iterable[int]) -> None:
        self._descriptors = {open_process(pid) for pid in pids}

    def gone(self, within_s: float) -> bool:
        deadline = time.monotonic() + within_s
        while self._descriptors and (left_s := deadline - time.monotonic()) > 0:
            ended, _, _ = select.select(list(self._descriptors), [], [], left_s)
            for descriptor in ended:
                os.close(descriptor)
                self._descriptors.remove(descriptor)
        return not self._descriptors

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)


def open_process(pid: int) -> int:
    """A descriptor that becomes readable when the process ends."""
    if sys.platform == "linux":
        return os.pidfd_open(pid)
    queue = select.kqueue()
    event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
    queue.control([event], 0)
    return os.dup(queue.fileno())


def alive(pid: int) -> bool:
    with Watch([pid]) as watch:
        return not watch.gone(0.001)
