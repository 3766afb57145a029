"""The relay of what was refused for want of a book: the outbox of the partitions.

Shape: StrayRelay.step() publishes a bounded batch and deletes it. It looks for one every EVERY_S:
strays are mistakes of clients, and seldom. Errors: Outage.
"""

import time

import psycopg
from confluent_kafka import KafkaException

from commands.outage import Outage
from consumers.relay.publish import OutboxRow, Publisher
from infra.event_store.directory import connect
from infra.kafka import clients

ROWS_MAX = 1_000
EVERY_S = 0.25
READ = """SELECT outbox_sequence, topic, key, type_name, payload FROM tally.partition_outbox
ORDER BY outbox_sequence LIMIT %s FOR UPDATE SKIP LOCKED"""
SENT = "DELETE FROM tally.partition_outbox WHERE outbox_sequence = ANY(%s)"


class StrayRelay:
    """Publishes answers and dead letters that belong to no book."""

    def __init__(self, dsn: str, publisher: Publisher) -> None:
        self.publisher = publisher
        self.connection = connect(dsn)
        self._look_at_s = float("-inf")

    def close(self) -> None:
        self.connection.close()

    def step(self) -> int:
        """Publish one batch, if it is time to look; how many rows it was."""
        if time.monotonic() < self._look_at_s:
            return 0
        self.publisher.producer.poll(0)  # Says it if Kafka is away.
        try:
            with self.connection.transaction():
                rows = self.connection.execute(READ, (ROWS_MAX,), binary=True).fetchall()
                for _, topic, key, type_name, payload in rows:
                    row = OutboxRow(str(topic), str(key), str(type_name), _bytes(payload))
                    self.publisher.put(row)
                if rows:
                    self.publisher.flush("the strays")
                    self.connection.execute(SENT, ([row[0] for row in rows],))
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        except KafkaException as error:
            raise clients.outage(error) from error
        except BufferError as error:
            raise Outage(f"Kafka: {error}", retry=True) from error
        if len(rows) < ROWS_MAX:
            self._look_at_s = time.monotonic() + EVERY_S
        return len(rows)


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes), "a payload is bytes"
    return value
