"""The relay of one book: events, then what leaves through the outbox, then answers.

Shape: BookRelay.step() publishes one bounded batch and notes it; 0 means there was nothing.
Rules: one relay a book (an advisory lock of the session); a crash after publishing repeats the
batch with the same sequences, which every reader tolerates; nothing is noted before Kafka has
acknowledged it.
Errors: Outage.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from confluent_kafka import KafkaException
from psycopg import sql

from commands.outage import Outage
from consumers.relay.headers import ROWS, Headers, first_text
from consumers.relay.publish import OutboxRow, Publisher
from infra.event_store.directory import Book, connect
from infra.kafka import clients
from infra.kafka.partition import partition_of

ROWS_MAX = 5_000
ANSWER_TYPE = "tally.answer.v1.CommandAnswered"

LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 7410))"
RELAYED = "SELECT last_sequence, last_answer FROM {schema}.relayed"
HEAD = """SELECT last_sequence, last_answer, EXISTS (SELECT FROM {schema}.outbox)
  FROM {schema}.head"""
EVENTS: LiteralString = (
    ROWS + "WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id"
)
OUTBOX = """SELECT outbox_sequence, topic, key, type_name, payload, header_names, header_values
  FROM {schema}.outbox ORDER BY outbox_sequence LIMIT %s"""
ANSWERS = """SELECT answer FROM {schema}.answers
  WHERE answer_sequence > %s AND answer_sequence <= %s ORDER BY answer_sequence"""
NOTE = """WITH sent AS (DELETE FROM {schema}.outbox WHERE outbox_sequence = ANY(%s::bigint[]))
  UPDATE {schema}.relayed SET last_sequence = %s, last_answer = %s"""


class BookRelay:
    """Publishes one book."""

    def __init__(self, dsn: str, book: Book, publisher: Publisher) -> None:
        self.book = book
        self.publisher = publisher
        self.headers = Headers(book.name, publisher.place.aggregates)
        self.partition = partition_of(book.name.encode(), publisher.place.partitions)
        self.connection = connect(dsn)
        self.connection.execute("SET synchronous_commit = off")  # A lost note repeats a batch.
        self.cursor = self.connection.cursor(binary=True)
        self.relayed: tuple[int, int] | None = None
        self._goal: tuple[int, int] | None = None
        self._statements: dict[str, bytes] = {}

    def close(self) -> None:
        self.connection.close()

    def step(self) -> int:
        """Publish one batch; how many records it was. Errors: Outage."""
        try:
            return self._step()
        except psycopg.OperationalError as error:
            raise Outage(f"PostgreSQL: {error}", retry=True) from error
        except KafkaException as error:
            raise clients.outage(error) from error
        except BufferError as error:
            raise Outage(f"Kafka: {error}", retry=True) from error

    def _step(self) -> int:
        if self.relayed is None and not self._begin():
            return 0
        assert self.relayed is not None, "begun"
        sequence, answer = self.relayed
        last_sequence, last_answer, has_outbox = self._one(HEAD)
        if self._goal is None or self._goal == self.relayed:
            self._goal = last_sequence, last_answer
        # An answer speaks of events: it follows when all of them are out. The goal stands until
        # it is reached, so that answers leave also while events come faster than they go.
        goal_sequence, goal_answer = self._goal
        to_sequence = min(goal_sequence, sequence + ROWS_MAX)
        to_answer = min(goal_answer, answer + ROWS_MAX) if to_sequence == goal_sequence else answer
        if (to_sequence, to_answer) == self.relayed and not has_outbox:
            return 0
        events = self._publish_events(sequence, to_sequence=to_sequence)
        sent = self._publish_outbox() if has_outbox else []
        if events or sent:
            self.publisher.flush(f"book {self.book.name}")
        if to_answer > answer:
            self._publish_answers(answer, to_answer=to_answer)
            self.publisher.flush(f"book {self.book.name}")
        self._note((to_sequence, to_answer), sent)
        return events + len(sent) + to_answer - answer

    def _begin(self) -> bool:
        """Become the one relay of this book, or not yet."""
        if self._one(LOCK, (self.book.name,)) == (False,):
            return False
        self.relayed = self._one(RELAYED)
        return True

    def _publish_events(self, sequence: int, *, to_sequence: int) -> int:
        if to_sequence == sequence:
            return 0
        self._execute(EVENTS, (sequence, to_sequence))
        publisher = self.publisher
        produce, report = publisher.producer.produce, publisher.report
        topic, partition = publisher.place.topics.events, self.partition
        frames, headers_of = publisher.frames, self.headers.of
        count = 0
        for row in self.cursor.fetchall():
            number, _, stored_name, payload, *_ = row
            count += 1
            assert number == sequence + count, "the log has a gap"
            frame = frames.get(stored_name)
            if frame is None:
                raise Outage(f"this release does not know {stored_name}", retry=False)
            key = first_text(payload)
            produce(topic, frame + payload, key, partition, report, headers=headers_of(row))
        assert count == to_sequence - sequence, "the log ends before its head"
        return count

    def _publish_answers(self, answer: int, *, to_answer: int) -> None:
        self._execute(ANSWERS, (answer, to_answer))
        publisher = self.publisher
        frame, key = publisher.frames[ANSWER_TYPE], self.book.name.encode()
        messages = [{"key": key, "value": frame + payload} for (payload,) in self.cursor]
        assert len(messages) == to_answer - answer, "an answer is missing"
        topic = publisher.place.topics.results
        queued = publisher.producer.produce_batch(topic, messages, self.partition, publisher.report)
        if queued != len(messages):
            raise BufferError("the producer's queue is full")

    def _publish_outbox(self) -> list[int]:
        self._execute(OUTBOX, (ROWS_MAX,))
        sent: list[int] = []
        for number, topic, key, type_name, payload, names, values in self.cursor.fetchall():
            headers = tuple(zip(names, values, strict=True))
            self.publisher.put(OutboxRow(topic, key, type_name, payload, headers))
            sent.append(number)
        return sent

    def _note(self, relayed: tuple[int, int], sent: list[int]) -> None:
        self._execute(NOTE, (sent, *relayed))
        self.relayed = relayed

    def _execute(self, text: LiteralString, parameters: Sequence[object] = ()) -> None:
        statement = self._statements.get(text)
        if statement is None:
            composed = sql.SQL(text).format(schema=sql.Identifier(self.book.schema))
            statement = self._statements[text] = composed.as_bytes(self.connection)
        self.cursor.execute(statement, parameters, prepare=True)

    def _one(self, text: LiteralString, parameters: Sequence[object] = ()) -> Any:  # noqa: ANN401 - a row of any columns.
        self._execute(text, parameters)
        return self.cursor.fetchone()
