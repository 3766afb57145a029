"""A refusal of one of our own commands is heard by somebody, or is a dead letter; never nothing.

Why: what a provider's program tells has happened, and a follow-on is what must happen next.
"""

import pytest

from commands.incoming import Incoming, Origin
from commands.outward import HEARD
from consumers.writer.desk import Limits
from consumers.writer.reading import Partition
from consumers.writer.routing import Router
from domain.collection import RecordChargeOutcome
from infra.codec import ANSWER, DEAD_LETTER, AvroCodec
from infra.event_store.strays import Strays
from schemas.meta import CommandMeta
from tests.integration.event_store.given import Shelf, opened, proven

OUTCOME = RecordChargeOutcome("no-such", "succeeded", "channel-7", "", "2026-02-03")
Headers = tuple[tuple[str, bytes], ...]


def outcome(shelf: Shelf, *, headers: Headers = ()) -> Incoming:
    meta = CommandMeta("provider-wechat", "charge-1")
    return shelf.incoming(meta, OUTCOME, origin=Origin.INTERNAL, headers=headers)


def test_an_outcome_that_is_refused_is_a_dead_letter_and_may_come_again(shelf: Shelf) -> None:
    desk = shelf.desk()
    bad = outcome(shelf)
    desk.handle([bad, *opened(shelf, "a")])
    (letter,) = shelf.dead_letters()
    assert bad.record is not None
    assert (letter.reason, letter.value) == ("follow_on_refused", bad.record.value)
    assert letter.detail.startswith("collection_unknown: ")
    assert shelf.told() == [("internal_error", "follow_on_refused"), *[("accepted", "")] * 2]
    desk.handle([outcome(shelf)])
    assert not shelf.answers()[-1].replayed, "redriven, it is decided again"
    assert len(shelf.dead_letters()) == 2
    proven(shelf)
    desk.close()


def test_they_do_not_count_as_failures_of_the_release(shelf: Shelf) -> None:
    desk = shelf.desk(limits=Limits(memory=100, failures=2))
    desk.handle([outcome(shelf) for _ in range(3)])
    assert len(shelf.dead_letters()) == 3
    desk.close()


def test_one_whose_sender_hears_the_answer_is_refused(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle([outcome(shelf, headers=((HEARD, b""),))])
    assert shelf.told() == [("refused", "collection_unknown")]
    assert shelf.dead_letters() == []
    desk.close()


@pytest.mark.parametrize(("headers", "letters"), [((), 1), (((HEARD, b""),), 0)])
def test_the_same_where_the_book_is_not_there(shelf: Shelf, headers: Headers, letters: int) -> None:
    partition = Partition(0, Strays.take(shelf.dsn, 0))
    router = Router(shelf.decoder, AvroCodec(), lambda _: None, 1)
    record = outcome(shelf, headers=headers).record
    assert record is not None
    router.handle(partition, [(Origin.INTERNAL, record._replace(key=b"nobook"))])
    with shelf.connect() as connection:
        found = connection.execute(
            "SELECT topic, payload FROM tally.partition_outbox ORDER BY outbox_sequence"
        ).fetchall()
    told = [ANSWER.decode(row[1]) for row in found if row[0] == "results"]
    assert [(each.status, each.code) for each in told] == [("refused", "book_unknown")]
    kept = [DEAD_LETTER.decode(row[1]) for row in found if row[0] == "dead-letters"]
    assert [each.reason for each in kept] == ["follow_on_refused"] * letters
    assert all(each.value == record.value for each in kept)
