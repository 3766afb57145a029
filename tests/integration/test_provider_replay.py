"""A provider that answers from a bill: payments are paid, refunds given back, each once."""

from collections.abc import Sequence
from pathlib import Path

from domain.collection import (
    CollectionRefundSucceeded,
    CollectionStarted,
    CollectionSucceeded,
    CollectionUnknown,
    OutcomeContradicted,
)
from domain.payment import PaymentSucceeded, RefundSucceeded
from providers.wechat.bill import BillRow
from providers.wechat.synthetic import synthetic_rows
from schemas.names import FULL_NAMES
from tests.integration.billed import (
    bill_file,
    counts,
    open_seller,
    payments,
    refunds,
    until_counted,
)
from tests.integration.faults.given import until_relayed
from tests.integration.faults.test_position_gone import delete_all
from tests.integration.programs import running
from tests.integration.servers import Addresses

CHARGES, REFUNDS = 54, 6


def rows_of_a_day() -> Sequence[BillRow]:
    return tuple(synthetic_rows(CHARGES + REFUNDS, seed=7))


def test_payments_and_refunds_succeed_once_through_kills_of_the_provider(
    servers: Addresses, tmp_path: Path
) -> None:
    rows = rows_of_a_day()
    bill = bill_file(tmp_path / "bill.csv", rows)
    with running(servers, tmp_path) as system, system.asker() as asker:
        system.start("provider", bill=bill)
        answers = list(asker.ask_all([open_seller(), *payments(rows)]))
        assert {each.status for each in answers} == {"accepted"}
        system.kill("provider")
        system.start("provider", bill=bill)
        until_counted(system, PaymentSucceeded, CHARGES)
        system.kill("provider")
        answers = list(asker.ask_all(refunds(rows)))
        assert {each.status for each in answers} == {"accepted"}
        with system.connect() as connection:  # As if its position had never been noted.
            connection.execute("DELETE FROM tally.provider_positions")
        system.start("provider", bill=bill)
        found = until_counted(system, RefundSucceeded, REFUNDS)
        assert found[FULL_NAMES[CollectionSucceeded]] == CHARGES
        assert found[FULL_NAMES[CollectionRefundSucceeded]] == REFUNDS
        assert found[FULL_NAMES[OutcomeContradicted]] == 0
        system.stop("provider")
        assert counts(system) == found


def test_what_the_channel_is_not_known_to_have_said_is_unknown(
    servers: Addresses, tmp_path: Path
) -> None:
    rows = rows_of_a_day()
    bill = bill_file(tmp_path / "bill.csv", rows[1:])
    with running(servers, tmp_path) as system, system.asker() as asker:
        system.start("provider", bill=bill)
        answers = list(asker.ask_all([open_seller(), *payments(rows[:2])]))
        assert {each.status for each in answers} == {"accepted"}
        until_counted(system, CollectionUnknown, 1)
        found = until_counted(system, CollectionSucceeded, 1)
        assert found[FULL_NAMES[CollectionUnknown]] == 1


def test_a_provider_whose_position_kafka_has_lost_answers_what_the_books_hold(
    servers: Addresses, tmp_path: Path
) -> None:
    """At either end: records were deleted before it came to them; or it was further than Kafka."""
    rows = rows_of_a_day()
    bill = bill_file(tmp_path / "bill.csv", rows)
    with running(servers, tmp_path, partitions=1) as system, system.asker() as asker:
        list(asker.ask_all([open_seller(), *payments(rows)]))
        until_counted(system, CollectionStarted, CHARGES)
        until_relayed(system, 1)
        delete_all(system, system.surroundings.topics.events)
        system.start("provider", bill=bill)
        until_counted(system, PaymentSucceeded, CHARGES)
        system.stop("provider")
        with system.connect() as connection:
            connection.execute("UPDATE tally.provider_positions SET next_offset = 1000000")
        list(asker.ask_all(refunds(rows)))
        program = system.start("provider", bill=bill)
        found = until_counted(system, RefundSucceeded, REFUNDS)
        assert found[FULL_NAMES[CollectionSucceeded]] == CHARGES
        assert found[FULL_NAMES[OutcomeContradicted]] == 0
        system.stop("provider")
        assert program.said().count("position_gone") == 2
        with system.connect() as connection:
            position = connection.execute("SELECT next_offset FROM tally.provider_positions")
            assert 0 < position.fetchall()[0][0] < 1_000_000
