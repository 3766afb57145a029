"""A record that could not be processed, kept whole until a person has seen to it.

Shape: the Avro record DeadLetter of schemas/dead_letter/, field by field; a test keeps them one.
Units: `recorded_at_us` microseconds since 1970, UTC.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeadLetterHeader:
    """One Kafka header of the record; a header without a value has an empty one."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Which record, its bytes as they came, and why it was put aside.

    `reason` is a stable word, `detail` a sentence for people. `traceback`: where the command made
    us fail, else empty. `book`, `command_type` and `command_id` are empty where they could not be
    read; a record without a key or value has an empty one.
    """

    dead_letter_id: str
    book: str
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[DeadLetterHeader, ...]
    reason: str
    detail: str
    traceback: str
    command_type: str
    command_id: str
    recorded_at_us: int
