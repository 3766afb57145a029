"""One pass over a book's log: numbers, chain, streams, states and ledger, all recomputed.

Shape: heads(connection, books) says where all books end, at one moment; Pass(connection, head,
findings).to(sequence) folds a book from where it is up to there, so that a later call goes on.
The log is read through a cursor of the server, ROWS at a time.
Bound: memory holds the state of every aggregate of the book and a balance an account.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg
from psycopg import sql

from commands import chain, identity
from commands.catalogue import EVENTS, EventRule
from consumers.verify.report import Findings, Name
from domain.accounting import posting, trial
from domain.accounting.trial import Balances
from domain.decision import Stream
from infra.event_store.directory import Book
from infra.event_store.rows import EPOCH_2000_DAYS, EPOCH_2000_US
from schemas import codec

ROWS = 5_000
HEAD = """SELECT head.last_sequence, head.last_answer, head.chain, secrets.secret
FROM {schema}.head AS head, {schema}.secrets AS secrets WHERE secrets.name = 'salt'"""
LOG = """SELECT notification_id, originator_version, timestamptz_send(recorded_at),
  date_send(effective_on), uuid_send(originator_id), uuid_send(command_id), topic, state, chain,
  coalesce(correlation_id, ''), coalesce(causation, ''), coalesce(actor, ''),
  coalesce(traceparent, '')
