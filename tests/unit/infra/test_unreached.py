"""When a Kafka client says that it waits: nobody is left, and as long as nobody comes back."""

import pytest
from confluent_kafka import KafkaError
from structlog.testing import capture_logs

from infra.kafka.clients import TOLD_EVERY_S, TOLD_LAST_S, Unreached

ALL_DOWN = KafkaError(KafkaError._ALL_BROKERS_DOWN)
ONE_DOWN = KafkaError(KafkaError._TRANSPORT)
SOON_S = 1.0


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([(0.0, ONE_DOWN)], 0),
        ([(0.0, ALL_DOWN)], 1),
        ([(0.0, ALL_DOWN), (SOON_S, ONE_DOWN), (SOON_S, ALL_DOWN)], 1),
        ([(0.0, ALL_DOWN), (TOLD_EVERY_S, ONE_DOWN), (2 * TOLD_EVERY_S, ONE_DOWN)], 3),
        ([(0.0, ALL_DOWN), (TOLD_LAST_S, ONE_DOWN)], 1),
        ([(0.0, ALL_DOWN), (TOLD_LAST_S, ALL_DOWN)], 2),
    ],
)
def test_it_is_said_at_once_and_now_and_then(
    heard: list[tuple[float, KafkaError]], said: int
) -> None:
    now_s = 0.0
    unreached = Unreached(clock=lambda: now_s)
    with capture_logs() as lines:
        for now_s, error in heard:  # noqa: B007 - the clock reads it.
            unreached(error)
    assert [line["event"] for line in lines] == ["waiting"] * said
    assert all(line["outage"].startswith("Kafka: ") for line in lines)
