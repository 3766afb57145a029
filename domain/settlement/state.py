"""What is known of a settlement batch and of a settlement reference.

Units: integer minor units, signed: above zero is money towards us. Days are YYYY-MM-DD.
Shape: a batch is arriving or sealed, and of one size however many lines it has. A reference is
unexpected (lines, but nothing of ours), awaited (ours, not settled), settled (one line answers it)
or written off (a person gave it up); each keeps all its breaks, the resolved ones too, since they
say which lines it has seen. Most references never have one.
"""

from domain.settlement.commands import CurrencyTotal
from domain.value import value


@value
class BatchFile:
    """What a file says of itself."""

    provider: str
    merchant_account: str
    business_day: str
    lines: int
    totals: tuple[CurrencyTotal, ...]


@value
class ArrivingBatch:
    """Lines are coming in; `counted` is what they sum to so far, by currency."""

    file: BatchFile
    lines: int
    last_line_number: int
    counted: tuple[CurrencyTotal, ...]


@value
class SealedBatch:
    """Count and totals were those of the file."""

    file: BatchFile


@value
class Break:
    """A case. `line_number` 0: not about a line. The fee is that of a line wholly in question."""

    break_id: str
    kind: str
    provider: str
    batch_id: str
    line_number: int
    amount_minor: int
    fee_minor: int
    currency: str
    resolved: bool


@value
class Expectation:
    """What our books say the provider owes, or is owed."""

    provider: str
    merchant_account: str
    reference: str
    amount_minor: int
    currency: str
    expected_on: str
    due_us: int


@value
class Unexpected:
    """Lines have come, nothing of ours has."""

    breaks: tuple[Break, ...]


@value
class Awaited:
    """Expected; no line in its currency has come. Overdue: a missing_in_file break is open."""

    expectation: Expectation
    breaks: tuple[Break, ...]


@value
class Settled:
    """This line answers the expectation."""

    batch_id: str
    line_number: int
    breaks: tuple[Break, ...]


@value
class WrittenOff:
    """Expected, never settled, and given up by a person."""

    breaks: tuple[Break, ...]


Batch = ArrivingBatch | SealedBatch
Reference = Unexpected | Awaited | Settled | WrittenOff
State = Batch | Reference
STATES: tuple[type, ...] = (ArrivingBatch, SealedBatch, Unexpected, Awaited, Settled, WrittenOff)
BATCH_STATES = (ArrivingBatch, SealedBatch)
REFERENCE_STATES = (Unexpected, Awaited, Settled, WrittenOff)


def breaks_of(reference: Reference | None) -> tuple[Break, ...]:
    return () if reference is None else reference.breaks


def open_break(
    breaks: tuple[Break, ...], kind: str, *, currency: str | None = None
) -> Break | None:
    """The first open break of a kind, of one currency where one is named."""
    for each in breaks:
        if each.kind == kind and not each.resolved and currency in {None, each.currency}:
            return each
    return None


def has_seen(reference: Reference | None, batch_id: str, line_number: int) -> bool:
    """Whether a line is one of this reference's already: every line matches or opens a break."""
    line = (batch_id, line_number)
    if isinstance(reference, Settled) and line == (reference.batch_id, reference.line_number):
        return True
    return any(line == (each.batch_id, each.line_number) for each in breaks_of(reference))
