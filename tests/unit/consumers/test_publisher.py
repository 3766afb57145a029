"""Publishing where Kafka takes nothing: nobody is told of success, everybody of failure."""

from collections.abc import Iterator

import pytest

from commands.outage import Outage
from consumers.relay.publish import OutboxRow, Place, Publisher
from infra.kafka import clients
from infra.kafka.address import KafkaAddress
from infra.kafka.topics import Topics

NOBODY = KafkaAddress("127.0.0.1:1")
ROW = OutboxRow("results", "main", "answer", b"\x02")


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    """To a port that nobody listens at, and patient for a moment."""
    monkeypatch.setattr(clients, "DELIVERY_TIMEOUT_MS", 50)
    monkeypatch.setattr(clients, "PRODUCER_QUEUE_MAX", 3)
    producer = clients.producer(NOBODY, reports_failures_only=True)
    yield Publisher(producer, Place(Topics(), 1, {"answer": 1}, {}))
    producer.purge()


def test_what_did_not_arrive_is_an_outage(publisher: Publisher) -> None:
    publisher.put(ROW)
    with pytest.raises(Outage, match=r"did not take all of it: .*_MSG_TIMED_OUT") as refused:
        publisher.flush("it")
    assert refused.value.retry


def test_a_failure_is_said_once(publisher: Publisher) -> None:
    publisher.put(ROW)
    with pytest.raises(Outage):
        publisher.flush("the first")
    publisher.flush("nothing")


def test_a_full_queue_is_said_at_once(publisher: Publisher) -> None:
    for _ in range(3):
        publisher.put(ROW)
    with pytest.raises(BufferError):
        publisher.put(ROW)
    with pytest.raises(Outage):
        publisher.flush("the three that went in")
