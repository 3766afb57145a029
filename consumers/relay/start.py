"""The relay program, put together. Shape: run(surroundings, stop) until told to stop."""

from functools import partial
from threading import Event

from consumers.relay.book_relay import BookRelay
from consumers.relay.program import Relay
from consumers.relay.stray_relay import StrayRelay
from consumers.surroundings import Surroundings
from infra.event_store import directory
from infra.event_store.directory import Book


def run(surroundings: Surroundings, stop: Event) -> None:
    """Relay all books."""
    dsn = surroundings.settings.postgres
    publisher = surroundings.publisher()

    def open_book(book: Book) -> BookRelay:
        return BookRelay(dsn, book, publisher)

    Relay(partial(directory.list_books, dsn), open_book, partial(StrayRelay, dsn, publisher)).run(
        stop
    )
