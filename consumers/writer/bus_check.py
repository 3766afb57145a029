"""Before a book's first write: Kafka must not know more of it than the book itself.

Shape: check_bus(surroundings, book, partition, epoch=…), the epoch by which the book is ours. The
log may be ahead of the bus (the relay will catch up); the bus ahead of the log means that
PostgreSQL was restored to an older state, or lost its tail: writing on would give other events the
same sequences.
Errors: Outage(retry=False) says what is missing; LogContradicted, that both hold different events;
Fenced: another writer has the book by now, and what Kafka has more of is what that one wrote.
Bound: reads tally.events from the offset that the relay noted, which trails the end by a second.
"""

from confluent_kafka import TopicPartition
from psycopg import sql

from commands.outage import Outage
from commands.ports import Fenced
from consumers.surroundings import Surroundings
from infra.event_store.directory import Book, connect
from infra.kafka import messages
from infra.kafka.reading import records


class LogContradicted(Outage):
    """PostgreSQL and Kafka hold different events under one sequence. Nobody may write."""


def check_bus(surroundings: Surroundings, book: Book, partition: int, *, epoch: int) -> None:
    """Nothing, if the book may be written."""
    last, offset, topic_id = _noted(surroundings.settings.postgres, book)
    known_topic = surroundings.cluster.topic_ids[surroundings.topics.events]
    if topic_id is not None and topic_id != known_topic:
        raise Outage(f"book {book.name} was relayed to another tally.events topic", retry=False)
    chains: dict[int, bytes] = {}
    ahead = last
    place = TopicPartition(surroundings.topics.events, partition, offset)
    for message in records(surroundings.settings.kafka_address, place):
        headers = messages.headers(message)
        if headers.get("ce_book") == book.name.encode():
            sequence = int(headers["ce_sequence"])
            ahead = max(ahead, sequence)
            chains[sequence] = bytes.fromhex(headers["ce_chain"].decode())
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


def _noted(dsn: str, book: Book) -> tuple[int, int, str | None]:
    text = """SELECT h.last_sequence, r.events_offset, r.events_topic_id
      FROM {schema}.head h, {schema}.relayed r"""
    with connect(dsn) as connection:
        row = connection.execute(sql.SQL(text).format(schema=sql.Identifier(book.schema)))
        last, offset, topic_id = row.fetchone() or (0, 0, None)
    return int(str(last)), int(str(offset)), None if topic_id is None else str(topic_id)


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
