"""One pass over tally.events: what was relayed is what the log holds, each event at least once.

Shape: pass_over_bus(surroundings, books, findings). Records of a partition are read in order
beside the logs of its books; a record must be what the relay makes of its row, key, facts and
bytes, and a repeat must be the same again.
Bound: a connection a book of one partition, and of each the last REPEATS rows, some 4 MB; an
older repeat is looked up.
"""

from collections.abc import Iterator, Sequence
from typing import LiteralString

import psycopg
from confluent_kafka import Message, TopicPartition
from psycopg import sql

from consumers.relay.headers import ROWS, Headers, Row, first_text, place_of
from consumers.surroundings import AGGREGATE_OF, Surroundings
from consumers.verify.report import Findings, Name
from infra.event_store import directory
from infra.event_store.directory import Book
from infra.kafka import messages
from infra.kafka.partition import partition_of
from infra.kafka.reading import records

REPEATS = 5_000  # What a relay publishes again after a crash.
BATCH = 5_000
UNKNOWN_MAX = 1_000
INVARIANT: Name = "bus_holds_the_log"
RELAYED = "SELECT last_sequence FROM {schema}.relayed"
LOG: LiteralString = ROWS + "ORDER BY notification_id"
ONE: LiteralString = ROWS + "WHERE notification_id = {sequence}"
FRAME_BYTES = 5  # Confluent's header before the bare Avro that is stored.
ID, CHAIN = "ce_id", "ce_chain"
FACTS = tuple(
    "ce_" + name
    for name in (
        *("id", "type", "source", "aggregate", "time", "version", "dataschema"),
        *("effectiveon", "commandid", "correlationid", "causation", "actor", "traceparent"),
    )
)


class Beside:
    """A book's log, read in step with what Kafka holds of it."""

    def __init__(self, dsn: str, book: Book) -> None:
        self.book = book
        self.sequence = 0
        self._connection = psycopg.connect(dsn)
        self._schema = sql.Identifier(book.schema)
        row = self._connection.execute(self._sql(RELAYED)).fetchone()
        assert row is not None, "a book that is not relayed by anybody"
        self.relayed = int(row[0])
        self._headers = Headers(book.name, AGGREGATE_OF)
        self._rows = self._read()
        self._ahead: Row | None = None
        self._recent: list[Row | None] = [None] * REPEATS  # By sequence, modulo their number.

    def close(self) -> None:
        self._connection.close()

    def check(self, message: Message, said: messages.Headers, findings: Findings) -> None:
        """One record of this book. Raises KeyError, ValueError: it is no event of ours."""
        row = self._ahead = self._ahead or next(self._rows, None)
        if row is not None:
            subject = first_text(row.payload)
            if (
                said == self._headers.of(row)
                and messages.value(message)[FRAME_BYTES:] == row.payload
                and messages.key(message) == subject
            ):
                self._keep(row)
                return
        self._differs(message, {name: value or b"" for name, value in said}, findings)

    def _differs(self, message: Message, facts: dict[str, bytes], findings: Findings) -> None:
        """A repeat, or something that must not be."""
        _, sequence = place_of(facts)
        place = f"{self.book.name}/{sequence}"
        if sequence > self.sequence + 1:
            findings.wrong(INVARIANT, f"{place} follows {self.sequence} in Kafka")
        row = self._row(sequence)
        if row is None:
            findings.wrong(INVARIANT, f"{place} is not in the log")
            return
        subject = first_text(row.payload)
        same = (messages.key(message), messages.value(message)[FRAME_BYTES:])
        if facts[CHAIN] != row.chain.hex().encode():
            findings.wrong(INVARIANT, f"{place} has another chain in Kafka")
        elif same != (subject, row.payload):
            findings.wrong(INVARIANT, f"{place} has another key or payload in Kafka")
        expected = dict(self._headers.of(row))
        for name in FACTS:  # Only these: a record may say more.
            if facts.get(name) != expected.get(name):
                findings.wrong(INVARIANT, f"{place} has another {name} in Kafka")

    def _row(self, sequence: int) -> Row | None:
        """The row of the log, from where the reading is, or from before."""
        while self.sequence < sequence and (row := self._ahead or next(self._rows, None)):
            self._keep(row)
        known = self._recent[sequence % REPEATS]
        if known is not None and known.sequence == sequence:
            return known
        with self._connection.cursor(binary=True) as cursor:
            cursor.execute(self._sql(ONE, sequence=sql.Literal(sequence)))
            found = cursor.fetchone()
            return Row._make(found) if found else None

    def _keep(self, row: Row) -> None:
        self._ahead, self.sequence = None, row.sequence
        self._recent[row.sequence % REPEATS] = row

    def _read(self) -> Iterator[Row]:
        with self._connection.cursor("beside", binary=True) as cursor:
            cursor.execute(self._sql(LOG))
            while found := cursor.fetchmany(BATCH):
                yield from map(Row._make, found)

    def _sql(self, text: LiteralString, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(schema=self._schema, **more)


def pass_over_bus(surroundings: Surroundings, books: Sequence[Book], findings: Findings) -> None:
    """Read everything that was relayed and hold it against the logs."""
    partitions = surroundings.cluster.partitions
    homes: dict[int, list[Book]] = {number: [] for number in range(partitions)}
    for book in books:
        homes[partition_of(book.name.encode(), partitions)].append(book)
    strangers: dict[bytes, str] = {}
    for number, here in homes.items():
        _partition(surroundings, number, here, strangers, findings)
    known = {book.name.encode() for book in books}
    now = {book.name.encode() for book in directory.list_books(surroundings.settings.postgres)}
    for name, place in strangers.items():
        if name in known:
            findings.wrong(INVARIANT, f"{place} is of {name!r}, on another partition than its book")
        elif name not in now:  # A book that was made meanwhile is for the next proof.
            findings.wrong(INVARIANT, f"{place} is of {name[:60]!r}, no book that there is")


def _partition(
    surroundings: Surroundings,
    number: int,
    books: Sequence[Book],
    strangers: dict[bytes, str],
    findings: Findings,
) -> None:
    place = TopicPartition(surroundings.topics.events, number, 0)
    beside = {book.name.encode(): Beside(surroundings.settings.postgres, book) for book in books}
    try:
        for message in records(surroundings.settings.kafka_address, place):
            said = messages.header_list(message)
            event_id = next((value for name, value in said if name == ID), None) or b""
            name = event_id.rpartition(b"/")[0]
            try:
                if (book := beside.get(name)) is not None:
                    book.check(message, said, findings)
                elif len(strangers) < UNKNOWN_MAX:
                    strangers.setdefault(name, _where(message))
            except (KeyError, ValueError) as error:
                findings.wrong(INVARIANT, f"{_where(message)} is no event of ours: {error!r}")
        for each in beside.values():
            found = max(each.sequence, each.relayed)
            findings.compare(INVARIANT, each.book.name, found=each.sequence, expected=found)
    finally:
        for each in beside.values():
            each.close()


def _where(message: Message) -> str:
    return f"{message.topic()}[{message.partition()}]@{message.offset()}"
