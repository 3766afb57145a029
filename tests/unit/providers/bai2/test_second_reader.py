"""Beside bai2 0.15.0: the same details, but for what is explained here.

- sample2: a continuation splits a summary between type and amount; bai2 glues both together.
- Files whose trailers do not hold: bai2 refuses them, or reads them unchecked; ours are read, with
  the proof of what does not hold.
- bai2 joins a continued text by a blank, or by a comma where it is the first; ours by a line break.
"""

from pathlib import Path
from typing import Any, cast

import pytest
from bai2 import bai2  # pyright: ignore[reportMissingTypeStubs] - it has none.
from bai2.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
    IntegrityException,
    NotSupportedYetException,
)

from providers.formats import lines, prove
from providers.settlement_file import FileProof
from tests.unit.providers.bai2.test_samples import FILES, FOLDER, proof_of

SPLIT = FOLDER / "moov-io_bai2__sample2.txt"
READ = [path for path in FILES if path != SPLIT]
DIRECTIONS = {"credit": 1, "debit": -1}


PARSE: Any = cast("Any", bai2).parse_from_file  # It has no types.


def read_unchecked(path: Path) -> Any:  # noqa: ANN401 - as above.
    with path.open(encoding="utf-8") as file:
        return PARSE(file, check_integrity=False)


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_it_reads_the_same_details(path: Path) -> None:
    ours = list(lines(path, proof_of(path)))
    report = read_unchecked(path)
    accounts = [account for group in report.children for account in group.children]
    theirs: list[Any] = [(account, detail) for account in accounts for detail in account.children]
    assert len(ours) == len(theirs)
    for line, (account, detail) in zip(ours, theirs, strict=True):
        assert line.account == account.header.customer_account_number
        sign = DIRECTIONS[detail.type_code.transaction.value]
        assert (line.code, line.net_minor) == (detail.type_code.code, sign * detail.amount)
        ours_of_line = "" if line.reference == line.line_identity else line.reference
        assert ours_of_line == (detail.customer_reference or "")
        assert line.provider_reference == (detail.bank_reference or "")
        words = (detail.text or "").strip().removeprefix(",")
        assert "".join(line.text.split()) == "".join(words.split())


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_it_holds_where_ours_holds(path: Path) -> None:
    holds = isinstance(prove(path), FileProof)
    with path.open(encoding="utf-8") as file:
        if holds:
            assert PARSE(file, check_integrity=True)
        else:
            with pytest.raises(IntegrityException):
                PARSE(file, check_integrity=True)


def test_it_stops_at_a_summary_that_is_split() -> None:
    with pytest.raises(NotSupportedYetException):
        read_unchecked(SPLIT)
    assert proof_of(SPLIT).lines == 4
