"""The port `commands.ports.Codec`, by the Avro schemas of schemas/.

Errors: schemas.malformed.Malformed.
"""

from typing import TYPE_CHECKING, cast

from commands.answer import CommandAnswered
from commands.answering import ACCEPTED
from commands.dead_letter import DeadLetter
from commands.incoming import Incoming, Meta
from commands.ports import Accepted
from schemas import codec, editions, parts
from schemas.parts import number, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.names import Command

ANSWER = codec.RecordCodec(CommandAnswered)
DEAD_LETTER = codec.RecordCodec(DeadLetter)


class AcceptedAnswers:
    """CommandAnswered of commands that were accepted: what those of a batch share is written once.

    Field by field in the record's order, as a test keeps it: 1.0 µs each, and 2.5 as an object.
    """

    def __init__(self, book: str, at_us: int) -> None:
        self._book = text(book)
        self._at = number(at_us)
        self._kinds: dict[str, bytes] = {}

    def __call__(self, incoming: Incoming, *, sequence: int, first: int, last: int) -> bytes:
        meta = incoming.meta
        return b"".join(
            (
                self._book,
                number(sequence),
                text(incoming.command_id.hex()),
                text(meta.client),
                text(meta.idempotency_key),
                self._kinds.get(incoming.type_name) or self._kind(incoming.type_name),
                number(first),
                number(last),
                text(meta.correlation_id),
                self._at,
            )
        )

    def _kind(self, type_name: str) -> bytes:
        """Type, status, code, detail, and that it is no repeat."""
        said = text(type_name) + text(ACCEPTED) + parts.EMPTY + parts.EMPTY + parts.EMPTY
        self._kinds[type_name] = said
        return said


class AvroCodec:
    """Bare Avro of everything that a book's writer writes."""

    @staticmethod
    def decode_answer(payload: bytes) -> CommandAnswered:
        return ANSWER.decode(payload)

    @staticmethod
    def accepted(book: str, at_us: int) -> Accepted:
        return AcceptedAnswers(book, at_us)

    # What a batch does thousands of times is the very function, not one around it.
    encode_answer = staticmethod(ANSWER.encode)
    encode_event = staticmethod(cast("Callable[[object], bytes]", codec.encode_event))

    @staticmethod
    def encode_dead_letter(dead_letter: DeadLetter) -> bytes:
        return DEAD_LETTER.encode(dead_letter)

    @staticmethod
    def encode_command(context: Meta, command: object) -> bytes:
        return codec.encode_command(context, cast("Command", command))

    @staticmethod
    def decode_command(stored_name: str, payload: bytes) -> object:
        return codec.decode_stored_command(stored_name, payload)[1]

    @staticmethod
    def stored_name(type_name: str) -> str:
        return editions.name_of(type_name)
