"""The port `commands.ports.Codec`, by the Avro schemas of schemas/.

Errors: schemas.malformed.Malformed.
"""

from typing import TYPE_CHECKING, cast

from commands.answer import CommandAnswered
from commands.dead_letter import DeadLetter
from commands.incoming import Meta
from schemas import codec, editions

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.names import Command

ANSWER = codec.RecordCodec(CommandAnswered)
DEAD_LETTER = codec.RecordCodec(DeadLetter)


class AvroCodec:
    """Bare Avro of everything that a book's writer writes."""

    @staticmethod
    def decode_answer(payload: bytes) -> CommandAnswered:
        return ANSWER.decode(payload)

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
