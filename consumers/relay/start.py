"""The relay program, put together. Shape: run(surroundings, stop) until told to stop."""

from contextlib import closing
from functools import partial
from threading import Event

from consumers.relay.book_relay import BookRelay
from consumers.relay.program import Relay
from consumers.relay.stray_relay import StrayRelay
from consumers.surroundings import Surroundings
from infra.allocator import keep_memory
from infra.event_store.directory import Book, Listing
from infra.garbage import seldom_collected

GARBAGE_EVERY = 50_000  # Objects: above the largest batch, 5,000 rows that are freed in turn.


def run(surroundings: Surroundings, stop: Event) -> None:
    """Relay all books."""
    dsn = surroundings.settings.postgres
    publisher = surroundings.publisher()

    def open_book(book: Book) -> BookRelay:
        return BookRelay(dsn, book, publisher)

    keep_memory()
    with seldom_collected(GARBAGE_EVERY), closing(Listing(dsn)) as listing:
        Relay(listing.books, open_book, partial(StrayRelay, dsn, publisher)).run(stop)
