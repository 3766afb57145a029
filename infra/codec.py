"""The port `commands.ports.Codec`, by the Avro schemas of schemas/.

Errors: schemas.malformed.Malformed.
"""

from typing import cast

from commands.answer import CommandAnswered
from commands.dead_letter import DeadLetter
from commands.ports import AnswerFields, Context
from schemas import codec
from schemas.names import Command, Event

ANSWER = codec.RecordCodec(CommandAnswered)
DEAD_LETTER = codec.RecordCodec(DeadLetter)


class AvroCodec:
    """Bare Avro of everything that a book's writer writes."""

    decode_answer = staticmethod(ANSWER.decode)
    encode_dead_letter = staticmethod(DEAD_LETTER.encode)

    @staticmethod
    def encode_answer(answer: AnswerFields) -> bytes:
        return ANSWER.encode(cast("CommandAnswered", answer))

    @staticmethod
    def encode_event(event: object) -> bytes:
        return codec.encode_event(cast("Event", event))

    @staticmethod
    def encode_command(context: Context, command: object) -> bytes:
        return codec.encode_command(context, cast("Command", command))

    @staticmethod
    def decode_command(type_name: str, payload: bytes) -> object:
        return codec.decode_command(type_name, payload)[1]
