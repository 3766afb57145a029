"""The real files of third parties: exactly the figures an independent script found in them."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from providers.formats import lines, prove, recognise
from providers.settlement_file import FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parent.parent / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
FILES = sorted((SAMPLES / "camt").iterdir())
KINDS = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}


def proof_of(path: Path) -> FileProof:
    outcome = prove(path)
    proof = outcome.proof if isinstance(outcome, FileRefused) else outcome
    assert proof is not None, outcome
    return proof


def expected_of(path: Path) -> Any:  # noqa: ANN401 - JSON of many shapes.
    return EXPECTED[f"camt/{path.name}"]


def lines_of(path: Path) -> list[SettlementLine]:
    return list(lines(path, proof_of(path)))


def exact(line: SettlementLine) -> Decimal:
    return (line.net_minor - line.residue_minor) / 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_figure_is_the_expected_one(path: Path) -> None:
    proof, expected = proof_of(path), expected_of(path)
    assert (proof.format, proof.variant) == ("camt", KINDS[expected["kind"]])
    assert proof.sha256 == expected["sha256"]
    assert proof.lines == expected["records"]
    sums = {name: Decimal(each["amount"]) for name, each in expected["by_currency"].items()}
    found = {
        name: (totals.net_minor - totals.residue_minor) / 100
        for name, totals in proof.currencies.items()
    }
    assert found == sums
    assert proof.kinds == {"bank_entry": expected["records"]}
    assert proof.unknown == ()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_type_is_the_expected_one(path: Path) -> None:
    counts, sums = Counter[str](), Counter[str]()
    for line in lines_of(path):
        state = line.code.rpartition(" ")[2] if line.code.endswith(" PDNG") else "BOOK"
        sign = "CRDT" if line.net_minor > 0 else "DBIT"
        reversal = "/reversal" if " RvslInd" in line.code else ""
        name = f"{sign}/{state}{reversal}|{line.currency}"
        counts[name] += 1
        sums[name] += exact(line)  # pyright: ignore[reportArgumentType]
    expected = expected_of(path)["by_type"]
    assert counts == {name: each["count"] for name, each in expected.items()}
    assert sums == {name: Decimal(each["amount"]) for name, each in expected.items()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_control_is_the_expected_one(path: Path) -> None:
    outcome, expected = prove(path), expected_of(path)["controls"]
    closing = [each for each in proof_of(path).controls if each.name.startswith("closing_balance")]
    assert sum(each.holds for each in closing) == expected["balanced"]
    assert sum(not each.holds for each in closing) == expected["unbalanced"]
    others = [each for each in proof_of(path).controls if each not in closing]
    assert all(each.holds for each in others)
    if expected["unbalanced"]:
        assert isinstance(outcome, FileRefused)
        assert outcome.code == "control_failed"
        assert outcome.field.startswith("closing_balance")
    else:
        assert isinstance(outcome, FileProof)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_statement_is_the_expected_one(path: Path) -> None:
    found = lines_of(path)
    for statement in expected_of(path)["statement_list"]:
        own = [line for line in found if line.part == statement["id"]]
        assert len(own) == statement["entries"]
        assert {line.account for line in own} <= {statement["account"]}
        assert sum(map(exact, own)) == Decimal(statement["sum"])
    assert len({line.line_identity for line in found}) == len(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_line_begins_where_it_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in lines_of(path):
        assert "<Ntry>" in text[line.line_number - 1]
        assert line.raw.startswith("<Ntry")
    assert recognise(path.read_bytes()) is not None


def test_the_lines_of_a_report() -> None:
    pending, booked = lines_of(SAMPLES / "camt" / "moov-io_iso20022__FI_camt_052_sample.xml.xml")
    assert pending.code == "PMNT/RCDT/XBCT PDNG"
    assert (pending.original_minor, pending.original_currency) == (320000, "USD")
    assert pending.exchange_rate == Decimal("0.666667")
    assert pending.provider_reference == "21892819"
    assert pending.text == "INVOICE US20291092"
    assert booked.reference == "EndToEndIdSCT01"
    assert booked.provider_reference == "091029ACCTSTMTARCH08"
    assert booked.booked_at.isoformat() == "2009-10-30T11:00:00+02:00"
    assert booked.zone == "+02:00"
    assert booked.text == "RF98123456789012"


def test_a_return_names_its_reason_and_a_batch_has_no_key_of_a_detail() -> None:
    path = SAMPLES / "camt" / "viafintech_camt_parser__054__valid_example.xml"
    batch, single, returned, _ = lines_of(path)
    assert batch.reference == batch.line_identity
    assert "EndToEnd-CRDBRActSame-1B9C-CHDDBB3" in batch.text
    assert single.reference == "PMT-651727380907030005"
    assert returned.code == "PMNT/IDDT/PRDD RvslInd RtrInf/MD06"
    assert (returned.gross_minor, returned.fee_minor, returned.net_minor) == (-600, 0, -600)


def test_more_decimals_than_the_currency_has_are_compared_exactly() -> None:
    refused = prove(SAMPLES / "camt" / "genkgo_camt__camt053.v2.five.decimals.xml")
    assert isinstance(refused, FileRefused)
    assert (refused.printed, refused.expected) == ("27.050", "27.00")
