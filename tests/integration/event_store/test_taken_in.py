"""What the writer makes of a command before any rule is asked: whose it is, where to, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.checks import DAYS_AHEAD_MAX, DAYS_BACK_MAX
from commands.incoming import Origin
from domain.settlement import SealBatch
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet
from schemas.meta import CommandMeta
from tests.integration.event_store.given import EUR, Shelf, opened, proven

TOPICS = "SELECT topic FROM events WHERE notification_id > 4 ORDER BY notification_id"
INSIDE = [("tally.wallet.v1.FundsDebited",), ("tally.wallet.v1.FundsCredited",)]


@pytest.mark.parametrize("origin", [Origin.COMMANDS, Origin.INTERNAL])
def test_a_transfer_to_the_book_by_its_own_name_is_one_inside_it(
    shelf: Shelf, origin: Origin
) -> None:
    desk = shelf.desk()
    named = TransferFunds("t", "a", "b", 40, EUR, "main")
    desk.handle([*opened(shelf, "a", "b"), shelf.incoming("t", named, origin=origin)])
    assert shelf.ask(TOPICS) == INSIDE
    assert shelf.count("outbox") == 0
    proven(shelf)
    desk.close()


def test_what_is_refused_inside_a_book_is_refused_by_its_own_name_too(shelf: Shelf) -> None:
    """And not answered as accepted, with an event that says that it has failed."""
    desk = shelf.desk()
    desk.handle(opened(shelf, "a"))
    asked = [TransferFunds("t1", "a", "a", 1, EUR, "main")]
    asked.append(TransferFunds("t2", "a", "nobody", 1, EUR, "main"))
    desk.handle([shelf.incoming(each.transfer_id, each) for each in asked])
    assert shelf.told()[2:] == [("refused", "same_wallet"), ("refused", "wallet_unknown")]
    desk.close()


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (-DAYS_BACK_MAX - 1, "invalid_field"),
        (-DAYS_BACK_MAX, ""),
        (0, ""),
        (DAYS_AHEAD_MAX, ""),
        (DAYS_AHEAD_MAX + 1, "invalid_field"),
    ],
)
def test_a_business_day_is_near_today(shelf: Shelf, days: int, code: str) -> None:
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    desk = shelf.desk()
    meta = CommandMeta("shop", "k", effective_on=day)
    late = shelf.incoming(meta, CreditWallet("a", "m", 1, EUR, "bank"))
    desk.handle([*opened(shelf, "a"), late])
    assert shelf.answers()[-1].code == code
    assert (day in shelf.answers()[-1].detail) is bool(code)
    desk.close()


def test_of_ours_alone_nothing_else_is_said_to_a_client(shelf: Shelf) -> None:
    """Not even which of its fields are wrong."""
    desk = shelf.desk()
    desk.handle([shelf.incoming("k", SealBatch("not an id/"))])
    assert shelf.told() == [("refused", "not_allowed")]
    desk.close()
