"""Books that read models are made of, without Kafka, and what befalls them.

Shape: written(shelf, numbers) writes two events a number, each a batch and an answer of its own;
follower(shelf, connection) is as the projector makes it; source(shelf) is what a rebuild reads.
restored(shelf, events, answers) makes the book what it was then.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence

import psycopg

from consumers.projector.feed import Feed, Fetch, Span
from consumers.projector.follower import Follower
from consumers.projector.redriving import redrive_book
from consumers.projector.start import Fetch as FromBook
from consumers.rebuild import LogSource
from domain.wallet import CreditWallet, OpenWallet
from infra.event_store.directory import Book
from projections.answers import Commands
from projections.models import event_models
from projections.recorded import Recorded
from schemas import codec
from schemas.names import Command
from tests.integration.event_store.given import EUR, MAIN, Shelf

HELD = "SELECT model, sequence FROM read.position WHERE book = %s"
RESTORE = (
    "ALTER TABLE events DISABLE TRIGGER USER",
    "DELETE FROM events WHERE notification_id > %(events)s",
    "ALTER TABLE events ENABLE TRIGGER USER",
    "DELETE FROM answers WHERE answer_sequence > %(answers)s",
    "DELETE FROM snapshots",
    """UPDATE head SET last_sequence = %(events)s, last_answer = %(answers)s,
      chain = (SELECT chain FROM events WHERE notification_id = %(events)s)""",
)


def written(shelf: Shelf, names: Iterable[object], book: Book = MAIN) -> None:
    """Wallets and money in them."""
    for name in names:
        wallet = f"w{name}"
        done(shelf, OpenWallet(wallet, "ann", "buyer", EUR), book)
        done(shelf, CreditWallet(wallet, wallet, 5, EUR, "bank"), book)


def done(shelf: Shelf, command: Command, book: Book = MAIN) -> None:
    """One command, in a batch of its own."""
    desk, key = shelf.desk(book), f"key-{sum(shelf.offsets.values())}"
    desk.handle([shelf.incoming(key, command)])
    desk.close()


def restored(shelf: Shelf, *, events: int, answers: int) -> None:
    """A backup of then is put back."""
    with shelf.connect() as connection, connection.transaction():
        for statement in RESTORE:
            values = {"events": events, "answers": answers} if "%(" in statement else None
            connection.execute(statement, values)


def before(unknown: type) -> Mapping[str, type]:
    """The events of a release that did not know one yet."""
    return {name: cls for name, cls in codec.EVENTS.items() if cls is not unknown}


def no_answers(_book: str, _span: Span) -> Sequence[Recorded]:
    return []


def follower(
    shelf: Shelf,
    connection: psycopg.Connection,
    answers: Fetch = no_answers,
    books: Iterable[Book] = (MAIN,),
) -> Follower:
    fetch = FromBook(shelf.dsn)
    made = Follower(
        connection,
        lambda book: redrive_book(connection, book, fetch.events_at),
        events=Feed(event_models(), fetch.events),
        answers=Feed([Commands()], answers),
    )
    made.take(books)
    return made


def to_the_end(made: Follower) -> list[int]:
    """How many records each step took."""
    made.step()  # Finds where the models stand.
    steps = [made.step()]
    while steps[-1]:
        steps.append(made.step())
    return steps


def held(connection: psycopg.Connection, book: str = "main") -> dict[str, int]:
    return dict(connection.execute(HELD, (book,)).fetchall())


def source(shelf: Shelf, relayed: Iterable[Recorded] = ()) -> LogSource:
    """`relayed`: the answers that their topic has."""

    def since(_book: str, after: int) -> Generator[Recorded]:
        yield from (each for each in relayed if each.sequence > after)

    return LogSource(shelf.dsn, since, lambda _book, _count: None)
