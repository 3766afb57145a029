"""Large money files by the name of their format, made up and the same every time.

Shape: WRITERS[name](out, count) writes a file whose proof has `count` lines. A format joins by a
row in the table; its writer stands beside its reader, in providers/<name>/synthetic.py.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO

from providers.adyen import synthetic as adyen
from providers.camt.synthetic import write_statement
from providers.mt940.synthetic import write_statements
from providers.wechat.bill import write_bill
from providers.wechat.synthetic import synthetic_rows

SEED = 7


def write_wechat(out: BinaryIO, count: int) -> None:
    """A trade bill of one day."""
    write_bill(synthetic_rows(count, seed=SEED), out)


def write_adyen(out: BinaryIO, count: int) -> None:
    """A settlement details report of one batch, its payout the last line."""
    adyen.write_report(adyen.synthetic_records(count, seed=SEED), out)


WRITERS: Mapping[str, Callable[[BinaryIO, int], None]] = {
    "wechat": write_wechat,
    "adyen": write_adyen,
    "camt": write_statement,
    "mt940": write_statements,
}
