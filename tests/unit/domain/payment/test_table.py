"""Every state of a payment x every command: the exact answer."""

from dataclasses import replace

import pytest

from domain.payment import (
    STATES,
    CancelPayment,
    Command,
    ConfirmPayment,
    CreatePayment,
    Payment,
    RecordItemOutcome,
    RecordRefundItemOutcome,
    RefundItem,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundPayment,
    RefundStarted,
    ReleaseSellerShare,
    decide,
)
from tests.unit.domain.payment import given
from tests.unit.domain.payment.given import ANN, CREATE, GIVEN, SHOP, STATES_GIVEN
from tests.unit.domain.payment.table import Cell, Impossible, Row, assert_cell, assert_whole

UNKNOWN, ENDED, PAID = "payment_unknown", "payment_ended", "payment_succeeded"
UNDER_WAY, NOT_PAID = "payment_under_way", "payment_not_succeeded"
WORD = "outcome_unknown_word"
NO_PAYMENT = Impossible("a collection without its payment")
NOT_STARTED = Impossible("an outcome of a charge that was not started")
CONTRADICTED = Impossible("a collection that succeeded refuses no more")
NO_REFUND = Impossible("an outcome of a refund that was not started")
REFUNDED = Impossible("a refund that succeeded is refused no more")
NOT_DELIVERED = Impossible("an order is delivered after it was paid")
NEVER_PAID = (*(UNKNOWN,), *(NOT_PAID,) * 3)
REPEATED: tuple[()] = ()
UNDONE_AS_ASKED = replace(given.UNDONE, reason="no")
# The rest, after r1 took 40.00 or as the first refund.
REST = RefundStarted(
    *("p1", "r2", 6_000, "CNY", "shop"),
    seller_minor=5_700,
    commission_minor=300,
    seller_pending=True,
    items=(
        RefundItem("bal", "balance", 1_800, "ann", ""),
        RefundItem("wx", "channel", 4_200, "", "p1.wx"),
    ),
)
REST_BEGINS = (REST, RefundItemSucceeded("p1", "r2", "bal"))
REST_FROM_AVAILABLE = (replace(REST, seller_pending=False), REST_BEGINS[1])
LATE_REFUSED = (RefundItemRefused("p1", "late@N1", "wx", "ABNORMAL"),)
LATE_UNKNOWN = (RefundItemUnknown("p1", "late@N1", "wx", "TIMEOUT"),)


def outcome(word: str, code: str = "") -> RecordItemOutcome:
    return RecordItemOutcome("p1", "wx", word, code)


def refund_outcome(word: str, code: str = "", refund_id: str = "r1") -> RecordRefundItemOutcome:
    return RecordRefundItemOutcome("p1", refund_id, "wx", word, code)


