"""The accounting table, third part: settlement files against what our books expect.

Units: integer minor units, signed: above zero is money towards us.
Sums: of a line that answers an expectation, whichever came first, settling gets the net, the fee
its expense, the receivable is cleared at our amount and suspense holds the difference. Every row
posts its own part of that and the parts of one unit of work add up.
"""

from domain.accounting import accounts
from domain.accounting.rules import is_not, is_one_of, posts, posts_nothing
from domain.settlement.events import (
    BatchSealed,
    BreakOpened,
    BreakResolved,
    SettlementExpected,
    SettlementFileImported,
    SettlementLineReported,
    SettlementMatched,
)
from domain.settlement.naming import (
    AMOUNT_DIFFERS,
    ARRIVED,
    MISSING_IN_FILE,
    WHOLE_LINE_KINDS,
)

SETTLING = accounts.settling("{batch_id}")
RECEIVABLE = accounts.receivable("{provider}")
FEE = accounts.provider_fee("{provider}")
SUSPENSE = accounts.suspense("{break_id}")

SETTLEMENT = (
    posts_nothing(SettlementFileImported, words="A file arrives; its lines post."),
    posts_nothing(SettlementLineReported, words="What the line means posts at its reference."),
    posts_nothing(BatchSealed, words="Nothing is left to post."),
    posts_nothing(SettlementExpected, words="The charge or refund has posted."),
    posts(
        SettlementMatched,
        is_one_of("break_id", ""),
        debit=SETTLING,
        credit=RECEIVABLE,
        amount="cleared_minor - fee_minor",
        words="The provider settles what it owed us, less its fee.",
    ),
    posts(
        SettlementMatched,
        is_one_of("break_id", ""),
        debit=FEE,
        credit=RECEIVABLE,
        amount="fee_minor",
        words="The provider keeps its fee out of what it owed us.",
    ),
    posts(
        SettlementMatched,
        is_not("break_id", value=""),
        debit=SETTLING,
        credit=RECEIVABLE,
        amount="cleared_minor - gross_minor",
        words="The line came first and was posted from suspense, which BreakResolved repays from "
        "the receivable; only what our amount has more than the line is left to clear.",
    ),
    posts(
        BreakOpened,
        is_one_of("kind", AMOUNT_DIFFERS),
        debit=SETTLING,
        credit=SUSPENSE,
        words="The file says another amount than ours: the difference is to be explained.",
    ),
    posts(
        BreakOpened,
        is_one_of("kind", *WHOLE_LINE_KINDS),
        debit=SETTLING,
        credit=SUSPENSE,
        amount="net_minor",
        words="The provider settles something that is not ours as far as we know.",
    ),
    posts(
        BreakOpened,
        is_one_of("kind", *WHOLE_LINE_KINDS),
        debit=FEE,
        credit=SUSPENSE,
        amount="fee_minor",
        words="It keeps a fee of that all the same.",
    ),
    posts_nothing(
        BreakOpened,
        is_one_of("kind", MISSING_IN_FILE),
        words="What is missing in the files stays where it is, in the receivable.",
    ),
    posts_nothing(
        BreakResolved,
        is_one_of("how", ARRIVED),
        words="The line came after all and has posted (SettlementMatched).",
    ),
    posts(
        BreakResolved,
        is_not("how", value=ARRIVED),
        is_not("kind", value=MISSING_IN_FILE),
        debit=SUSPENSE,
        credit="{account}",
        words="The difference is explained: suspense goes back to zero.",
    ),
    posts(
        BreakResolved,
        is_not("how", value=ARRIVED),
        is_one_of("kind", MISSING_IN_FILE),
        debit=RECEIVABLE,
        credit="{account}",
        words="Given up: what the provider owed, or was owed, is written off.",
    ),
)
