"""Kafka clients with the settings that our guarantees rest on.

Shape: producer(), group_consumer(), reader(), admin(). Errors: Outage, by `check`, and of its kind
PositionGone.
A client waits for Kafka by itself and keeps silent about it: `Unreached` logs it, as a program logs
any other wait, for clients that are polled all the time.
Rules: idempotent producers with acks=all and Kafka's own partitioner; consumers never reset an
offset by themselves and never commit by themselves; every buffer has a bound.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import AdminClient

from commands.outage import Outage
from infra.kafka.address import KafkaAddress, Words

PRODUCER_QUEUE_MAX = 100_000  # Records; two batches of the relay.
PRODUCER_QUEUE_KB_MAX = 65_536
CONSUMER_QUEUE_KB_MAX = 16_384  # A partition; about 60,000 commands.
DELIVERY_TIMEOUT_MS = 120_000
TOLD_EVERY_S = 5.0
DOWN_S = 15.0  # Without an error for so long, Kafka has come back.
Clock = Callable[[], float]
log = structlog.get_logger()


class PositionGone(Outage):
    """Kafka no longer has what lies at a position."""


class Unreached:
    """Says `waiting` when no broker is left and connecting fails, and as long as it does.

    Brokers close connections that are idle: that none is left is no outage by itself.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._down_at_s = self._told_at_s = float("-inf")

    def __call__(self, error: KafkaError) -> None:
        now_s = self._clock()
        if error.code() == KafkaError._ALL_BROKERS_DOWN:  # noqa: SLF001 - so spelled there.
            self._down_at_s = now_s
            return
        down = now_s - max(self._down_at_s, self._told_at_s) < DOWN_S
        if down and now_s - self._told_at_s >= TOLD_EVERY_S:
            self._told_at_s = now_s
            log.warning("waiting", outage=f"Kafka: {error.str()}", pause_s=0.0)


def producer(
    kafka: KafkaAddress,
    *,
    linger_ms: int = 2,
    says_waiting: bool = False,
    reports_failures_only: bool = False,
) -> Producer:
    """A producer whose records arrive once and in order, or not at all with an error.

    `reports_failures_only`: nobody is called for what has arrived; flush() waits for it as well.
    """
    return Producer(
        {
            **kafka.words(),
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "compression.type": "lz4",
            "linger.ms": linger_ms,
            "batch.size": 1_000_000,
            "queue.buffering.max.messages": PRODUCER_QUEUE_MAX,
            "queue.buffering.max.kbytes": PRODUCER_QUEUE_KB_MAX,
            "delivery.timeout.ms": DELIVERY_TIMEOUT_MS,
            "delivery.report.only.error": reports_failures_only,
            "log_level": 2,
            **({"error_cb": Unreached()} if says_waiting else {}),
        }
    )


def group_consumer(kafka: KafkaAddress, *, group: str) -> Consumer:
    """A member of a group under KIP-848: the same partitions of all its topics."""
    return Consumer(
        {
            **_reading(kafka),
            "group.id": group,
            "group.protocol": "consumer",
            "group.remote.assignor": "range",
            "error_cb": Unreached(),
        }
    )


def reader(kafka: KafkaAddress) -> Consumer:
    """A consumer that is told what to read, of no group."""
    return Consumer({**_reading(kafka), "group.id": "tally-reader"})


def admin(kafka: KafkaAddress) -> AdminClient:
    """A client that makes topics and asks about them."""
    return AdminClient({**kafka.words(), "log_level": 0})


def _reading(kafka: KafkaAddress) -> Words:
    return {
        **kafka.words(),
        "auto.offset.reset": "error",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "fetch.wait.max.ms": 100,
        "fetch.queue.backoff.ms": 20,
        "queued.max.messages.kbytes": CONSUMER_QUEUE_KB_MAX,
        "enable.partition.eof": False,
        "log_level": 2,
    }


def check(error: KafkaError | None) -> None:
    """Nothing, or Outage. A position that Kafka no longer has stops us, it is never reset."""
    if error is None:
        return
    if error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):  # noqa: SLF001 - so spelled there.
        raise PositionGone(f"Kafka: {error.str()}", retry=False)
    raise Outage(f"Kafka: {error.str()}", retry=not error.fatal())


def checked(messages: list[Message]) -> list[Message]:
    """The messages of a poll, if none of them is an error."""
    for message in messages:
        check(message.error())
    return messages


def outage(error: KafkaException) -> Outage:
    """A client's exception as an outage."""
    cause = error.args[0]
    fatal = isinstance(cause, KafkaError) and cause.fatal()
    return Outage(f"Kafka: {words(error)}", retry=not fatal)


@contextmanager
def translated() -> Generator[None]:
    """A client's exception becomes an Outage.

    Also around every callback that asks the client: what it raises there it hands on as a
    KafkaError, which is no exception, so that no `except` would catch it.
    """
    try:
        yield
    except KafkaException as error:
        raise outage(error) from error


def words(error: KafkaException) -> str:
    """What went wrong, for people."""
    cause = error.args[0]
    return cause.str() if isinstance(cause, KafkaError) else str(cause)
