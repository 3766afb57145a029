"""What commands print: data on stdout, as tables for people or as JSON for programs.

Shape: document(value) one JSON document, stream(values) one that is a list of any length;
line(value) one of many; said(record) makes a record ready for all; table(…) for people;
progress(part, what) a line on stderr.
Units: JSON has minor units, and times as RFC 3339 writes them; people see the currency's own digits
and times in UTC.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WIDTH_PIPED = 1_000  # Nobody wraps lines for grep.
WIDTH_MAX = 1_000_000
WORD_MAX = 20  # Whatever is longer than the words of a sentence is an id.
US = "_us"
NUMBER = "number"  # A column of numbers: aligned to the right.


def document(value: object) -> None:
    """One JSON document."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=_in_text))


def line(value: object) -> None:
    """One JSON document on one line, of a stream of them."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_in_text))


def stream(values: Iterable[object]) -> None:
    """One JSON document that is a list, a value at a time."""
    before = "["
    for each in values:
        text = json.dumps(each, ensure_ascii=False, indent=1, default=_in_text)
        typer.echo(f"{before}\n{text}", nl=False)
        before = ","
    typer.echo("[]" if before == "[" else "\n]")


def _in_text(value: object) -> str:
    """What JSON has no word for: days and times as RFC 3339 writes them, exact decimals as text."""
    assert isinstance(value, date | Decimal), "nothing else is printed"
    return value.isoformat() if isinstance(value, date) else str(value)


def said(record: "DataclassInstance") -> dict[str, Any]:
    """A record for JSON: `answered_at_us`, microseconds since 1970, is the text `answered_at`."""
    return _timed(asdict(record))


def _timed(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds.
    match value:
        case dict():
            fields = cast("dict[str, Any]", value).items()
            return dict(
                _time(*each) if each[0].endswith(US) else (each[0], _timed(each[1]))
                for each in fields
            )
        case list() | tuple():
            return [_timed(each) for each in cast("Sequence[Any]", value)]
        case _:
            return value


def _time(name: str, at_us: int | None) -> tuple[str, str | None]:
    """None and 0: it has not been yet."""
    return name.removesuffix(US), rfc_3339(EPOCH + timedelta(microseconds=at_us)) if at_us else None


def rfc_3339(at: datetime) -> str:
    """In UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Paper(Console):
    """Where tables are drawn."""

    def on_broken_pipe(self) -> None:
        """Nothing of its own: the reader's going is known to cli/application.py."""
        raise BrokenPipeError


def console() -> Console:
    """Made when used: stdout may have been replaced meanwhile."""
    return Paper(width=None if sys.stdout.isatty() else WIDTH_PIPED, highlight=False)


def table(
    title: str, columns: Sequence[str | tuple[str, str]], rows: Iterable[Sequence[object]]
) -> None:
    """Rows under a title; a column (name, NUMBER) is aligned to the right.

    Ids are never broken: columns that do not fit have their headings broken, then lose their lines,
    and if that is not enough, each row is a block of lines.
    """
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not cells:
        say(f"{title}: none")
        return
    named = [column if isinstance(column, tuple) else (column, "") for column in columns]
    out = console()
    anyhow = out.options.update_width(WIDTH_MAX)
    bare = Table(box=None, pad_edge=False, collapse_padding=True)
    for made, narrow in ((Table(), False), (Table(), True), (bare, True)):
        _fill(made, named, cells, narrow=narrow)
        needed = Measurement.get(out, anyhow, made)
        if (needed.minimum if narrow else needed.maximum) <= out.width:
            made.title, made.title_justify, made.title_style = escape(title), "left", "bold"
            out.print(made)
            return
    say(title)
    for row in cells:
        for (name, _), cell in zip(named, row, strict=True):
            say(f"  {name}{': ' if name else ''}{cell}")
        say("")


def _fill(
    made: Table,
    named: Sequence[tuple[str, str]],
    cells: Sequence[Sequence[str]],
    *,
    narrow: bool,
) -> None:
    """`narrow`: headings make no column wider than what is under them where they have a space."""
    for (name, kind), column in zip(named, zip(*cells, strict=True), strict=True):
        longest = max((len(word) for cell in column for word in cell.split()), default=0)
        whole = kind == NUMBER or longest > WORD_MAX or not any(" " in cell for cell in column)
        width = max(map(cell_len, column))
        made.add_column(
            name.replace(" ", "\n") if whole and narrow and cell_len(name) > width else name,
            justify="right" if kind == NUMBER else "left",
            no_wrap=whole,
            min_width=width if whole else None,
            overflow="fold",
        )
    for row in cells:
        made.add_row(*map(escape, row))


def say(text: str) -> None:
    """A line for people, on stdout."""
    typer.echo(text)


def progress(*words: str) -> None:
    """How it goes, on stderr: the part it is about, and what happens to it now."""
    typer.echo(": ".join(words), err=True)


def counted(count: int, noun: str) -> str:
    """`1 line`, `1,234 lines`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def money(amount_minor: int, currency: str) -> str:
    """`1,234.50 CNY`, with the currency's own number of digits."""
    digits = _digits(currency)
    sign, size = "-" if amount_minor < 0 else "", abs(amount_minor)
    whole, part = divmod(size, 10**digits)
    fraction = f".{part:0{digits}d}" if digits else ""
    return f"{sign}{whole:,}{fraction} {currency}"


@cache
def _digits(currency: str) -> int:
    """0 for what counts in whole units, and for codes (gold, funds) without a minor unit."""
    from providers.amounts import exponent_of

    return exponent_of(currency) or 0


def moment(at_us: int | None) -> str:
    """A time in UTC to the second."""
    return "" if at_us is None else second(rfc_3339(EPOCH + timedelta(microseconds=at_us)))


def second(said: str | None) -> str:
    """A time as JSON has it, without the fractions."""
    return f"{said[:19]}Z" if said else ""


def ago(seconds: float | None) -> str:
    """A span that people read at a glance."""
    if seconds is None:
        return ""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"
