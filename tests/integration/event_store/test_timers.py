"""Timers of a book: each fires once, whoever is killed, and a bad one costs itself only."""

import time

from commands.incoming import Origin
from domain.wallet import ExpireHold, HoldFunds
from schemas import codec
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES
from tests.integration.event_store.given import EUR, MAIN, Shelf, opened, transfers, until_due

RELEASED = "SELECT count(*) FROM events WHERE topic = 'tally.wallet.v1.HoldReleased'"


def hold(shelf: Shelf, name: str, *, in_us: int = 50_000) -> None:
    desk = shelf.desk()
    expires_at_us = time.time_ns() // 1_000 + in_us
    command = HoldFunds("a", name, 10, EUR, expires_at_us)
    desk.handle([*opened(shelf, "a", "b"), shelf.incoming(f"hold-{name}", command)])
    desk.close()


def test_a_timer_fires_once_after_a_restart(shelf: Shelf) -> None:
    hold(shelf, "h")
    desk = shelf.desk()
    until_due(desk)
    desk.handle_due()
    assert desk.next_due_us is None
    desk.handle_due()
    desk.close()
    assert shelf.ask(RELEASED) == [(1,)]
    assert shelf.count("timers") == 0
    assert len(shelf.answers()) == 5, "a timer has no answer"


def test_what_a_timer_does_is_booked_on_its_day_not_on_that_of_its_command(shelf: Shelf) -> None:
    desk = shelf.desk()
    expires_at_us = time.time_ns() // 1_000 + 50_000
    meta = CommandMeta("shop", "hold", correlation_id="case-7", effective_on="2025-12-31")
    command = HoldFunds("a", "h", 10, EUR, expires_at_us)
    desk.handle([*opened(shelf, "a"), shelf.incoming(meta, command)])
    until_due(desk)
    desk.handle_due()
    booked = shelf.ask("""SELECT topic, effective_on = (recorded_at AT TIME ZONE 'UTC')::date,
      correlation_id
      FROM events WHERE notification_id > 2 ORDER BY notification_id""")
    assert booked == [
        ("tally.wallet.v1.FundsHeld", False, "case-7"),
        ("tally.wallet.v1.HoldReleased", True, "case-7"),
    ]
    desk.close()


def test_a_timer_that_was_decided_and_not_written_fires_again(shelf: Shelf) -> None:
    """Two writers decide it; the one that has the book writes it, once."""
    hold(shelf, "h")
    first, second = shelf.desk(), shelf.desk()
    until_due(second)
    second.handle_due()
    assert shelf.ask(RELEASED) == [(1,)]
    third = shelf.desk()
    assert third.next_due_us is None
    third.handle(transfers(shelf, [1]))
    assert shelf.ask(RELEASED) == [(1,)]
    for desk in (first, second, third):
        desk.close()


def test_a_timer_not_yet_due_stays(shelf: Shelf) -> None:
    hold(shelf, "h", in_us=60_000_000)
    desk = shelf.desk()
    desk.handle_due()
    assert shelf.count("timers") == 1
    assert shelf.ask(RELEASED) == [(0,)]
    desk.close()


def test_a_timer_that_cannot_be_written_becomes_a_dead_letter(shelf: Shelf) -> None:
    """Others that are due with it fire; it does not come back for ever."""
    hold(shelf, "h1")
    hold(shelf, "h2")
    meta = CommandMeta("tally:main", "1/expire", correlation_id="\0")
    payload = codec.encode_command(meta, ExpireHold("a", "h1"))
    with shelf.connect() as connection:
        connection.execute(
            "UPDATE timers SET payload = %s WHERE due_us = (SELECT min(due_us) FROM timers)",
            (payload,),
        )
    desk = shelf.desk()
    until_due(desk)
    desk.handle_due()
    while desk.next_due_us is not None:
        until_due(desk)
        desk.handle_due()
    assert shelf.ask(RELEASED) == [(1,)]
    (letter,) = shelf.dead_letters()
    assert (letter.reason, letter.command_type) == ("unwritable", FULL_NAMES[ExpireHold])
    assert letter.dead_letter_id.startswith("timer-")
    assert shelf.sequences() == list(range(1, len(shelf.sequences()) + 1))
    desk.close()


def test_a_refused_timer_is_a_dead_letter_and_gone(shelf: Shelf) -> None:
    payload = codec.encode_command(CommandMeta("tally:main", "1/x"), HoldFunds("x", "h", 1, EUR, 1))
    with shelf.connect() as connection:
        connection.execute(
            "INSERT INTO timers VALUES (gen_random_uuid(), 1, %s, %s)",
            (FULL_NAMES[HoldFunds], payload),
        )
    desk = shelf.desk()
    desk.handle_due()
    (letter,) = shelf.dead_letters()
    assert letter.reason == "follow_on_refused"
    assert "wallet_unknown" in letter.detail
    assert shelf.count("timers") == 0
    desk.handle([shelf.incoming("x", HoldFunds("x", "h", 1, EUR, 1), origin=Origin.COMMANDS)])
    assert MAIN.name in letter.book
    desk.close()
