"""Before a book's first write: Kafka must not know more of it than the book itself.

Shape: check_bus(surroundings, book, partition, epoch=…) -> how far it looked; `epoch`: by which
the book is ours. The log may be ahead of the bus (the relay will catch up); the bus ahead of the
log means that PostgreSQL was restored to an older state, or lost its tail: writing on would give
other events the same sequences.
Errors: Outage(retry=False) says what is missing; LogContradicted, that both hold different events;
Fenced: another writer has the book by now, and what Kafka has more of is what that one wrote. A
record that is no event of ours is logged and passed over.
Bound: reads tally.events from the offset that the writer noted last, which trails the end by
NOTE_S while any writer has the book, however busy or idle it is (consumers/writer/program.py); of a
book that nobody has had yet, from when it was made.
"""

from typing import NamedTuple

import structlog
from confluent_kafka import Message, TopicPartition
from psycopg import sql

from commands.outage import Outage
from commands.ports import Fenced
from consumers.relay.headers import place_of
from consumers.surroundings import Surroundings
from infra.event_store.directory import Book, connect
from infra.kafka import messages
from infra.kafka.reading import first_since, records

CLOCKS_MS = 10_000  # Between PostgreSQL's, which dates books, and the relay's, which dates records.

log = structlog.get_logger()


class LogContradicted(Outage):
    """PostgreSQL and Kafka hold different events under one sequence. Nobody may write."""


def check_bus(surroundings: Surroundings, book: Book, partition: int, *, epoch: int) -> int:
    """The offset up to which nothing contradicts the book: it may be written."""
    last, offset, topic_id, made_at_ms = _noted(surroundings.settings.postgres, book)
    known_topic = surroundings.cluster.topic_ids[surroundings.topics.events]
    place = TopicPartition(surroundings.topics.events, partition, offset)
    if topic_id is None:
        place.offset = first_since(
            surroundings.settings.kafka_address, place, made_at_ms - CLOCKS_MS
        )
    elif topic_id != known_topic:
        raise Outage(f"book {book.name} was relayed to another tally.events topic", retry=False)
    chains: dict[int, bytes] = {}
    ahead, reached = last, place.offset
    for message in records(surroundings.settings.kafka_address, place):
        reached = messages.offset(message) + 1
        said = _said(message)
        if said is not None and said.book == book.name.encode():
            ahead = max(ahead, said.sequence)
            chains[said.sequence] = said.chain
    if ahead > last:
        if _epoch(surroundings.settings.postgres, book) != epoch:
            raise Fenced(book.name)
        raise Outage(
            f"book {book.name}: Kafka holds events up to {ahead}, PostgreSQL up to {last}: it was"
            f" restored to an older state. Nothing is written until the events {last + 1} to"
            f" {ahead} are recovered from {surroundings.topics.events}",
            retry=False,
        )
    _same(surroundings.settings.postgres, book, chains)
    return reached


class Said(NamedTuple):
    """What an event in Kafka says that it is."""

    book: bytes
    sequence: int
    chain: bytes


def _said(message: Message) -> Said | None:
    """None: it is no event of ours, which contradicts nothing."""
    facts = messages.headers(message)
    try:
        return Said(*place_of(facts), bytes.fromhex(facts["ce_chain"].decode()))
    except (KeyError, ValueError) as error:
        place = {"partition": messages.partition(message), "offset": messages.offset(message)}
        log.warning("foreign_event", **place, why=repr(error))
        return None


class Noted(NamedTuple):
    """What the book says of itself. `topic_id` None: nobody has had it yet."""

    last: int
    offset: int
    topic_id: str | None
    made_at_ms: int


def _noted(dsn: str, book: Book) -> Noted:
    text = """SELECT h.last_sequence, r.events_offset, r.events_topic_id,
      floor(extract(epoch FROM b.created_at) * 1000)::bigint
    FROM {schema}.head h, {schema}.relayed r, tally.books b WHERE b.name = %s"""
    with connect(dsn) as connection:
        statement = sql.SQL(text).format(schema=sql.Identifier(book.schema))
        row = connection.execute(statement, (book.name,)).fetchone()
    assert row is not None, "a book without a head"
    return Noted._make(row)


def _epoch(dsn: str, book: Book) -> int:
    with connect(dsn) as connection:
        text = sql.SQL("SELECT epoch FROM {}.head").format(sql.Identifier(book.schema))
        row = connection.execute(text).fetchone()
        assert row is not None, "a book without a head"
        return int(row[0])


def _same(dsn: str, book: Book, chains: dict[int, bytes]) -> None:
    text = "SELECT notification_id, chain FROM {schema}.events WHERE notification_id = ANY(%s)"
    with connect(dsn) as connection:
        statement = sql.SQL(text).format(schema=sql.Identifier(book.schema))
        found = connection.execute(statement, (sorted(chains),), binary=True).fetchall()
    for sequence, chain in found:
        if chains[int(str(sequence))] != chain:
            raise LogContradicted(
                f"book {book.name}: event {sequence} in Kafka is not the one in PostgreSQL: one of"
                " them was altered, or restored and then written to. `tally verify` names what"
                " differs; nobody writes this book until a person has decided which of them holds",
                retry=False,
            )
