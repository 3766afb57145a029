"""Fold events over rows in memory, as the read side does over tables.

Shape: folded(rows, records) -> rows by key, of one table; Tables(records) has them all.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from projections.model import RowsModel
from projections.recorded import Recorded
from projections.rows import Key, Rows, fold
from projections.wallets import PROFILE_ROWS

Row = TypeVar("Row", bound=tuple[object, ...])


def folded(rows: Rows[Row], records: Iterable[Recorded], *, book: str = "main") -> dict[Key, Row]:
    return fold({}, rows.changes(book, records), rows.evolve)


def of_model(model: type[RowsModel], records: Sequence[Recorded]) -> dict[str, dict[Key, object]]:
    """The rows of every table of a model."""
    wanted = [each for each in records if each.aggregate in model.aggregates]
    return {each.table.name: dict(folded(each, wanted)) for each in model.rows}


def profiles(records: Sequence[Recorded]) -> dict[Key, object]:
    return dict(folded(PROFILE_ROWS, records))
