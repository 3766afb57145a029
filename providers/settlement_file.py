"""What every settlement file becomes: lines of one shape, and a proof or a refusal of the whole.

Units: integer minor units of the line's own currency; `residue_minor` is an exact Decimal of them.
Signs: net above zero is money towards us; gross - fee = net; the gross of a refund is negative.
Shape: a reader yields SettlementLine and ends with an Ending; providers.formats makes a FileProof.
Errors: what is wrong with a file is a FileRefused, a value. A file that changed after it was
proven is FileChangedError: its lines were already going out, so the caller must drop them.
Source: docs/formats/README.md.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.value import value

UNKNOWN = "unknown:"  # Followed by the provider's own code: kept, counted and reported.
NO_RESIDUE = Decimal(0)
SHOWN_CHARACTERS_MAX = 80  # Of hostile text in a refusal: one line of a terminal.


@value
class SettlementLine:
    """One thing that a provider says happened.

    `reference` is our own key and never empty: where a line carries none, `line_identity` stands
    in. `provider_reference` may be shared by lines. `line_identity` names the thing itself: two
    lines with the same one, in one file or in two, say the same thing twice.
    """

    provider: str
    batch_id: str
    line_number: int  # In the file, from 1, the header counted: what an editor shows.
    kind: str  # charge, refund, fee, chargeback, payout…, or UNKNOWN and a code.
    reference: str
    provider_reference: str
    line_identity: str
    gross_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    booked_at: datetime
    raw: str  # Without its line end.
    residue_minor: Decimal  # The exact fee is fee_minor + residue_minor.


@dataclass(frozen=True, slots=True)
class Control:
    """A figure that the file prints about itself, beside what its lines come to."""

    name: str
    printed: str
    computed: str
    holds: bool
    line_number: int


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """All lines of one currency. The exact fee is fee_minor + residue_minor."""

    gross_minor: int
    fee_minor: int
    net_minor: int
    residue_minor: Decimal


@dataclass(frozen=True, slots=True)
class Ending:
    """What a reader knows once it has seen the whole file."""

    variant: str  # Which of the format's layouts it was.
    merchant_account: str
    business_day: date
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class FileProof:
    """The whole file, read once. It counts when every control holds."""

    format: str
    variant: str
    provider: str
    batch_id: str
    merchant_account: str
    business_day: date
    lines: int
    currencies: dict[str, CurrencyTotals]
    kinds: dict[str, int]
    controls: tuple[Control, ...]
    unknown: tuple[str, ...]  # The kinds among `kinds` that nobody listed.
    sha256: str  # Of the plain bytes: the same file gzipped is the same file.


@dataclass(frozen=True, slots=True)
class FileRefused:
    """Why a file does not count. `code` is a stable word, `message` a sentence for people.

    `proof` is there when the file was read to its end and only its own controls do not hold.
    """

    code: str
    message: str
    line_number: int | None = None
    field: str = ""
    printed: str = ""
    expected: str = ""
    proof: FileProof | None = None


class FileChangedError(Exception):
    """The bytes are no longer those that were proven; reading them again does not help."""


def shown(text: str) -> str:
    """Text of a file, made fit for a message: printable and short."""
    cut = text[:SHOWN_CHARACTERS_MAX]
    return cut if cut.isprintable() else ascii(cut)[1:-1][:SHOWN_CHARACTERS_MAX]
