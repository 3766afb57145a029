"""The replay provider: answers for a channel by what is known to have happened there.

Shape: run(surroundings, outcomes, stop) reads tally.events and records an outcome of every charge
and every refund of its provider, on tally.internal.
Rules: at least once. Its position moves after Kafka has taken the answers before it, so a restart
may answer again, under the same key: a repeat, and an accepted one however late it comes. What
the channel is not known to have said is recorded as unknown, never assumed. A record that is no
event of ours is logged and passed over.
Where Kafka no longer has its position, it answers the books' own events, all of them, and reads on
from the oldest record that is left.
Errors: GaveUp where waiting does not help; an outage is waited for (supervisor/hosting.py).
Bound: BATCH records at a time, each answered at most once; nothing waits for an answer.
"""

import time
from collections.abc import Mapping
from contextlib import closing
from threading import Event
from typing import NamedTuple

import structlog
from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from commands.outage import Outage
from consumers.asking import taken
from consumers.projector import log_reader
from consumers.provider.outcomes import NOT_KNOWN, Outcome, Outcomes
from consumers.provider.positions import Positions
from consumers.relay.headers import place_of
from consumers.supervisor.hosting import surviving
from consumers.surroundings import Surroundings
from domain.collection import (
    CollectionRefundStarted,
    CollectionStarted,
    RecordChargeOutcome,
    RecordRefundOutcome,
)
from infra.event_store import directory
from infra.kafka import clients, messages
from infra.kafka.partition import partition_of
from schemas import codec
from schemas.framing import frame, unframe
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES

BATCH = 5_000
POLL_S = 0.05
SAVE_EVERY_S = 1.0
QUERY_TIMEOUT_S = 15.0
DELIVERY_S_MAX = 130.0  # Above delivery.timeout.ms: by then each answer has arrived or failed.
Started = CollectionStarted | CollectionRefundStarted
STARTED = frozenset(FULL_NAMES[cls] for cls in (CollectionStarted, CollectionRefundStarted))
log = structlog.get_logger()


class Facts(NamedTuple):
    """What an event's headers say."""

    book: bytes
    correlation_id: str


def run(surroundings: Surroundings, outcomes: Outcomes, stop: Event) -> None:
    """Answer until told to stop, through any outage."""

    def read_on() -> None:
        provider = ReplayProvider(surroundings, outcomes)
        try:
            provider.run(stop)
        finally:
            provider.close()

    surviving(read_on, stop)


