"""A record with a header whose name is no UTF-8, as a client of Java or C can publish it.

Why: Python's client takes names as text; its own library, librdkafka, takes them as bytes.
Source: rdkafka.h, rd_kafka_producev and rd_kafka_vtype_t.
"""

import ctypes
from ctypes import c_char_p, c_int, c_size_t, c_ssize_t, c_void_p
from pathlib import Path

import confluent_kafka

from tests.integration.faults.given import Raw

PRODUCER = 0
END, TOPIC, VALUE, KEY, HEADER = 0, 1, 4, 5, 9
TIMEOUT_MS = 30_000
SAID_BYTES = 512


def put_with_name(bootstrap: str, topic: str, raw: Raw, *, name: bytes) -> None:
    """Put a record with one header of that name; returns when Kafka has it."""
    library = _library()
    said = ctypes.create_string_buffer(SAID_BYTES)
    settings = c_void_p(library.rd_kafka_conf_new())
    library.rd_kafka_conf_set(
        settings, b"bootstrap.servers", bootstrap.encode(), said, c_size_t(SAID_BYTES)
    )
    library.rd_kafka_conf_set(
        settings, b"partitioner", b"murmur2_random", said, c_size_t(SAID_BYTES)
    )
    producer = c_void_p(library.rd_kafka_new(PRODUCER, settings, said, c_size_t(SAID_BYTES)))
    assert producer, said.value
    failed = library.rd_kafka_producev(
        producer,
        *(c_int(TOPIC), c_char_p(topic.encode())),
        *(c_int(VALUE), c_char_p(raw.value), c_size_t(len(raw.value))),
        *(c_int(KEY), c_char_p(raw.key), c_size_t(len(raw.key))),
        *(c_int(HEADER), c_char_p(name), c_char_p(b"x"), c_ssize_t(1)),
        c_int(END),
    )
    assert failed == 0, failed
    assert library.rd_kafka_flush(producer, TIMEOUT_MS) == 0, "Kafka has not taken it"
    library.rd_kafka_destroy(producer)


def _library() -> ctypes.CDLL:
    """The one that the client itself has loaded."""
    folder = Path(confluent_kafka.__file__).parent.with_name("confluent_kafka.libs")
    (path,) = folder.glob("librdkafka*")
    library = ctypes.CDLL(str(path))
    library.rd_kafka_conf_new.restype = c_void_p
    library.rd_kafka_new.restype = c_void_p
    return library
