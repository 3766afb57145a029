"""What every command carries beside its own fields: who sent it, and what it belongs to.

Shape: the first field, `meta`, of every command's Avro record; names and order are the contract.
Units: `effective_on` is a business day, YYYY-MM-DD; empty, it is the day it is recorded.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandMeta:
    """Who sends a command; one key of one client is done once in a book.

    `correlation_id` empty: the idempotency key. `actor`: the person or program on whose behalf.
    `traceparent`: W3C trace context.
    """

    client: str
    idempotency_key: str
    correlation_id: str = ""
    actor: str = ""
    traceparent: str = ""
    effective_on: str = ""
