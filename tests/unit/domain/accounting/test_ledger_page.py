"""docs/ledger.md says what the code does."""

from domain.accounting.posting import lines
from domain.accounting.trial import Balances
from domain.settlement import naming
from tests.unit.domain.accounting.balancing import balance
from tests.unit.domain.accounting.examples import EXAMPLES
from tests.unit.domain.accounting.ledger_page import PAGE, names, render, yuan

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_runs() -> None:
    assert render(TEXT) == TEXT


def test_the_page_has_every_part() -> None:
    assert names(TEXT) == ["chart", "table", *(f"example: {name}" for name in EXAMPLES)]


def test_the_page_explains_every_kind_of_break() -> None:
    for kind in (naming.AMOUNT_DIFFERS, naming.MISSING_IN_FILE, *naming.WHOLE_LINE_KINDS):
        assert f"| `{kind}` |" in TEXT


def after(example: str) -> Balances:
    (book,) = EXAMPLES[example]()
    return balance(line for event in book.events for line in lines(event, "main"))


def test_the_figures_are_those_that_the_page_explains() -> None:
    """By hand, so that a wrong rule does not write its own page."""
    sale = after("sale")
    assert sale["liability:wallet:ann", "CNY"] == -2_000
    assert sale["liability:wallet:shop", "CNY"] == -9_500
    assert sale["income:commission", "CNY"] == -500
    assert sale["liability:order:p1", "CNY"] == 0
    refund = after("refund")
    assert refund["asset:receivable:seller:shop", "CNY"] == 3_300
    assert refund["asset:receivable:wechat", "CNY"] == 6_000
    assert refund["liability:refund:r1", "CNY"] == 0
    first, second = after("amount differs"), after("line first")
    settling, fee = ("asset:settling:bill-19", "CNY"), ("expense:fee:wechat", "CNY")
    assert (first[settling], first[fee]) == (second[settling], second[fee]) == (9_699, 300)
    assert first["expense:rounding", "CNY"] == 1
    assert second["suspense:break:wechat/1921000401/charge/order-1#2", "CNY"] == 1
    assert after("missing in file")["expense:writeoff", "CNY"] == 10_000


def test_an_amount_is_shown_in_yuan() -> None:
    assert [yuan(each) for each in (0, 5, -5, 10_000, -9_999)] == [
        "0.00",
        "0.05",
        "-0.05",
        "100.00",
        "-99.99",
    ]
