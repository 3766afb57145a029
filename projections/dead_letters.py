"""Dead letters: records that could not be processed, as they came, and what became of them.

Shape: keep(connection, letters) adds those that are not there yet; settle(connection, …) notes that
one was redriven or refused, dismiss(connection, …) who has settled one for good, and why. Dead
letters have no sequence of their own: told twice counts once by their id, so this model stands at
no position and its feed may be read again at any time.
"""

from collections.abc import Sequence
from typing import Final

import psycopg
from psycopg import Cursor

from projections.batches import Batch
from projections.columns import BOOK, TEXT, TIME, TIME_OR_NONE
from projections.model import Model
from projections.positions import enter, require
from projections.recorded import DeadLetter
from projections.relations import Column, Relations, Table
from projections.rows import moment
from projections.schema import LIVE

ADDED_TEXT: Final = "text NOT NULL DEFAULT ''"
DEAD_LETTERS = Table(
    name="dead_letters",
    comment="One row a record that could not be processed, kept whole until a person has seen it.",
    columns=(
        Column("dead_letter_id", TEXT, "Its name: topic-partition-offset of the record."),
        BOOK._replace(comment="The book that it was for, empty where that could not be read."),
        Column("topic", TEXT, "Where the record came from."),
        Column("topic_partition", "integer NOT NULL", "Partition of the topic."),
        Column("topic_offset", "bigint NOT NULL", "Place in the partition."),
        Column("key", "bytea NOT NULL", "Key of the record, as it came."),
        Column("value", "bytea NOT NULL", "The record, as it came."),
        Column("header_names", "text[] NOT NULL", "Names of its headers, in order."),
        Column("header_values", "bytea[] NOT NULL", "Their values, in the same order."),
        Column("reason", TEXT, "Why it was put aside, as a stable word."),
        Column("detail", TEXT, "The same as a sentence for people."),
        Column("traceback", TEXT, "Where a command made the program fail, else empty."),
        Column("command_type", TEXT, "Full name of the command's type, empty if unreadable."),
        Column("command_id", TEXT, "Of the command, in hexadecimal digits; empty if unreadable."),
        Column("recorded_at", TIME, "When it was put aside."),
        Column("settled_as", TEXT, "redriven, dismissed, refused, or empty: it waits."),
        Column("settled_at", TIME_OR_NONE, "When it was."),
    ),
    added=(
        Column("settled_by", ADDED_TEXT, "Who dismissed it, else empty."),
        Column("settled_because", ADDED_TEXT, "Why it was dismissed, else empty."),
        Column("redriven_to", ADDED_TEXT, "Where it lies again, as a name like its own, or empty."),
    ),
    key=("dead_letter_id",),
    indexes=("(recorded_at)",),
)
ADD: Final = """INSERT INTO dead_letters (dead_letter_id, book, topic, topic_partition,
  topic_offset, key, value, header_names, header_values, reason, detail, traceback,
  command_type, command_id, recorded_at, settled_as)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
ON CONFLICT (dead_letter_id) DO NOTHING"""
SETTLE: Final = """UPDATE read.dead_letters SET settled_as = %s, settled_at = %s, redriven_to = %s
WHERE dead_letter_id = %s AND settled_as = ''"""

DISMISS: Final = """UPDATE read.dead_letters
SET settled_as = 'dismissed', settled_at = %s, settled_by = %s, settled_because = %s
WHERE dead_letter_id = %s AND settled_as = ''"""


class DeadLetters(Model):
    name = "dead_letters"
    version = 1
    relations = Relations(tables=(DEAD_LETTERS,))
    feed = "dead_letters"

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        add(cursor, [each.event for each in batch.events if isinstance(each.event, DeadLetter)])


def keep(
    connection: psycopg.Connection, letters: Sequence[DeadLetter], *, schema: str = LIVE
) -> None:
    """Add those that are not there yet, in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        enter(cursor, schema)
        require(cursor, DeadLetters.name, DeadLetters.version)
        add(cursor, letters)


def add(cursor: Cursor, letters: Sequence[DeadLetter]) -> None:
    rows = [
        (
            *letter[: DeadLetter._fields.index("headers")],
            [name for name, _ in letter.headers],
            [value for _, value in letter.headers],
            *letter[DeadLetter._fields.index("reason") : -1],
            moment(letter.recorded_at_us),
        )
        for letter in letters
    ]
    if rows:
        cursor.executemany(ADD, rows)


def settle(
    connection: psycopg.Connection,
    dead_letter_id: str,
    *,
    settled_as: str,
    at_us: int,
    redriven_to: str = "",
) -> bool:
    """Note what became of one; False where it is not there or was settled before."""
    with connection.transaction():
        values = (settled_as, moment(at_us), redriven_to, dead_letter_id)
        return connection.execute(SETTLE, values).rowcount == 1


def dismiss(
    connection: psycopg.Connection, dead_letter_id: str, *, by: str, because: str, at_us: int
) -> bool:
    """Settle one that nothing will come of; False where it is not there or was settled before.

    A person's word, which stands nowhere else: it is on the disk when this returns.
    """
    with connection.transaction():
        done = connection.execute(DISMISS, (moment(at_us), by, because, dead_letter_id))
        return done.rowcount == 1
