"""A book in a database of the test's own, and desks that write it, without Kafka.

Shape: `with shelf(servers) as shelf:` makes the database and the book `main`; shelf.desk() takes
it; shelf.incoming(key, command) is a command as the writer reads it from its topic, at the next
offset. Everything but the topic is real.
Units: cents; offsets count from 0.
"""

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import sql

from commands.answer import CommandAnswered
from commands.dead_letter import DeadLetter
from commands.incoming import Incoming, Origin, Record
from consumers.verify import log_pass
from consumers.verify.log_pass import Folded
from consumers.verify.report import Findings
from consumers.writer.decoding import Decoder
from consumers.writer.desk import Desk, Limits
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, OpenWallet
from infra.codec import ANSWER, DEAD_LETTER, AvroCodec
from infra.event_store import books, directory
from infra.event_store.books import TakenBook
from infra.event_store.directory import Book, Bus
from infra.registry.client import Registry
from infra.registry.ids import SchemaIds, register_all
from schemas import codec
from schemas.framing import frame
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command
from tests.integration.databases import database
from tests.integration.servers import Addresses

MAIN = Book("main", "book_main")
BUS = Bus("a cluster", "its commands", "its internal")
EUR = "EUR"
LIMITS = Limits(memory=1_000, failures=1_000)
NEVER = Event()


@dataclass
class Shelf:
    """A directory with books in it."""

    dsn: str
    decoder: Decoder
    ids: dict[str, int]
    offsets: dict[Origin, int] = field(default_factory=dict[Origin, int])

    def take(
        self, book: Book = MAIN, *, start: tuple[int, int] = (0, 0), bus: Bus = BUS
    ) -> TakenBook:
        return books.take(self.dsn, book, bus, start, codec.decode_stored_event)

    def desk(self, book: Book = MAIN, limits: Limits = LIMITS) -> Desk:
        return Desk(partial(self.take, book), AvroCodec(), self.decoder.timer, NEVER, limits)

    def incoming(
        self,
        key: str | CommandMeta,
        command: Command,
        *,
        origin: Origin = Origin.COMMANDS,
        headers: tuple[tuple[str, bytes], ...] = (),
    ) -> Incoming:
        """At the next offset of its topic. `key`: of the client `shop`, or the whole envelope."""
        data = codec.encode_command(
            CommandMeta("shop", key) if isinstance(key, str) else key, command
        )
        value = frame(self.ids[FULL_NAMES[type(command)]], data)
        return self.decoder.read(self.record(value, origin, headers), origin)

    def record(
        self, value: bytes, origin: Origin, headers: tuple[tuple[str, bytes], ...] = ()
    ) -> Record:
        offset = self.offsets.get(origin, 0)
        self.offsets[origin] = offset + 1
        return Record(origin.value, 0, offset, b"main", value, headers)

    def create(self, name: str) -> Book:
        assert directory.create(self.dsn, name=name), f"there is a book {name}"
        return next(book for book in directory.list_books(self.dsn) if book.name == name)

    def ask(self, text: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the book main, whose tables are found without their schema."""
        with self.connect() as connection:
            found = connection.execute(text, values, binary=True)
            return found.fetchall() if found.description else []

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.dsn, autocommit=True, options="-c search_path=book_main")

    def count(self, table: str) -> int:
        with self.connect() as connection:
            found = connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchone()
            assert found is not None, "a count is a row"
            return int(found[0])

    def answers(self) -> list[CommandAnswered]:
        rows = self.ask("SELECT answer FROM answers ORDER BY answer_sequence")
        return [ANSWER.decode(bytes(payload)) for (payload,) in rows]

    def told(self) -> list[tuple[str, str]]:
        """Status and code of every answer, in order."""
        return [(each.status, each.code) for each in self.answers()]

    def sequences(self) -> list[int]:
        """Of the events, in order."""
        return [row[0] for row in self.ask("SELECT notification_id FROM events ORDER BY 1")]

    def dead_letters(self) -> list[DeadLetter]:
        """What the outbox holds of them, in order."""
        rows = self.ask(
            "SELECT payload FROM outbox WHERE topic = 'dead-letters' ORDER BY outbox_sequence"
        )
        return [DEAD_LETTER.decode(bytes(payload)) for (payload,) in rows]


class Contract(NamedTuple):
    """What the registry says."""

    decoder: Decoder
    ids: dict[str, int]


@contextmanager
def contract(servers: Addresses) -> Generator[Contract]:
    registry = Registry(servers.registry_url)
    yield Contract(Decoder(SchemaIds(registry)), register_all(registry))
    registry.close()


@contextmanager
def shelf(servers: Addresses, known: Contract) -> Generator[Shelf]:
    with database(servers.postgres_dsn) as dsn:
        directory.prepare(dsn)
        made = Shelf(dsn, known.decoder, known.ids)
        made.create(MAIN.name)
        yield made


def opened(shelf: Shelf, *wallets: str, cents: int = 1_000) -> list[Incoming]:
    """Wallets with money in them."""
    found: list[Incoming] = []
    for name in wallets:
        found.append(shelf.incoming(f"open-{name}", OpenWallet(name, "owner", "buyer", EUR)))
        credit = CreditWallet(name, f"fund-{name}", cents, EUR, "bank")
        found.append(shelf.incoming(f"fund-{name}", credit))
    return found


def transfers(shelf: Shelf, numbers: Iterable[int], *, cents: int = 1) -> list[Incoming]:
    """From a to b."""
    return [
        shelf.incoming(f"t{number}", TransferFunds(f"t{number}", "a", "b", cents, EUR))
        for number in numbers
    ]


def until_due(desk: Desk) -> None:
    """Wait for the time of the desk's next timer."""
    assert desk.next_due_us is not None, "no timer"
    NEVER.wait(max(0.0, (desk.next_due_us - time.time_ns() // 1_000) / 1e6))


def proven(shelf: Shelf) -> Folded:
    """The book recomputed from its first event; all of it holds."""
    findings = Findings()
    with shelf.connect() as connection:
        (head,) = log_pass.heads(connection, [MAIN])
        folded = log_pass.Pass(connection, head, findings).to_head()
    wrong = [each for each in findings.report().invariants if not each.holds]
    assert not wrong, wrong
    return folded
