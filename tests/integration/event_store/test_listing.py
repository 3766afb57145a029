"""The books, listed again and again over one connection."""

from contextlib import closing

import pytest
from psycopg.conninfo import make_conninfo

from commands.outage import Outage
from infra.event_store.directory import Listing
from tests.integration.event_store.given import MAIN, Shelf

NAME = "listing"
SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s"


def listing_of(shelf: Shelf) -> Listing:
    return Listing(make_conninfo(shelf.dsn, application_name=NAME))


def test_books_are_listed_over_one_connection(shelf: Shelf) -> None:
    with closing(listing_of(shelf)) as listing:
        assert listing.books() == [MAIN]
        (session,) = shelf.ask(SESSIONS, NAME)
        second = shelf.create("second")
        assert listing.books() == [MAIN, second]
        assert shelf.ask(SESSIONS, NAME) == [session]


def test_a_connection_that_has_failed_is_followed_by_another(shelf: Shelf) -> None:
    with closing(listing_of(shelf)) as listing:
        listing.books()
        assert shelf.ask(END, NAME) == [(True,)]
        with pytest.raises(Outage) as failed:
            listing.books()
        assert failed.value.retry
        assert listing.books() == [MAIN]
