"""What a provider is known to have said of charges and refunds.

Shape: Outcomes by our numbers at the channel; replayed(provider, lines) takes them from the lines
of a settlement file.
Units: `occurred_on` is the channel's business day, YYYY-MM-DD.
Bound: one outcome takes some 300 bytes, a file of 100,000 lines 30 MB.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from providers.settlement_file import SettlementLine


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the channel said. `outcome`: succeeded, refused or unknown (no answer came)."""

    provider_reference: str
    occurred_on: str
    outcome: str = "succeeded"
    code: str = ""


NOT_KNOWN = Outcome("", "", "unknown", "not_replayed")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one provider said: by our number of the charge, and by our number of the refund."""

    provider: str
    charges: Mapping[str, Outcome]
    refunds: Mapping[str, Outcome]


def replayed(provider: str, lines: Iterable[SettlementLine]) -> Outcomes:
    """Where two lines tell of one thing, the first counts."""
    charges: dict[str, Outcome] = {}
    refunds: dict[str, Outcome] = {}
    for line in lines:
        known = charges if line.kind == "charge" else refunds if line.kind == "refund" else None
        if known is not None:
            booked_on = line.booked_at.date().isoformat()
            known.setdefault(line.reference, Outcome(line.provider_reference, booked_on))
    return Outcomes(provider, charges, refunds)
