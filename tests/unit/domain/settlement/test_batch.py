"""A settlement batch: given a file and lines, when told, then events or a refusal."""

from dataclasses import replace

import pytest

from domain.decision import ALREADY_EXISTS, Refused
from domain.settlement import (
    ArrivingBatch,
    BatchFile,
    BatchSealed,
    CurrencyTotal,
    ReportSettlementLines,
    SealBatch,
    SealedBatch,
    SettlementFileImported,
    SettlementLineReported,
    begins,
    decide,
    reads,
)
from tests.unit.domain.settlement.given import (
    AT_US,
    CHARGE,
    arriving,
    check,
    expectation,
    file,
    line,
    only,
    past,
    reference,
    resolve,
    sealed,
    together,
    told,
)


def test_a_file_begins_with_what_it_says_of_itself() -> None:
    total = CurrencyTotal("CNY", 100, 3, 97)
    assert told(file()) == (
        SettlementFileImported(
            "b1", "wechat", "1921000401", "wechat", "bill.csv", "5ha", "2019-02-19", 1, (total,)
        ),
    )


def test_a_file_is_imported_once() -> None:
    for batch in (arriving(), sealed()):
        refused = decide(file(), batch, AT_US)
        assert isinstance(refused, Refused)
        assert refused.code == ALREADY_EXISTS


def test_the_same_bytes_under_another_batch_begin_the_same_thing() -> None:
    assert begins(file()) == begins(file(batch_id="b2")) != ""
    assert begins(file()) != begins(file(sha256="other"))
    # A day without business may leave the same few bytes every day.
    assert begins(file()) != begins(file(day="2019-02-20"))


def test_nothing_else_begins_once_in_the_book() -> None:
    for command in (SealBatch("b1"), line(), expectation(), check(), check("b1"), resolve()):
        assert begins(command) == ""


def test_a_command_reads_the_streams_that_it_decides_about() -> None:
    batch, charge = ("settlement_batch", "b1"), ("settlement_reference", CHARGE)
    assert reads(file()) == reads(SealBatch("b1")) == (batch,)
    assert reads(line()) == reads(check("b1")) == (batch, charge)
    assert reads(expectation()) == reads(check()) == reads(resolve()) == (charge,)


def test_a_line_is_counted() -> None:
    reported = SettlementLineReported(
        "b1", 2, CHARGE, "4200000263", 100, 3, 97, "CNY", "2019-02-19"
    )
    assert told(line(), (arriving(), None))[0] == reported
    total = (CurrencyTotal("CNY", 100, 3, 97),)
    printed = BatchFile("wechat", "1921000401", "2019-02-19", 1, total)
    assert past([reported], arriving()) == ArrivingBatch(printed, 1, 2, total)


def test_lines_are_summed_by_currency_in_one_size() -> None:
    batch = arriving(
        line(2), line(4, -40, -1, kind="refund"), line(7, 5, 0, currency="USD"), line(9, 1, 0)
    )
    assert isinstance(batch, ArrivingBatch)
    assert (batch.lines, batch.last_line_number) == (4, 9)
    assert batch.counted == (CurrencyTotal("CNY", 61, 2, 59), CurrencyTotal("USD", 5, 0, 5))


def test_a_line_of_no_batch_is_refused() -> None:
    assert decide(line(), (None, None), AT_US) == Refused(
        "batch_unknown", "no batch b1 has been imported"
    )


def test_a_repeated_line_is_nothing_new() -> None:
    for seen in (reference(line()), reference(expectation(), line()), reference(line(), line(3))):
        for batch in (arriving(line()), arriving(line(), line(3)), sealed()):
            assert decide(line(), (batch, seen), AT_US) == ()


def test_a_new_line_of_a_sealed_batch_is_refused() -> None:
    for seen in (None, reference(line()), reference(expectation())):
        refused = decide(line(9), (sealed(), seen), AT_US)
        assert refused == Refused("batch_sealed", "batch b1 is sealed, line 9 is not one of it")


def test_the_lines_of_a_command_are_taken_as_one() -> None:
    both = together(line(2), line(3))
    stream = ("settlement_reference", CHARGE)
    assert reads(both) == (("settlement_batch", "b1"), stream, stream)
    state = reference(expectation())
    events = told(both, (arriving(), state, state))
    assert [type(each).__name__ for each in events] == [
        "SettlementLineReported", "SettlementMatched", "SettlementLineReported", "BreakOpened",
    ]  # fmt: skip
    settled = reference(expectation(), line(2))
    assert told(both, (arriving(line(2)), settled, settled)) == events[2:]
    assert decide(both, (sealed(), settled, settled), AT_US) == Refused(
        "batch_sealed", "batch b1 is sealed, line 3 is not one of it"
    )


