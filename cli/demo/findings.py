"""What the demo found: figures read from the read models, as they are served to anybody.

Shape: found(connection, played, report) -> Findings; `document` is what `--json` prints.
Units: integer minor units; a break's amount is file - ours; gross = charges - refunds,
net = gross - fee; a balance is debit - credit.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import psycopg

from cli.demo.play import Played
from consumers.verify.report import Invariant, Report
from providers.settlement_file import CurrencyTotals

TRIAL = """SELECT category, currency, sum(balance)::bigint FROM read.trial_balance
WHERE book = 'main' GROUP BY category, currency ORDER BY category, currency"""
LINES = """SELECT count(*), count(*) FILTER (WHERE cleared IS NOT NULL)
FROM read.settlement_lines WHERE book = 'main' AND batch_id = %s"""
BREAKS = """SELECT kind, reference, amount, currency FROM read.breaks
WHERE book = 'main' AND status = 'open' ORDER BY kind, reference, amount"""
SETTLED = """SELECT currency, balance FROM read.account_balances
WHERE book = 'main' AND account = %s ORDER BY currency"""


@dataclass(frozen=True, slots=True)
class BreakFound:
    """An open break."""

    kind: str
    reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that is printed."""

    played: Played
    events: int
    trial_balance: tuple[tuple[str, str, int], ...]  # Account, currency, balance.
    lines: int
    matched: int
    settled_net: Mapping[str, int]  # By currency, what the ledger says of the file.
    breaks: tuple[BreakFound, ...]
    invariants: tuple[Invariant, ...]

    @property
    def as_planted(self) -> bool:
        """Exactly the planted discrepancies were found."""
        planted = Counter(tuple(asdict(each).values()) for each in self.played.planted)
        return planted == Counter(tuple(asdict(each).values()) for each in self.breaks)

    @property
    def holds(self) -> bool:
        """Whether the demo may exit with 0."""
        net = {name: total.net_minor for name, total in self.totals.items()}
        return (
            self.as_planted
            and net == dict(self.settled_net)
            and all(each.holds for each in self.invariants)
        )

    @property
    def totals(self) -> Mapping[str, CurrencyTotals]:
        """What the imported file says in all, by currency."""
        return self.played.imported.proof.currencies

    def document(self) -> dict[str, object]:
        """What programs get."""
        played = self.played
        return {
            "commands": played.commands,
            "refused": played.refused,
            "events": self.events,
            "duration_s": round(played.duration_s, 3),
            "commands_per_s": round(played.commands / played.duration_s, 1),
            "trial_balance": [
                {"account": account, "currency": currency, "balance_minor": minor}
                for account, currency, minor in self.trial_balance
            ],
            "settlement": {
                "lines": self.lines,
                "matched": self.matched,
                "currencies": {
                    name: {
                        "gross_minor": total.gross_minor,
                        "fee_minor": total.fee_minor,
                        "net_minor": total.net_minor,
                    }
                    for name, total in self.totals.items()
                },
            },
            "breaks": [asdict(each) for each in self.breaks],
            "invariants": [{"name": each.name, "holds": each.holds} for each in self.invariants],
        }


def found(connection: psycopg.Connection, played: Played, report: Report) -> Findings:
    """Read what is served."""
    batch_id = played.imported.proof.batch_id
    row = connection.execute(LINES, (batch_id,)).fetchone()
    assert row is not None, "a count is a row"
    settling = f"asset:settling:{batch_id}"
    return Findings(
        played,
        report.events,
        tuple(connection.execute(TRIAL).fetchall()),
        row[0],
        row[1],
        dict(connection.execute(SETTLED, (settling,)).fetchall()),
        tuple(BreakFound(*each) for each in connection.execute(BREAKS).fetchall()),
        report.invariants,
    )
