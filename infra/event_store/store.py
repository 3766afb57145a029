"""A book's write side in PostgreSQL: the port `commands.ports.Store`.

Shape: PostgresStore(dsn, directory entry); look_up is two round trips for a whole batch, record is
one transaction.
Bound: look_up folds ROWS_MAX events at a time, some 20 MB, however long the streams are. Streams
that have no snapshot to start from, as after a change of a state's class, get one on the way:
whoever is interrupted in a long look-up goes on where it was.
Errors: Fenced, Unwritable (Begun), Outage, as the port says.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import LiteralString
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from psycopg.abc import Params
from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow, tuple_row

from commands import identity
from commands.catalogue import EVENTS
from commands.ports import Begun, Changes, Found, Loaded, SavedAnswer, Snapshot, Timer, Unwritable
from domain.decision import Stream
from infra.event_store import snapshots
from infra.event_store.datastore import BookDatastore, translated
from infra.event_store.recorder import BookRecorder

Decode = Callable[[str, bytes], object]
FACT_INDEX = "events_fact_key_idx"
ROWS_MAX = 20_000  # Events that are in memory at once.
KEEP_AFTER = 1_000  # Events of one stream: five times what lies between two snapshots.

# LIMIT and OFFSET keep each look-up a loop over an index: joined, they become scans of the log.
# The book's own time bounds them: the writer's clock has dated them, not PostgreSQL's.
KNOWN = """WITH book AS (SELECT to_timestamp(recorded_at_us / 1e6) AS at FROM {schema}.head)
SELECT 'answer', asked.id, a.payload_hash, a.answer
  FROM unnest(%(commands)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT a.payload_hash, a.answer FROM {schema}.answers a WHERE a.command_id = asked.id
      AND a.recorded_at > (SELECT at FROM book) - interval '49 hours'
      AND a.recorded_at < (SELECT at FROM book) + interval '1 second' LIMIT 1) AS a
UNION ALL SELECT 'answer', asked.id, m.payload_hash, m.answer
  FROM unnest(%(commands)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT m.payload_hash, m.answer FROM {schema}.marks m WHERE m.command_id = asked.id LIMIT 1
  ) AS m
