"""Reader of BAI2 files, version 2: balances and details of accounts, as banks of the Americas send.

Units: minor units without a point; of the account's currency, else the group's, else USD.
Signs: net is the signed movement, its direction that of the type code: 100 to 399 towards us, 400
to 699 away. Balances and sums of a record 03 are no lines; they count in the controls.
Keys: our reference is the customer's, theirs the bank's; the identity is a digest of account, day,
balances, place in the account and text.
Time: days without a zone, so midnight UTC stands in; booked is the day that the group is as of.
Proof: totals and counts of records 49, 98 and 99. `raw` is a 16 with its 88, joined by LF.
Errors: the first thing that is not exactly understood refuses the file, by line and record.
Source: docs/formats/bai2.md.
"""

import re

from providers.bai2.records import records, refuse
from providers.bai2.report import PROVIDER, Report
from providers.reader import Format, Reading, Variant
from providers.settlement_file import FileRefused
from providers.source import Source

FOLLOWS = {  # What may stand before each record: its code, or nothing at the start.
    "01": ("", "99"), "02": ("01", "98"), "03": ("02", "49"), "16": ("03", "16"),
    "49": ("03", "16"), "98": ("02", "49"), "99": ("01", "98"),
}  # fmt: skip
_NAME = rb"[^,/\r\n]*,"
_HEAD = (
    rb"\A(?:\xef\xbb\xbf)?\s*01,"
    + _NAME * 2
    + rb"[0-9]{6},[0-9:]{0,8},"
    + _NAME
    + rb"[0-9]*,[0-9]*,"
)
_FILE_HEADER = re.compile(_HEAD + rb"2\s*(?:/\s*|[\r\n]\s*|\Z)(?:02,|88,|\Z)")
_BTRS_HEADER = re.compile(_HEAD.replace(b"{6}", b"{6,8}") + rb"3\s*/")


def recognises(head: bytes) -> bool:
    """Whether it begins with a file header of version 2 and a group."""
    return _FILE_HEADER.match(head) is not None


def resembles(head: bytes) -> str:
    """What else this is, in words; empty if it is nothing known."""
    return "a BTRS file (BAI version 3); only version 2 is read" if _BTRS_HEADER.match(head) else ""


def read(source: Source, batch_id: str) -> Reading:
    """Yield every detail as a line; end with the controls of all trailers."""
    state = Report(batch_id)
    before = ""
    for record in records(source):
        if isinstance(record, FileRefused):
            return record
        if before not in FOLLOWS[record.code]:
            expected = f"it after {' or '.join(each or 'nothing' for each in FOLLOWS[record.code])}"
            return refuse("record_order", record.number, printed=record.raw, expected=expected)
        before = record.code
        if before == "16":
            line = state.detail(record)
            if isinstance(line, FileRefused):
                return line
            yield line
        else:
            refused = state.take(record)
            if refused is not None:
                return refused
    return state.ending(before)


PROVES = (
    "account_control", "account_records", "group_control", "group_accounts", "group_records",
    "file_control", "file_groups", "file_records", "file_once",
)  # fmt: skip

FORMAT = Format(
    name="bai2",
    provider=PROVIDER,
    about="BAI2 balance reports, version 2",
    variants=(Variant("bai2", "balances and details", PROVES, recognises, read),),
    resembles=resembles,
)
