"""What an error of Kafka's client means: waiting helps, or it does not, or the position is gone."""

import pytest
from confluent_kafka import KafkaError

from commands.outage import Outage
from infra.kafka import clients


@pytest.mark.parametrize(
    ("code", "kind", "retry"),
    [
        (KafkaError.OFFSET_OUT_OF_RANGE, clients.PositionGone, False),
        (KafkaError._AUTO_OFFSET_RESET, clients.PositionGone, False),
        (KafkaError._TRANSPORT, Outage, True),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, Outage, True),
    ],
)
def test_an_error_is_an_outage_of_its_kind(code: int, kind: type[Outage], *, retry: bool) -> None:
    with pytest.raises(Outage) as raised:
        clients.check(KafkaError(code))
    assert (type(raised.value), raised.value.retry) == (kind, retry)


def test_no_error_is_nothing() -> None:
    clients.check(None)
