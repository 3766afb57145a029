"""A relayed event becomes a Recorded: the facts from its headers, the event from its bytes.

Shape: EventDecoder.read(message) -> (book, Recorded). An event of a type or schema that this
release does not know becomes an Undecoded: the models of money stop before it.
Errors: Outage where the registry cannot be asked; Foreign, a record that is none of our events.
"""

from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from confluent_kafka import Message

from commands import dead_letter
from commands.answer import CommandAnswered
from commands.log import DAY_US, day
from infra.codec import ANSWER, DEAD_LETTER
from infra.kafka import messages
from infra.registry.ids import SchemaIds
from projections.recorded import Answer, DeadLetter, Recorded, Undecoded
from schemas import codec
from schemas.framing import unframe
from schemas.malformed import Malformed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CACHE_MAX = 4_096
ZERO, NO_ZERO = "\0", "\ufffd"
V = TypeVar("V")
Told = TypeVar("Told", CommandAnswered, dead_letter.DeadLetter)
_ANSWER_FIELDS = attrgetter(*Answer._fields)


class Foreign(Exception):  # noqa: N818 - a fact about the record.
    """A record on tally.events that we did not write: the topic is ours alone."""


def read_answer(message: Message) -> tuple[str, Recorded] | None:
    """Reads tally.results; None for a stray's answer, which has no place in any book."""
    answer = ANSWER.decode(unframe(messages.value(message))[1])
    return (answer.book, recorded_answer(answer)) if answer.answer_sequence else None


def recorded_answer(answer: CommandAnswered) -> Recorded:
    """An answer at its place among the book's answers."""
    if ZERO in answer.client + answer.idempotency_key + answer.correlation_id:
        answer = _stored(answer)
    return Recorded(
        answer.answer_sequence,
        answer.answered_at_us,
        answer.answered_at_us // DAY_US,
        "",
        "",
        0,
        answer.command_type,
        Answer._make(_ANSWER_FIELDS(answer)),
        b"",
        answer.correlation_id,
    )


def read_dead_letter(message: Message) -> DeadLetter:
    """Reads tally.dead-letters."""
    found = _stored(DEAD_LETTER.decode(unframe(messages.value(message))[1]))
    fields: dict[str, Any] = {name: getattr(found, name) for name in DeadLetter._fields}
    fields["headers"] = tuple(
        (each.name.replace(ZERO, NO_ZERO), each.value) for each in found.headers
    )
    return DeadLetter(**fields)


def _stored(record: Told) -> Told:
    """The same fit for PostgreSQL, whose texts hold no zero byte: what clients sent may."""
    texts = {
        each.name: text.replace(ZERO, NO_ZERO)
        for each in fields_of(record)
        if isinstance(text := getattr(record, each.name), str) and ZERO in text
    }
    return replace(record, **texts) if texts else record


class EventDecoder:
    """Reads the events of tally.events."""

    def __init__(self, schemas: SchemaIds) -> None:
        self._schemas = schemas
        self._times: dict[bytes, int] = {}
        self._days: dict[bytes, int] = {}
        self._texts: dict[bytes, str] = {}

    def read(self, message: Message) -> tuple[str, Recorded]:
        facts = messages.headers(message)
        try:
            type_name = self._text(facts["ce_type"])
            recorded = Recorded(
                int(facts["ce_sequence"]),
                self._times.get(facts["ce_time"]) or self._time(facts["ce_time"]),
                self._days.get(facts["ce_effectiveon"]) or self._day(facts["ce_effectiveon"]),
                self._text(facts["ce_aggregate"]),
                facts["ce_subject"].decode(),
                int(facts["ce_version"]),
                type_name,
                self._event(type_name, messages.value(message)),
                bytes.fromhex(facts["ce_commandid"].decode()),
                facts.get("ce_correlationid", b"").decode(),
            )
            return self._text(facts["ce_book"]), recorded
        except (KeyError, ValueError) as error:
            place = f"{message.topic()}[{message.partition()}]@{message.offset()}"
            raise Foreign(f"{place} is no event of ours: {error}") from error

    def _event(self, type_name: str, value: bytes) -> object:
        try:
            schema_id, payload = unframe(value)
            known = self._schemas.of(schema_id)
            if known is None:
                return Undecoded(f"the registry has no schema {schema_id}")
            return codec.decode_event(type_name, payload, known.written)
        except Malformed as malformed:
            return Undecoded(str(malformed))

    def _text(self, raw: bytes) -> str:
        found = self._texts.get(raw)
        return found if found is not None else _kept(self._texts, raw, raw.decode())

    def _time(self, raw: bytes) -> int:
        moment = datetime.fromisoformat(raw.decode())
        return _kept(self._times, raw, (moment - EPOCH) // MICROSECOND)

    def _day(self, raw: bytes) -> int:
        return _kept(self._days, raw, day(raw.decode()))


def _kept(cache: dict[bytes, V], key: bytes, value: V) -> V:
    if len(cache) >= CACHE_MAX:
        cache.clear()
    cache[key] = value
    return value