FROM {schema}.events WHERE notification_id > {after} AND notification_id <= {to}
ORDER BY notification_id"""
Command = tuple[bytes, str, str, str]  # Its id, correlation_id, actor and traceparent.
# In the order of LOG's columns: a tuple of the driver's, named nowhere, for there are millions.
Row = tuple[int, int, bytes, bytes, bytes, bytes, str, bytes, bytes, str, str, str, str]


class Head(NamedTuple):
    """Where a book ends, and the secret of its salts."""

    book: Book
    sequence: int
    answer_sequence: int
    chain: bytes
    key: bytes


@dataclass(slots=True)
class Aggregate:
    """One stream, folded."""

    stream_id: bytes
    version: int = 0
    state: object = None


@dataclass(slots=True)
class Folded:
    """What the log comes to, up to `sequence`. `lines` counts those of the ledger."""

    book: str
    sequence: int = 0
    lines: int = 0
    streams: dict[Stream, Aggregate] = field(default_factory=dict[Stream, Aggregate])
    balances: Balances = field(default_factory=Balances)


def heads(connection: psycopg.Connection, books: Sequence[Book]) -> list[Head]:
    """All of them at one moment, so that no book has an effect whose cause another lacks."""
    found: list[Head] = []
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for book in books:
            statement = sql.SQL(HEAD).format(schema=sql.Identifier(book.schema))
            row = connection.execute(statement).fetchone()
            assert row is not None, "a book without a head"
            found.append(Head(book, row[0], row[1], bytes(row[2]), bytes(row[3])))
    return found


class Pass:
    """A book, recomputed from its first event."""

    def __init__(self, connection: psycopg.Connection, head: Head, findings: Findings) -> None:
        self.head = head
        self.folded = Folded(head.book.name)
        self._connection = connection
        self._findings = findings
        self._links = Links(head.book.name, head.key)
        self._place = head.book.name + "/%d"

    def to_head(self) -> Folded:
        """Up to the end as it was found, which the head must name."""
        head, name = self.head, self.folded.book
        self.to(head.sequence)
        found = self.folded.sequence
        self._compare("log_sequences_gapless", name, found=found, expected=head.sequence)
        found, expected = self._links.last.hex(), head.chain.hex()
        self._compare("log_chain_unbroken", f"{name} head", found=found, expected=expected)
        return self.folded

    def to(self, sequence: int) -> None:
        """Fold what lies between."""
        expected = before = self.folded.sequence
        for row in rows(self._connection, self.head.book, after=before, to=sequence):
            expected += 1
            if row[0] != expected:
                place = self._place % expected
                self._compare("log_sequences_gapless", place, found=row[0], expected=expected)
                expected = row[0]
            self._fold(row)
        self.folded.sequence = expected
        self._findings.events += expected - before

    def _fold(self, row: Row) -> None:
        try:
            event = codec.decode_stored_event(row[6], row[7])
        except codec.Malformed as malformed:
            self._unread(row, str(malformed))
            return
        rule = EVENTS[type(event)]
        aggregate_id = rule.id_of(event)
        if self._links.next(row, rule, aggregate_id) != row[8]:
            self._unread(row, f"{row[6]} of {aggregate_id}")
        self._evolve(row, (rule.aggregate, aggregate_id), rule, event)
        self._post(row, event)

    def _unread(self, row: Row, why: str) -> None:
        """The chain does not hold here; later links are judged by what is stored."""
        self._wrong("log_chain_unbroken", row, why)
        self._links.last = row[8]

    def _evolve(self, row: Row, stream: Stream, rule: EventRule, event: object) -> None:
        known = self.folded.streams.get(stream)
        if known is None:
            known = self.folded.streams[stream] = Aggregate(identity.stream_id(stream))
        known.version += 1
        if row[1] != known.version or row[4] != known.stream_id:
            self._wrong("streams_gapless", row, f"{'/'.join(stream)} version {row[1]}")
            known.version = row[1]
        try:
            known.state = rule.evolve(known.state, event)
        except AssertionError as impossible:
            self._wrong("streams_gapless", row, str(impossible))

    def _post(self, row: Row, event: object) -> None:
        try:
            lines = posting.lines(event, self.folded.book)
        except posting.UnaccountedEventError as unaccounted:
            self._wrong("ledger_equals_log", row, str(unaccounted))
            return
        trial.post(self.folded.balances, lines)
        self.folded.lines += len(lines)

    def _wrong(self, invariant: Name, row: Row, why: str) -> None:
        self._findings.wrong(invariant, f"{self._place % row[0]}: {why}")

    def _compare(self, invariant: Name, place: str, *, found: object, expected: object) -> None:
        self._findings.compare(invariant, place, found=found, expected=expected)


class Links:
    """The chain as it must be, link by link."""

    def __init__(self, book: str, key: bytes) -> None:
        self.last = chain.FIRST
        self._book = book
        self._salts = chain.Salts(key)
        self._kinds: dict[str, bytes] = {}
        self._command: Command = (b"", "", "", "")
        self._command_bytes = b""

    def next(self, row: Row, rule: EventRule, aggregate_id: str) -> bytes:
        """The chain after an event, from its stored facts and payload."""
        kind = self._kinds.get(row[6])
        if kind is None:
            kind = self._kinds[row[6]] = chain.kind_bytes(
                book=self._book, type_name=row[6], aggregate=rule.aggregate
            )
        recorded_at_us = int.from_bytes(row[2], "big", signed=True) + EPOCH_2000_US
        effective_on = int.from_bytes(row[3], "big", signed=True) + EPOCH_2000_DAYS
        command = (row[5], row[9], row[11], row[12])
        if command != self._command:  # The events of one command follow each other.
            self._command = command
            facts = chain.Facts(recorded_at_us, effective_on, *command)
            self._command_bytes = chain.command_bytes(facts)
        said = chain.facts_bytes(
            kind=kind,
            aggregate_id=aggregate_id,
            numbers=chain.NUMBERS.pack(row[0], row[1], recorded_at_us, effective_on),
            command=self._command_bytes,
            causation=row[10],
        )
        salt = self._salts.of(row[0])
        self.last = chain.link(previous=self.last, salt=salt, facts=said, payload=row[7])
        return self.last


def rows(connection: psycopg.Connection, book: Book, *, after: int, to: int) -> Iterator[Row]:
    """The log between two sequences, in order."""
    if after >= to:
        return
    statement = sql.SQL(LOG).format(
        schema=sql.Identifier(book.schema), after=sql.Literal(after), to=sql.Literal(to)
    )
    with connection.transaction(), connection.cursor("proof", binary=True) as cursor:
        cursor.execute(statement)
        while found := cursor.fetchmany(ROWS):
            yield from found
