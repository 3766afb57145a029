"""A record or follow-on that could not be processed, kept whole with the reason.

Shape: the Avro record tally.dead_letter.v1.DeadLetter, field by field.
Units: times are microseconds since 1970, UTC. `offset` is -1 where there was no record (a timer).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What it was, where it came from, and why it is here. `reason` is a stable word."""

    dead_letter_id: str
    book: str
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    reason: str
    detail: str
    traceback: str
    command_type: str
    command_id: str
    recorded_at_us: int
