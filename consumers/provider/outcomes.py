"""What a provider is known to have said of charges and refunds.

Shape: Outcomes by our numbers at the channel.
Units: `occurred_on` is the channel's business day, YYYY-MM-DD.
Bound: one outcome takes some 300 bytes, a file of 100,000 lines 30 MB.
"""

from collections.abc import Mapping
from dataclasses import dataclass


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
