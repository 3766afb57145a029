"""A provider that answers from a bill: payments are paid, refunds given back, each once."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from domain.collection import (
    CollectionRefundSucceeded,
    CollectionSucceeded,
    CollectionUnknown,
    OutcomeContradicted,
)
from domain.payment import PaymentSucceeded, RefundSucceeded
from providers.wechat.bill import BillRow
from providers.wechat.synthetic import synthetic_rows
from schemas.names import FULL_NAMES
from tests.integration import billed
from tests.integration.programs import System, running
from tests.integration.servers import Addresses

CHARGES, REFUNDS = 54, 6


def rows_of_a_day() -> Sequence[BillRow]:
    return tuple(synthetic_rows(CHARGES + REFUNDS, seed=7))


def log_counts(system: System) -> Counter[str]:
    with system.connect() as connection:
        found = connection.execute("SELECT topic, count(*) FROM book_main.events GROUP BY topic")
        return Counter({str(topic): int(count) for topic, count in found.fetchall()})


def until_counted(system: System, cls: type, count: int) -> Counter[str]:
    def look() -> Counter[str] | None:
        counts = log_counts(system)
        return counts if counts[FULL_NAMES[cls]] >= count else None

    return system.until(look, f"{count} {cls.__name__}")


def test_payments_and_refunds_succeed_once_through_kills_of_the_provider(
    servers: Addresses, tmp_path: Path
) -> None:
    rows = rows_of_a_day()
    bill = billed.bill_file(tmp_path / "bill.csv", rows)
    with running(servers, tmp_path) as system, system.asker() as asker:
        system.start("provider", bill=bill)
        asks = [billed.open_seller(), *billed.payments(rows)]
        assert {each.status for each in asker.ask_all(asks)} == {"accepted"}
        system.kill("provider")
        system.start("provider", bill=bill)
        until_counted(system, PaymentSucceeded, CHARGES)
        system.kill("provider")
        refused = [each for each in asker.ask_all(billed.refunds(rows)) if each.code]
        assert refused == []
        with system.connect() as connection:  # As if its position had never been noted.
            connection.execute("DELETE FROM tally.provider_positions")
        system.start("provider", bill=bill)
        counts = until_counted(system, RefundSucceeded, REFUNDS)
        assert counts[FULL_NAMES[CollectionSucceeded]] == CHARGES
        assert counts[FULL_NAMES[CollectionRefundSucceeded]] == REFUNDS
        assert counts[FULL_NAMES[OutcomeContradicted]] == 0
        system.stop("provider")
        assert log_counts(system)[FULL_NAMES[CollectionSucceeded]] == CHARGES


def test_what_the_channel_is_not_known_to_have_said_is_unknown(
    servers: Addresses, tmp_path: Path
) -> None:
    rows = rows_of_a_day()
    bill = billed.bill_file(tmp_path / "bill.csv", rows[1:])
    with running(servers, tmp_path) as system, system.asker() as asker:
        system.start("provider", bill=bill)
        asks = [billed.open_seller(), *billed.payments(rows[:2])]
        assert {each.status for each in asker.ask_all(asks)} == {"accepted"}
        counts = until_counted(system, CollectionUnknown, 1)
        counts = until_counted(system, CollectionSucceeded, 1)
        assert counts[FULL_NAMES[CollectionUnknown]] == 1
