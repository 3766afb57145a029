"""A relayed event becomes a Recorded: the facts from its headers, the event from its bytes.

Shape: EventDecoder.read(message) -> (book, Recorded). An event of a type or schema that this
release does not know becomes an Undecoded: the models of money stop before it.
Errors: Outage where the registry cannot be asked; Foreign, a record on a topic of ours that nobody
of us wrote: whoever reads logs it and goes on.
"""

from binascii import unhexlify
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from confluent_kafka import Message

from commands import dead_letter
from commands.log import day
from consumers.surroundings import AGGREGATE_OF
from infra.codec import DEAD_LETTER
from infra.kafka import messages
from infra.registry.ids import SchemaIds
from projections.recorded import Answer, DeadLetter, Recorded, Undecoded, answered
from schemas import codec
from schemas.framing import unframe
from schemas.malformed import Malformed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CACHE_MAX = 4_096
SOURCE = "/tally/"  # And the book, in ce_source.
ZERO, NO_ZERO = "\0", "\ufffd"
V = TypeVar("V")
Told = TypeVar("Told", Answer, dead_letter.DeadLetter)
ANSWER = codec.RecordCodec(Answer)


class Foreign(Exception):  # noqa: N818 - a fact about the record.
    """A record that we did not write, on a topic that is ours alone. Says where it is, and why."""

    def __init__(self, message: Message, why: str) -> None:
        place = f"{message.topic()}[{message.partition()}]@{message.offset()}"
        super().__init__(f"{place} is none of ours: {why}")


def read_answer(message: Message) -> tuple[str, Recorded] | None:
    """Reads tally.results; None for a stray's answer, which has no place in any book."""
    try:
        answer = answer_of(unframe(messages.value(message))[1])
    except Malformed as malformed:
        raise Foreign(message, malformed.detail) from malformed
    return (answer.book, answered(answer)) if answer.answer_sequence else None


def answer_of(payload: bytes) -> Answer:
    """An answer as it is stored, bare."""
    answer = ANSWER.decode(payload)
    told = answer.client + answer.idempotency_key + answer.correlation_id
    return _stored(answer) if ZERO in told else answer


def read_dead_letter(message: Message) -> DeadLetter:
    """Reads tally.dead-letters."""
    try:
        found = _stored(DEAD_LETTER.decode(unframe(messages.value(message))[1]))
    except Malformed as malformed:
        raise Foreign(message, malformed.detail) from malformed
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


class Kind(NamedTuple):
    """What an event's type says."""

    type_name: str
    aggregate: str


class EventDecoder:
    """Reads the events of tally.events."""

    def __init__(self, schemas: SchemaIds) -> None:
        self._schemas = schemas
        self._kinds: dict[bytes, Kind] = {}
        self._books: dict[bytes, str] = {}
        self._times: dict[bytes, int] = {}
        self._days: dict[bytes, int] = {}

    def read(self, message: Message) -> tuple[str, Recorded]:
        facts = messages.headers(message)
        try:
            kind, source = facts["ce_type"], facts["ce_source"]
            type_name, aggregate = self._kinds.get(kind) or self._kind(kind)
            recorded = Recorded(
                int(facts["ce_sequence"]),
                self._times.get(facts["ce_time"]) or self._time(facts["ce_time"]),
                self._days.get(facts["ce_effectiveon"]) or self._day(facts["ce_effectiveon"]),
                aggregate,
                facts["ce_subject"].decode(),
                int(facts["ce_version"]),
                type_name,
                self._event(type_name, messages.value(message)),
                unhexlify(facts["ce_commandid"]),
                facts["ce_correlationid"].decode() if "ce_correlationid" in facts else "",
            )
            return self._books.get(source) or self._book(source), recorded
        except KeyError as error:
            raise Foreign(message, f"it has no {error.args[0]}") from error
        except ValueError as error:
            raise Foreign(message, "its headers are not as we write them") from error

    def _event(self, type_name: str, value: bytes) -> object:
        try:
            schema_id, payload = unframe(value)
            known = self._schemas.of(schema_id)
            if known is None:
                return Undecoded(f"the registry has no schema {schema_id}")
            return codec.decode_event(type_name, payload, known.written)
        except Malformed as malformed:
            return Undecoded(str(malformed))

    def _kind(self, raw: bytes) -> Kind:
        """Of a type that we do not know, the aggregate is what its package is called."""
        name = raw.decode()
        aggregate = AGGREGATE_OF.get(name) or name.removeprefix("tally.").partition(".")[0]
        return _kept(self._kinds, raw, Kind(name, aggregate))

    def _book(self, raw: bytes) -> str:
        source = raw.decode()
        if not source.startswith(SOURCE):
            raise ValueError
        return _kept(self._books, raw, source.removeprefix(SOURCE))

    def _time(self, raw: bytes) -> int:
        moment = datetime.fromisoformat(raw.decode())
        if moment.tzinfo is None:
            raise ValueError
        return _kept(self._times, raw, (moment - EPOCH) // MICROSECOND)

    def _day(self, raw: bytes) -> int:
        return _kept(self._days, raw, day(raw.decode()))


def _kept(cache: dict[bytes, V], key: bytes, value: V) -> V:
    if len(cache) >= CACHE_MAX:
        cache.clear()
    cache[key] = value
    return value
