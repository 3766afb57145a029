"""What goes wrong in a callback of Kafka's client is an outage, as anywhere else."""

import time

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from commands.outage import Outage
from infra.kafka import clients
from infra.kafka.address import KafkaAddress
from tests.integration.servers import Addresses

TIMEOUT_S = 30.0


def polled(consumer: Consumer) -> None:
    until_s = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until_s:
        consumer.consume(1, 0.1)


def test_an_outage_while_partitions_are_assigned_is_one(
    servers: Addresses, topic_prefix: str
) -> None:
    """A broker that has just started says that it is no coordinator; here it has no time at all."""
    topic = f"{topic_prefix}t"
    admin = AdminClient({"bootstrap.servers": servers.kafka_bootstrap})
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(TIMEOUT_S)

    @clients.translated()
    def assigned(consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.committed(partitions, timeout=0.0)

    address = KafkaAddress(servers.kafka_bootstrap)
    consumer = clients.group_consumer(address, group=f"{topic_prefix}g")
    try:
        consumer.subscribe([topic], on_assign=assigned)
        with pytest.raises(Outage) as raised:
            polled(consumer)
        assert raised.value.retry
    finally:
        consumer.close()
