"""Commands and what came of them: one row an answer, repeats included.

Shape: fed with Answers, whose `answer_sequence` is their place; pack makes the rows. Rows are only
ever added; the index is the client's key, by which people ask.
Rules: a client's key may have several answers: the first, its repeats marked `replayed`, and
refusals of other commands under the same key. Answers of another feed than events, so this model
stands at answers, not at events.
"""

from collections.abc import Sequence
from struct import Struct
from typing import Final, cast

from psycopg import Cursor

from projections.batches import Batch
from projections.columns import BOOK, CODE, TEXT, TIME
from projections.model import Model
from projections.packing import EPOCH_US, copy, text
from projections.recorded import Answer, Recorded
from projections.relations import Column, Relations, Table

COMMANDS = Table(
    name="commands",
    comment="One row an answer to a command; every command has at least one.",
    columns=(
        Column("answer_sequence", "bigint NOT NULL", "Counts the answers of a book without gap."),
        Column("answered_at", TIME, "When it was answered."),
        Column("first_sequence", "bigint NOT NULL", "Of its first event in the book; 0 if none."),
        Column("book_sequence", "bigint NOT NULL", "Of its last event in the book; 0 if none."),
        Column("command_id", "uuid NOT NULL", "Made of client and idempotency key."),
        Column("replayed", "boolean NOT NULL", "Whether this repeats the answer given before."),
        BOOK,
        Column("client", TEXT, "Who published it."),
        Column("idempotency_key", TEXT, "The client's key of it."),
        Column("command_type", TEXT, "Full name of its type."),
        Column("status", TEXT, "accepted, refused or internal_error."),
        CODE,
        Column("detail", TEXT, "The same as a sentence for people, else empty."),
        Column("correlation_id", TEXT, "What the client calls the whole affair, else empty."),
    ),
    key=("book", "answer_sequence"),
    indexes=("(idempotency_key)",),
)
COPY: Final = """COPY commands (answer_sequence, answered_at, first_sequence, book_sequence,
command_id, replayed, book, client, idempotency_key, command_type, status, code, detail,
correlation_id) FROM STDIN (FORMAT BINARY)"""
# Fourteen fields: four of 8 bytes, one of 16, one of 1; the texts follow.
FIXED = Struct(">hiqiqiqiqi16si?")


def pack(book: str, batch: Sequence[Recorded]) -> list[bytes]:
    rows: list[bytes] = []
    named = text(book)
    for recorded in batch:
        answer = cast("Answer", recorded.event)
        rows.append(
            FIXED.pack(
                14,
                8,
                answer.answer_sequence,
                8,
                answer.answered_at_us - EPOCH_US,
                8,
                answer.first_sequence,
                8,
                answer.last_sequence,
                16,
                bytes.fromhex(answer.command_id),
                1,
                answer.replayed,
            )
        )
        rows.append(named)
        rows.append(text(answer.client))
        rows.append(text(answer.idempotency_key))
        rows.append(text(answer.command_type))
        rows.append(text(answer.status))
        rows.append(text(answer.code))
        rows.append(text(answer.detail))
        rows.append(text(answer.correlation_id))
    return rows


class Commands(Model):
    name = "commands"
    version = 1
    relations = Relations(tables=(COMMANDS,), compared=(COMMANDS.name,))
    feed = "answers"

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        copy(cursor, COPY, pack(batch.book, batch.events))
