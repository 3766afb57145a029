"""What the demo prints for people.

Units: amounts in the currency's own digits. Shape: show(findings, keep) prints tables on stdout.
"""

from pathlib import Path

from cli.demo.findings import Findings
from cli.money_files import controls
from cli.printing import NUMBER, counted, money, say, table
from cli.proof import verdicts
from infra.called import hint

KEPT = (
    (("up",), "run it again, as a service; then, in another terminal:"),
    (("status",), "books, lag per step, what waits for what"),
    (("wallet", "wallet-00001"), "a wallet and its last movements"),
    (("breaks",), "what a file and the books disagree on"),
    (("ledger",), "the trial balance"),
    (("dsn",), "for any SQL tool: every read model, documented with \\d+ read.*"),
)
TAKEN_AWAY = (
    (("demo", "--keep", "DIR"), "the same, and its data stays in DIR to be looked at"),
    (("up",), "a service of your own, data in .tally/"),
    (("publish", "FILE.jsonl", "--wait"), "your own commands to it, and what came of them"),
    (("--help",), "everything else; docs/ says how it works"),
)


def show(findings: Findings, keep: Path | None) -> None:
    """Print it all, and what can be looked at next: the data, if it was kept."""
    played = findings.played
    rate = played.commands / played.duration_s
    commands, events = counted(played.commands, "command"), counted(findings.events, "event")
    say(
        f"\n{commands} in {played.duration_s:.1f} s: {rate:,.0f}/s from publish to read models"
        f" ({played.refused:,} refused by a rule), {events}"
    )
    table(
        "Trial balance (debit - credit; sums to zero)",
        ("account", "currency", ("balance", NUMBER)),
        [
            (account, currency, money(minor, currency))
            for account, currency, minor in findings.trial_balance
        ],
    )
    _show_bill(findings)
    _show_breaks(findings)
    table("Invariants, recomputed from the log", *verdicts(findings.invariants))
    say(f"The data stays in {keep}. What to look at next:" if keep else "What to do next:")
    hints = [(hint(*words, data=keep), what) for words, what in (KEPT if keep else TAKEN_AWAY)]
    width = max(len(one) for one, _ in hints)
    for one, what in hints:
        say(f"  {one:<{width}}  {what}")


def _show_bill(findings: Findings) -> None:
    """The real bill proven, and the imported one against the ledger."""
    proof = findings.played.original
    table(
        f"Controls of the real bill, {counted(proof.lines, 'line')}, as WeChat printed them",
        *controls(proof.controls),
    )
    rows: list[tuple[str, str, str, str]] = []
    for name, total in findings.totals.items():
        figures = (total.gross_minor, total.fee_minor, total.net_minor)
        gross, fee, net = (money(minor, name) for minor in figures)
        rows.append(("file", gross, fee, net))
        rows.append(("ledger", "", "", money(findings.settled_net.get(name, 0), name)))
    table(
        f"The imported bill, {counted(findings.lines, 'line')} of which {findings.matched} matched",
        ("", ("gross", NUMBER), ("fee", NUMBER), ("net", NUMBER)),
        rows,
    )


def _show_breaks(findings: Findings) -> None:
    table(
        f"Breaks: {'exactly' if findings.as_planted else 'NOT'} those that were planted",
        ("kind", "reference", ("file - ours", NUMBER)),
        [
            (each.kind, each.reference, money(each.amount_minor, each.currency))
            for each in findings.breaks
        ],
    )
