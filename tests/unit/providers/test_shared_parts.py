"""What readers share: rows with quotes, columns by name, marks of decimals, zones and times."""

from datetime import timedelta
from pathlib import Path

import pytest

from providers.amounts import plain, signed_parser
from providers.columns import find_columns, missing_column, pick
from providers.rows import Row, rows
from providers.settlement_file import FileRefused
from providers.source import open_source
from providers.times import moment, zone_of


def rows_of(path: Path, content: str) -> list[Row | FileRefused]:
    path.write_text(content, encoding="utf-8", newline="")
    with open_source(path) as source:
        return list(rows(source))


def test_cells_are_cut_and_lines_are_numbered(file: Path) -> None:
    found = rows_of(file, 'a,b\r\n\r\n"x, y","say ""so"""\r\nlast,\r\n')
    assert found == [
        Row(1, "a,b", ["a", "b"]),
        Row(3, '"x, y","say ""so"""', ["x, y", 'say "so"']),
        Row(4, "last,", ["last", ""]),
    ]


def test_a_quoted_cell_may_hold_line_ends(file: Path) -> None:
    assert rows_of(file, 'a,"one\ntwo"\nb,c\n') == [
        Row(1, 'a,"one\ntwo"', ["a", "one\ntwo"]),
        Row(3, "b,c", ["b", "c"]),
    ]


@pytest.mark.parametrize(
    ("content", "number"),
    [('a,b\n1,"open\n2,3\n', 2), ('a\nb,"x"y\n', 2), ('a,"' + "\n" * 100 + '"', 1)],
)
def test_quotes_that_do_not_fit_are_refused_where_they_begin(
    file: Path, content: str, number: int
) -> None:
    last = rows_of(file, content)[-1]
    assert isinstance(last, FileRefused)
    assert (last.code, last.line_number) == ("quote_wrong", number)


def test_columns_are_found_by_name() -> None:
    fields = {"Gross": "gross", "Brutto": "gross", "Fee": "fee"}
    assert find_columns(["x", "Fee", "Brutto"], fields, line_number=1) == {"fee": 1, "gross": 2}
    for names in (["Fee", "Fee"], ["Gross", "Brutto"], ["x", "x"]):
        refused = find_columns(names, fields, line_number=4)
        assert isinstance(refused, FileRefused)
        assert (refused.code, refused.line_number) == ("column_twice", 4)


def test_a_missing_column_is_named() -> None:
    columns = {"gross": ("Gross", "Brutto"), "fee": ("Fee",)}
    assert missing_column(["gross", "fee"], columns, ["gross", "fee"], 1) is None
    refused = missing_column(["fee"], columns, ["gross", "fee"], 1)
    assert refused is not None
    assert refused.field == "Gross or Brutto"


def test_what_is_not_there_is_taken_from_behind() -> None:
    take = pick({"fee": 1}, ("fee", "gross"), absent=2)
    assert take(["a", "b", "none"]) == ("b", "none")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.234.567,50", "1234567.50"), ("-39,99", "-39.99"), ("365,", "365."), ("0", "0"),
     ("12.34,5", None), ("1.2345,0", None), (".123,0", None), ("1,2,3", None), ("1,2.3", None)],
)  # fmt: skip
def test_decimal_comma(text: str, expected: str | None) -> None:
    assert plain(text, decimal_mark=",", group_mark=".") == expected


def test_groups_are_refused_where_the_format_has_none() -> None:
    assert plain("1.000,00", decimal_mark=",") is None
    assert plain("1,120.00", decimal_mark=".", group_mark=",") == "1120.00"


@pytest.mark.parametrize(
    ("text", "minor"),
    [("-39.99", -3999), ("26.2", 2620), ("0", 0), ("+1", None), ("1.234", None), ("--1", None)],
)
def test_signed_amounts(text: str, minor: int | None) -> None:
    assert signed_parser(2)(text) == minor


@pytest.mark.parametrize(
    ("name", "hours"),
    [("UTC", 0), ("CET", 1), ("CEST", 2), ("PST", -8), ("PDT", -7), ("+05:30", 5.5),
     ("-0800", -8), ("+08", 8), ("UTC+08:00", 8), ("GMT-03:00", -3)],
)  # fmt: skip
def test_a_zone_has_its_offset(name: str, hours: float) -> None:
    zone = zone_of(name)
    assert zone is not None
    assert zone.utcoffset(None) == timedelta(hours=hours)


def test_a_named_zone_knows_its_summer() -> None:
    zone = zone_of("Europe/Amsterdam")
    assert zone is not None
    at = moment("2026-07-01 12:00:00", pattern="%Y-%m-%d %H:%M:%S", zone=zone)
    assert at is not None
    assert at.isoformat() == "2026-07-01T12:00:00+02:00"


@pytest.mark.parametrize("name", ["", "XYZ", "+25:00", "../etc/passwd", "Europe/Nowhere", "cet"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_of(name) is None


@pytest.mark.parametrize("text", ["2026-02-30", "", "1492-01-01", "2026-02-03x", "9999-01-01"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text, pattern="%Y-%m-%d") is None
