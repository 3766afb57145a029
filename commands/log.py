"""What happened becomes rows of the book's log: numbered without gap, chained, with its facts.

Shape: Log.append(incoming, executed) turns the events of one command into NewEvent rows.
Units: times in microseconds since 1970, UTC; business days in days since 1970.
Source: commands/chain.py for the hash chain.
"""

from datetime import date
from typing import NamedTuple

from commands import chain
from commands.catalogue import EventRule
from commands.execution import Executed
from commands.incoming import Incoming
from commands.ports import Codec, Head, NewEvent

DAY_US = 86_400_000_000
EPOCH = date(1970, 1, 1).toordinal()


class Kind(NamedTuple):
    """What all events of one type share: the name that they are stored under, and its facts."""

    stored_name: str
    facts: bytes


class Log:
    """The end of a book's log, growing by one batch."""

    def __init__(self, head: Head, at_us: int, salts: chain.Salts, codec: Codec) -> None:
        self.book = head.name
        self.sequence = head.sequence
        self.chain = head.chain
        self.at_us = at_us
        self.salts = salts
        self.codec = codec
        self.rows: list[NewEvent] = []
        self._kinds: dict[str, Kind] = {}

    def append(self, incoming: Incoming, done: Executed) -> None:
        """All events of a command, or, where one cannot be encoded, none and the error."""
        assert done.first_sequence == self.sequence + 1, "decided for another place in the log"
        meta, encode, salt_of = incoming.meta, self.codec.encode_event, self.salts.of
        effective_on = day(meta.effective_on) if meta.effective_on else self.at_us // DAY_US
        facts = chain.Facts(
            self.at_us,
            effective_on,
            incoming.command_id,
            meta.correlation_id,
            meta.actor,
            meta.traceparent,
        )
        command = chain.command_bytes(facts)
        sequence, link, rows = self.sequence, self.chain, list[NewEvent]()
        for event, rule, aggregate_id, stream_id, version, causation, fact_key in done.events:
            sequence += 1
            name, kind = self._kinds.get(rule.type_name) or self._kind(rule)
            said = chain.facts_bytes(
                kind=kind,
                aggregate_id=aggregate_id,
                numbers=chain.NUMBERS.pack(sequence, version, self.at_us, effective_on),
                command=command,
                causation=causation,
            )
            payload = encode(event)
            salt = salt_of(sequence)
            link = chain.link(previous=link, salt=salt, facts=said, payload=payload)
            rows.append(
                NewEvent(
                    sequence, stream_id, version, name, payload, facts, causation, link, fact_key
                )
            )
        self.sequence, self.chain = sequence, link
        self.rows += rows

    def _kind(self, rule: EventRule) -> Kind:
        name = self.codec.stored_name(rule.type_name)
        said = chain.kind_bytes(book=self.book, type_name=name, aggregate=rule.aggregate)
        kind = self._kinds[rule.type_name] = Kind(name, said)
        return kind


def day(text: str) -> int:
    """Days since 1970 of a date YYYY-MM-DD. Errors: ValueError."""
    return date.fromisoformat(text).toordinal() - EPOCH
