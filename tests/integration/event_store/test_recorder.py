"""What the library asks of an application recorder, as far as a book has one: reading its log.

Source: eventsourcing, `ApplicationRecorder`. Writing is ours alone (BookRecorder.record).
"""

from collections.abc import Generator
from uuid import UUID

import pytest
from eventsourcing.persistence import ApplicationRecorder

from commands import identity
from infra.event_store.datastore import BookDatastore
from infra.event_store.recorder import BookRecorder
from tests.integration.event_store.given import MAIN, Shelf, opened, transfers

A = UUID(bytes=identity.stream_id(("wallet", "a")))
NOBODY = UUID(int=0)
OPENED, CREDITED = "tally.wallet.v1.WalletOpened", "tally.wallet.v1.FundsCredited"
DEBITED = "tally.wallet.v1.FundsDebited"


@pytest.fixture
def recorder(shelf: Shelf) -> Generator[ApplicationRecorder]:
    """A log of ten events: two wallets opened and funded, three transfers."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, range(3))])
    desk.close()
    with BookDatastore(shelf.dsn, schema=MAIN.schema) as store:
        yield BookRecorder(store)


def test_a_stream_is_read_by_versions(recorder: ApplicationRecorder) -> None:
    def versions(**bounds: int | bool) -> list[int]:
        found = recorder.select_events(A, **bounds)  # pyright: ignore[reportArgumentType]
        assert {each.originator_id for each in found} <= {A}
        return [each.originator_version for each in found]

    assert versions() == [1, 2, 3, 4, 5]
    assert versions(gt=2) == [3, 4, 5]
    assert versions(lte=2) == [1, 2]
    assert versions(gt=1, lte=4, desc=True) == [4, 3, 2]
    assert versions(desc=True, limit=1) == [5]
    assert versions(gt=5) == []
    assert recorder.select_events(NOBODY) == []


def test_the_log_is_read_by_sequence(recorder: ApplicationRecorder) -> None:
    whole = recorder.select_notifications(1, 100)
    assert [each.id for each in whole] == list(range(1, 11))
    assert [each.topic for each in whole[:4]] == [OPENED, CREDITED] * 2
    assert [each.id for each in recorder.select_notifications(3, 4)] == [3, 4, 5, 6]
    assert [each.id for each in recorder.select_notifications(3, 9, stop=4)] == [3, 4]
    after = recorder.select_notifications(3, 2, inclusive_of_start=False)
    assert [each.id for each in after] == [4, 5]
    debits = recorder.select_notifications(None, 9, topics=[DEBITED])
    assert [each.id for each in debits] == [5, 7, 9]
    assert list(recorder.select_notifications(11, 9)) == []
    assert recorder.max_notification_id() == 10


def test_what_is_read_is_what_was_stored(recorder: ApplicationRecorder) -> None:
    first = recorder.select_events(A)[0]
    notified = recorder.select_notifications(1, 1)[0]
    assert (first.topic, first.state) == (notified.topic, notified.state)
    assert notified.originator_id == A
