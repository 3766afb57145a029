"""The writer's loop: poll a bounded batch, write it book by book, then tell Kafka.

Shape: Writer(...).run(stop). Members of one group share the partitions; the books of one are taken
when it is assigned of both topics, and forgotten when it is revoked of either. Of one that we have
of one topic only nothing is read: it would be lost to the books. Kafka's committed offset is told
after PostgreSQL and only for people's lag tools; the book's position is the truth.
Errors: Outage, Fenced, TooManyFailures end the run: the supervisor starts it afresh.
Bound: `batch` records a poll; what is idle moves on: where the books' events end in Kafka is noted
every NOTE_S seconds, a position without traffic every IDLE_S.
"""

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

import structlog
from confluent_kafka import OFFSET_END, Consumer, KafkaException, Message, TopicPartition

from commands.incoming import Origin, Record
from consumers.writer.reading import Partition, record_of
from infra.kafka import clients
from infra.kafka.topics import Topics

POLL_S = 0.005  # Latency of a lone command, at 200 idle polls a second.
NOTE_S = 5.0  # At 30,000 events a second, three seconds of search when a book is taken.
IDLE_S = 30.0
COMMIT_S = 1.0
log = structlog.get_logger()


class Opening(Protocol):
    """Opens partitions, and keeps what is open up to date now and then."""

    def open(self, number: int) -> Partition: ...
    def tend(self, consumer: Consumer, partition: Partition) -> None: ...


class Writer:
    """Reads commands and internal commands of its partitions and writes their books."""

    def __init__(
        self,
        consumer: Consumer,
        topics: Topics,
        opening: Opening,
        handle: Callable[[Partition, Sequence[tuple[Origin, Record]]], None],
        *,
        batch: int,
    ) -> None:
        self.consumer = consumer
        self.topics = topics
        self.partitions: dict[int, Partition] = {}
        self._opening = opening
        self._handle = handle
        self._batch = batch
        self._halves: set[tuple[str, int]] = set()  # Topics and partitions that are ours.
        self._committed_at_s = time.monotonic()
        self._idle_at_s = self._noted_at_s = time.monotonic()

    def run(self, stop: Event) -> None:
        """Until told to stop; a batch in hand is finished first."""
        try:
            self.consumer.subscribe(
                [self.topics.commands, self.topics.internal],
                on_assign=self._assigned,
                on_revoke=self._revoked,
                on_lost=self._revoked,
            )
            while not stop.is_set():
                self._once()
        except KafkaException as error:
            raise clients.outage(error) from error
        finally:
            for partition in self.partitions.values():
                partition.close()
            self.consumer.close()

    def _once(self) -> None:
        found = clients.checked(self.consumer.consume(self._batch, POLL_S))
        for number, records in self._by_partition(found).items():
            partition = self.partitions[number]
            partition.saw(records)
            self._handle(partition, records)
        for partition in self.partitions.values():
            for desk in partition.desks.values():
                desk.handle_due()
        self._note()
        self._move_idle()
        self._commit()

    def _by_partition(self, messages: Sequence[Message]) -> dict[int, list[tuple[Origin, Record]]]:
        found: dict[int, list[tuple[Origin, Record]]] = {}
        for message in messages:
            record = record_of(message)
            if record.partition not in self.partitions:
                continue  # Revoked during this very poll: whoever has it next reads it.
            internal = record.topic == self.topics.internal
            origin = Origin.INTERNAL if internal else Origin.COMMANDS
            found.setdefault(record.partition, []).append((origin, record))
        return found

    @clients.translated()
    def _assigned(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        """Topics may come one after the other; what came before waits for its other half."""
        halves = self._halves
        halves |= {(each.topic, each.partition) for each in assigned}
        whole = {each.partition for each in assigned if self._both(each.partition) <= halves}
        for number in whole:
            partition = self.partitions[number] = self._opening.open(number)
            partition.seen = partition.start()
        consumer.incremental_assign([self._place(each.topic, each.partition) for each in assigned])
        consumer.pause([each for each in assigned if each.partition not in whole])
        new = {(each.topic, each.partition) for each in assigned}
        waited = {half for number in whole for half in self._both(number)} - new
        consumer.resume([TopicPartition(*half) for half in waited])
        for half in waited:
            consumer.seek(self._place(*half))
        log.info("assigned", partitions=sorted(self.partitions))

    @clients.translated()
    def _revoked(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        gone = {(each.topic, each.partition) for each in revoked}
        self._halves -= gone
        for number in {each.partition for each in revoked}:
            partition = self.partitions.pop(number, None)
            if partition is not None:
                partition.close()
                left = self._both(number) - gone
                consumer.pause([TopicPartition(*half) for half in left])
        consumer.incremental_unassign(revoked)
        log.info("revoked", partitions=sorted(self.partitions))

    def _both(self, number: int) -> set[tuple[str, int]]:
        return {(self.topics.commands, number), (self.topics.internal, number)}

    def _place(self, topic: str, number: int) -> TopicPartition:
        """Where reading begins; of what is not open yet, nowhere for now."""
        if number not in self.partitions:
            return TopicPartition(topic, number, OFFSET_END)
        commands, internal = self.partitions[number].start()
        return TopicPartition(
            topic, number, internal if topic == self.topics.internal else commands
        )

    def _note(self) -> None:
        now_s = time.monotonic()
        if now_s - self._noted_at_s >= NOTE_S:
            self._noted_at_s = now_s
            for partition in self.partitions.values():
                self._opening.tend(self.consumer, partition)

    def _move_idle(self) -> None:
        """What has no traffic moves on, so that retention never overtakes its position.

        A desk is opened anew where a day has begun: its partition of answers must be there.
        """
        now_s = time.monotonic()
        if now_s - self._idle_at_s < IDLE_S:
            return
        self._idle_at_s = now_s
        for partition in self.partitions.values():
            partition.strays.reach(partition.seen)
            for desk in partition.desks.values():
                desk.tend(partition.seen)

    def _commit(self) -> None:
        now_s = time.monotonic()
        if now_s - self._committed_at_s < COMMIT_S or not self.partitions:
            return
        self._committed_at_s = now_s
        offsets = [
            TopicPartition(topic, number, offset)
            for number, partition in self.partitions.items()
            for topic, offset in zip(
                (self.topics.commands, self.topics.internal), partition.start(), strict=True
            )
        ]
        self.consumer.commit(offsets=offsets, asynchronous=True)
