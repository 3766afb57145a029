"""Reading a whole partition, from a place to its end as it is now.

Shape: records(kafka, place) yields messages in order and returns at the end; first_since(kafka,
place, at_ms) is where to begin, by time.
Errors: Outage, where Kafka keeps silent about records that it says it has.
"""

from collections.abc import Iterator

from confluent_kafka import OFFSET_END, KafkaException, Message, TopicPartition

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


def first_since(kafka: KafkaAddress, place: TopicPartition, at_ms: int) -> int:
    """The offset of the first record that was published then or later, else the end."""
    consumer = clients.reader(kafka)
    try:
        asked = TopicPartition(place.topic, place.partition, at_ms)
        (found,) = consumer.offsets_for_times([asked], timeout=TIMEOUT_S)
        _, end = consumer.get_watermark_offsets(place, timeout=TIMEOUT_S)
    except KafkaException as error:
        raise clients.outage(error) from error
    finally:
        consumer.close()
    return end if found.offset == OFFSET_END else found.offset
