"""Answers and dead letters: fed from their own topics, told twice and kept once."""

from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from projections.answers import Commands
from projections.apply import apply_batch
from projections.batches import Gap
from projections.dead_letters import dismiss, keep, settle
from projections.positions import WrongVersionError
from projections.recorded import Answer, DeadLetter, Recorded, answered
from tests.integration.read_side import apply, ask, clean, connect, prepared

AT_US = 1_772_000_000_123_456
AT = datetime(2026, 2, 25, 6, 13, 20, 123_456, UTC)


def accepted(sequence: int, *, replayed: bool = False) -> Recorded:
    return answered(
        Answer(
            "main",
            sequence,
            "00ff" * 8,
            "shop",
            "订单-1",
            "tally.wallet.v1.CreditWallet",
            "accepted",
            "",
            "",
            replayed,
            7,
            9,
            "affair",
            AT_US + sequence,
        )
    )


def refused(sequence: int) -> Recorded:
    answer = accepted(sequence).event
    assert isinstance(answer, Answer)
    return answered(
        replace(
            answer,
            status="refused",
            code="insufficient_funds",
            detail="there is too little",
            first_sequence=0,
            last_sequence=0,
            idempotency_key="k2",
        )
    )


def test_an_answer_is_found_by_its_key_with_its_repeats(reads: psycopg.Connection) -> None:
    apply(reads, [accepted(1), refused(2), accepted(3, replayed=True)], models=[Commands()])
    found = ask(
        reads,
        """SELECT book, answer_sequence, command_id::text, client, command_type, status, code,
        detail, replayed, first_sequence, book_sequence, correlation_id, answered_at
        FROM read.commands WHERE idempotency_key = '订单-1' ORDER BY answer_sequence""",
    )
    command_id = "00ff00ff-00ff-00ff-00ff-00ff00ff00ff"
    kind = "tally.wallet.v1.CreditWallet"
    first = ("main", 1, command_id, "shop", kind, "accepted", "", "", False, 7, 9, "affair")
    assert found[0] == (*first, AT.replace(microsecond=123_457))
    assert found[1][1:9] == (3, command_id, "shop", kind, "accepted", "", "", True)
    assert ask(
        reads,
        """SELECT status, code, detail, first_sequence, book_sequence FROM read.commands
        WHERE idempotency_key = 'k2'""",
    ) == [("refused", "insufficient_funds", "there is too little", 0, 0)]


def test_answers_are_counted_and_told_once(reads: psycopg.Connection) -> None:
    models = [Commands()]
    apply(reads, [accepted(1), refused(2)], models=[*models])
    apply(reads, [refused(2), accepted(3)], models=[*models])
    assert apply_batch(reads, models, "main", [accepted(5)]) == Gap("main", 4, 5)
    assert ask(reads, "SELECT answer_sequence FROM read.commands ORDER BY 1") == [(1,), (2,), (3,)]
    assert ask(reads, "SELECT model, sequence FROM read.position") == [("commands", 3)]


LETTER = DeadLetter(
    "tally.commands-0-42",
    "",
    "tally.commands",
    0,
    42,
    b"main",
    b"\x00\xffgarbage",
    (("traceparent", b"00-1"), ("empty", b"")),
    "undecodable",
    "no Confluent framing",
    "",
    "",
    "",
    AT_US,
)


def test_a_dead_letter_is_kept_whole_and_once(reads: psycopg.Connection) -> None:
    other = LETTER._replace(dead_letter_id="timer-1", book="main", headers=())
    keep(reads, [LETTER])
    keep(reads, [LETTER._replace(detail="told again"), other])
    found = ask(
        reads,
        """SELECT dead_letter_id, topic_offset, key, value, header_names, header_values, reason,
        detail, recorded_at, settled_as, settled_at FROM read.dead_letters ORDER BY 1""",
    )
    whole = (42, b"main", b"\x00\xffgarbage")
    headers = (["traceparent", "empty"], [b"00-1", b""])
    why = ("undecodable", "no Confluent framing", AT, "", None)
    assert found == [
        ("tally.commands-0-42", *whole, *headers, *why),
        ("timer-1", *whole, [], [], *why),
    ]
    keep(reads, [])


def test_what_became_of_a_dead_letter_is_noted_once(reads: psycopg.Connection) -> None:
    keep(reads, [LETTER])
    name = LETTER.dead_letter_id
    assert settle(reads, name, settled_as="redriven", at_us=AT_US, redriven_to="t-0-43")
    assert not settle(reads, name, settled_as="refused", at_us=AT_US + 1)
    assert not settle(reads, "unheard of", settled_as="refused", at_us=AT_US)
    keep(reads, [LETTER])  # Its topic is read again: what became of it stays.
    said = ask(reads, "SELECT settled_as, settled_at, redriven_to FROM read.dead_letters")
    assert said == [("redriven", AT, "t-0-43")]


def test_a_dismissal_says_who_and_why_and_deletes_nothing(reads: psycopg.Connection) -> None:
    keep(reads, [LETTER])
    name, words = LETTER.dead_letter_id, {"by": "ada", "because": "a stray test"}
    assert dismiss(reads, name, **words, at_us=AT_US)
    assert not dismiss(reads, name, by="bob", because="another", at_us=AT_US + 1)
    assert not dismiss(reads, "unheard of", **words, at_us=AT_US)
    said = ask(
        reads,
        """SELECT settled_as, settled_at, settled_by, settled_because, value
        FROM read.dead_letters""",
    )
    assert said == [("dismissed", AT, "ada", "a stray test", b"\x00\xffgarbage")]


def test_a_table_of_before_gets_the_columns_and_keeps_its_rows(own: str) -> None:
    with prepared(clean(own)) as connection:
        keep(connection, [LETTER])
        connection.execute(
            "ALTER TABLE read.dead_letters DROP COLUMN settled_by, DROP COLUMN settled_because"
        )
        connection.commit()
    with prepared(own) as connection:
        connection.commit()
        words = "SELECT dead_letter_id, settled_by, settled_because FROM read.dead_letters"
        assert ask(connection, words) == [(LETTER.dead_letter_id, "", "")]
        assert dismiss(connection, LETTER.dead_letter_id, by="a", because="b", at_us=AT_US)


def test_dead_letters_need_their_tables(own: str) -> None:
    with prepared(clean(own)) as connection:
        connection.execute("UPDATE read.model SET version = 7 WHERE model = 'dead_letters'")
        connection.commit()
        with pytest.raises(WrongVersionError):
            keep(connection, [LETTER])
    with connect(own) as connection:
        assert ask(connection, "SELECT count(*) FROM read.dead_letters") == [(0,)]
