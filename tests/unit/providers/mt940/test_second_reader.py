"""Beside mt-940 5.1.1: the same movements, but for what is explained here.

- A reversal of a credit (RC): mt-940 makes it money towards us; the statements close without.
- ASNB: mt-940 stops at text behind the `:61:` line that is not of its grammar.
- Without an entry date, or with a blank one, mt-940 gives none; ours is the value date.
- References: mt-940 puts words of a structured `:86:` in place of those of the `:61:`.
"""

from decimal import Decimal
from pathlib import Path

import mt940
import pytest

from providers.formats import lines
from tests.unit.providers.mt940.test_samples import FILES, FOLDER, proof_of

STOPS = "wolph_mt940__ASNB__mt940.txt"
READ = [path for path in FILES if path.name != STOPS]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_it_reads_the_same_movements(path: Path) -> None:
    ours = list(lines(path, proof_of(path)))
    theirs = [each.data for each in mt940.parse(str(path)).transactions]
    assert len(ours) == len(theirs)
    for line, other in zip(ours, theirs, strict=True):
        net = Decimal(line.net_minor) / 100
        assert other["amount"].amount == (abs(net) if line.code[0] == "R" else net)
        assert other["amount"].currency == line.currency
        assert f"{other['status']}/{other['id']}" == line.code
        assert line.value_at is not None
        assert other["date"] == line.value_at.date()
        entered = other.get("entry_date")
        assert (line.value_at.date() if entered is None else entered) == line.booked_at.date()


def test_its_sum_is_off_by_the_reversals() -> None:
    path = FOLDER / "wolph_mt940__betterplace__sepa_mt9401.sta"
    theirs = sum(each.data["amount"].amount for each in mt940.parse(str(path)).transactions)
    reversals = [line.net_minor for line in lines(path, proof_of(path)) if line.code[0] == "R"]
    ours = Decimal(proof_of(path).currencies["EUR"].net_minor)
    assert theirs * 100 == ours - 2 * sum(reversals)
    assert theirs == Decimal("-9268316.38")


def test_it_stops_where_ours_reads() -> None:
    with pytest.raises(RuntimeError, match="Unable to parse"):
        mt940.parse(str(FOLDER / STOPS))
    assert proof_of(FOLDER / STOPS).lines == 8
