"""A table of every state and every command: each cell is the exact answer.

Shape: a cell is the events, the code of a refusal, or Impossible with the words of the assertion
that stops it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import pytest

from domain.decision import Refused


@dataclass(frozen=True, slots=True)
class Impossible:
    """Only a bug of ours could ask this here."""

    why: str


Cell = tuple[object, ...] | str | Impossible
Row = tuple[object, tuple[Cell, ...]]  # A command and its answers, one a state.


def assert_cell(cell: Cell, decide: Callable[[], tuple[object, ...] | Refused]) -> None:
    """The decider answers exactly what the cell says."""
    if isinstance(cell, Impossible):
        with pytest.raises(AssertionError, match=f"^{re.escape(cell.why)}"):
            decide()
        return
    outcome = decide()
    assert (outcome.code if isinstance(outcome, Refused) else outcome) == cell


def assert_whole(rows: Sequence[Row], *, commands: object, states: int) -> None:
    """Every command of the aggregate has a row, every row a cell for every state."""
    assert {type(command) for command, _ in rows} == set(get_args(commands))
    assert {len(cells) for _, cells in rows} == {states}
