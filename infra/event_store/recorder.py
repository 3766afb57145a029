"""The library's application recorder over a book's own tables, with batches written by COPY.

Shape: BookRecorder.record(changes) writes one fenced transaction; select_events and
select_notifications are the library's. `notification_id` is given by us (last + 1), so a rollback
burns none; no table lock, no NOTIFY, no pipeline: they cost, or hang on large batches
(docs/decisions/0003-event-store.md).
Errors: Fenced; otherwise the library's persistence errors.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor, sql
from psycopg.rows import DictRow

from commands.ports import Changes, Fenced, NewAnswer, Outgoing
from infra.event_store import rows, tables

FENCE = """UPDATE {schema}.head SET last_sequence = %(sequence)s, last_answer = %(answer)s,
  chain = %(chain)s, recorded_at_us = %(at_us)s,
  commands_position = %(commands)s, internal_position = %(internal)s
WHERE name = %(name)s AND epoch = %(epoch)s AND last_sequence = %(was_sequence)s
  AND commands_position = %(was_commands)s AND internal_position = %(was_internal)s"""
OUTBOX = """INSERT INTO {schema}.outbox
  (topic, key, type_name, payload, header_names, header_values) VALUES (%s, %s, %s, %s, %s, %s)"""
TIMER = """INSERT INTO {schema}.timers (timer_id, due_us, type_name, payload)
  VALUES (%s::uuid, %s, %s, %s) ON CONFLICT (timer_id) DO NOTHING"""
TIMERS_DONE = "DELETE FROM {schema}.timers WHERE timer_id = ANY(%s::text[]::uuid[])"
MARK = "INSERT INTO {schema}.marks VALUES (%s::uuid, %s, %s) ON CONFLICT (command_id) DO NOTHING"
# A lost note only makes the next search begin earlier.
NOTE_END = """SET LOCAL synchronous_commit = off; UPDATE {schema}.relayed SET
  events_offset = greatest(events_offset, {offset}), events_topic_id = {topic_id}
  WHERE (SELECT epoch FROM {schema}.head) = {epoch}"""
SNAPSHOT = "INSERT INTO {schema}.snapshots VALUES (%s, %s, %s, %s)"
SNAPSHOTS_OLD = """DELETE FROM {schema}.snapshots s
USING unnest(%s::uuid[], %s::bigint[]) AS kept (id, version)
WHERE s.originator_id = kept.id AND s.originator_version < kept.version"""


class BookRecorder(PostgresApplicationRecorder):
    """The log of one book, with all that is written together with it."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore, events_table_name="events")
        self.sql_create_statements = [self.sql(tables.BOOK)]

    def sql(self, text: LiteralString) -> sql.Composed:
        """A statement of this book's schema."""
        return sql.SQL(text).format(schema=sql.Identifier(self.datastore.schema))

    def record(self, changes: Changes, snapshots: Sequence[StoredEvent]) -> None:
        """Write one batch in one transaction, if the book is still where it was."""
        with self.datastore.transaction(commit=True) as cursor:
            self._fence(cursor, changes)
            self._insert_events(cursor, (), changes=changes)
            self._insert_answers(cursor, changes)
            self._insert_outward(cursor, changes)
            self._insert_snapshots(cursor, snapshots)

    def note_end(self, offset: int, topic_id: str, *, epoch: int) -> None:
        """All of this book that Kafka holds beyond the log's end lies at this offset or behind it.

        True of any end of the partition that was seen by whoever has the book: what it will still
        write is published later, and nobody else writes it.
        """
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                sql.SQL(NOTE_END).format(
                    schema=sql.Identifier(self.datastore.schema),
                    offset=sql.Literal(offset),
                    topic_id=sql.Literal(topic_id),
                    epoch=sql.Literal(epoch),
                )
            )

    def _fence(self, cursor: Cursor[DictRow], changes: Changes) -> None:
        before, after = changes.before, changes.after
        cursor.execute(
            self.sql(FENCE),
            {
                "name": before.name,
                "epoch": before.epoch,
                "was_sequence": before.sequence,
                "was_commands": before.commands_position,
                "was_internal": before.internal_position,
                "sequence": after.sequence,
                "answer": after.answer_sequence,
                "chain": after.chain,
                "at_us": after.recorded_at_us,
                "commands": after.commands_position,
                "internal": after.internal_position,
            },
            prepare=True,
        )
        if cursor.rowcount != 1:
            raise Fenced(before.name)

    def _insert_events(
        self,
        curs: Cursor[DictRow],
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - as the library spells it.
    ) -> None:
        changes: Changes = kwargs["changes"]
        assert not stored_events, "a book's events come as changes"
        if changes.events:
            target = self.sql("COPY {schema}.events (" + rows.EVENT_COLUMNS + ") FROM STDIN BINARY")
            with curs.copy(target) as copy:
                copy.write(rows.event_rows(changes.events, changes.at_us))

    def _insert_answers(self, cursor: Cursor[DictRow], changes: Changes) -> None:
        if changes.answers:
            columns = rows.ANSWER_COLUMNS
            target = self.sql("COPY {schema}.answers (" + columns + ") FROM STDIN BINARY")
            with cursor.copy(target) as copy:
                copy.write(rows.answer_rows(changes.answers, changes.at_us))

    def _insert_outward(self, cursor: Cursor[DictRow], changes: Changes) -> None:
        if changes.outgoing:
            cursor.executemany(self.sql(OUTBOX), [_outbox_row(each) for each in changes.outgoing])
        if changes.timers:
            timers = [(t.timer_id.hex(), t.due_us, t.type_name, t.payload) for t in changes.timers]
            cursor.executemany(self.sql(TIMER), timers)
        if changes.timers_done:
            cursor.execute(self.sql(TIMERS_DONE), ([each.hex() for each in changes.timers_done],))
        if changes.marks:
            cursor.executemany(self.sql(MARK), [_mark_row(mark) for mark in changes.marks])

    def _insert_snapshots(self, cursor: Cursor[DictRow], snapshots: Sequence[StoredEvent]) -> None:
        if not snapshots:
            return
        ids = [each.originator_id for each in snapshots]
        versions = [each.originator_version for each in snapshots]
        cursor.executemany(
            self.sql(SNAPSHOT),
            [(s.originator_id, s.originator_version, s.topic, s.state) for s in snapshots],
        )
        cursor.execute(self.sql(SNAPSHOTS_OLD), (ids, versions))


def _mark_row(mark: NewAnswer) -> tuple[str, bytes, bytes]:
    assert mark.command_id is not None, "a mark is found by its command"
    return mark.command_id.hex(), mark.payload_hash, mark.payload


def _outbox_row(outgoing: Outgoing) -> tuple[object, ...]:
    return (
        outgoing.topic,
        outgoing.key,
        outgoing.type_name,
        outgoing.payload,
        [name for name, _ in outgoing.headers],
        [value for _, value in outgoing.headers],
    )
