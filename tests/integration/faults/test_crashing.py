"""Row 8, as processes: commands that crash, and follow-ons that nobody can take."""

from pathlib import Path

from psycopg import sql

from domain.transfer import FailTransfer
from infra.kafka import messages
from tests.integration.faults.given import (
    Keyed,
    Raw,
    answers,
    assert_sound,
    balances,
    gave_up,
    opened,
    outcomes,
    publish,
    put,
    read,
    start,
    transfers,
    until_relayed,
)
from tests.integration.faults.program import Fault
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

CENTS = 50
FEW = {"TALLY_FAILURES_MAX": "3"}
HELD = "SELECT reserved_balance, balance FROM read.wallets WHERE (book, wallet_id) = (%s, %s)"


def offered(book: str) -> list[Keyed]:
    """A wallet, and a cent of it for another book."""
    return [*opened("a", cents=CENTS), *transfers([0], ("a", "b"), book=book)]


def test_a_crashing_command_costs_itself_and_many_stop_the_writer(
    servers: Addresses, tmp_path: Path
) -> None:
    """A failure of a transfer that was confirmed: no correct peer says it."""
    with running(servers, tmp_path, programs=("relay", "projector")) as system:
        system.create_book("second")
        start(system, "writer", more=FEW)
        publish(system, opened("b"), book="second")
        asked = publish(system, offered("second"))
        until_relayed(system, asked + 1)  # And the confirmation.
        done = FailTransfer("t0", "changed_my_mind")
        publish(system, [("late", done)], client="somebody", internal=True)
        asked += publish(system, transfers([2], ("a", "b"), book="second"))
        until_relayed(system, asked + 3)
        assert outcomes(system, client="somebody") == {"late": 1}
        (failed,) = (each for each in answers(system) if each.client == "somebody")
        assert (failed.status, failed.first_sequence) == ("internal_error", 0)
        with system.connect() as connection:
            letter = system.until(
                lambda: connection.execute(
                    "SELECT reason, traceback FROM read.dead_letters"
                ).fetchone(),
                "its dead letter",
            )
        assert letter[0] == "internal_error"
        assert "AssertionError: a failure of a transfer that was confirmed" in letter[1]

        many = [(f"late-{number}", done) for number in range(10)]
        publish(system, many, client="somebody", internal=True)
        assert gave_up(system, "writer").startswith("TooManyFailures: main")
        assert len(outcomes(system, client="somebody")) < int(FEW["TALLY_FAILURES_MAX"])
        start(system, "writer")  # One that bears more of them: they have waited.
        asked += publish(system, transfers([4], ("a", "b"), book="second"))
        until_relayed(system, asked + 4 + len(many))
        assert set(outcomes(system, client="somebody").values()) == {1}
        assert_sound(system)
        assert balances(system) == CENTS


def standing(system: System, book: str, wallet_id: str) -> tuple[int, int]:
    """What is reserved and what is there."""
    system.caught_up("wallets", book=book)
    with system.connect() as connection:
        row = connection.execute(HELD, (book, wallet_id)).fetchone()
        assert row is not None, f"no wallet {wallet_id}"
        return row


def test_money_for_a_book_that_is_not_there_comes_back_and_is_never_credited(
    servers: Addresses, tmp_path: Path
) -> None:
    """Also when the book is made later, and what was sent to it is told again."""
    with running(servers, tmp_path, programs=("writer", "relay", "projector")) as system:
        asked = publish(system, offered("later"))
        until_relayed(system, asked + 1)  # And that it failed.
        assert standing(system, "main", "a") == (0, CENTS)
        with system.connect() as connection:
            failed = connection.execute(
                "SELECT count(*) FROM book_main.events WHERE topic LIKE '%%.TransferFailed'"
            )
            assert failed.fetchone() == (1,)
        (offer,) = (
            message
            for message in read(system, system.surroundings.topics.internal)
            if messages.key(message) == b"later"
        )
        system.create_book("later")
        publish(system, opened("b"), book="later")
        headers = tuple((name, value or b"") for name, value in messages.header_list(offer))
        again = Raw(messages.value(offer), b"later", headers=headers)
        put(system, [again], internal=True)
        until_relayed(system, 2, book="later")
        told = [each for each in answers(system) if each.book == "later" and each.answer_sequence]
        assert sorted((each.status, each.code, each.replayed) for each in told) == [
            ("accepted", "", False),
            ("refused", "book_unknown", True),
        ]
        assert standing(system, "later", "b") == (0, 0)
        assert standing(system, "main", "a") == (0, CENTS)
        assert_sound(system)


def test_a_new_book_does_not_do_what_was_refused_before_it_was_there(
    servers: Addresses, tmp_path: Path
) -> None:
    """Neither at once nor after a restart; what is published afterwards is done."""
    with running(servers, tmp_path, programs=("writer", "relay", "projector")) as system:
        ((key, command),) = opened("a")
        publish(system, [(f"early-{key}", command)], book="new")
        system.until(lambda: outcomes(system)["early-open-a"] or None, "the refusal")
        system.create_book("new")
        system.kill("writer")
        start(system, "writer", Fault(group="again"))
        publish(system, opened("b"), book="new")
        until_relayed(system, 1, book="new")
        with system.connect() as connection:
            statement = sql.SQL("SELECT count(*) FROM {}.events").format(sql.Identifier("book_new"))
            assert connection.execute(statement).fetchone() == (1,)
        assert {(each.idempotency_key, each.code) for each in answers(system)} == {
            ("early-open-a", "book_unknown"),
            ("open-b", ""),
        }
        assert_sound(system)
