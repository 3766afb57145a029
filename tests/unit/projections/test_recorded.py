"""What the read side is fed with are the records that the write side sends, field by field."""

from dataclasses import fields

from commands.answer import CommandAnswered
from commands.catalogue import EVENTS
from commands.dead_letter import DeadLetter as SentDeadLetter
from projections.batches import batch_of
from projections.recorded import KNOWN, Answer, DeadLetter, answered
from schemas.shape import types_of


def test_an_answer_has_the_fields_of_the_record() -> None:
    assert types_of(Answer) == types_of(CommandAnswered)


def test_a_dead_letter_has_the_fields_of_the_record() -> None:
    assert DeadLetter._fields == tuple(field.name for field in fields(SentDeadLetter))


def test_every_event_of_the_write_side_is_known() -> None:
    assert set(EVENTS) == KNOWN - {Answer}


def test_an_answer_stands_at_its_own_sequence() -> None:
    answer = Answer(
        "main",
        7,
        "00" * 16,
        "shop",
        "k1",
        "t",
        "accepted",
        "",
        "",
        replayed=False,
        first_sequence=3,
        last_sequence=4,
        correlation_id="c",
        answered_at_us=9,
    )
    recorded = answered(answer)
    assert (recorded.sequence, recorded.recorded_at_us, recorded.event) == (7, 9, answer)
    assert batch_of("main", [recorded]).unknown is None
