"""When a Kafka client says that it waits: no broker is left, and none can be connected to."""

import pytest
from confluent_kafka import KafkaError
from structlog.testing import capture_logs

from infra.kafka.clients import DOWN_S, TOLD_EVERY_S, Unreached

NONE_LEFT = KafkaError(KafkaError._ALL_BROKERS_DOWN)
REFUSED = KafkaError(KafkaError._TRANSPORT)
SOON_S = 0.1


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ([(0.0, REFUSED), (SOON_S, REFUSED)], 0),
        ([(0.0, REFUSED), (0.0, NONE_LEFT)], 0),
        ([(0.0, NONE_LEFT), (SOON_S, REFUSED)], 1),
        ([(0.0, NONE_LEFT), (0.0, REFUSED), (SOON_S, REFUSED)], 1),
        ([(0.0, NONE_LEFT), (0.0, REFUSED), (TOLD_EVERY_S, REFUSED)], 2),
        ([(0.0, NONE_LEFT), *[(n * TOLD_EVERY_S, REFUSED) for n in range(9)]], 9),
        ([(0.0, NONE_LEFT), (DOWN_S, REFUSED)], 0),
        ([(0.0, NONE_LEFT), (0.0, REFUSED), (DOWN_S, REFUSED)], 1),
        ([(0.0, NONE_LEFT), (0.0, REFUSED), (DOWN_S, NONE_LEFT), (DOWN_S, REFUSED)], 2),
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
