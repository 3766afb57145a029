"""How far a provider has answered the events of tally.events.

Shape: Positions(dsn, provider, topic_id): load() -> next offset by partition; save(offsets);
reset(offsets).
Rules: a position is good for the topic that it was made on, and for no other.
Errors: Outage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from commands.outage import Outage
from infra.event_store.directory import ADVISORY_DIRECTORY, connect

TABLE = """CREATE TABLE IF NOT EXISTS tally.provider_positions (
  provider text NOT NULL,
  partition int NOT NULL,
  topic_id text NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (provider, partition)
);
COMMENT ON TABLE tally.provider_positions IS
  'How far each provider has answered the events of each partition of tally.events'"""
LOAD = "SELECT partition, topic_id, next_offset FROM tally.provider_positions WHERE provider = %s"
RESET = """INSERT INTO tally.provider_positions AS p (provider, partition, topic_id, next_offset)
VALUES (%s, %s, %s, %s)
ON CONFLICT (provider, partition) DO UPDATE SET next_offset = excluded.next_offset"""
SAVE = RESET + " WHERE p.next_offset < excluded.next_offset"


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions of one provider on one topic. Text arguments go by name."""

    dsn: str
    provider: str
    topic_id: str

    def load(self) -> dict[int, int]:
        """Nothing where it has never answered. Makes the table where it is missing."""
        try:
            with connect(self.dsn) as connection:
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_DIRECTORY,))
                    connection.execute(TABLE)
                rows = connection.execute(LOAD, (self.provider,)).fetchall()
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        if any(topic_id != self.topic_id for _, topic_id, _ in rows):
            said = f"{self.provider} has answered the events of another topic"
            raise Outage(said, retry=False)
        return {int(str(partition)): int(str(offset)) for partition, _, offset in rows}

    def save(self, offsets: Mapping[int, int]) -> None:
        """Whoever is further keeps what it has."""
        self._write(SAVE, offsets)

    def reset(self, offsets: Mapping[int, int]) -> None:
        """Where a position is good for nothing, also back."""
        self._write(RESET, offsets)

    def _write(self, statement: LiteralString, offsets: Mapping[int, int]) -> None:
        rows = [
            (self.provider, partition, self.topic_id, offset)
            for partition, offset in offsets.items()
        ]
        try:
            with connect(self.dsn) as connection, connection.cursor() as cursor:
                cursor.executemany(statement, rows)
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
