"""Reading a whole partition, from a place to its end as it is now.

Shape: records(kafka, place) yields messages in order and returns at the end.
Errors: Outage, where Kafka keeps silent about records that it says it has.
"""

from collections.abc import Iterator

from confluent_kafka import KafkaException, Message, TopicPartition

from commands.outage import Outage
from infra.kafka import clients, messages
from infra.kafka.address import KafkaAddress

BATCH = 5_000
POLL_S = 0.1  # A poll for many lasts as long where fewer are left.
SILENT_POLLS_MAX = 300  # Half a minute.
TIMEOUT_S = 15.0


def records(kafka: KafkaAddress, place: TopicPartition) -> Iterator[Message]:
    """Every record from `place.offset`, or from the first that is kept, to the end."""
    consumer = clients.reader(kafka)
    try:
        low, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)
        offset = max(low, place.offset)
        consumer.assign([TopicPartition(place.topic, place.partition, offset)])
        silent = 0
        while offset < end:
            found = clients.checked(consumer.consume(min(BATCH, end - offset), POLL_S))
            silent = 0 if found else silent + 1
            if silent > SILENT_POLLS_MAX:
                raise Outage("Kafka does not give the records it says it has", retry=True)
            for message in found:
                offset = messages.offset(message) + 1
                yield message
    except KafkaException as error:
        raise clients.outage(error) from error
    finally:
        consumer.close()
