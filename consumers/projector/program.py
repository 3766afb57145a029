"""The projector's loop: follow the books that are ours, and keep the dead letters.

Shape: Projector(...).run(stop). Kafka's group shares the partitions of the dead letters among the
projectors, and whoever has one also has the books of that number. Books made meanwhile are found
every DIRECTORY_S seconds. The positions of the models are the truth about events and answers. Of
dead letters it is Kafka's committed offset: it only says where to begin. Beginning too early does
no harm, too late would: batches are committed without waiting for the disk, so Kafka is told only
what lies on it, and an offset that Kafka no longer has stops us.
Errors: Outage ends the run: the program waits and starts afresh.
Bound: BATCH dead letters a poll; the follower's batches.
"""

import time
from collections.abc import Callable, Iterable
from threading import Event

import psycopg
import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from consumers.projector.feed import DeadLetterFeed
from consumers.projector.follower import BATCH as FOLLOWED
from consumers.projector.follower import Follower
from infra.event_store.directory import Book
from infra.kafka import clients, messages

BATCH = 100  # A letter may be of a megabyte.
PAUSE_S = 0.01
PAUSE_QUIET_S = 0.02  # After QUIET_S without anything.
QUIET_S = 5.0
# Where much is coming, a larger batch costs less an event: a transaction of all models takes some
# milliseconds however small it is. Below MANY in PAUSE_BUSY_S, some 1,000 commands a second, nobody
# waits for others.
MANY = 500
PAUSE_BUSY_S = 0.15
DIRECTORY_S = 1.0
COMMIT_S = 1.0
TIMEOUT_S = 15.0
# A commit that waits for the disk takes all that were made before it there.
TO_DISK = """SELECT set_config('synchronous_commit', 'on', true),
pg_logical_emit_message(true, 'tally', '')"""
Books = Callable[[Iterable[int]], list[Book]]  # Of some partitions.
log = structlog.get_logger()


class Projector:
    """Feeds read models."""

    def __init__(
        self,
        consumer: Consumer,
        connection: psycopg.Connection,
        follower: Follower,
        letters: DeadLetterFeed,
        books: Books,
    ) -> None:
        self._consumer = consumer
        self._connection = connection
        self._follower = follower
        self._letters = letters
        self._books = books
        self._partitions: set[int] = set()
        self._next: dict[tuple[str, int], int] = {}
        self._committed_at_s = self._came_at_s = time.monotonic()
        self._listed_at_s = float("-inf")

    def run(self, topic: str, stop: Event) -> None:
        """Until told to stop; the batch in hand is finished first. `topic`: the dead letters'."""
        try:
            self._consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked)
            while not stop.is_set():
                self._list()
                self._keep(self._pause_s(self._follower.step()))
        except KafkaException as error:
            raise clients.outage(error) from error
        finally:
            self._consumer.close()
            self._connection.close()

    def _list(self) -> None:
        now_s = time.monotonic()
        if now_s - self._listed_at_s >= DIRECTORY_S:
            self._listed_at_s = now_s
            self._follower.take(self._books(self._partitions))

    def _pause_s(self, done: int) -> float:
        """How long to wait, for dead letters, before the next look at the books."""
        now_s = time.monotonic()
        if done:
            self._came_at_s = now_s
        if done >= FOLLOWED:
            return 0.0  # There may be more by now.
        if done >= MANY:
            return PAUSE_BUSY_S
        return PAUSE_QUIET_S if now_s - self._came_at_s > QUIET_S else PAUSE_S

    def _keep(self, patience_s: float) -> None:
        by_place: dict[tuple[str, int], list[Message]] = {}
        for message in clients.checked(self._consumer.consume(BATCH, patience_s)):
            place = messages.topic(message), messages.partition(message)
            by_place.setdefault(place, []).append(message)
        for place, found in by_place.items():
            self._letters.take(self._connection, found)
            self._next[place] = messages.offset(found[-1]) + 1
        self._commit()

    @clients.translated()
    def _assigned(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        found = consumer.committed(assigned, timeout=TIMEOUT_S)
        for each in found:
            if each.offset < 0:
                each.offset = OFFSET_BEGINNING
        consumer.incremental_assign(found)
        self._partitions.update(each.partition for each in assigned)
        self._listed_at_s = float("-inf")
        log.info("assigned", partitions=sorted((each.topic, each.partition) for each in assigned))

    @clients.translated()
    def _revoked(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        for each in revoked:
            self._next.pop((each.topic, each.partition), None)
            self._partitions.discard(each.partition)
        self._follower.take(())  # The rest is taken again at the next look at the directory.
        self._listed_at_s = float("-inf")
        consumer.incremental_unassign(revoked)

    def _commit(self) -> None:
        now_s = time.monotonic()
        if now_s - self._committed_at_s < COMMIT_S or not self._next:
            return
        self._committed_at_s = now_s
        self._connection.execute(TO_DISK)
        offsets = [TopicPartition(topic, n, offset) for (topic, n), offset in self._next.items()]
        self._consumer.commit(offsets=offsets, asynchronous=True)
        self._next.clear()
