"""The rows of a PayPal file, whatever parts its cells: commas, tabs, or a spreadsheet's semicolons.

Shape: rows_of_file(source) yields Row as providers.rows does; delimiter_of(line) tells by a line.
Source: docs/formats/paypal.md.
"""

from collections.abc import Iterator
from itertools import chain

from providers.rows import Row, rows_of
from providers.settlement_file import FileRefused
from providers.source import Source

DELIMITERS = (",", "\t", ";")  # PayPal delivers CSV and TAB; the first one where none is there.


def delimiter_of(line: str) -> str:
    """What parts the cells of the first line, and so of all."""
    return max(DELIMITERS, key=line.count)


def rows_of_file(source: Source) -> Iterator[Row | FileRefused]:
    """Yield every row of a source in order."""
    batches = source.batches()
    first = next(batches, list[str]())
    delimiter = delimiter_of(first[0]) if first else DELIMITERS[0]
    yield from rows_of(chain((first,), batches), delimiter=delimiter)
