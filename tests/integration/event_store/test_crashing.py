"""Row 8: a command that fails, or that the store refuses, costs itself and nothing else."""

import pytest

from commands.incoming import Incoming, Origin
from commands.outward import RETURN, RETURN_BOOK, RETURN_TYPE, VALUE_BYTES_MAX
from consumers.writer.desk import Limits, TooManyFailures
from domain.order import DeliverOrder, PlaceOrder
from domain.payment import ConfirmPayment, CreatePayment, PaymentItem
from domain.transfer import FailTransfer, ReceiveTransfer
from domain.wallet import CreditWallet
from schemas import codec
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES
from tests.integration.event_store.given import EUR, Shelf, opened, proven, transfers

PAYMENTS = 14  # Each paid with what the one before it brought: more rounds than a batch has.


def impossible(shelf: Shelf, key: str = "bad") -> Incoming:
    """Of ours, and never said by a correct peer: it fails."""
    return shelf.incoming(key, FailTransfer("no-such", ""), origin=Origin.INTERNAL)


def unwritable(shelf: Shelf, key: str) -> Incoming:
    """Its event carries a zero byte, which no text in PostgreSQL can."""
    meta = CommandMeta("intake", key, correlation_id="a\0b")
    credit = CreditWallet("a", f"movement-{key}", 1, EUR, "bank")
    return shelf.incoming(meta, credit, origin=Origin.INTERNAL)


def test_a_crashing_command_is_answered_and_put_aside_with_its_traceback(shelf: Shelf) -> None:
    desk = shelf.desk()
    bad = impossible(shelf)
    desk.handle([*opened(shelf, "a", "b"), bad, *transfers(shelf, [1])])
    assert shelf.told()[-2:] == [("internal_error", "internal_error"), ("accepted", "")]
    (letter,) = shelf.dead_letters()
    assert bad.record is not None
    assert (letter.reason, letter.value, letter.key) == (
        "internal_error",
        bad.record.value,
        b"main",
    )
    assert (letter.topic, letter.offset) == ("internal", 0)
    assert "AssertionError" in letter.traceback
    assert "never started" in letter.detail
    assert desk.positions == (5, 1)
    proven(shelf)
    desk.close()


@pytest.mark.parametrize("places", [(0,), (9,), (4, 5), (0, 3, 9)])
def test_what_the_store_refuses_is_found_and_the_rest_is_written(
    shelf: Shelf, places: tuple[int, ...]
) -> None:
    desk = shelf.desk()
    desk.handle(opened(shelf, "a", "b"))
    batch = [
        unwritable(shelf, f"u{place}") if place in places else transfers(shelf, [place])[0]
        for place in range(10)
    ]
    desk.handle(batch)
    told = shelf.told()[4:]
    expected = ["internal_error" if place in places else "accepted" for place in range(10)]
    assert [status for status, _ in told] == expected
    letters = shelf.dead_letters()
    assert [letter.reason for letter in letters] == ["unwritable"] * len(places)
    assert [letter.value for letter in letters] == [
        each.record.value for each in batch if each.origin is Origin.INTERNAL and each.record
    ]
    assert desk.positions == (4 + 10 - len(places), len(places))
    assert shelf.sequences() == list(range(1, 5 + 2 * (10 - len(places))))
    proven(shelf)
    desk.close()


def test_what_failed_is_done_when_it_is_sent_again_and_can_be(shelf: Shelf) -> None:
    """The transfer that it speaks of has begun meanwhile: redriven, it counts."""
    desk = shelf.desk()
    receive = ReceiveTransfer("other/t1", "t1", "other", "x", "a", 5, EUR)
    wrong = ReceiveTransfer("another/t1", "t1", "other", "x", "a", 5, EUR)
    desk.handle([*opened(shelf, "a"), shelf.incoming("5/r", wrong, origin=Origin.INTERNAL)])
    assert shelf.told()[-1] == ("internal_error", "internal_error")
    desk.handle([shelf.incoming("5/r", receive, origin=Origin.INTERNAL)])
    assert shelf.told()[-1] == ("accepted", "")
    desk.close()


def test_many_failures_in_a_short_time_stop_the_writer_before_they_are_written(
    shelf: Shelf,
) -> None:
    """All of the batch waits, good commands too: another release does it as if nothing had been."""
    desk = shelf.desk(limits=Limits(memory=100, failures=3))
    desk.handle([*opened(shelf, "a", "b"), impossible(shelf, "1"), impossible(shelf, "2")])
    told, positions = shelf.told(), desk.positions
    waiting = [impossible(shelf, "3"), *transfers(shelf, [1])]
    with pytest.raises(TooManyFailures, match=r"main: 3 commands in a minute.*failures_max"):
        desk.handle(waiting)
    assert (shelf.told(), desk.positions) == (told, positions)
    assert len(shelf.dead_letters()) == 2
    desk.close()
    again = shelf.desk(limits=Limits(memory=100, failures=3))
    assert again.positions == positions
    again.handle(waiting)
    assert [status for status, _ in shelf.told()[-2:]] == ["internal_error", "accepted"]
    assert len(shelf.dead_letters()) == 3
    proven(shelf)
    again.close()


def test_one_batch_full_of_failures_is_not_written_at_all(shelf: Shelf) -> None:
    desk = shelf.desk(limits=Limits(memory=100, failures=3))
    with pytest.raises(TooManyFailures, match="never started"):
        desk.handle([*opened(shelf, "a", "b"), *(impossible(shelf, key) for key in "123456")])
    assert (shelf.told(), shelf.dead_letters(), shelf.sequences()) == ([], [], [])
    desk.close()


