"""What was written is what is read, in every layout, controls included."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.settlement_file import FileProof, FileRefused, SettlementLine
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.stripe.writing import (
    DIGITS,
    Transaction,
    amount,
    api_array,
    api_lines,
    api_list,
    history,
    payouts,
    report,
    table,
    transactions,
)

Write = Callable[[Sequence[Transaction]], bytes]
CASES = settings(max_examples=40)


def said(each: Transaction) -> tuple[object, ...]:
    """What every layout says of a transaction."""
    return (
        each.identity, each.source, each.kind, each.gross, each.fee, each.net,
        each.currency.upper(), each.text,
    )  # fmt: skip


def found(line: SettlementLine) -> tuple[object, ...]:
    return (
        line.line_identity, line.provider_reference, line.kind, line.gross_minor, line.fee_minor,
        line.net_minor, line.currency, line.text,
    )  # fmt: skip


@CASES
@given(payouts())
def test_a_report_of_whole_payouts_is_proven(
    prove_bytes: Prove, read_bytes: Read, made: list[Transaction]
) -> None:
    proof = prove_bytes(report(made))
    assert isinstance(proof, FileProof), proof
    assert proof.variant == "payout_reconciliation"
    paid = {each.payout: each for each in made if each.type == "payout"}
    assert {control.name for control in proof.controls} == {
        f"payout_net {payout} {each.currency.upper()}" for payout, each in paid.items()
    }
    assert {control.printed for control in proof.controls} == {
        amount(-each.gross, each.currency) for each in paid.values()
    }
    assert {totals.net_minor for totals in proof.currencies.values()} == {0}
    lines = read_bytes(report(made))
    assert [found(line) for line in lines] == [said(each) for each in made]
    assert [line.booked_at for line in lines] == [each.booked for each in made]
    assert [line.part for line in lines] == [each.payout for each in made]
    assert [line.code for line in lines] == [each.category for each in made]
    ours = [each.order or each.intent or each.identity for each in made]
    assert [line.reference for line in lines] == ours


@CASES
@given(payouts(), st.data())
def test_a_payout_that_is_off_by_one_is_refused(
    prove_bytes: Prove, made: list[Transaction], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(made) - 1))
    way = 1 if made[place].kind == "charge" else -1
    changed = [*made]
    changed[place] = replace(made[place], gross=made[place].gross + way)
    for write in (report, history):
        refused = prove_bytes(write(changed))
        assert isinstance(refused, FileRefused)
        assert refused.code == "control_failed"
        assert refused.proof is not None
        (failed,) = [control for control in refused.proof.controls if not control.holds]
        assert made[place].payout in failed.name


@CASES
@given(payouts(), st.data())
def test_a_lost_row_of_a_payout_is_refused(
    prove_bytes: Prove, made: list[Transaction], data: st.DataObject
) -> None:
    places = [i for i, each in enumerate(made) if each.type != "payout" and each.net]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    refused = prove_bytes(report([*made[:place], *made[place + 1 :]]))
    assert isinstance(refused, FileRefused)
    assert refused.code == "control_failed"


@CASES
@given(transactions())
def test_a_report_without_payouts_is_read_and_proves_nothing(
    prove_bytes: Prove, read_bytes: Read, made: list[Transaction]
) -> None:
    content = report(made, payout=False)
    proof = prove_bytes(content)
    assert isinstance(proof, FileProof)
    assert (proof.variant, proof.controls) == ("balance_change", ())
    assert [found(line) for line in read_bytes(content)] == [said(each) for each in made]


@CASES
@given(transactions())
def test_a_table_of_minor_units(read_bytes: Read, made: list[Transaction]) -> None:
    lines = read_bytes(table(made))
    assert [found(line) for line in lines] == [said(each) for each in by_type(made)]
    assert {line.zone for line in lines} == {"UTC"}


@CASES
@given(payouts())
def test_the_history_of_the_dashboard(
    prove_bytes: Prove, read_bytes: Read, made: list[Transaction]
) -> None:
    proof = prove_bytes(history(made))
    assert isinstance(proof, FileProof), proof
    assert proof.variant == "balance_history"
    assert len(proof.controls) == len({each.payout for each in made})
    lines = read_bytes(history(made))
    assert [found(line) for line in lines] == [said(each) for each in by_type(made)]
    assert [line.reference for line in lines] == [each.order or each.identity for each in made]


@pytest.mark.parametrize("write", [api_list, api_array, api_lines])
@CASES
@given(made=transactions())
def test_json_of_the_api(
    prove_bytes: Prove, read_bytes: Read, write: Write, made: list[Transaction]
) -> None:
    proof = prove_bytes(write(made))
    assert isinstance(proof, FileProof), proof
    assert proof.variant == "api_json"
    names = {control.name for control in proof.controls}
    assert ("has_more" in names) == (write is api_list)
    assert ("fee_details" in names) == any(each.fee for each in made)
    lines = read_bytes(write(made))
    assert [found(line) for line in lines] == [said(each) for each in made]
    assert [line.line_number for line in lines] == list(range(1, len(made) + 1))
    assert [line.booked_at for line in lines] == [each.booked for each in made]


def by_type(made: Sequence[Transaction]) -> list[Transaction]:
    """A layout without categories tells a dispute by its sign; of nothing it is none."""
    return [
        replace(each, kind="chargeback_reversal")
        if each.kind == "chargeback" and not each.gross
        else each
        for each in made
    ]


def test_the_writer_prints_every_currency_with_its_own_digits() -> None:
    assert [amount(-105, code) for code in sorted(DIGITS)] == ["-1.05", "-105", "-0.105", "-1.05"]
