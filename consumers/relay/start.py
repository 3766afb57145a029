"""The relay program, put together. Shape: run(surroundings, stop) until told to stop."""

import gc
from contextlib import closing
from functools import partial
from threading import Event

from consumers.relay.book_relay import BookRelay
from consumers.relay.program import Relay
from consumers.relay.stray_relay import StrayRelay
from consumers.surroundings import Surroundings
from infra.allocator import keep_memory
from infra.event_store.directory import Book, Listing

GARBAGE_EVERY = 50_000  # Objects: above the largest batch, 5,000 rows that are freed in turn.


def run(surroundings: Surroundings, stop: Event) -> None:
    """Relay all books."""
    dsn = surroundings.settings.postgres
    publisher = surroundings.publisher()

    def open_book(book: Book) -> BookRelay:
        return BookRelay(dsn, book, publisher)

    # What lives long is reference counted; a pass over all of memory costs more than it finds.
    keep_memory()
    gc.freeze()
    gc.set_threshold(GARBAGE_EVERY, 50, 1_000)
    with closing(Listing(dsn)) as listing:
        Relay(listing.books, open_book, partial(StrayRelay, dsn, publisher)).run(stop)
