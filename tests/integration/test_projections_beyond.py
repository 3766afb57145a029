"""A balance beyond 64 bits: the ledger stops and says so, everything else goes on."""

import json
from collections.abc import Sequence

import psycopg

from consumers.projector.feed import Feed, Span
from domain.money import BALANCE_MAX as WALLET_MAX
from domain.order import OrderPlaced
from domain.wallet import FundsCredited, WalletOpened
from projections.ledger import BALANCE_MAX, TOO_LARGE
from projections.model import UnknownEvent
from projections.models import event_models
from projections.recorded import Recorded
from tests.integration.read_side import apply, ask
from tests.unit.cli.calling import tally
from tests.unit.projections.records import record

TRIAL = """SELECT category, debit, credit, balance FROM read.trial_balance ORDER BY category"""
STANDS = "SELECT model, sequence FROM read.position"


def credited(number: int, amount_minor: int, *, account: str = "external:bank") -> FundsCredited:
    """A wallet's money; what the wallet itself says of it is not the ledger's affair."""
    wallet, name = f"w{number}", f"m{number}"
    whole = (amount_minor, "CNY", account)
    return FundsCredited(wallet, name, *whole, False, amount_minor, 0)  # noqa: FBT003


def opened(count: int) -> list[object]:
    return [WalletOpened(f"w{number}", "ann", "buyer", "CNY", 0) for number in range(count)]


def test_only_the_ledger_stops_where_ten_full_wallets_were_paid_in(
    reads: psycopg.Connection,
) -> None:
    full = [credited(number, WALLET_MAX) for number in range(10)]
    log = record([*opened(10), *full, OrderPlaced("o1", "ann", "shop", 5, "CNY")])
    place = 20  # Of the tenth wallet's money.

    def fetch(_book: str, span: Span) -> Sequence[Recorded]:
        return log[span.after : span.to]

    feed = Feed(event_models(), fetch)
    feed.apply(reads, "main", log[:18])
    feed.apply(reads, "main", log[18:])
    stands = ask(reads, STANDS)
    assert [row for row in stands if row[1] != len(log)] == [("ledger", place - 1)]
    assert len(stands) == len(event_models())
    assert list(feed.stopped) == [("ledger", "main")]
    again = apply(reads, log[place - 1 :])  # Another program meets it again.
    kind = log[place - 1].type_name
    assert again.stopped == (UnknownEvent("ledger", "main", place, kind, TOO_LARGE),)
    bank = 9 * WALLET_MAX
    assert ask(reads, TRIAL) == [
        ("external:bank", bank, 0, bank),
        ("liability:wallet", 0, bank, -bank),
    ]


def test_a_sum_of_accounts_beyond_64_bits_fails_nobody(reads: psycopg.Connection, dsn: str) -> None:
    """The view says null, people get the number."""
    paid_in = [credited(0, BALANCE_MAX), credited(1, BALANCE_MAX, account="external:other")]
    done = apply(reads, record([*opened(2), *paid_in]))
    assert done.stopped == ()
    assert ask(reads, TRIAL) == [
        ("external:bank", BALANCE_MAX, 0, BALANCE_MAX),
        ("external:other", BALANCE_MAX, 0, BALANCE_MAX),
        ("liability:wallet", 0, None, None),
    ]
    reads.commit()
    shown = json.loads(tally("ledger", "--json", env={"TALLY_POSTGRES": dsn}).stdout)
    assert [each["balance_minor"] for each in shown["trial_balance"]] == [
        BALANCE_MAX,
        BALANCE_MAX,
        -2 * BALANCE_MAX,
    ]
    assert shown["sums_minor"] == {"CNY": 0}