class ReplayProvider:
    """One reading of tally.events, on from where the last one had answered to."""

    def __init__(self, surroundings: Surroundings, outcomes: Outcomes) -> None:
        self._surroundings = surroundings
        self._outcomes = outcomes
        self._topic = surroundings.topics.events
        self._positions = Positions(
            dsn=surroundings.settings.postgres,
            provider=outcomes.provider,
            topic_id=surroundings.cluster.topic_ids[self._topic],
        )
        self._consumer = clients.reader(surroundings.settings.kafka_address)
        self._producer = clients.producer(surroundings.settings.kafka_address)
        self._failed: KafkaError | None = None
        self._unsaved: dict[int, int] = {}  # The next offset of each partition that moved.

    def close(self) -> None:
        """What was answered and not delivered is answered again by the next reading."""
        self._producer.purge()
        self._consumer.close()

    def run(self, stop: Event) -> None:
        """Read and answer until told to stop. Errors: Outage."""
        try:
            places, gone = self._places()
            if gone and not self._answer_books(gone, stop):
                return
            self._consumer.assign(places)
            saved_at_s = time.monotonic()
            while not stop.is_set():
                self._step()
                if time.monotonic() - saved_at_s > SAVE_EVERY_S:
                    self._save()
                    saved_at_s = time.monotonic()
            self._save()
        except clients.PositionGone as error:
            raise Outage(str(error), retry=True) from error  # The next reading begins elsewhere.
        except KafkaException as error:
            raise clients.outage(error) from error

    def _places(self) -> tuple[list[TopicPartition], dict[int, int]]:
        """Where to read on, of every partition; and the new positions where Kafka lacks the old."""
        known = self._positions.load()
        places: list[TopicPartition] = []
        gone: dict[int, int] = {}
        for number in range(self._surroundings.cluster.partitions):
            place = TopicPartition(self._topic, number, known.get(number, 0))
            low, end = self._consumer.get_watermark_offsets(place, timeout=QUERY_TIMEOUT_S)
            if not low <= place.offset <= end:
                said = {"partition": number, "position": place.offset, "low": low, "end": end}
                log.warning("position_gone", **said)
                place.offset = gone[number] = low
            places.append(place)
        return places, gone

    def _answer_books(self, gone: Mapping[int, int], stop: Event) -> bool:
        """Answer what the books of some partitions hold, whether or not it was before.

        False: told to stop meanwhile; the next reading begins again.
        """
        dsn = self._surroundings.settings.postgres
        for book in directory.list_books(dsn):
            name = book.name.encode()
            if partition_of(name, self._surroundings.cluster.partitions) not in gone:
                continue
            with closing(directory.connect(dsn)) as connection:
                end, _ = log_reader.ends_of(connection, book)
                for each in log_reader.read(connection, book, after=0, to=end):
                    if stop.is_set():
                        return False
                    if isinstance(each.event, Started):
                        correlation_id = each.correlation_id or each.command_id.hex()
                        self._answer(each.event, Facts(name, correlation_id))
        self._deliver()
        self._positions.reset(gone)
        return True

    def _step(self) -> None:
        self._producer.poll(0)
        for message in taken(self._consumer, at_most=BATCH, wait_s=POLL_S):
            number, offset = messages.partition(message), messages.offset(message)
            try:
                event = self._event(message)
                if event is not None:
                    self._answer(event, _facts(message))
            except Malformed as malformed:
                place = {"partition": number, "offset": offset}
                log.warning("foreign_event", **place, why=malformed.detail)
            self._unsaved[number] = offset + 1

    def _event(self, message: Message) -> Started | None:
        schema_id, payload = unframe(messages.value(message))
        known = self._surroundings.schemas.of(schema_id)
        if known is None:
            if "ce_type" not in messages.headers(message):
                raise Malformed(f"schema {schema_id} is unknown, and nothing says what it is")
            raise Outage(f"the registry has no schema {schema_id} of an event", retry=True)
        if known.full_name not in STARTED:
            return None
        event = codec.decode_event(known.full_name, payload, known.written)
        assert isinstance(event, CollectionStarted | CollectionRefundStarted), "of another type"
        return event

    def _answer(self, event: Started, facts: Facts) -> None:
        if event.provider != self._outcomes.provider:
            return
        book, correlation_id = facts
        said = self._said(event)
        if said is NOT_KNOWN:
            log.warning(
                "outcome_not_known",
                book=book.decode(),
                correlation_id=correlation_id,
                collection_id=event.collection_id,
            )
        thing, command = _record(event, said)
        meta = CommandMeta(
            client=f"provider-{event.provider}",
            # Of what it says: another answer is another fact, not the same one with other words.
            idempotency_key=f"{thing}/{said.outcome}/{said.provider_reference}",
            correlation_id=correlation_id,
            effective_on=said.occurred_on,
        )
        schema_id = self._surroundings.ids[FULL_NAMES[type(command)]]
        self._publish(frame(schema_id, codec.encode_command(meta, command)), book=book)

    def _said(self, event: Started) -> Outcome:
        if isinstance(event, CollectionStarted):
            return self._outcomes.charges.get(event.reference, NOT_KNOWN)
        return self._outcomes.refunds.get(event.refund_id, NOT_KNOWN)

    def _publish(self, value: bytes, *, book: bytes) -> None:
        topic = self._surroundings.topics.internal
        partition = partition_of(book, self._surroundings.cluster.partitions)
        try:
            self._producer.produce(topic, value, book, partition, self._report)
        except BufferError:
            self._deliver()
            self._producer.produce(topic, value, book, partition, self._report)

    def _save(self) -> None:
        """All before it has been taken by Kafka: only then the position moves."""
        if self._unsaved:
            self._deliver()
            self._positions.save(self._unsaved)
            self._unsaved.clear()

    def _deliver(self) -> None:
        left = self._producer.flush(DELIVERY_S_MAX)
        if self._failed is not None or left:
            raise Outage(f"Kafka did not take all outcomes: {self._failed}", retry=True)

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed = error


def _facts(message: Message) -> Facts:
    """The book and the affair that an event belongs to. Errors: Malformed."""
    facts = messages.headers(message)
    try:
        correlation_id = facts.get("ce_correlationid") or facts["ce_commandid"]
        return Facts(place_of(facts)[0], correlation_id.decode())
    except (KeyError, ValueError) as error:
        raise Malformed("an event without the headers that we write") from error


def _record(event: Started, said: Outcome) -> tuple[str, RecordChargeOutcome | RecordRefundOutcome]:
    """The thing that was asked of the channel, and what came of it."""
    words = (said.outcome, said.provider_reference, said.code, said.occurred_on)
    if isinstance(event, CollectionStarted):
        return f"charge/{event.collection_id}", RecordChargeOutcome(event.collection_id, *words)
    thing = f"refund/{event.collection_id}/{event.refund_id}"
    return thing, RecordRefundOutcome(event.collection_id, event.refund_id, *words)
