"""A payment of 100.00 in each of its states: 30.00 from a wallet, 70.00 at WeChat Pay.

The seller's share is 95.00, the commission 5.00. The refund r1 of 40.00 takes 38.00 from the
seller and 2.00 from the commission; 12.00 go to the wallet and 28.00 to the channel.
"""

from dataclasses import replace

from domain.payment import (
    CreatedPayment,
    CreatePayment,
    Event,
    ExecutingPayment,
    FailedPayment,
    ItemExecutionStarted,
    ItemFailed,
    ItemOutcomeUnknown,
    ItemSucceeded,
    ItemUndone,
    LateChargedPayment,
    LateChargeReceived,
    Payment,
    PaymentCreated,
    PaymentFailed,
    PaymentItem,
    PaymentSucceeded,
    PaymentTerms,
    PaymentUndone,
    Refund,
    RefundItem,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundStarted,
    RefundSucceeded,
    SellerShareReleased,
    SucceededPayment,
    UndonePayment,
)
from domain.wallet import Wallet, WalletClosed, WalletOpened, evolve

BALANCE = PaymentItem("bal", "balance", 3_000, wallet_id="ann")
CHANNEL = PaymentItem(
    "wx", "channel", 7_000, provider="wechat", merchant_account="1900001", reference="N1"
)
CREATE = CreatePayment("p1", "o1", "shop", 10_000, 500, "CNY", (BALANCE, CHANNEL))
# Paid by wallets alone.
FROM_WALLETS = replace(CREATE, items=(replace(BALANCE, amount_minor=10_000),))


def wallet(wallet_id: str, currency: str = "CNY", *, closed: bool = False) -> Wallet:
    opened = evolve(None, WalletOpened(wallet_id, "owner", "buyer", currency, 0))
    return evolve(opened, WalletClosed(wallet_id, "moved away")) if closed else opened


SHOP, ANN = wallet("shop"), wallet("ann")


def terms(command: CreatePayment) -> PaymentTerms:
    return PaymentTerms(
        command.payment_id,
        command.order_id,
        command.seller_wallet_id,
        command.amount_minor,
        command.commission_minor,
        command.currency,
        command.items,
    )


TERMS = terms(CREATE)
CREATED = PaymentCreated("p1", "o1", "shop", 10_000, 500, "CNY", (BALANCE, CHANNEL))
BALANCE_STARTED = ItemExecutionStarted("p1", "bal", "balance", 3_000, "CNY", "ann", "", "", "", "")
CHANNEL_STARTED = ItemExecutionStarted(
    "p1", "wx", "channel", 7_000, "CNY", "", "wechat", "1900001", "N1", "p1.wx"
)
CONFIRMED = (BALANCE_STARTED, CHANNEL_STARTED)
UNKNOWN = ItemOutcomeUnknown("p1", "wx", "TIMEOUT")
BALANCE_SUCCEEDED = ItemSucceeded("p1", "bal", "balance", "ann")
CHANNEL_SUCCEEDED = ItemSucceeded("p1", "wx", "channel", "")
PAID = PaymentSucceeded("p1", "o1", "shop", 10_000, 500, "CNY")
SUCCEEDED = (CHANNEL_SUCCEEDED, BALANCE_SUCCEEDED, PAID)
BALANCE_UNDONE = ItemUndone("p1", "bal", "balance", "ann")
CHANNEL_UNDONE = ItemUndone("p1", "wx", "channel", "")
FAILED = (
    ItemFailed("p1", "wx", "NOTENOUGH"),
    BALANCE_UNDONE,
    PaymentFailed("p1", "o1", "NOTENOUGH"),
)
UNDONE = PaymentUndone("p1", "o1", "buyer left")
LATE = LateChargeReceived("p1", "wx", "late@N1", 7_000, "CNY", "p1.wx")
RELEASED = SellerShareReleased("p1", "shop", 9_500, "CNY")
TO_BALANCE = RefundItem("bal", "balance", 1_200, "ann", "")
TO_CHANNEL = RefundItem("wx", "channel", 2_800, "", "p1.wx")
REFUND_STARTED = RefundStarted(
    *("p1", "r1", 4_000, "CNY", "shop"),
    seller_minor=3_800,
    commission_minor=200,
    seller_pending=True,
    items=(TO_BALANCE, TO_CHANNEL),
)
BALANCE_REFUNDED = RefundItemSucceeded("p1", "r1", "bal")
CHANNEL_REFUNDED = RefundItemSucceeded("p1", "r1", "wx")
CHANNEL_REFUND_REFUSED = RefundItemRefused("p1", "r1", "wx", "ABNORMAL")
CHANNEL_REFUND_UNKNOWN = RefundItemUnknown("p1", "r1", "wx", "TIMEOUT")
REFUNDED = RefundSucceeded("p1", "r1", 4_000, "CNY")
LATE_REFUNDED = (
    RefundItemSucceeded("p1", "late@N1", "wx"),
    RefundSucceeded("p1", "late@N1", 7_000, "CNY"),
)


def executing(channel: str) -> ExecutingPayment:
    return ExecutingPayment(TERMS, {"bal": "started", "wx": channel})


def succeeded(channel: str = "", *, released: bool = False) -> SucceededPayment:
    """Paid; `channel`: how far the channel's part of the refund r1 is, if there is one."""
    journal = {"bal": "succeeded", "wx": channel}
    refunds = {"r1": Refund(4_000, journal)} if channel else {}
    return SucceededPayment(TERMS, released, 4_000 if channel else 0, refunds)


def late(channel: str) -> LateChargedPayment:
    return LateChargedPayment(TERMS, "late@N1", Refund(7_000, {"wx": channel}))


EXECUTED = (CREATED, *CONFIRMED)
PAID_FOR = (*EXECUTED, UNKNOWN, *SUCCEEDED)
REFUNDING = (*EXECUTED, *SUCCEEDED, REFUND_STARTED, BALANCE_REFUNDED)
# By name: what happened, and what the payment is then.
STATES_GIVEN: dict[str, tuple[tuple[Event, ...], Payment | None]] = {
    "nothing": ((), None),
    "created": ((CREATED,), CreatedPayment(TERMS)),
    "executing": (EXECUTED, executing("started")),
    "unknown": ((*EXECUTED, UNKNOWN), executing("unknown")),
    "succeeded": (PAID_FOR, succeeded()),
    "released": ((*PAID_FOR, RELEASED), succeeded(released=True)),
    "refunding": (REFUNDING, succeeded("started")),
    "refund_unknown": ((*REFUNDING, CHANNEL_REFUND_UNKNOWN), succeeded("unknown")),
    "refund_refused": (
        (*REFUNDING, CHANNEL_REFUND_UNKNOWN, CHANNEL_REFUND_REFUSED),
        succeeded("refused"),
    ),
    "refunded": (
        (*REFUNDING, CHANNEL_REFUND_REFUSED, CHANNEL_REFUNDED, REFUNDED),
        succeeded("succeeded"),
    ),
    "failed": ((*EXECUTED, UNKNOWN, *FAILED), FailedPayment(TERMS)),
    "undone": ((*EXECUTED, BALANCE_UNDONE, CHANNEL_UNDONE, UNDONE), UndonePayment(TERMS)),
    "late": ((*EXECUTED, *FAILED, LATE), late("started")),
    "late_refunded": (
        (CREATED, *CONFIRMED, BALANCE_UNDONE, CHANNEL_UNDONE, UNDONE, LATE, *LATE_REFUNDED),
        late("succeeded"),
    ),
}
GIVEN: tuple[Payment | None, ...] = tuple(state for _, state in STATES_GIVEN.values())
