"""The answer to one command, as it is published and saved.

Shape: the Avro record tally.answer.v1.CommandAnswered, field by field.
Units: sequences count the book's events, `answer_sequence` its answers; times are microseconds
since 1970, UTC. `command_id` is 32 hexadecimal digits.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandAnswered:
    """One outcome of one command. `status`: accepted, refused or internal_error.

    `code` and `detail` are empty when accepted; `first_sequence` to `last_sequence` are its
    events, 0 when it had none. `replayed`: the key was used before, this is the saved answer.
    """

    book: str
    answer_sequence: int
    command_id: str
    client: str
    idempotency_key: str
    command_type: str
    status: str
    code: str
    detail: str
    replayed: bool
    first_sequence: int
    last_sequence: int
    correlation_id: str
    answered_at_us: int
