"""Records that belong to no book: refused by a row of their partition, once.

Shape: Strays.take(dsn, partition) raises the partition's epoch; refuse(rows, positions) writes
their answers and dead letters with the new positions in one fenced transaction.
Errors: Fenced, Outage.
"""

from collections.abc import Sequence

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

    def refuse(self, rows: Sequence[Outgoing], positions: tuple[int, int]) -> None:
        """Answer strays and move past them."""
        try:
            with connect(self.dsn) as connection, connection.transaction():
                moved = connection.execute(MOVE, (*positions, self.partition, self.epoch))
                if moved.rowcount != 1:
                    raise Fenced(f"partition {self.partition}")
                connection.cursor().executemany(PUT, [(self.partition, *row[:4]) for row in rows])
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        self.positions = positions