# Answers in the states of GIVEN: nothing, created, executing, unknown | succeeded, released |
# refund started, unknown, refused, succeeded | failed, undone, late charged, that given back.
TABLE: tuple[Row, ...] = (
    (CREATE, ((given.CREATED,), *("already_exists",) * 13)),
    (
        ConfirmPayment("p1"),
        (UNKNOWN, given.CONFIRMED, *(UNDER_WAY,) * 2, *(PAID,) * 6, *(ENDED,) * 4),
    ),
    (
        CancelPayment("p1", "no"),
        (
            UNKNOWN,
            (UNDONE_AS_ASKED,),
            *((given.BALANCE_UNDONE, given.CHANNEL_UNDONE, UNDONE_AS_ASKED),) * 2,
            *(PAID,) * 6,
            *(ENDED,) * 4,
        ),
    ),
    (
        RefundPayment("p1", "r2", 6_000, "CNY"),
        (
            *NEVER_PAID,
            REST_BEGINS,
            REST_FROM_AVAILABLE,
            *(REST_BEGINS,) * 4,
            *(ENDED,) * 4,
        ),
    ),
    (
        RefundPayment("p1", "r2", 10_001, "CNY"),
        (*NEVER_PAID, *("refund_exceeds_payment",) * 6, *(ENDED,) * 4),
    ),
    (
        RefundPayment("p1", "r2", 0, "CNY"),
        (*NEVER_PAID, *("amount_not_positive",) * 6, *(ENDED,) * 4),
    ),
    (
        RefundPayment("p1", "r2", 10**15 + 1, "CNY"),
        (*NEVER_PAID, *("amount_too_large",) * 6, *(ENDED,) * 4),
    ),
    (
        RefundPayment("p1", "r2", 0, "USD"),
        (*NEVER_PAID, *("currency_mismatch",) * 6, *(ENDED,) * 4),
    ),
    (
        outcome("succeeded"),
        (
            NO_PAYMENT,
            NOT_STARTED,
            *(given.SUCCEEDED,) * 2,
            *(REPEATED,) * 6,
            *((given.LATE,),) * 2,
            *(REPEATED,) * 2,
        ),
    ),
    (
        outcome("refused", "NOTENOUGH"),
        (
            NO_PAYMENT,
            NOT_STARTED,
            *(given.FAILED,) * 2,
            *(CONTRADICTED,) * 6,
            *(REPEATED,) * 4,
        ),
    ),
    (
        outcome("unknown", "TIMEOUT"),
        (NO_PAYMENT, NOT_STARTED, (given.UNKNOWN,), *(REPEATED,) * 11),
    ),
    (outcome("pending"), (WORD,) * 14),
    (
        RecordItemOutcome("p1", "bal", "succeeded", ""),
        (NO_PAYMENT, *(Impossible("an outcome of another item than the channel's"),) * 13),
    ),
    (
        refund_outcome("succeeded"),
        (
            *(NO_REFUND,) * 6,
            *((given.CHANNEL_REFUNDED, given.REFUNDED),) * 3,
            REPEATED,
            *(NO_REFUND,) * 4,
        ),
    ),
    (
        refund_outcome("refused", "ABNORMAL"),
        (
            *(NO_REFUND,) * 6,
            *((given.CHANNEL_REFUND_REFUSED,),) * 2,
            REPEATED,
            REFUNDED,
            *(NO_REFUND,) * 4,
        ),
    ),
    (
        refund_outcome("unknown", "TIMEOUT"),
        (
            *(NO_REFUND,) * 6,
            (given.CHANNEL_REFUND_UNKNOWN,),
            *(REPEATED,) * 3,
            *(NO_REFUND,) * 4,
        ),
    ),
    (refund_outcome("pending"), (WORD,) * 14),
    (
        refund_outcome("succeeded", refund_id="late@N1"),
        (*(NO_REFUND,) * 12, given.LATE_REFUNDED, REPEATED),
    ),
    (
        refund_outcome("refused", "ABNORMAL", refund_id="late@N1"),
        (*(NO_REFUND,) * 12, LATE_REFUSED, REFUNDED),
    ),
    (
        refund_outcome("unknown", "TIMEOUT", refund_id="late@N1"),
        (*(NO_REFUND,) * 12, LATE_UNKNOWN, REPEATED),
    ),
    (
        ReleaseSellerShare("p1"),
        (
            *(NOT_DELIVERED,) * 4,
            (given.RELEASED,),
            REPEATED,
            *((replace(given.RELEASED, amount_minor=5_700),),) * 4,
            *(NOT_DELIVERED,) * 4,
        ),
    ),
)
CELLS = [
    pytest.param(command, state, cell, id=f"{row}-{type(command).__name__}-{name}")
    for row, (command, cells) in enumerate(TABLE)
    for name, state, cell in zip(STATES_GIVEN, GIVEN, cells, strict=True)
]


@pytest.mark.parametrize(("command", "state", "cell"), CELLS)
def test_every_state_answers_every_command(
    command: Command, state: Payment | None, cell: Cell
) -> None:
    found = (state, SHOP, ANN) if isinstance(command, CreatePayment) else state
    assert_cell(cell, lambda: decide(command, found, 0))


def test_the_table_is_whole() -> None:
    assert_whole(TABLE, commands=Command, states=len(GIVEN))
    assert {type(state) for state in GIVEN} == {type(None), *STATES}
