"""The accounting table, second part: orders, payment orders and collections at channels.

Units: integer minor units. Debit and credit are accounts of chart.py; how to read a row: rules.py.
"""

from domain.accounting import accounts
from domain.accounting.rules import posts, posts_nothing
from domain.collection.events import (
    CollectionRefundRefused,
    CollectionRefundStarted,
    CollectionRefundSucceeded,
    CollectionRefundUnknown,
    CollectionRefused,
    CollectionStarted,
    CollectionSucceeded,
    CollectionUnknown,
    OutcomeContradicted,
)
from domain.order.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPaid,
    OrderPlaced,
    PaymentAttached,
    PaymentDetached,
)
from domain.payment.events import (
    ItemExecutionStarted,
    ItemFailed,
    ItemOutcomeUnknown,
    ItemSucceeded,
    ItemUndone,
    LateChargeReceived,
    PaymentCreated,
    PaymentFailed,
    PaymentSucceeded,
    PaymentUndone,
    RefundItemRefused,
    RefundItemSucceeded,
    RefundItemUnknown,
    RefundStarted,
    RefundSucceeded,
    SellerShareReleased,
)

ORDER = accounts.order("{payment_id}")
REFUND = accounts.refund("{refund_id}")
RECEIVABLE = accounts.receivable("{provider}")

ORDERS = (
    posts_nothing(OrderPlaced, words="A promise, no money."),
    posts_nothing(PaymentAttached, words="A claim, no money."),
    posts_nothing(PaymentDetached, words="The claim is given up."),
    posts_nothing(OrderPaid, words="The payment has posted."),
    posts_nothing(OrderCancelled, words="No money had moved."),
    posts_nothing(OrderDelivered, words="The seller's share posts (PendingReleased)."),
)

PAYMENTS = (
    posts_nothing(PaymentCreated, words="A plan, no money."),
    posts_nothing(ItemExecutionStarted, words="The hold posts (FundsHeld); a charge not yet."),
    posts_nothing(
        ItemSucceeded, words="The capture (HoldCaptured) or charge (CollectionSucceeded) posts."
    ),
    posts_nothing(ItemFailed, words="Nothing was charged."),
    posts_nothing(ItemOutcomeUnknown, words="Nobody knows yet: nothing is assumed."),
    posts_nothing(ItemUndone, words="The release of the hold posts (HoldReleased)."),
    posts(
        PaymentSucceeded,
        debit=ORDER,
        credit=accounts.COMMISSION,
        amount="commission_minor",
        words="We have earned the commission; the seller's share posts at the seller's wallet "
        "(FundsCredited, pending).",
    ),
    posts_nothing(PaymentFailed, words="What was held has been released."),
    posts_nothing(PaymentUndone, words="What was held has been released."),
    posts(
        LateChargeReceived,
        debit=ORDER,
        credit=REFUND,
        words="The buyer was charged for a payment that had ended: it is owed back.",
    ),
    posts_nothing(SellerShareReleased, words="The seller's wallet posts (PendingReleased)."),
    posts(
        RefundStarted,
        debit=accounts.COMMISSION,
        credit=REFUND,
        amount="commission_minor",
        words="We give back our part of the commission; the seller's part posts at the seller's "
        "wallet (FundsDebited, DebtRecorded).",
    ),
    posts_nothing(
        RefundItemSucceeded,
        words="The buyer's wallet (FundsCredited) or the channel (CollectionRefundSucceeded) "
        "posts.",
    ),
    posts_nothing(RefundItemRefused, words="The money stays in the refund's account."),
    posts_nothing(RefundItemUnknown, words="Nobody knows yet: nothing is assumed."),
    posts_nothing(RefundSucceeded, words="All parts have posted."),
)

COLLECTIONS = (
    posts_nothing(CollectionStarted, words="Asked, not answered."),
    posts(
        CollectionSucceeded,
        debit=RECEIVABLE,
        credit=ORDER,
        words="The channel has the buyer's money and owes it to us.",
    ),
    posts_nothing(CollectionRefused, words="Nothing was charged."),
    posts_nothing(CollectionUnknown, words="Nobody knows yet: nothing is assumed."),
    posts_nothing(CollectionRefundStarted, words="Asked, not answered."),
    posts(
        CollectionRefundSucceeded,
        debit=REFUND,
        credit=RECEIVABLE,
        words="The channel has given it to the buyer and owes us that much less.",
    ),
    posts_nothing(CollectionRefundRefused, words="The money stays in the refund's account."),
    posts_nothing(CollectionRefundUnknown, words="Nobody knows yet: nothing is assumed."),
    posts_nothing(OutcomeContradicted, words="A person's case: nothing moves on a contradiction."),
)
