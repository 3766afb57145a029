"""The relay's loop over all books.

Shape: Relay(...).run(stop). Books made meanwhile are found every DIRECTORY_S seconds.
Where much is coming it looks less often: a larger batch costs less a record.
Errors: an Outage of one book closes its relay; it is opened again when the books are next listed,
and the others do not wait for it.
"""

import time
from collections.abc import Callable
from threading import Event

import structlog

from commands.outage import Outage
from consumers.relay.book_relay import ROWS_MAX, BookRelay
from consumers.relay.stray_relay import StrayRelay
from infra.event_store.directory import Book

PAUSE_S = 0.005  # Between two looks at the books.
PAUSE_LONG_S = 0.02  # The same after a turn of MANY records, and after QUIET_S without any.
MANY = 500
QUIET_S = 5.0
DIRECTORY_S = 1.0
log = structlog.get_logger()


class Relay:
    """Publishes every book, a bounded batch in turn."""

    def __init__(
        self,
        list_books: Callable[[], list[Book]],
        open_book: Callable[[Book], BookRelay],
        open_strays: Callable[[], StrayRelay],
    ) -> None:
        self._list_books = list_books
        self._open_book = open_book
        self._open_strays = open_strays
        self._steps: dict[str, BookRelay | StrayRelay] = {}
        self._listed_at_s = float("-inf")

    def run(self, stop: Event) -> None:
        """Until told to stop; the batch in hand is finished first."""
        last, last_at_s = 0, time.monotonic()  # The last turn that had something.
        try:
            while not stop.is_set():
                done = self._turn(stop)
                if done:
                    last, last_at_s = done, time.monotonic()
                if not done or MANY <= done < ROWS_MAX:  # Else there may be more by now.
                    quiet = time.monotonic() - last_at_s > QUIET_S
                    stop.wait(PAUSE_LONG_S if quiet or last >= MANY else PAUSE_S)
        finally:
            for each in self._steps.values():
                each.close()

    def _turn(self, stop: Event) -> int:
        done = 0
        try:
            self._open_new()
        except Outage as outage:
            if not outage.retry:
                raise
            log.warning("waiting", book="the directory", outage=str(outage), pause_s=DIRECTORY_S)
            stop.wait(DIRECTORY_S)
        for name, each in list(self._steps.items()):
            try:
                done += each.step()
            except Outage as outage:
                if not outage.retry:
                    raise
                log.warning("waiting", book=name, outage=str(outage), pause_s=DIRECTORY_S)
                self._steps.pop(name).close()
                self._listed_at_s = time.monotonic()
        return done

    def _open_new(self) -> None:
        if time.monotonic() - self._listed_at_s < DIRECTORY_S:
            return
        if "" not in self._steps:
            self._steps[""] = self._open_strays()
        for book in self._list_books():
            if book.name not in self._steps:
                self._steps[book.name] = self._open_book(book)
        self._listed_at_s = time.monotonic()
