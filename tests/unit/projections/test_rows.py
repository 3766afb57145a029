"""Rows say what the states of the aggregates say, in a told day and in any other.

Shape: the folds of the read side against the write side's evolve.
"""

from hypothesis.stateful import run_state_machine_as_test

from projections.recorded import KNOWN, Answer
from tests.unit.domain.accounting.business import Business
from tests.unit.projections.agreement import assert_agreement
from tests.unit.projections.records import record
from tests.unit.projections.story import Story


def test_the_story_has_every_event_that_there_is() -> None:
    story = Story()
    happened = {type(event) for event in (*story.events, *story.asia.events)}
    assert happened == KNOWN - {Answer}


def test_rows_of_the_story_say_what_its_states_say() -> None:
    story = Story()
    assert_agreement(story.main, record(story.events))
    assert_agreement(story.asia, record(story.asia.events))


class Folded(Business):
    """Whatever has happened, the rows of it agree."""

    def teardown(self) -> None:
        for book in (self.main, self.asia):
            assert_agreement(book, record(book.events))


def test_rows_of_any_business_say_what_its_states_say() -> None:
    run_state_machine_as_test(Folded)
