"""One pass over a book's log: numbers, chain, streams, states and ledger, all recomputed.

Shape: pass_over(connection, book, findings) -> Folded. The log is read through a cursor of the
server, ROWS at a time.
Bound: memory holds the state of every aggregate of the book and a balance an account.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import sql

from commands import chain, identity
from commands.catalogue import EVENTS, EVENTS_BY_NAME
from consumers.verify.report import Findings
from domain.accounting import posting, trial
from domain.accounting.trial import Balances
from domain.decision import Stream
from infra.event_store.directory import Book
from infra.event_store.rows import EPOCH_2000_DAYS, EPOCH_2000_US
from schemas import codec

ROWS = 20_000
HEAD = "SELECT last_sequence, last_answer, chain FROM {schema}.head"
SALT = "SELECT secret FROM {schema}.secrets WHERE name = 'salt'"
LOG = """SELECT notification_id, originator_version, timestamptz_send(recorded_at),
  date_send(effective_on), uuid_send(originator_id), uuid_send(command_id), topic, state, chain,
  coalesce(correlation_id, ''), coalesce(causation, ''), coalesce(actor, ''),
  coalesce(traceparent, '')
FROM {schema}.events WHERE notification_id <= {to} ORDER BY notification_id"""


class Stored(NamedTuple):
    """A row of the log."""

    sequence: int
    version: int
    recorded_at: bytes
    effective_on: bytes
    stream_id: bytes
    command_id: bytes
    type_name: str
    payload: bytes
    chain: bytes
    correlation_id: str
    causation: str
    actor: str
    traceparent: str


@dataclass(slots=True)
class Folded:
    """What the log comes to."""

    book: str
    sequence: int
    answer_sequence: int
    states: dict[Stream, tuple[int, object]] = field(
        default_factory=dict[Stream, tuple[int, object]]
    )
    balances: Balances = field(default_factory=Balances)


def pass_over(connection: psycopg.Connection, book: Book, findings: Findings) -> Folded:
    """Recompute a book from its first event."""
    head = _one(connection, book, HEAD)
    folded = Folded(book.name, head[0], head[1])
    links = Links(book.name, bytes(_one(connection, book, SALT)[0]))
    expected = 0
    for row in rows(connection, book, to=folded.sequence):
        expected += 1
        if row.sequence != expected:
            place = f"{book.name}/{expected}"
            findings.compare("log_sequences_gapless", place, found=row.sequence, expected=expected)
            expected = row.sequence
        _fold(row, folded, links, findings)
    findings.compare("log_sequences_gapless", book.name, found=expected, expected=head[0])
    findings.compare(
        "log_chain_unbroken", f"{book.name} head", found=links.last.hex(), expected=head[2].hex()
    )
    findings.events += folded.sequence
    return folded


class Links:
    """The chain as it must be, link by link."""

    def __init__(self, book: str, key: bytes) -> None:
        self.last = chain.FIRST
        self._book = book
        self._salts = chain.Salts(key)
        self._kinds: dict[str, bytes] = {}

    def next(self, row: Stored, *, aggregate: str, aggregate_id: str) -> bytes:
        kind = self._kinds.get(row.type_name)
        if kind is None:
            kind = self._kinds[row.type_name] = chain.kind_bytes(
                book=self._book, type_name=row.type_name, aggregate=aggregate
            )
        facts = chain.Facts(
            int.from_bytes(row.recorded_at, "big", signed=True) + EPOCH_2000_US,
            int.from_bytes(row.effective_on, "big", signed=True) + EPOCH_2000_DAYS,
            row.command_id,
            row.correlation_id,
            row.actor,
            row.traceparent,
        )
        said = chain.facts_bytes(
            kind=kind,
            aggregate_id=aggregate_id,
            numbers=chain.NUMBERS.pack(
                row.sequence, row.version, facts.recorded_at_us, facts.effective_on
            ),
            command=chain.command_bytes(facts),
            causation=row.causation,
        )
        salt = self._salts.of(row.sequence)
        self.last = chain.link(previous=self.last, salt=salt, facts=said, payload=row.payload)
        return self.last


def rows(connection: psycopg.Connection, book: Book, *, to: int) -> Iterator[Stored]:
    """The log up to a sequence, in order."""
    statement = sql.SQL(LOG).format(schema=sql.Identifier(book.schema), to=sql.Literal(to))
    with connection.transaction(), connection.cursor("proof", binary=True) as cursor:
        cursor.itersize = ROWS
        cursor.execute(statement)
        for row in cursor:
            yield Stored._make(row)


def _fold(row: Stored, folded: Folded, links: Links, findings: Findings) -> None:
    place = f"{folded.book}/{row.sequence}"
    cls = EVENTS_BY_NAME.get(row.type_name)
    if cls is None:
        findings.wrong("log_chain_unbroken", f"{place}: an unknown type {row.type_name}")
        links.last = row.chain
        return
    rule = EVENTS[cls]
    try:
        event = codec.decode_event(row.type_name, row.payload)
    except codec.Malformed as malformed:
        findings.wrong("log_chain_unbroken", f"{place}: {malformed}")
        links.last = row.chain
        return
    aggregate_id = rule.id_of(event)
    if links.next(row, aggregate=rule.aggregate, aggregate_id=aggregate_id) != row.chain:
        findings.wrong("log_chain_unbroken", f"{place} {row.type_name} of {aggregate_id}")
        links.last = row.chain  # Later links are judged by what is stored.
    _evolve(row, (rule.aggregate, aggregate_id), event, folded, findings)
    trial.post(folded.balances, posting.lines(event, folded.book))


def _evolve(row: Stored, stream: Stream, event: object, folded: Folded, findings: Findings) -> None:
    version, state = folded.states.get(stream, (0, None))
    if row.version != version + 1 or (version == 0 and row.stream_id != identity.stream_id(stream)):
        findings.wrong(
            "streams_gapless", f"{folded.book}/{row.sequence}: {stream} version {row.version}"
        )
    try:
        after = EVENTS[type(event)].evolve(state, event)
    except AssertionError as impossible:
        findings.wrong("streams_gapless", f"{folded.book}/{row.sequence}: {impossible}")
        return
    folded.states[stream] = row.version, after


def _one(connection: psycopg.Connection, book: Book, text: LiteralString) -> Any:  # noqa: ANN401 - a row of any columns.
    statement = sql.SQL(text).format(schema=sql.Identifier(book.schema))
    row = connection.execute(statement).fetchone()
    assert row is not None, "a book without a head"
    return row
