"""What may be asked of a settlement batch (one file) and a settlement reference (one thing in it).

Units: integer minor units, signed: above zero is money towards us; gross - fee = net.
Days are YYYY-MM-DD. A reference's id: `<provider>/<merchant account>/<kind>/<reference>`, made by
naming.settlement_id.
Origin: files come from the intake program, expectations follow from our events.
"""

from domain.value import value


@value
class CurrencyTotal:
    """What a file says in all, of one currency."""

    currency: str
    gross_minor: int
    fee_minor: int
    net_minor: int


@value
class ImportSettlementFile:
    """A proven file begins: how many lines and which totals must follow.

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
class SealBatch:
    """All lines have been sent: check count and totals, and close the batch."""

    batch_id: str


@value
class FileLine:
    """One line of a file, at `line_number` in it. `kind`: charge, refund and so on."""

    line_number: int
    kind: str
    reference: str
    provider_reference: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    currency: str


@value
class ReportSettlementLines:
    """Some lines of a file that the provider booked on one day, in the order of the file.

    All of them are taken, or none. Lines are sent in order; what failed may be sent again after
    what follows it, in whatever parts: what is there already stays as it is.
    """

    batch_id: str
    provider: str
    merchant_account: str
    booked_on: str
    lines: tuple[FileLine, ...]


@value
class ExpectSettlement:
    """Our events say that the provider owes (or is owed) this; it is promised within days."""

    settlement_id: str
    provider: str
    merchant_account: str
    kind: str
    reference: str
    amount_minor: int
    currency: str
    expected_on: str
    promised_days: int


@value
class CheckSettlement:
    """It should have been settled by now: in a sealed batch, or by the provider's promise."""

    settlement_id: str
    batch_id: str = ""


@value
class ResolveBreak:
    """A person decides a break. `account`: writeoff or rounding; suspense goes back to zero.

    A missing_in_file break is decided by writing off what the provider owes, or is owed.
    """

    settlement_id: str
    break_id: str
    account: str
    note: str


BatchCommand = ImportSettlementFile | SealBatch
ReferenceCommand = ReportSettlementLines | ExpectSettlement | CheckSettlement | ResolveBreak
Command = BatchCommand | ReferenceCommand
