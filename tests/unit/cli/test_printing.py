"""What people are shown: amounts with their currency's digits, spans and times at a glance."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import printing
from cli.printing import NUMBER, ago, counted, moment, money, said, second, stream, table

Columns = Sequence[str | tuple[str, str]]


@pytest.mark.parametrize(
    ("amount_minor", "currency", "shown"),
    [
        (0, "EUR", "0.00 EUR"),
        (5, "EUR", "0.05 EUR"),
        (123_450, "CNY", "1,234.50 CNY"),
        (-7, "EUR", "-0.07 EUR"),
        (1_234, "JPY", "1,234 JPY"),
        (1_234, "KWD", "1.234 KWD"),
        (-1_000_000, "JPY", "-1,000,000 JPY"),
        (12, "XAU", "12 XAU"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount_minor: int, currency: str, shown: str) -> None:
    assert money(amount_minor, currency) == shown


@given(st.integers(-(10**18), 10**18))
def test_no_digit_of_an_amount_is_lost(amount_minor: int) -> None:
    shown = money(amount_minor, "EUR").removesuffix(" EUR")
    assert int(shown.replace(",", "").replace(".", "")) == amount_minor


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, ""), (0.04, "0.0 s"), (59.94, "59.9 s"), (90, "1.5 min"), (5_400, "1.5 h")],
)
def test_spans(seconds: float | None, shown: str) -> None:
    assert ago(seconds) == shown


@dataclass(frozen=True, slots=True)
class Beat:
    """A record with times, itself inside of others."""

    at_us: int
    since_us: int | None
    inside: tuple["Beat", ...] = ()


def test_json_says_every_time_as_text() -> None:
    whole = said(Beat(1_700_000_000_123_456, 0, (Beat(1_700_000_000_000_000, None),)))
    assert whole == {
        "at": "2023-11-14T22:13:20.123456Z",
        "since": None,
        "inside": [{"at": "2023-11-14T22:13:20.000000Z", "since": None, "inside": []}],
    }


def test_times_are_in_utc() -> None:
    assert moment(1_700_000_000_123_456) == "2023-11-14T22:13:20Z"
    assert moment(None) == ""


def shown(capsys: pytest.CaptureFixture[str], columns: Columns, *rows: Sequence[object]) -> str:
    table("Breaks", columns, rows)
    return capsys.readouterr().out


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setattr(printing, "WIDTH_PIPED", 80)


ID = "wechat/1900021040/2019-02-19/missing_in_events/charge"
TEXT = "a sentence for people that is too long to stand on one line beside an id of that length"


@pytest.mark.usefixtures("narrow")
def test_an_id_is_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    beside = shown(capsys, ["break", "detail"], (ID, TEXT))
    assert ID in beside
    assert "│" in beside
    assert max(map(len, beside.splitlines())) <= 80
    row = (ID, ID.upper(), TEXT, "-1,000.00 EUR")
    blocks = shown(capsys, ["break", "file", "detail", ("amount", NUMBER)], row)
    assert blocks.splitlines() == [
        "Breaks",
        f"  break: {ID}",
        f"  file: {ID.upper()}",
        f"  detail: {TEXT}",
        "  amount: -1,000.00 EUR",
        "",
    ]


@pytest.mark.parametrize(
    ("room", "amount", "broken"),
    [(45, "-0.01 CNY", False), (47, "-0.01 CNY", True), (43, "-1,000.01 CNY", False)],
)
@pytest.mark.usefixtures("narrow")
def test_a_heading_is_broken_only_for_want_of_room(
    capsys: pytest.CaptureFixture[str], room: int, amount: str, *, broken: bool
) -> None:
    columns: Columns = ["kind", "reference", ("file - ours", NUMBER)]
    said = shown(capsys, columns, ("amount_differs", ID[:room], amount))
    assert "│" in said
    assert max(map(len, said.splitlines())) <= 80
    assert ("file - ours" not in said) == broken


@pytest.mark.usefixtures("narrow")
def test_columns_that_do_not_fit_lose_their_lines_first(capsys: pytest.CaptureFixture[str]) -> None:
    amount = "-1,000,000.00 EUR"
    columns: Columns = ["account", *((name, NUMBER) for name in ("debit", "credit", "balance"))]
    said = shown(capsys, columns, ("liability:wallet:held", amount, amount, amount))
    assert "│" not in said
    row = said.splitlines()[-1]
    assert row.split() == ["liability:wallet:held", *amount.split() * 3]


@pytest.mark.usefixtures("narrow")
def test_amounts_are_never_broken(capsys: pytest.CaptureFixture[str]) -> None:
    columns: Columns = [("amount", NUMBER), "detail", "more"]
    assert "-1,000,000.00 EUR" in shown(capsys, columns, ("-1,000,000.00 EUR", TEXT, TEXT))


def test_nothing_is_said_to_be_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, ["break"]) == "Breaks: none\n"


def test_times_of_json_without_fractions() -> None:
    assert second("2026-11-21T17:38:01.123456Z") == "2026-11-21T17:38:01Z"
    assert second(None) == ""


@pytest.mark.parametrize(("count", "said"), [(0, "0 lines"), (1, "1 line"), (1_234, "1,234 lines")])
def test_one_is_not_many(count: int, said: str) -> None:
    assert counted(count, "line") == said


@pytest.mark.parametrize("values", [[], [1], [{"a": 1, "b": ["3月"]}, {}, "c"]])
def test_a_list_that_is_streamed_is_one_document(
    values: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    stream(iter(values))
    assert json.loads(capsys.readouterr().out) == values
