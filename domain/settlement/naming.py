"""How settlement references and their breaks are named.

Shape: a reference is `<provider>/<merchant account>/<kind>/<reference>`, so that the lines of a
file and the expectations of our books meet under one name; its breaks are `<reference's id>#1`,
`#2` and so on, in the order in which they opened. Whoever holds a break's id holds the
reference's: it ends at the last `#`.
"""

from domain.settlement.commands import ExpectSettlement, ReportSettlementLines

EXPECTED_KINDS = frozenset({"charge", "refund"})  # What our books ever expect a line of.
AMOUNT_DIFFERS = "amount_differs"  # Matched, at another amount than ours.
MISSING_IN_EVENTS = "missing_in_events"  # A line, and nothing of ours is open for it.
MISSING_IN_FILE = "missing_in_file"  # Ours, and its day has passed without a line.
DUPLICATE_LINE = "duplicate_line"  # A line more than the one that answers.
CURRENCY_DIFFERS = "currency_differs"  # A line in another currency than ours, which stays open.
# In these the whole line is in question: it lies in the suspense of its break.
WHOLE_LINE_KINDS = (MISSING_IN_EVENTS, DUPLICATE_LINE, CURRENCY_DIFFERS)

ARRIVED, EXPECTED_LATER, DECIDED = "arrived", "expected_later", "decided"  # How a break ends.


def settlement_id(*, provider: str, merchant_account: str, kind: str, reference: str) -> str:
    """Name one thing at a provider; `kind` is the line's: charge, refund and so on."""
    assert "/" not in f"{provider}{merchant_account}{kind}", "only a reference may have a slash"
    return f"{provider}/{merchant_account}/{kind}/{reference}"


def settlement_ids(command: ReportSettlementLines) -> list[str]:
    """The references of lines, in their order; one may be there twice."""
    return [
        settlement_id(
            provider=command.provider,
            merchant_account=command.merchant_account,
            kind=line.kind,
            reference=line.reference,
        )
        for line in command.lines
    ]


def parts_of(settlement_id: str) -> tuple[str, str, str, str]:
    """Provider, merchant account, kind and reference: only the last may have a slash in it."""
    provider, merchant_account, kind, reference = settlement_id.split("/", 3)
    return provider, merchant_account, kind, reference


def break_id(settlement_id: str, number: int) -> str:
    """Name the first, second, … break of a reference."""
    assert number >= 1, "breaks are counted from one"
    return f"{settlement_id}#{number}"


def settlement_of(break_id: str) -> str:
    """The reference that a break belongs to."""
    return break_id.rpartition("#")[0]


def is_named(command: ExpectSettlement) -> bool:
    """Whether an expectation carries the id that its parts make."""
    return command.settlement_id == settlement_id(
        provider=command.provider,
        merchant_account=command.merchant_account,
        kind=command.kind,
        reference=command.reference,
    )
