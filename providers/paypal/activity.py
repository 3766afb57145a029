"""Reader of PayPal's activity and statement exports: one CSV row a movement, in three languages.

Units: the file prints major units as a country writes them; lines have minor units.
Signs: as printed. PayPal prints a fee negative, so gross + fee = net there and fee = -printed here.
A row that moved no money (memo, denied) is kept with none; what it was about is its original.
Errors: the first thing that is not exactly understood refuses the file, by line and column.
Source: docs/formats/paypal.md.
"""

from collections.abc import Iterator

from providers.columns import find_columns, missing_column, names_to_fields
from providers.paypal.activity_row import FIELDS, Rows, Style
from providers.paypal.balances import controls
from providers.paypal.delimited import delimiter_of, rows_of_file
from providers.paypal.figures import shows_order
from providers.paypal.languages import COLUMNS, DECIMAL_MARKS, MONEY, REQUIRED, language_of
from providers.reader import Reading
from providers.rows import Row
from providers.settlement_file import Ending, FileRefused
from providers.source import Source, first_line

HELD_MAX = 5_000  # Rows looked at for a day above twelve: about 3 MB, months of a busy account.
KEYS_AND_AMOUNTS = ("id", "related", "invoice", "gross", "fee", "net", "balance")
MARKS = ("date", "currency", "gross", "id")


def _names(line: str) -> list[str]:
    return [name.strip().strip('"').strip() for name in line.split(delimiter_of(line))]


def recognises(head: bytes) -> bool:
    """Whether the first line names the columns of an activity export, in one language."""
    names = _names(first_line(head))
    language = language_of(names[:1])
    place = {"german": 0, "english": 1, "spanish": 2}.get(language)
    if place is None:
        return False
    has = {field for field in MARKS if any(name in names for name in COLUMNS[field])}
    return len(has) == len(MARKS) and COLUMNS["id"][place] in names


def read(source: Source, batch_id: str) -> Reading:
    """Yield every row as a line; end with its running balances, followed."""
    found = rows_of_file(source)
    header = next(found, Row(1, "", [""]))
    if isinstance(header, FileRefused):
        return header
    style = _style(header)
    if isinstance(style, FileRefused):
        return style
    held = list(_until_told(found, style))
    _settle(style, held)
    taken = Rows(style, batch_id)
    for each in (row for part in (held, found) for row in part):
        line = each if isinstance(each, FileRefused) else taken.take(each)
        if isinstance(line, FileRefused):
            return line
        yield line
    if not taken.count:
        return FileRefused("no_lines", "the export has no row", header.number)
    if source.last_line_open and style.last_field in KEYS_AND_AMOUNTS and not taken.last_quoted:
        message = "the last line has no line end and ends in a key or an amount: it may be cut"
        return FileRefused("file_cut_off", message, taken.last_number)
    return Ending("", taken.booked_last.date(), controls(taken.chains))


def _style(header: Row) -> Style | FileRefused:
    """Whose words the header has, and where each field is."""
    names = [name.strip() for name in header.cells]
    while names and not names[-1]:  # A spreadsheet leaves empty cells behind the names.
        names.pop()
    language = language_of(names)
    if not language:
        expected = "Datum, Date or Fecha"
        return FileRefused("column_missing", f"the header has no column {expected}", 1, expected)
    found = find_columns(names, names_to_fields(COLUMNS), line_number=header.number)
    if isinstance(found, FileRefused):
        return found
    words = "type" if "type" in found else "about"
    money = MONEY[0] if MONEY[0] in found else MONEY[1]
    missing = missing_column(found, COLUMNS, (*REQUIRED, money, words), header.number)
    if missing is not None:
        return missing
    last = next((field for field, place in found.items() if place == len(names) - 1), "")
    named = {field: names[place] for field, place in found.items()}
    return Style(language, DECIMAL_MARKS[language], named, found, words, last, len(names))


def _until_told(found: Iterator[Row | FileRefused], style: Style) -> Iterator[Row | FileRefused]:
    """The rows up to the first that tells the order of day and month, and of a decimal mark."""
    date = style.found["date"]
    for number, each in enumerate(found):
        yield each
        if isinstance(each, FileRefused) or len(each.cells) != style.width:
            return
        style.day_first = shows_order(each.cells[date])
        if style.day_first is not None or number >= HELD_MAX:
            return


def _settle(style: Style, held: list[Row | FileRefused]) -> None:
    """Decide what the dates do not tell: a decimal comma is written where the day stands first."""
    if style.day_first is not None:
        return
    gross = style.found["gross"]
    comma = any(
        cell[-3:-2] == ","
        for row in held
        if isinstance(row, Row) and len(row.cells) == style.width
        for cell in (row.cells[gross],)
    )
    style.day_first = style.language != "english" or comma


assert set(REQUIRED) <= set(FIELDS), "a required field is never read"
