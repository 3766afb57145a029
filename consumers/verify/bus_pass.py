"""One pass over tally.events: what was relayed is what the log holds, each event at least once.

Shape: pass_over_bus(surroundings, books, findings). Records of a partition are read in order
beside the logs of its books; a repeat must be the same event again.
Bound: REPEATS chains of each book are remembered; an older repeat is looked up.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import LiteralString

import psycopg
from confluent_kafka import Message, TopicPartition
from psycopg import sql

from consumers.surroundings import Surroundings
from consumers.verify.report import Findings
from infra.event_store.directory import Book
from infra.kafka import messages
from infra.kafka.partition import partition_of
from infra.kafka.reading import records

REPEATS = 20_000
ROWS = 20_000
INVARIANT = "bus_holds_the_log"
RELAYED = "SELECT last_sequence FROM {schema}.relayed"
CHAINS = """SELECT notification_id, chain, topic, state FROM {schema}.events
WHERE notification_id <= {to} ORDER BY notification_id"""
ONE = "SELECT chain FROM {schema}.events WHERE notification_id = %s"
FRAME_BYTES = 5  # Confluent's header before the bare Avro that is stored.


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
        self._rows = self._read()
        self._recent: OrderedDict[int, bytes] = OrderedDict()

    def close(self) -> None:
        self._connection.close()

    def check(self, message: Message, findings: Findings) -> None:
        """One record of this book."""
        facts = messages.headers(message)
        sequence, chain = int(facts["ce_sequence"]), bytes.fromhex(facts["ce_chain"].decode())
        place = f"{self.book.name}/{sequence}"
        if sequence > self.sequence + 1:
            findings.wrong(INVARIANT, f"{place} follows {self.sequence} in Kafka")
        while self.sequence < sequence and (row := next(self._rows, None)) is not None:
            self.sequence, stored, topic, state = row
            self._recent[self.sequence] = stored
            if len(self._recent) > REPEATS:
                self._recent.popitem(last=False)
            if self.sequence == sequence:
                same = (facts["ce_type"].decode(), messages.value(message)[FRAME_BYTES:])
                findings.compare(INVARIANT, place, found=same == (topic, state), expected=True)
        if self._chain_of(sequence) != chain:
            findings.wrong(INVARIANT, f"{place} has another chain in Kafka")

    def _chain_of(self, sequence: int) -> bytes | None:
        known = self._recent.get(sequence)
        if known is not None:
            return known
        row = self._connection.execute(self._sql(ONE), (sequence,)).fetchone()
        return bytes(row[0]) if row else None

    def _read(self) -> Iterator[tuple[int, bytes, str, bytes]]:
        statement = self._sql(CHAINS, to=sql.Literal(2**62))
        with self._connection.cursor("beside", binary=True) as cursor:
            cursor.itersize = ROWS
            cursor.execute(statement)
            for sequence, chain, topic, state in cursor:
                yield sequence, bytes(chain), topic, bytes(state)

    def _sql(self, text: LiteralString, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(schema=self._schema, **more)


def pass_over_bus(surroundings: Surroundings, books: Sequence[Book], findings: Findings) -> None:
    """Read everything that was relayed and hold it against the logs."""
    dsn, partitions = surroundings.settings.postgres, surroundings.cluster.partitions
    beside = {book.name.encode(): Beside(dsn, book) for book in books}
    try:
        for number in sorted({partition_of(name, partitions) for name in beside}):
            for message in records(surroundings.settings.kafka, _place(surroundings, number)):
                book = beside.get(messages.headers(message).get("ce_book", b""))
                if book is not None:
                    book.check(message, findings)
        for each in beside.values():
            found = max(each.sequence, each.relayed)
            findings.compare(INVARIANT, each.book.name, found=each.sequence, expected=found)
    finally:
        for each in beside.values():
            each.close()


def _place(surroundings: Surroundings, partition: int) -> TopicPartition:
    return TopicPartition(surroundings.topics.events, partition, 0)
