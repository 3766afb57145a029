"""The chart of accounts: what each account holds, and when it is at zero.

Shape: CHART, one entry an account name of accounts.py; what stands in <> differs from one account
to the next. A balance is debit - credit: assets and expenses stand above zero, liabilities and
income below, as a sum does that is owed by us.
"""

from domain.accounting import accounts
from domain.value import value


@value
class Entry:
    """`side`: on which the account stands as a rule."""

    account: str
    side: str
    holds: str
    zero: str


CHART = (
    Entry(
        accounts.wallet("<wallet_id>"),
        "credit",
        "What is available in a wallet: its balance less what is reserved.",
        "when it is spent; on the debit side as far as its overdraft limit lets it",
    ),
    Entry(
        accounts.wallet_held("<wallet_id>"),
        "credit",
        "What is reserved in a wallet: holds, and money that is pending.",
        "when all of it is captured or released",
    ),
    Entry(
        accounts.external("<source>"),
        "either",
        "The world outside, by the name that a deposit or withdrawal gives it.",
        "never as a rule: what went out less what came in",
    ),
    Entry(
        accounts.order("<payment_id>"),
        "credit",
        "Paid by the buyer, not yet the seller's.",
        "when the payment has succeeded, or a late charge is on its way back",
    ),
    Entry(
        accounts.refund("<refund_id>"),
        "credit",
        "Taken back from the seller, not yet the buyer's.",
        "when it has arrived; what a channel refuses stays here for a person",
    ),
    Entry(
        accounts.receivable("<provider>"),
        "debit",
        "What a channel owes us for charges, less refunds.",
        "when all of it is settled or written off; else it is its open items, one by one",
    ),
    Entry(
        accounts.seller_debt("<wallet_id>"),
        "debit",
        "What a seller owes us, because it could not be taken back from the wallet.",
        "when it is repaid out of later income",
    ),
    Entry(
        accounts.settling("<batch_id>"),
        "debit",
        "Settled by a file of the provider, not yet seen at the bank: the net of its lines.",
        "when the bank statement has it",
    ),
    Entry(
        accounts.suspense("<break_id>"),
        "either",
        "A difference that somebody must explain: what we say less what the file says.",
        "once the break is resolved",
    ),
    Entry(
        accounts.due("<book>"),
        "either",
        "Between this book and another, for transfers that cross.",
        "together with the account of the same pair in the other book",
    ),
    Entry(accounts.COMMISSION, "credit", "What we earn on payments.", "never as a rule"),
    Entry(
        accounts.provider_fee("<provider>"),
        "debit",
        "What a channel costs, line by line of its files.",
        "never as a rule",
    ),
    Entry(
        accounts.ROUNDING,
        "either",
        "Differences of a break that are rounding.",
        "never as a rule",
    ),
    Entry(
        accounts.WRITEOFF,
        "either",
        "What breaks have cost (debit) or brought (credit) by a person's decision.",
        "never as a rule",
    ),
)
