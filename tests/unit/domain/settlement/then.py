"""The events that tests of settlement references wait for: line 2 of b1, our 100, our CHARGE."""

from domain.settlement import BreakOpened, BreakResolved, SettlementExpected, SettlementMatched
from tests.unit.domain.settlement.given import CHARGE, DUE_US

EXPECTED = SettlementExpected(
    CHARGE, "wechat", "1921000401", "charge", "order-1", 100, "CNY", "2019-02-19", 3, DUE_US
)
MISSING = BreakOpened(
    CHARGE,
    f"{CHARGE}#1",
    "missing_in_file",
    "wechat",
    "1921000401",
    "order-1",
    "",
    0,
    -100,
    "CNY",
    0,
    0,
    0,
)


def matched(gross: int = 100, broken: int = 0, fee: int = 3) -> SettlementMatched:
    """Line 2 of b1 answers our 100; `broken`: the number of the break that it waited in."""
    waited = f"{CHARGE}#{broken}" if broken else ""
    return SettlementMatched(CHARGE, "wechat", "b1", 2, gross, fee, gross - fee, 100, "CNY", waited)


def differs(number: int, amount: int) -> BreakOpened:
    return BreakOpened(
        CHARGE,
        f"{CHARGE}#{number}",
        "amount_differs",
        "wechat",
        "1921000401",
        "order-1",
        "b1",
        2,
        amount,
        "CNY",
        0,
        0,
        0,
    )


def whole(number: int, kind: str, at_line: int = 2, currency: str = "CNY") -> BreakOpened:
    return BreakOpened(
        CHARGE,
        f"{CHARGE}#{number}",
        kind,
        "wechat",
        "1921000401",
        "order-1",
        "b1",
        at_line,
        100,
        currency,
        100,
        3,
        97,
    )


def later(gross: int) -> BreakResolved:
    return BreakResolved(
        CHARGE,
        f"{CHARGE}#1",
        "missing_in_events",
        "expected_later",
        "wechat",
        "asset:receivable:wechat",
        gross,
        "CNY",
        "",
    )
