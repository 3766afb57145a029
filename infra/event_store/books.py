"""Taking a book: its epoch rises, so that whoever had it before can write no more.

Shape: take(dsn, book, …) -> TakenBook (head, store, when its next timer is due).
Rules: positions count on one cluster and its topics; on another they mean nothing, so taking a
book there is refused, and whoever has it keeps it. The first taking starts where the partition's
strays have been answered: what was refused for want of the book stays refused.
Errors: Outage.
"""

from typing import LiteralString, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from commands.outage import Outage
from commands.ports import Head
from infra.event_store.directory import Book, Bus, connect
from infra.event_store.store import Decode, PostgresStore

TAKE = """UPDATE {schema}.head SET epoch = epoch + 1,
  commands_position = coalesce(commands_position, %(commands)s),
  internal_position = coalesce(internal_position, %(internal)s),
  cluster_id = coalesce(cluster_id, %(cluster)s),
  commands_topic_id = coalesce(commands_topic_id, %(commands_topic)s),
  internal_topic_id = coalesce(internal_topic_id, %(internal_topic)s)
RETURNING name, epoch, last_sequence, last_answer, chain, recorded_at_us,
  commands_position, internal_position, cluster_id, commands_topic_id, internal_topic_id"""
MARKS = """WITH mine AS (DELETE FROM tally.partition_marks WHERE book = %s
  RETURNING command_id, payload_hash, answer)
INSERT INTO {schema}.marks (command_id, payload_hash, answer) SELECT * FROM mine
ON CONFLICT (command_id) DO NOTHING"""


class TakenBook(NamedTuple):
    """A book that is ours until somebody else takes it."""

    head: Head
    store: PostgresStore
    next_due_us: int | None


def take(dsn: str, book: Book, bus: Bus, start: tuple[int, int], decode_event: Decode) -> TakenBook:
    """Take a book. `start`: the positions of a book that was never taken. Errors: Outage."""
    with connect(dsn) as connection, connection.transaction():
        head, found = _raise_epoch(connection, book, bus, start)
        if found != bus:
            raise Outage(
                f"book {book.name}: its positions count on {found}, this is {bus}", retry=False
            )
        connection.execute(_of(book, MARKS), (book.name,))
        secret = connection.execute(
            _of(book, "SELECT secret FROM {schema}.secrets WHERE name = 'salt'")
        ).fetchone()
    assert secret is not None, "a book without its secret"
    store = PostgresStore(dsn, schema=book.schema, decode_event=decode_event)
    store.key = bytes(secret[0])
    try:
        return TakenBook(head, store, store.next_due_us())
    except BaseException:
        store.close()
        raise


def _raise_epoch(
    connection: psycopg.Connection[TupleRow], book: Book, bus: Bus, start: tuple[int, int]
) -> tuple[Head, Bus]:
    row = connection.execute(
        _of(book, TAKE),
        {
            "commands": start[0],
            "internal": start[1],
            "cluster": bus.cluster_id,
            "commands_topic": bus.commands_topic_id,
            "internal_topic": bus.internal_topic_id,
        },
    ).fetchone()
    assert row is not None, "a book without a head"
    name, epoch, sequence, answer, chain, at_us, commands, internal, *where = row
    head = Head(name, epoch, sequence, answer, bytes(chain), at_us, commands, internal)
    return head, Bus(*where)


def _of(book: Book, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(book.schema))