def test_a_line_that_failed_may_come_after_later_ones() -> None:
    batch = arriving(line(3, reference="order-2"))
    late = told(line(2), (batch, None))
    assert [type(event).__name__ for event in late] == ["SettlementLineReported", "BreakOpened"]
    counted = past(late[:1], batch)
    assert isinstance(counted, ArrivingBatch)
    assert (counted.lines, counted.last_line_number) == (2, 3)
    assert decide(line(2), (counted, past(late[1:])), AT_US) == ()


def test_the_same_number_of_another_batch_is_another_line() -> None:
    events = told(line(batch_id="b2"), (arriving(of=file(batch_id="b2")), reference(line())))
    assert len(events) == 2


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (line(0), "line 0 after line 0"),
        (together(line(3), line(2)), "line 2 after line 3"),
        (together(line(3), line(3)), "line 3 after line 3"),
        (replace(line(), lines=(replace(only(line()), net_minor=96),)), "line 2 does not add up"),
        (replace(line(), lines=()), "no lines"),
        (replace(line(), provider="alipay"), "another provider"),
        (replace(line(), merchant_account="other"), "another account"),
    ],
)
def test_what_the_intake_has_proven_is_asserted(wrong: ReportSettlementLines, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        decide(
            wrong, (arriving(), *[None] * len(wrong.lines)) if wrong.lines else arriving(), AT_US
        )


def test_a_file_has_one_total_a_currency() -> None:
    twice = (CurrencyTotal("CNY", 1, 0, 1), CurrencyTotal("CNY", 2, 0, 2))
    with pytest.raises(AssertionError, match="two totals"):
        decide(file(2, twice), None, AT_US)
    with pytest.raises(AssertionError, match="fewer than no lines"):
        decide(file(-1), None, AT_US)


def test_a_whole_batch_is_sealed() -> None:
    whole = arriving(line())
    events = told(SealBatch("b1"), whole)
    assert events == (BatchSealed("b1", "wechat", "1921000401", "2019-02-19", 1),)
    printed = BatchFile(
        "wechat", "1921000401", "2019-02-19", 1, (CurrencyTotal("CNY", 100, 3, 97),)
    )
    assert past(events, whole) == SealedBatch(printed)


def test_sealing_twice_is_sealing_once() -> None:
    assert decide(SealBatch("b1"), sealed(), AT_US) == ()


def test_an_unknown_batch_is_not_sealed() -> None:
    assert decide(SealBatch("b1"), None, AT_US) == Refused(
        "batch_unknown", "no batch b1 has been imported"
    )


def test_a_batch_of_no_lines_may_be_sealed() -> None:
    for totals in ((), (CurrencyTotal("CNY", 0, 0, 0),)):
        empty = past(told(file(0, totals)))
        assert told(SealBatch("b1"), empty)[0] == BatchSealed(
            "b1", "wechat", "1921000401", "2019-02-19", 0
        )


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            (),
            (
                "lines: 1 printed, 0 counted; CNY gross: 100 printed, 0 counted; "
                "CNY fee: 3 printed, 0 counted; CNY net: 97 printed, 0 counted"
            ),
        ),
        ((line(), line(3, 0, 0)), "lines: 1 printed, 2 counted"),
        (
            (line(2, 101, 3),),
            "CNY gross: 100 printed, 101 counted; CNY net: 97 printed, 98 counted",
        ),
        ((line(2, 100, 2),), "CNY fee: 3 printed, 2 counted; CNY net: 97 printed, 98 counted"),
        (
            (line(), line(3, 5, 0, currency="USD")),
            (
                "lines: 1 printed, 2 counted; USD gross: 0 printed, 5 counted; "
                "USD net: 0 printed, 5 counted"
            ),
        ),
    ],
)
def test_an_incomplete_batch_says_what_was_printed_and_what_was_counted(
    lines: tuple[ReportSettlementLines, ...], says: str
) -> None:
    assert decide(SealBatch("b1"), arriving(*lines), AT_US) == Refused("batch_incomplete", says)
