"""The chart and the table as a bookkeeper reads them: two Markdown tables, made from what runs.

Shape: chart() and table() -> Markdown. Fields of an event stand in <>. docs/ledger.md holds both,
checked by a test.
"""

from domain.accounting.chart import CHART
from domain.accounting.rules import Row
from domain.accounting.table import TABLE

NOTHING = "none"


def chart() -> str:
    rows = [(f"`{each.account}`", each.side, each.holds, each.zero) for each in CHART]
    return _markdown(("account", "side", "holds", "at zero"), rows)


def table() -> str:
    chapters = [
        f"### {chapter}\n\n"
        + _markdown(
            ("event", "when", "debit", "credit", "amount", "in words"),
            [_cells(row) for row in rows],
        )
        for chapter, rows in TABLE.items()
    ]
    return "\n\n".join(chapters)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.event.__name__,
        ", ".join(condition.words for condition in row.when),
        _account(row.debit),
        _account(row.credit),
        row.amount or NOTHING,
        row.words,
    )


def _account(account: str) -> str:
    return f"`{account.replace('{', '<').replace('}', '>')}`" if account else NOTHING


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
