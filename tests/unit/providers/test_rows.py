"""Rows, beside the csv module that is made anew for each: the shortcuts change nothing."""

import csv

from hypothesis import given, settings
from hypothesis import strategies as st

from providers.rows import Row, rows_of
from providers.settlement_file import FileRefused

LINES = st.lists(st.text('",;ab', min_size=1, max_size=12), min_size=1, max_size=4)


@settings(max_examples=2_000)
@given(LINES, st.sampled_from(",;"))
def test_rows_are_those_of_the_csv_module(lines: list[str], delimiter: str) -> None:
    found = list(rows_of([lines], delimiter=delimiter))
    for row in found:
        if isinstance(row, FileRefused):
            assert row is found[-1]
            continue
        [cells] = csv.reader([row.raw], delimiter=delimiter, strict=True)
        assert row.cells == cells
        assert row.raw.split("\n")[0] == lines[row.number - 1]
    if not isinstance(found[-1], FileRefused):
        assert "\n".join(row.raw for row in found if isinstance(row, Row)) == "\n".join(lines)


def test_a_quote_that_stays_open_within_one_line_is_refused() -> None:
    """An even number of quotes, the last of which opens a cell."""
    [first, last] = rows_of([["x,y", 'a"b,"c', "d,e"]])
    assert isinstance(first, Row)
    assert isinstance(last, FileRefused)
    assert (last.code, last.line_number) == ("quote_wrong", 2)