def test_many_commands_that_the_store_refuses_stop_the_writer_too(shelf: Shelf) -> None:
    """Found one by one: what was written before the last of them stays, the rest waits."""
    desk = shelf.desk(limits=Limits(memory=100, failures=3))
    desk.handle(opened(shelf, "a", "b"))
    with pytest.raises(TooManyFailures):
        desk.handle([unwritable(shelf, f"u{number}") for number in range(6)])
    assert len(shelf.dead_letters()) == 2
    assert desk.positions == (4, 2)
    desk.close()


@pytest.mark.parametrize(
    "headers",
    [
        ((RETURN_BOOK, b"other"), (RETURN_TYPE, b"tally.no.v1.Such"), (RETURN, b"")),
        ((RETURN_BOOK, b"other"), (RETURN_TYPE, b"tally.transfer.v1.FailTransfer"), (RETURN, b"x")),
    ],
)
def test_a_refusal_that_cannot_be_sent_back_is_a_failure(
    shelf: Shelf, headers: tuple[tuple[str, bytes], ...]
) -> None:
    desk = shelf.desk()
    receive = ReceiveTransfer("other/t1", "t1", "other", "x", "nobody", 5, EUR)
    bad = shelf.incoming("5/r", receive, origin=Origin.INTERNAL, headers=headers)
    desk.handle([bad, *opened(shelf, "a")])
    assert shelf.told() == [("internal_error", "internal_error"), *[("accepted", "")] * 2]
    assert [letter.reason for letter in shelf.dead_letters()] == ["internal_error"]
    desk.close()


def test_a_refusal_goes_back_once_and_stays(shelf: Shelf) -> None:
    """For good: a repeat meets the mark when answers are gone, though it could be done now."""
    desk = shelf.desk()
    receive = ReceiveTransfer("other/t1", "t1", "other", "x", "a", 5, EUR)
    back = codec.encode_command(CommandMeta("tally:other", "5/receive"), FailTransfer("t1", ""))
    name = FULL_NAMES[FailTransfer]
    headers = ((RETURN_BOOK, b"other"), (RETURN_TYPE, name.encode()), (RETURN, back))

    def offer() -> Incoming:
        return shelf.incoming("5/receive", receive, origin=Origin.INTERNAL, headers=headers)

    desk.handle([offer()])
    assert shelf.told() == [("refused", "wallet_unknown")]
    (row,) = shelf.ask("SELECT topic, key, type_name, payload FROM outbox")
    assert row[:3] == ("internal", "other", name)
    _, command, _ = codec.decode_command(name, bytes(row[3]))
    assert command == FailTransfer("t1", "wallet_unknown")
    with shelf.connect() as connection:
        connection.execute("TRUNCATE answers")
    desk.handle([*opened(shelf, "a"), offer()])
    assert shelf.answers()[-1].replayed
    assert shelf.told()[-1] == ("refused", "wallet_unknown")
    assert shelf.count("outbox") == 1
    desk.close()


def test_a_record_larger_than_any_command_is_cut_in_its_dead_letter(shelf: Shelf) -> None:
    desk = shelf.desk()
    record = shelf.record(b"\0" * (VALUE_BYTES_MAX * 3), Origin.COMMANDS)
    desk.handle([shelf.decoder.read(record, Origin.COMMANDS), *opened(shelf, "a")])
    (letter,) = shelf.dead_letters()
    assert letter.value == record.value[:VALUE_BYTES_MAX]
    assert letter.reason == "too_large"
    assert "cut" in letter.detail
    assert shelf.told() == [("accepted", "")] * 2
    desk.close()


def chain_of_payments(shelf: Shelf) -> list[Incoming]:
    """Everything but that they are confirmed and delivered."""
    made = opened(shelf, *(f"s{number}" for number in range(PAYMENTS + 1)), cents=1)
    for number in range(1, PAYMENTS + 1):
        payer, seller = f"s{number - 1}", f"s{number}"
        item = PaymentItem("i", "balance", 1 + number, payer)
        order = PlaceOrder(f"o{number}", "owner", seller, 1 + number, EUR)
        payment = CreatePayment(f"p{number}", f"o{number}", seller, 1 + number, 0, EUR, (item,))
        made += [shelf.incoming(f"place{number}", order), shelf.incoming(f"pay{number}", payment)]
    made.append(shelf.incoming("more", CreditWallet("s0", "more", 1, EUR, "bank")))
    return made


def test_a_batch_that_asks_for_more_and_more_is_decided_in_parts(shelf: Shelf) -> None:
    """Each payment reveals the wallets of the next: nothing of it is in memory."""
    desk = shelf.desk()
    desk.handle(chain_of_payments(shelf))
    assert {status for status, _ in shelf.told()} == {"accepted"}
    desk.close()
    desk = shelf.desk()
    batch: list[Incoming] = []
    for number in range(1, PAYMENTS + 1):
        batch.append(shelf.incoming(f"confirm{number}", ConfirmPayment(f"p{number}")))
        batch.append(shelf.incoming(f"deliver{number}", DeliverOrder(f"o{number}")))
    desk.handle(batch)
    assert {status for status, _ in shelf.told()} == {"accepted"}
    assert shelf.dead_letters() == []
    proven(shelf)
    desk.close()
