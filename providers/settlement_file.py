"""What every settlement file becomes: lines of one shape, and a proof or a refusal of the whole.

Units: integer minor units of the line's own currency; `residue_minor` is an exact Decimal of them.
Signs: net above zero is money towards us; gross - fee = net; the gross of a refund is negative. For
a line of a bank statement gross and net are the signed movement.
Shape: a reader yields SettlementLine and ends with an Ending; providers.formats makes a FileProof.
Errors: what is wrong with a file is a FileRefused, a value. A file that changed after it was
proven is FileChangedError: its lines were already going out, so the caller must drop them.
Source: docs/formats/README.md.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from domain.value import value

UNKNOWN = "unknown:"  # Followed by the provider's own code: kept, counted and reported.
NO_RESIDUE = Decimal(0)
TEXT_CHARACTERS_MAX = 1_000  # Of what is said in words, kept with a line.
DIGEST_DIGITS = 16  # Of the SHA-256 in a batch id.
SHOWN_CHARACTERS_MAX = 80  # Of hostile text in a refusal: one line of a terminal.


@value
class SettlementLine:
    """One thing that a provider says happened.

    `reference` is our own key and never empty: where a line carries none, `line_identity` stands
    in. `provider_reference` may be shared by lines. `line_identity` names the thing itself: two
    lines with the same one, in one file or in two, say the same thing twice.

    `currency` is that of the account: gross, fee and net are in it. What was charged in another one
    is in `original_minor` of `original_currency`, with the printed rate where there is one.
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
    booked_at: datetime  # With an offset; where the file states no zone, UTC stands in.
    raw: str  # Without its line end; of a record of several lines, all of them.
    residue_minor: Decimal = NO_RESIDUE  # What rounding took: the exact net is net - residue.
    code: str = ""  # The provider's own word for the kind.
    zone: str = ""  # As printed, or known of the format; empty: the file does not say.
    value_at: datetime | None = None  # When the money counts, where that is said beside booking.
    account: str = ""  # Whose line it is, in a file of several accounts.
    part: str = ""  # The statement or batch in the file, where it has several.
    original_minor: int | None = None  # Signed as gross.
    original_currency: str = ""
    exchange_rate: Decimal | None = None
    text: str = ""  # What is said in words: where a bank names the payout.
    pending: bool = False  # Announced only: no money has moved, and what moves is another line.


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
    """All lines of one currency. The exact net is net_minor - residue_minor."""

    gross_minor: int
    fee_minor: int
    net_minor: int
    residue_minor: Decimal


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """Lines that have moved money. `business_day`: the last on which one of them was booked."""

    lines: int
    business_day: date
    currencies: dict[str, CurrencyTotals]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a reader knows once it has seen the whole file."""

    merchant_account: str  # Empty where the file does not say whose it is.
    business_day: date  # The last day that something was booked.
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class FileProof:
    """The whole file, read once. It counts when every control holds.

    `lines`, `currencies` and `kinds` are of every line. `moved` is what is left without pending
    ones, where there are any: that is what a book takes. `accounts`: what of it is whose, of the
    lines that say so; of a file of several, no merchant account stands for the whole.
    """

    format: str
    variant: str  # Which of the format's layouts it is.
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
    accounts: dict[str, AccountTotals] = field(default_factory=dict[str, AccountTotals])
    moved: AccountTotals | None = None


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


def batch_id_of(provider: str, day: date, *, account: str, sha256: str) -> str:
    """Our name of what a file says of an account: the same bytes again are the same batch."""
    return f"{provider}-{account}-{day.isoformat()}-{sha256[:DIGEST_DIGITS]}"


def shown(text: str) -> str:
    """Text of a file, made fit for a message: printable and short."""
    cut = text[:SHOWN_CHARACTERS_MAX]
    return cut if cut.isprintable() else ascii(cut)[1:-1][:SHOWN_CHARACTERS_MAX]
