"""Being asked to stop: SIGINT and SIGTERM set an event, and a program's loop looks at it.

Shape: `with stopping() as stop:` in the main thread; the first signal sets `stop`, so that the
batch in hand is finished; a second one ends the process at once, which the next start survives.
One within AT_ONCE_S of the first is the same: GNU `timeout` tells its child, and then its group.
The event remembers when it was last looked at: a loop that turns is alive.
Source: signal.set_wakeup_fd. A handler must not set the event itself: if it interrupts the main
thread inside Event.wait, both want the same lock.
"""

import math
import os
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
AT_ONCE_S = 0.5  # Faster than anybody asks twice.
SIGNALLED = 128  # A shell's exit code of a process ended by a signal is this and its number.


class Stop(Event):
    """A threading.Event that knows when its program last looked at it."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at_s = time.monotonic()

    def is_set(self) -> bool:
        self.looked_at_s = time.monotonic()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self.looked_at_s = time.monotonic()
        return super().wait(timeout)


@contextmanager
def stopping() -> Generator[Stop]:
    """The event that SIGINT and SIGTERM set, while the block runs."""
    stop = Stop()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = {number: signal.signal(number, _noted) for number in SIGNALS}
    previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    thread = Thread(target=_listen, args=(reading, stop), name="signals", daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        signal.set_wakeup_fd(previous)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(writing)  # Ends the thread.
        thread.join()
        os.close(reading)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The number is in the pipe already; the thread that reads it does the rest."""


def _listen(reading: int, stop: Stop) -> None:
    asked_at_s = -math.inf
    while numbers := os.read(reading, 16):
        for number in numbers:
            now_s = time.monotonic()
            if now_s - asked_at_s < AT_ONCE_S:
                continue
            if Event.is_set(stop):
                os._exit(SIGNALLED + number)
            if number in SIGNALS:
                asked_at_s = now_s
                stop.set()
