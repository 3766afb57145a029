"""Commands published, and what came of each: asked ahead of the answers, never one at a time.

Shape: a context; `ask_all(asks)` keeps up to `outstanding_max` commands under way and yields every
answer as it comes, one to each ask; `ask(one)` is the same for a single command.
Rules: where tally.results ends is remembered before the first command of a partition is
published, so that no answer is missed; one that is delivered twice is told once.
A record on tally.results that is no answer of ours is logged and passed over.
Errors: Outage(retry=True) where Kafka fails or nothing is answered for `silence_s_max`; Stopped
when `stop` was set. What was published then may still be done: asked again under its key, it is a
repeat.
Bound: OUTSTANDING_MAX commands of some 300 bytes are 3 MB of the producer's queue of 64 MB.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from threading import Event
from types import TracebackType
from typing import NamedTuple, Self

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from commands import identity
from commands.answer import CommandAnswered
from commands.outage import Outage
from commands.outward import HEARD
from consumers.surroundings import Surroundings
from infra.called import hint
from infra.codec import ANSWER
from infra.kafka import clients
from infra.kafka.messages import offset, partition, value
from infra.kafka.partition import partition_of
from schemas import codec
from schemas.framing import frame, unframe
from schemas.malformed import Malformed
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES, Command

OUTSTANDING_MAX = 10_000
SILENCE_S_MAX = 60.0
PARTS = 20  # Of what may be under way, asked between two looks at the answers.
ANSWERS_MAX = 5_000  # Of one look; 2 MB.
POLL_S = 0.1
QUERY_TIMEOUT_S = 15.0
HEARD_HEADERS: list[tuple[str, str | bytes | None]] = [(HEARD, None)]  # As the client declares it.
ANSWER_TYPE = "tally.answer.v1.CommandAnswered"
log = structlog.get_logger()


class Stopped(Exception):  # noqa: N818 - what we were told, not an error.
    """Told to stop while answers were still to come."""


class Ask(NamedTuple):
    """One command. `internal`: from one of our own programs, on tally.internal."""

    book: str
    meta: CommandMeta
    command: Command
    internal: bool = False

    @property
    def command_id(self) -> str:
        """As its answer carries it: nobody outside can have a command of ours answered."""
        named = identity.own_command_id if self.internal else identity.command_id
        return named(client=self.meta.client, key=self.meta.idempotency_key).hex()


class Asker:
    """Publishes commands and waits for their answers. Not for two threads at once."""

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        outstanding_max: int = OUTSTANDING_MAX,
        silence_s_max: float = SILENCE_S_MAX,
        stop: Event | None = None,
    ) -> None:
        self._surroundings = surroundings
        self._outstanding_max = outstanding_max
        self._silence_s_max = silence_s_max
        self._stop = stop or Event()
        self._producer = clients.producer(surroundings.settings.kafka_address)
        self._consumer = clients.reader(surroundings.settings.kafka_address)
        self._reading: set[int] = set()
        self._told: dict[str, int] = {}  # The last answer of each book that was told.
        self._waiting = Counter[tuple[str, str]]()  # Answers to come by book and command.
        self._outstanding = 0
        self._failed: KafkaError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """What was published and not delivered yet is given up."""
        if self._outstanding:
            self._producer.purge()
        self._consumer.close()

    def ask(self, ask: Ask) -> CommandAnswered:
        """The answer to one command."""
        (answer,) = self.ask_all((ask,))
        return answer

    def ask_all(
        self, asks: Iterable[Ask], *, outstanding_max: int | None = None
    ) -> Iterator[CommandAnswered]:
        """Every answer as it comes; when it ends, all have been given.

        `outstanding_max`: of these, where they are larger than most.
        """
        assert not self._outstanding, "answers of another call are still to come"
        most = outstanding_max or self._outstanding_max
        at_once = max(1, most // PARTS)
        rest = iter(asks)
        while some := list(islice(rest, at_once)):
            if self._stop.is_set():
                raise Stopped
            while self._outstanding + len(some) > most:
                yield from self._wait()
            for ask in some:
                self._put(ask)
            yield from self._take(0.0)
        while self._outstanding:
            yield from self._wait()

    def _put(self, ask: Ask) -> None:
        surroundings = self._surroundings
        topics, key = surroundings.topics, ask.book.encode()
        partition = partition_of(key, surroundings.cluster.partitions)
        if partition not in self._reading:
            self._read(partition)
        schema_id = surroundings.ids[FULL_NAMES[type(ask.command)]]
        framed = frame(schema_id, codec.encode_command(ask.meta, ask.command))
        topic = topics.internal if ask.internal else topics.commands
        headers = HEARD_HEADERS if ask.internal else []
        until_s = time.monotonic() + self._silence_s_max
        while True:
            try:
                self._producer.produce(topic, framed, key, partition, self._report, headers=headers)
                break
            except BufferError as error:
                self._producer.poll(POLL_S)
                self._go_on(until_s, error)
            except KafkaException as error:
                raise clients.outage(error) from error
        self._waiting[ask.book, ask.command_id] += 1
        self._outstanding += 1

    def _read(self, partition: int) -> None:
        """From where the answers end now: those to come lie behind it."""
        place = TopicPartition(self._surroundings.topics.results, partition)
        try:
            _, place.offset = self._consumer.get_watermark_offsets(place, timeout=QUERY_TIMEOUT_S)
            self._consumer.incremental_assign([place])
        except KafkaException as error:
            raise clients.outage(error) from error
        self._reading.add(partition)

    def _wait(self) -> list[CommandAnswered]:
        """At least one answer."""
        until_s = time.monotonic() + self._silence_s_max
        while not (found := self._take(POLL_S)):
            self._go_on(until_s, None)
        return found

    def _go_on(self, until_s: float, error: Exception | None) -> None:
        if self._stop.is_set():
            raise Stopped
        if time.monotonic() > until_s:
            said = f"no answer for {self._silence_s_max:.0f} s: do a writer and a relay run?"
            letters = f"If so, look at `{hint('dead-letters', 'list')}`"
            raise Outage(f"{said} {letters}", retry=True) from error

    def _take(self, timeout_s: float) -> list[CommandAnswered]:
        """What has been answered of ours; also told: what could not be published."""
        self._producer.poll(0)
        if self._failed is not None:
            raise Outage(f"Kafka did not take a command: {self._failed.str()}", retry=True)
        try:
            messages = taken(self._consumer, at_most=ANSWERS_MAX, wait_s=timeout_s)
        except KafkaException as error:
            raise clients.outage(error) from error
        return [answer for message in messages if (answer := self._ours(message)) is not None]

    def _ours(self, message: Message) -> CommandAnswered | None:
        try:
            answer = self._decode(value(message))
        except Malformed as malformed:
            place = {"partition": partition(message), "offset": offset(message)}
            log.warning("foreign_answer", **place, why=malformed.detail)
            return None
        asked = (answer.book, answer.command_id)
        if not self._waiting[asked]:
            return None
        if answer.answer_sequence:  # Strays have none: they belong to no book.
            if answer.answer_sequence <= self._told.get(answer.book, 0):
                return None
            self._told[answer.book] = answer.answer_sequence
        self._waiting[asked] -= 1
        if not self._waiting[asked]:
            del self._waiting[asked]
        self._outstanding -= 1
        return answer

    def _decode(self, framed: bytes) -> CommandAnswered:
        schema_id, payload = unframe(framed)
        if schema_id != self._surroundings.ids[ANSWER_TYPE]:
            known = self._surroundings.schemas.of(schema_id)
            if known is None or known.full_name != ANSWER_TYPE:
                raise Malformed(f"schema {schema_id} is none of answers")
            if known.written is not None:
                said = f"answers are written by schema {schema_id}, which is not ours of today"
                raise Outage(said, retry=False)
        return ANSWER.decode(payload)

    def _report(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed = error


def taken(consumer: Consumer, *, at_most: int, wait_s: float) -> list[Message]:
    """What is there, if need be after a wait for the first. Raises Outage, KafkaException.

    The client's own wait for many lasts until so many have come, or all of the time.
    """
    first = consumer.poll(wait_s) if wait_s else None
    rest = consumer.consume(at_most, 0.0)
    return clients.checked(rest if first is None else [first, *rest])
