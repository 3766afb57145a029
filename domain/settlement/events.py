"""What happened to settlement batches and settlement references.

Units: integer minor units, signed: above zero is money towards us; gross - fee = net.
Days are YYYY-MM-DD, `due_us` microseconds since 1970 in UTC. The first field of an event is the id
of its stream: `settlement_batch` for `batch_id`, `settlement_reference` for `settlement_id`.
"""

from domain.settlement.commands import CurrencyTotal
from domain.value import value


@value
class SettlementFileImported:
    """A proven file is arriving.

    `accepted_because`: why it counts though its own controls do not hold; empty: they hold.
    """

    batch_id: str
    provider: str
    merchant_account: str
    format: str
    file_name: str
    sha256: str
    business_day: str
    lines: int
    totals: tuple[CurrencyTotal, ...]
    accepted_because: str = ""


@value
class SettlementLineReported:
    """A line as the file has it; what it means for us is decided at its reference."""

    batch_id: str
    line_number: int
    settlement_id: str
    provider_reference: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    booked_on: str


@value
class BatchSealed:
    """The batch is complete: count and totals agree with the file."""

    batch_id: str
    provider: str
    merchant_account: str
    business_day: str
    lines: int


@value
class SettlementExpected:
    """Our books say that this should be in a file; at `due_us` the promised days are over."""

    settlement_id: str
    provider: str
    merchant_account: str
    kind: str
    reference: str
    amount_minor: int
    currency: str
    expected_on: str
    promised_days: int
    due_us: int


@value
class SettlementMatched:
    """A line answers an expectation in its currency; `cleared_minor` is our amount.

    With another gross in the file, a BreakOpened(amount_differs) carries the difference.
    `break_id`: the missing_in_events break in which the line has waited for the expectation, and
    whose suspense holds it; empty where the expectation was there first.
    """

    settlement_id: str
    provider: str
    batch_id: str
    line_number: int
    gross_minor: int
    fee_minor: int
    net_minor: int
    cleared_minor: int
    currency: str
    break_id: str


@value
class BreakOpened:
    """File and books disagree; `amount_minor` is file - ours, `break_id` names the case.

    `kind`: amount_differs, missing_in_events, missing_in_file, duplicate_line, currency_differs.
    `gross/fee/net_minor`: of the line, where the whole line is in question and not matched (kinds
    missing_in_events, duplicate_line, currency_differs); else 0.
    """

    settlement_id: str
    break_id: str
    kind: str
    provider: str
    merchant_account: str
    reference: str
    batch_id: str
    line_number: int
    amount_minor: int
    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int


@value
class BreakResolved:
    """The case is closed: `amount_minor`, signed as in BreakOpened, goes to `account`.

    It leaves the suspense of the break; with `kind` missing_in_file it leaves the provider's
    receivable, where such a break stays. `how` says what closed it: arrived (the line came after
    all: nothing is left to move, `account` is empty), expected_later (the expectation came after
    the line) or decided (by a person, who says why in `note`).
    """

    settlement_id: str
    break_id: str
    kind: str
    how: str
    provider: str
    account: str
    amount_minor: int
    currency: str
    note: str


BatchEvent = SettlementFileImported | SettlementLineReported | BatchSealed
ReferenceEvent = SettlementExpected | SettlementMatched | BreakOpened | BreakResolved
Event = BatchEvent | ReferenceEvent
