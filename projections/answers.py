"""Commands and what came of them: one row an answer, repeats included.

Shape: fed with Answers, whose `answer_sequence` is their place. Rows are only
ever added; the index is the client's key, by which people ask.
Rules: a client's key may have several answers: the first, its repeats marked `replayed`, and
refusals of other commands under the same key. Answers of another feed than events, so this model
stands at answers, not at events. They are kept for a while only, so it begins where there are some:
read.position says how many it has passed over.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from psycopg import Cursor

from projections import columns
from projections.batches import Batch
from projections.copying import BOOLEAN, EPOCH_US, NUMBER, TEXT, TIME, UUID, copy
from projections.model import Model
from projections.recorded import Answer, Recorded
from projections.relations import Column, Relations, Table

COMMANDS = Table(
    name="commands",
    comment="One row an answer to a command; every command has at least one.",
    columns=(
        Column("answer_sequence", "bigint NOT NULL", "Counts the answers of a book without gap."),
        Column("answered_at", columns.TIME, "When it was answered."),
        Column("first_sequence", "bigint NOT NULL", "Of its first event in the book; 0 if none."),
        Column("book_sequence", "bigint NOT NULL", "Of its last event in the book; 0 if none."),
        Column("command_id", "uuid NOT NULL", "Made of client and idempotency key."),
        Column("replayed", "boolean NOT NULL", "Whether this repeats the answer given before."),
        columns.BOOK,
        Column("client", columns.TEXT, "Who published it."),
        Column("idempotency_key", columns.TEXT, "The client's key of it."),
        Column("command_type", columns.TEXT, "Full name of its type."),
        Column("status", columns.TEXT, "accepted, refused or internal_error."),
        columns.CODE,
        Column("detail", columns.TEXT, "The same as a sentence for people, else empty."),
        Column(
            "correlation_id", columns.TEXT, "What the client calls the whole affair, else empty."
        ),
    ),
    key=("book", "answer_sequence"),
    indexes=("(idempotency_key)",),
)
COPY: Final = """COPY commands (answer_sequence, answered_at, first_sequence, book_sequence,
command_id, replayed, book, client, idempotency_key, command_type, status, code, detail,
correlation_id) FROM STDIN (FORMAT BINARY)"""
TYPES: Final = (*[NUMBER, TIME, NUMBER, NUMBER, UUID, BOOLEAN], *[TEXT] * 8)


def rows_of(book: str, batch: Sequence[Recorded]) -> Iterator[tuple[object, ...]]:
    for recorded in batch:
        answer = recorded.event
        assert isinstance(answer, Answer), "fed with something else than answers"
        yield (
            answer.answer_sequence,
            answer.answered_at_us - EPOCH_US,
            answer.first_sequence,
            answer.last_sequence,
            bytes.fromhex(answer.command_id),
            answer.replayed,
            book,
            answer.client,
            answer.idempotency_key,
            answer.command_type,
            answer.status,
            answer.code,
            answer.detail,
            answer.correlation_id,
        )


class Commands(Model):
    name = "commands"
    version = 1
    relations = Relations(tables=(COMMANDS,), compared=(COMMANDS.name,))
    feed = "answers"
    passes = True

    def apply(self, cursor: Cursor, batch: Batch) -> None:
        copy(cursor, COPY, TYPES, rows_of(batch.book, batch.events))
