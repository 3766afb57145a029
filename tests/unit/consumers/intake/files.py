"""A proven file and its lines, small, for tests of what is published of it."""

from pathlib import Path

from providers.formats import lines, prove
from providers.settlement_file import FileProof, SettlementLine
from providers.wechat.bill import write_bill
from providers.wechat.synthetic import synthetic_rows


def proven(folder: Path, *, rows: int = 20) -> tuple[FileProof, list[SettlementLine]]:
    path = folder / "bill.csv"
    with path.open("wb") as out:
        write_bill(synthetic_rows(rows, seed=1), out)
    proof = prove(path)
    assert isinstance(proof, FileProof), proof
    return proof, list(lines(path, proof))
