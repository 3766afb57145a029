"""The answer to a command, as `tally.results` carries it and as it is saved against the key.

Shape: the Avro record CommandAnswered of schemas/answer/, field by field; a test keeps them one.
Units: sequences are positions in the book; `answered_at_us` microseconds since 1970, UTC.
"""

from domain.value import value


@value
class CommandAnswered:
    """What came of a command; every command has at least one, repeats included.

    `status`: accepted, refused or internal_error. `code`: the stable word of a refusal, `detail` a
    sentence for people; both empty when accepted. `replayed`: the same key was answered before, and
    this is that answer. `first_sequence`, `last_sequence`: of the command's events, 0 if it has
    none. `answer_sequence` counts the answers of a book without gap; `command_id` is 32
    hexadecimal digits.
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