UNION ALL SELECT 'fact', e.fact_key, NULL, NULL
  FROM unnest(%(facts)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT e.fact_key FROM {schema}.events e WHERE e.fact_key = asked.id LIMIT 1) AS e"""
STREAMS = """SELECT asked.id, s.originator_version, s.topic, s.state
  FROM unnest(%(streams)s::uuid[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT * FROM {schema}.snapshots s WHERE s.originator_id = asked.id
    ORDER BY s.originator_version DESC LIMIT 1) s"""
EVENTS_AFTER = """SELECT asked.id, e.originator_version, e.topic, e.state
  FROM unnest(%(streams)s::uuid[], %(versions)s::bigint[]) AS asked (id, version)
  CROSS JOIN LATERAL (
    SELECT e.originator_version, e.topic, e.state FROM {schema}.events e
    WHERE e.originator_id = asked.id AND e.originator_version > asked.version
    ORDER BY e.originator_version OFFSET 0) AS e LIMIT %(limit)s"""
# A cache, made from the log alone, so that it needs no fence. What lies behind was not readable.
FORGET = "DELETE FROM {schema}.snapshots WHERE originator_id = ANY(%s)"
KEEP = """INSERT INTO {schema}.snapshots AS s VALUES (%s, %s, %s, %s)
  ON CONFLICT (originator_id, originator_version) DO UPDATE
  SET topic = excluded.topic, state = excluded.state"""
DUE = """SELECT timer_id, due_us, type_name, payload FROM {schema}.timers
  WHERE due_us <= %s ORDER BY due_us LIMIT %s"""


class PostgresStore:
    """One book in its schema."""

    def __init__(self, dsn: str, *, schema: str, decode_event: Decode) -> None:
        self.recorder = BookRecorder(BookDatastore(dsn, schema=schema))
        self.decode_event = decode_event
        self.key = b""  # Set when the book is taken.

    def close(self) -> None:
        self.recorder.datastore.close()

    def look_up(
        self, command_ids: Sequence[bytes], facts: Sequence[bytes], streams: Sequence[Stream]
    ) -> Found:
        answers: dict[bytes, SavedAnswer] = {}
        found_facts: set[bytes] = set()
        if command_ids or facts:
            asked = {"commands": _hex(command_ids), "facts": _hex(facts)}
            for kind, key, payload_hash, answer in self._rows(KNOWN, asked):
                assert isinstance(key, UUID), "ids are uuids"
                if kind == "fact":
                    found_facts.add(key.bytes)
                else:
                    answers[key.bytes] = SavedAnswer(bytes(payload_hash), bytes(answer))
        return Found(answers, found_facts, self._streams(streams) if streams else {})

    def due_timers(self, at_us: int, *, limit: int) -> Sequence[Timer]:
        return [
            Timer(timer_id.bytes, due_us, type_name, bytes(payload))
            for timer_id, due_us, type_name, payload in self._rows(DUE, (at_us, limit))
        ]

    def next_due_us(self) -> int | None:
        """When the earliest timer is due, None if there is none."""
        for (due_us,) in self._rows("SELECT min(due_us) FROM {schema}.timers", None):
            return due_us
        return None

    def record(self, changes: Changes) -> None:
        stored = [_stored(each) for each in changes.snapshots]
        try:
            with translated():
                self.recorder.record(changes, stored)
        except Unwritable as error:
            if _began_before(error):
                raise Begun(str(error)) from error
            raise

    def _streams(self, streams: Sequence[Stream]) -> dict[Stream, Loaded]:
        ids = {identity.stream_id(stream): stream for stream in streams}
        loaded = {key: Loaded(key, 0, None) for key in ids}
        for key, version, topic, data in self._rows(STREAMS, {"streams": _hex(ids)}):
            state = snapshots.decode(topic, bytes(data))
            if state is not None:
                loaded[key.bytes] = Loaded(key.bytes, version, state)
        while self._fold_more(loaded):
            pass
        return {ids[key]: each for key, each in loaded.items()}

    def _fold_more(self, loaded: dict[bytes, Loaded]) -> bool:
        """Fold what comes next, ROWS_MAX events at most; whether there may be more."""
        versions = [each.version for each in loaded.values()]
        asked = {"streams": _hex(loaded), "versions": versions, "limit": ROWS_MAX}
        rows = self._rows(EVENTS_AFTER, asked)
        for key, version, topic, payload in rows:
            before = loaded[key.bytes]
            assert version == before.version + 1, "a stream has a gap"
            event = self.decode_event(topic, bytes(payload))
            state = EVENTS[type(event)].evolve(before.state, event)
            loaded[key.bytes] = Loaded(key.bytes, version, state)
        pairs = zip(loaded.values(), versions, strict=True)
        self._keep([each for each, version in pairs if each.version - version >= KEEP_AFTER])
        return len(rows) == ROWS_MAX

    def _keep(self, long: Sequence[Loaded]) -> None:
        """Snapshots of streams that took long, for whoever loads them next."""
        if not long:
            return
        made = [_stored(Snapshot(each.stream_id, each.version, each.state)) for each in long]
        rows = [(s.originator_id, s.originator_version, s.topic, s.state) for s in made]
        with translated(), self.recorder.datastore.transaction(commit=True) as cursor:
            cursor.execute(self.recorder.sql(FORGET), ([each.originator_id for each in made],))
            cursor.executemany(self.recorder.sql(KEEP), rows)

    def _rows(self, text: LiteralString, parameters: Params | None) -> Sequence[TupleRow]:
        with (
            translated(),
            self.recorder.datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row, binary=True) as cursor,
        ):
            cursor.execute(self.recorder.sql(text), parameters, prepare=True)
            return cursor.fetchall()


def _hex(keys: Iterable[bytes]) -> str:
    """Ids as the text of one array: UUID objects for the driver cost ten times as much."""
    return "{" + ",".join([key.hex() for key in keys]) + "}"


def _began_before(refused: Unwritable) -> bool:
    """Whether the store has refused a second beginning."""
    theirs = refused.__cause__.__cause__ if refused.__cause__ else None
    return isinstance(theirs, UniqueViolation) and theirs.diag.constraint_name == FACT_INDEX


def _stored(snapshot: Snapshot) -> StoredEvent:
    topic, data = snapshots.encode(snapshot.state)
    return StoredEvent(UUID(bytes=snapshot.stream_id), snapshot.version, topic, data)
