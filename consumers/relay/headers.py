"""CloudEvents headers of a relayed event: every fact that the log has about it.

Shape: Headers(book).of(row) -> [(name, value)], of one of ROWS; values are UTF-8 text, empty facts
are left out. Events of one command follow each other and share what it says of them. The key of the
record is the aggregate's id; place_of(facts) reads what `ce_id` says.
Units: `ce_time` is RFC 3339 in UTC with microseconds; `ce_id` counts the book's events.
Source: CloudEvents 1.0, Kafka protocol binding, binary mode; docs/publishing.md lists them.
"""

from binascii import hexlify
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import LiteralString, NamedTuple

from psycopg.rows import TupleRow

from schemas.editions import MARK

HeaderList = list[tuple[str, str | bytes | None]]  # As the client declares it.
EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)
CACHE_MAX = 4_096  # Times and days seen lately; cleared when full.
ROWS: LiteralString = """SELECT notification_id, originator_version, topic, state, chain,
  timestamptz_send(recorded_at), date_send(effective_on), uuid_send(command_id), correlation_id,
  causation, actor, traceparent
FROM {schema}.events """


class Row(NamedTuple):
    """A row of the log, one of ROWS; times and ids as PostgreSQL sends them."""

    sequence: int
    version: int
    stored_name: str
    payload: bytes
    chain: bytes
    recorded_at: bytes
    effective_on: bytes
    command_id: bytes
    correlation_id: str | None
    causation: str | None
    actor: str | None
    traceparent: str | None


class Headers:
    """The headers of one book's events."""

    def __init__(self, book: str, aggregates: Mapping[str, str]) -> None:
        self._book = book.encode()
        self._prefix = self._book + b"/"
        self._aggregates = aggregates
        self._common: dict[str, list[tuple[str, bytes]]] = {}
        self._times: dict[bytes, bytes] = {}
        self._days: dict[bytes, bytes] = {}
        self._shared: list[object] = []  # The columns from the row before that its command says.
        self._of_shared: HeaderList = []

    def of(self, row: TupleRow) -> HeaderList:
        number, version, stored_name, _, chain, *shared = row
        if shared != self._shared:
            self._shared, self._of_shared = shared, self._of_command(Row._make(row))
        return [
            ("ce_id", b"%b%d" % (self._prefix, number)),
            *(self._common.get(stored_name) or self._of_type(stored_name)),
            *self._of_shared,
            ("ce_version", b"%d" % version),
            ("ce_chain", hexlify(chain)),
        ]

    def _of_command(self, row: Row) -> HeaderList:
        found: HeaderList = [
            ("ce_time", self._times.get(row.recorded_at) or self._time(row.recorded_at)),
            ("ce_effectiveon", self._days.get(row.effective_on) or self._day(row.effective_on)),
            ("ce_commandid", hexlify(row.command_id)),
        ]
        for name, text in (
            ("ce_correlationid", row.correlation_id),
            ("ce_causation", row.causation),
            ("ce_actor", row.actor),
            ("ce_traceparent", row.traceparent),
        ):
            if text:
                found.append((name, text.encode()))
        return found

    def _of_type(self, row_name: str) -> list[tuple[str, bytes]]:
        name = row_name.partition(MARK)[0]
        found = [
            ("ce_specversion", b"1.0"),
            ("ce_type", name.encode()),
            ("ce_source", b"/tally/" + self._book),
            ("ce_aggregate", self._aggregates[name].encode()),
        ]
        if name != row_name:  # Of a later edition; CloudEvents' word for what the data adheres to.
            found.append(("ce_dataschema", row_name.encode()))
        self._common[row_name] = found
        return found

    def _time(self, raw: bytes) -> bytes:
        moment = EPOCH_2000 + timedelta(microseconds=int.from_bytes(raw, "big", signed=True))
        return _kept(self._times, key=raw, value=moment.isoformat(timespec="microseconds").encode())

    def _day(self, raw: bytes) -> bytes:
        day = EPOCH_2000 + timedelta(days=int.from_bytes(raw, "big", signed=True))
        return _kept(self._days, key=raw, value=day.date().isoformat().encode())


def _kept(cache: dict[bytes, bytes], *, key: bytes, value: bytes) -> bytes:
    if len(cache) >= CACHE_MAX:
        cache.clear()
    cache[key] = value
    return value


def place_of(facts: Mapping[str, bytes]) -> tuple[bytes, int]:
    """The book of an event and its sequence there. KeyError, ValueError: it is none of ours."""
    book, _, sequence = facts["ce_id"].rpartition(b"/")
    return book, int(sequence)


def first_text(payload: bytes) -> bytes:
    """The first field of an Avro record that begins with a string: the aggregate's id."""
    length, shift, place = 0, 0, 0
    while True:
        byte = payload[place]
        length |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the varint's last byte has no high bit.
            break
    size = length >> 1
    return payload[place : place + size]
