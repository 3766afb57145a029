"""`tally verify` and `tally rebuild`: everything recomputed from the log."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, Call, misused, with_call
from cli.printing import NUMBER, counted, document, progress, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from consumers.rebuild import Outcome
    from consumers.verify.report import Invariant

Models = Annotated[
    list[str] | None, typer.Argument(metavar="[READ_MODEL]...", help="Which read models.")
]
Everything = Annotated[bool, typer.Option("--all", help="All read models.")]
Accept = Annotated[
    bool,
    typer.Option("--accept", help="Swap in what differs from what serves in the same version."),
]


@with_call
def verify(call: Call) -> None:
    """Prove the books: recompute everything from the log and compare, on PostgreSQL and Kafka.

    Exits with 0 only if every invariant holds. The system may run meanwhile.

    Example: tally verify --json
    """
    from consumers.verify import run

    surroundings = call.surroundings()
    report = run(surroundings, lambda what: progress("verify", what))
    if call.json:
        document(asdict(report) | {"holds": report.holds})
    else:
        table(f"{counted(report.events, 'event')} proven", *verdicts(report.invariants))
    if not report.holds:
        raise typer.Exit(BROKEN)


@with_call
def rebuild(
    call: Call, models: Models = None, everything: Everything = False, accept: Accept = False
) -> None:
    """Make read models anew from the log, beside those that serve, compare, and swap them in.

    If a model of the same version comes out different, somebody has changed its rows or code:
    nothing is swapped then unless --accept says so, and the exit code is 1.

    Example: tally rebuild ledger wallets
    """
    from projections.models import REBUILT

    names = list(REBUILT) if everything else list(dict.fromkeys(models or ()))
    unknown = [name for name in names if name not in REBUILT]
    if unknown or not names:
        found = f", found {unknown[0]!r:.80}" if unknown else " or --all"
        raise misused(f"READ_MODEL: expected {', '.join(REBUILT)}{found}")
    from consumers import rebuild as rebuilding

    surroundings = call.surroundings()
    outcomes = rebuilding.run(
        surroundings,
        names,
        lambda book, sequence: progress("rebuild", f"{book}: up to event {sequence:,}"),
        accept=accept,
    )
    _show_rebuilt(call, outcomes)
    if not all(each.rebuilt.swapped for each in outcomes):
        raise typer.Exit(BROKEN)


def verdicts(invariants: "Sequence[Invariant]") -> tuple[list[str], list[tuple[str, str, str]]]:
    """Columns and rows of a table of them."""
    rows = [(each.name, "holds" if each.holds else "BROKEN", each.detail) for each in invariants]
    return ["invariant", "verdict", "first offenders"], rows


def _in_words(row: str) -> str:
    """`order_id o1, amount 100`, of a row as JSON."""
    values: dict[str, object] = json.loads(row)
    return ", ".join(
        f"{name} {'nothing' if value is None else value}" for name, value in values.items()
    )


def _show_rebuilt(call: Call, outcomes: "list[Outcome]") -> None:
    if call.json:
        document([asdict(each) for each in outcomes])
        return
    rows = [
        (
            ", ".join(each.models),
            "swapped in" if each.rebuilt.swapped else "NOT swapped in",
            f"{each.rebuilt.events:,}",
            f"{each.duration_s:.1f} s",
            f"{each.rebuilt.events / max(each.duration_s, 1e-9):,.0f}",
        )
        for each in outcomes
    ]
    right = [("records", NUMBER), ("took", NUMBER), ("records/s", NUMBER)]
    table("Rebuilt", ["read models", "verdict", *right], rows)
    for each in outcomes:
        for one in each.rebuilt.differences:
            counts = f"rows that serve {one.live_rows:,}, rows built {one.fresh_rows:,}"
            progress(one.model, f"{one.relation} of {one.book} differs: {counts}")
            for row in one.only_live:
                progress(one.model, f"only serves: {_in_words(row)}")
            for row in one.only_fresh:
                progress(one.model, f"only built: {_in_words(row)}")
        for unknown in each.rebuilt.unknown:
            place = f"{unknown.book}/{unknown.sequence}"
            progress(unknown.model, f"stands before {unknown.type_name} at {place}: {unknown.why}")
