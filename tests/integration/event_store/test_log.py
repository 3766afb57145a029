"""The log of a book: never changed, never a gap, everything that begins once begins once."""

from dataclasses import replace

import psycopg
import pytest

from commands.chain import Facts
from commands.incoming import Origin
from commands.ports import Changes, NewEvent, Unwritable
from domain.transfer import FailTransfer, TransferFunds
from domain.wallet import CreditWallet
from tests.integration.event_store.given import EUR, Shelf, opened, proven, transfers

CHANGES = (
    b"UPDATE events SET state = '' WHERE notification_id = 1",
    b"DELETE FROM events WHERE notification_id = 1",
    b"TRUNCATE events",
    b"INSERT INTO events SELECT * FROM events ON CONFLICT (notification_id) DO UPDATE SET state=''",
)


@pytest.mark.parametrize("change", CHANGES)
def test_events_are_never_changed_by_their_owner_neither(shelf: Shelf, change: bytes) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a"))
    desk.close()
    with shelf.connect() as connection:
        before = connection.execute("SELECT * FROM events ORDER BY 1").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
            connection.execute(change)
        assert connection.execute("SELECT * FROM events ORDER BY 1").fetchall() == before


def test_refused_failed_and_rolled_back_commands_leave_no_gap(shelf: Shelf) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a", "b", cents=5))
    refused = transfers(shelf, [1], cents=6)
    failed = shelf.incoming("f", FailTransfer("t", ""), origin=Origin.INTERNAL)
    desk.handle([*transfers(shelf, [2]), *refused, failed, *transfers(shelf, [3])])
    unwritten = shelf.desk()  # Whoever is fenced amid its transaction has rolled back.
    unwritten.handle(transfers(shelf, [4]))
    assert shelf.sequences() == list(range(1, 11))
    assert [each.answer_sequence for each in shelf.answers()] == list(range(1, 10))
    assert proven(shelf).sequence == 10
    desk.close()
    unwritten.close()


def test_a_thing_that_began_never_begins_again(shelf: Shelf) -> None:
    """By the name of the thing, whatever key asks for it; answers and memory do not matter."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    desk.close()
    with shelf.connect() as connection:
        connection.execute("TRUNCATE answers")  # As in a month.
    desk = shelf.desk()
    before = shelf.sequences()
    again = shelf.incoming("other", TransferFunds("t1", "a", "b", 1, EUR))
    desk.handle([again, shelf.incoming("third", CreditWallet("b", "fund-a", 1, EUR, "bank"))])
    assert shelf.told() == [("refused", "already_exists")] * 2
    own = shelf.incoming("own", TransferFunds("t1", "a", "b", 1, EUR), origin=Origin.INTERNAL)
    desk.handle([own])
    assert shelf.told()[-1] == ("accepted", ""), "to one of our own it is no refusal"
    assert shelf.sequences() == before
    desk.close()


def test_the_store_itself_refuses_what_breaks_the_log(shelf: Shelf) -> None:
    """A second beginning, a taken version, a taken sequence: the last line, below all the code."""
    desk = shelf.desk()
    desk.handle([*opened(shelf, "a", "b"), *transfers(shelf, [1])])
    facts = shelf.ask("SELECT uuid_send(fact_key) FROM events WHERE fact_key IS NOT NULL")
    event = NewEvent(
        7,
        bytes(16),
        1,
        "tally.wallet.v1.WalletOpened",
        b"",
        Facts(0, 0, bytes(16), "", "", ""),
        "",
        bytes(32),
        None,
    )
    wallet = bytes(shelf.ask("SELECT uuid_send(originator_id) FROM events LIMIT 1")[0][0])
    head = desk.head
    after = replace(head, sequence=7)
    for broken in (
        event._replace(fact_key=bytes(facts[0][0])),
        event._replace(stream_id=wallet),
        event._replace(sequence=1),
    ):
        with pytest.raises(Unwritable):
            desk.store.record(Changes(head, after, head.recorded_at_us, [broken]))
    assert shelf.sequences() == list(range(1, 7))
    assert shelf.ask("SELECT last_sequence FROM head") == [(6,)]
    desk.handle(transfers(shelf, [2]))
    assert shelf.sequences() == list(range(1, 9))
    assert shelf.dead_letters() == []
    desk.close()
