"""Records that belong to no book: refused by a row of their partition, once.

Shape: Strays.take(dsn, partition) raises the partition's epoch; refuse(rows, positions, marks)
writes their answers and dead letters with the new positions in one fenced transaction. A mark is
the refusal of another book's follow-on; the book gets it if it is made later (books.take).
Errors: Fenced, Outage.
"""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from commands.outage import Outage
from commands.ports import Fenced, Outgoing
from infra.event_store.directory import connect

TAKE = """INSERT INTO tally.partitions AS p (partition, epoch) VALUES (%s, 1)
ON CONFLICT (partition) DO UPDATE SET epoch = p.epoch + 1
RETURNING epoch, commands_position, internal_position"""
MOVE = """UPDATE tally.partitions SET commands_position = %s, internal_position = %s
WHERE partition = %s AND epoch = %s"""
PUT = """INSERT INTO tally.partition_outbox (partition, topic, key, type_name, payload)
VALUES (%s, %s, %s, %s, %s)"""
MARK = """INSERT INTO tally.partition_marks (book, command_id, payload_hash, answer)
VALUES (%s, %s::uuid, %s, %s) ON CONFLICT DO NOTHING"""


class Mark(NamedTuple):
    """A follow-on that was refused for want of its book. It is refused for good."""

    book: str
    command_id: bytes
    payload_hash: bytes
    answer: bytes


class Strays:
    """The strays of one partition."""

    def __init__(self, dsn: str, *, partition: int, epoch: int, positions: tuple[int, int]) -> None:
        self.dsn = dsn
        self.partition = partition
        self.epoch = epoch
        self.positions = positions

    @classmethod
    def take(cls, dsn: str, partition: int) -> "Strays":
        with connect(dsn) as connection:
            row = connection.execute(TAKE, (partition,)).fetchone()
        assert row is not None, "an upsert returns its row"
        epoch, commands, internal = (int(str(value)) for value in row)
        return cls(dsn, partition=partition, epoch=epoch, positions=(commands, internal))

    def reach(self, positions: tuple[int, int]) -> None:
        """Move past records that were none of these, if they have gone further."""
        commands, internal = map(max, self.positions, positions)
        if (commands, internal) != self.positions:
            self.refuse((), (commands, internal))

    def refuse(
        self, rows: Sequence[Outgoing], positions: tuple[int, int], marks: Sequence[Mark] = ()
    ) -> None:
        """Answer strays and move past them; without any, only move."""
        try:
            with connect(self.dsn) as connection, connection.transaction():
                moved = connection.execute(MOVE, (*positions, self.partition, self.epoch))
                if moved.rowcount != 1:
                    raise Fenced(f"partition {self.partition}")
                cursor = connection.cursor()
                cursor.executemany(PUT, [(self.partition, *row[:4]) for row in rows])
                cursor.executemany(MARK, [_marked(mark) for mark in marks])
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        self.positions = positions


def _marked(mark: Mark) -> tuple[str, str, bytes, bytes]:
    return mark.book, mark.command_id.hex(), mark.payload_hash, mark.answer
