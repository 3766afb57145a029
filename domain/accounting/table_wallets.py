"""The accounting table, first part: wallets and transfers between them.

Units: integer minor units. Debit and credit are accounts of chart.py; how to read a row: rules.py.
"""

from domain.accounting import accounts
from domain.accounting.rules import (
    is_clear,
    is_not_under,
    is_set,
    is_under,
    posts,
    posts_nothing,
)
from domain.transfer.events import (
    TransferCompleted,
    TransferFailed,
    TransferReceived,
    TransferStarted,
)
from domain.wallet.events import (
    DebtRecorded,
    DebtRepaid,
    FundsCredited,
    FundsDebited,
    FundsHeld,
    HoldCaptured,
    HoldReleased,
    PendingReleased,
    WalletClosed,
    WalletFrozen,
    WalletOpened,
    WalletUnfrozen,
)

WALLET = accounts.wallet("{wallet_id}")
HELD = accounts.wallet_held("{wallet_id}")
DEBT = accounts.seller_debt("{wallet_id}")
OTHER = "{account}"  # The account that the event itself names as its other side.
FROM_WALLET = is_under("account", account=accounts.WALLET)
NOT_FROM_WALLET = is_not_under("account", account=accounts.WALLET)

WALLETS = (
    posts_nothing(WalletOpened, words="An account begins empty."),
    posts(
        FundsCredited,
        NOT_FROM_WALLET,
        is_clear("pending"),
        debit=OTHER,
        credit=WALLET,
        words="Money comes in, to be used at once.",
    ),
    posts(
        FundsCredited,
        NOT_FROM_WALLET,
        is_set("pending"),
        debit=OTHER,
        credit=HELD,
        words="Money comes in and counts as reserved until it is released.",
    ),
    posts_nothing(
        FundsCredited,
        FROM_WALLET,
        is_clear("pending"),
        words="Inside the book: the debit of the other wallet has posted both sides.",
    ),
    posts(
        FundsCredited,
        FROM_WALLET,
        is_set("pending"),
        debit=WALLET,
        credit=HELD,
        words="Inside the book: the other wallet's debit has posted it as available; it is not.",
    ),
    posts(
        FundsDebited,
        is_clear("pending"),
        debit=WALLET,
        credit=OTHER,
        words="Money goes out; inside the book the other account is a wallet.",
    ),
    posts(
        FundsDebited,
        is_set("pending"),
        debit=HELD,
        credit=OTHER,
        words="Money goes out of what is pending.",
    ),
    posts(FundsHeld, debit=WALLET, credit=HELD, words="Available money is set aside."),
    posts(HoldCaptured, debit=HELD, credit=OTHER, words="Money set aside goes where it was for."),
    posts(HoldReleased, debit=HELD, credit=WALLET, words="Money set aside is available again."),
    posts(PendingReleased, debit=HELD, credit=WALLET, words="Pending money is available."),
    posts(
        DebtRecorded,
        debit=DEBT,
        credit=OTHER,
        words="What could not be taken back: the owner owes it, and where it was due it is paid.",
    ),
    posts(DebtRepaid, debit=WALLET, credit=DEBT, words="A debt is paid out of what arrived."),
    posts_nothing(WalletFrozen, words="Money stays where it is."),
    posts_nothing(WalletUnfrozen, words="Money stays where it is."),
    posts_nothing(WalletClosed, words="An account ends empty."),
)

TRANSFERS = (
    posts_nothing(TransferStarted, words="The hold on the source wallet posts (FundsHeld)."),
    posts_nothing(TransferCompleted, words="The capture of the hold posts (HoldCaptured)."),
    posts_nothing(TransferFailed, words="The release of the hold posts (HoldReleased)."),
    posts_nothing(TransferReceived, words="The credit of the wallet posts (FundsCredited)."),
)
