"""The projector's loop: poll, apply, then tell Kafka.

Shape: Projector(...).run(stop). The positions of the models are the truth; Kafka's committed
offset only says where to begin. Beginning too early does no harm, too late would: batches are
committed without waiting for the disk, so Kafka is told only what lies on it. Where Kafka no longer
has that offset, a feed of a book's sequence begins with the oldest record that is left and the book
gives what is missing; dead letters have no sequence, so a lost position of theirs stops us.
Errors: Outage ends the run: the program waits and starts afresh.
Bound: BATCH records a poll.
"""

import time
from collections.abc import Mapping, Sequence
from threading import Event

import psycopg
import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from commands.outage import Outage
from consumers.projector.feed import DeadLetterFeed, Feed
from infra.kafka import clients, messages

BATCH = 5_000
POLL_S = 0.01
# Where much is coming, a larger batch costs less an event: a transaction of all models takes some
# milliseconds however small it is. Below MANY in POLL_BUSY_S, some 1,000 commands a second, nobody
# waits for others.
MANY = 500
POLL_BUSY_S = 0.15
COMMIT_S = 1.0
TIMEOUT_S = 15.0
# A commit that waits for the disk takes all that were made before it there.
TO_DISK = """SELECT set_config('synchronous_commit', 'on', true),
pg_logical_emit_message(true, 'tally', '')"""
Place = tuple[str, int]  # Topic and partition.
log = structlog.get_logger()


class Projector:
    """Feeds read models. `feeds` by topic."""

    def __init__(
        self,
        consumer: Consumer,
        connection: psycopg.Connection,
        feeds: Mapping[str, Feed | DeadLetterFeed],
    ) -> None:
        self._consumer = consumer
        self._connection = connection
        self._feeds = feeds
        self._next: dict[Place, int] = {}
        self._committed_at_s = time.monotonic()
        self._busy = False

    def run(self, stop: Event) -> None:
        """Until told to stop; the batch in hand is finished first."""
        try:
            self._consumer.subscribe(
                list(self._feeds), on_assign=self._assigned, on_revoke=self._revoked
            )
            while not stop.is_set():
                self._once()
        except KafkaException as error:
            raise clients.outage(error) from error
        finally:
            self._consumer.close()
            self._connection.close()

    def _once(self) -> None:
        by_place: dict[Place, list[Message]] = {}
        for message in self._poll():
            place = messages.topic(message), messages.partition(message)
            by_place.setdefault(place, []).append(message)
        for place, found in by_place.items():
            self._feeds[place[0]].take(self._connection, found)
            self._next[place] = messages.offset(found[-1]) + 1
        self._commit()

    def _poll(self) -> list[Message]:
        patience_s = POLL_BUSY_S if self._busy else POLL_S
        found = self._consumer.consume(BATCH, patience_s)
        try:
            clients.checked(found)
        except Outage as outage:
            raise self._mended(outage, found) from outage
        self._busy = len(found) >= MANY
        return found

    def _mended(self, outage: Outage, found: Sequence[Message]) -> Outage:
        """A new start mends a position that Kafka has no more, where the book has the rest."""
        errors = ((messages.topic(each), each.error()) for each in found)
        lost = [topic for topic, error in errors if error and clients.is_lost(error)]
        if lost and all(map(self._sequenced, lost)):
            return Outage(str(outage), retry=True)
        return outage

    def _sequenced(self, topic: str) -> bool:
        return isinstance(self._feeds[topic], Feed)

    def _assigned(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        found = consumer.committed(assigned, timeout=TIMEOUT_S)
        for each in found:
            if each.offset < 0:
                each.offset = OFFSET_BEGINNING
            elif self._sequenced(each.topic):
                each.offset = _still_there(consumer, each)
        consumer.incremental_assign(found)
        log.info("assigned", partitions=sorted((each.topic, each.partition) for each in assigned))

    def _revoked(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        for each in revoked:
            self._next.pop((each.topic, each.partition), None)
        consumer.incremental_unassign(revoked)

    def _commit(self) -> None:
        now_s = time.monotonic()
        if now_s - self._committed_at_s < COMMIT_S or not self._next:
            return
        self._committed_at_s = now_s
        self._connection.execute(TO_DISK)
        offsets = [TopicPartition(topic, n, offset) for (topic, n), offset in self._next.items()]
        self._consumer.commit(offsets=offsets, asynchronous=True)


def _still_there(consumer: Consumer, place: TopicPartition) -> int:
    """Its offset, or that of the oldest record where Kafka has lost it, at either end."""
    low, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)
    if low <= place.offset <= end:
        return place.offset
    said = {"topic": place.topic, "partition": place.partition}
    log.warning("position_gone", **said, committed=place.offset, low=low, end=end)
    return low
