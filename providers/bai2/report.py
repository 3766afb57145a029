"""What a BAI2 file has said so far: whose account, of which day, in which currency, and its totals.

Shape: take(record) for every record but details, detail(record) for those, ending(last code).
The order of records is kept by the caller. Memory grows with accounts only, and they are bounded.
Errors: FileRefused values: record_wrong, record_missing, file_cut_off, state_wrong, amount_wrong,
time_wrong, key_wrong, currency_unknown, too_many_parts, no_lines.
"""

from hashlib import blake2b

from providers.amounts import exponent_of
from providers.bai2.grammar import (
    NO_REFERENCE,
    Detail,
    day_of,
    detail_amount_of,
    detail_of,
    direction_of,
    summary_amounts,
)
from providers.bai2.levels import ACCOUNT, FILE, GROUP, Level
from providers.bai2.records import Record, refuse
from providers.settlement_file import (
    TEXT_CHARACTERS_MAX,
    Control,
    Ending,
    FileRefused,
    SettlementLine,
)
from providers.times import BEFORE

PROVIDER = "bai2"
VERSION = "2"
DEFAULT_CURRENCY = "USD"  # Where neither account nor group names one: the standard is American.
STATUS_READ = ("1", "3")  # An update, a correction. 2 takes back, 4 is a test: neither is money.
KEY_CHARACTERS_MAX = 256
# Files, groups and accounts together; three controls of some 400 bytes each: 60 MB at the worst.
PARTS_MAX = 50_000
BEGINS = ("01", "02", "03")


class Report:
    """The reading on its way."""

    def __init__(self, batch_id: str) -> None:
        """Begin before the first record."""
        self._batch_id = batch_id
        self._files = self._groups = self._accounts = self._details = 0
        self._file = self._group = self._account = Level(FILE, "", 0)
        self._as_of = self._last_day = BEFORE
        self._group_currency = self._currency = self._name = self._part = ""
        self._names: set[str] = set()
        self._key = blake2b(digest_size=16)
        self._controls: list[Control] = []
        self._heads: set[str] = set()
        self._number = 0

    def take(self, record: Record) -> FileRefused | None:
        """Read any record but a detail."""
        self._number = record.number
        if record.code in BEGINS:
            return self._begin(record)
        if record.code == "49":
            return self._end(self._account, record, self._group)
        if record.code == "98":
            return self._end(self._group, record, self._file)
        return self._end(self._file, record, None)

    def detail(self, record: Record) -> SettlementLine | FileRefused:
        """Turn a record 16 into a line."""
        detail = detail_of(record.body)
        minor = detail_amount_of(detail.amount) if detail is not None else None
        direction = direction_of(detail.type_code) if detail is not None else None
        value_at = day_of(detail.value_date) if detail is not None and detail.value_date else None
        fault = _fault_of_detail(detail, record)
        if fault is not None or detail is None or minor is None or direction is None:
            return fault or refuse(
                "record_wrong", record.number, printed=record.raw, expected="a detail"
            )
        self._account.total_minor += minor
        self._account.records += record.physical
        self._details += 1
        kind, sign = direction
        net = minor * sign
        digest = self._key.copy()
        digest.update(f"{self._details}\n{record.raw}".encode())
        identity = digest.hexdigest()
        ours = identity if NO_REFERENCE.fullmatch(detail.ours) else detail.ours
        return SettlementLine(
            PROVIDER, self._batch_id, record.number, kind, ours, detail.theirs,
            identity, net, 0, net, self._currency, self._as_of, record.raw, code=detail.type_code,
            value_at=value_at, account=self._name, part=self._part,
            text=detail.text[:TEXT_CHARACTERS_MAX],
        )  # fmt: skip

    def ending(self, last: str) -> Ending | FileRefused:
        """Whether the file ended with its trailer."""
        if not last:
            return FileRefused("no_lines", "there is no record in it")
        if last != "99":
            message = f"the file ends after a record {last} without its trailer 99: it is cut off"
            return FileRefused("file_cut_off", message, self._number, "99")
        if not self._accounts:
            return FileRefused("no_lines", "there is no account in it", self._number)
        account = next(iter(self._names)) if len(self._names) == 1 else ""
        return Ending(account, self._last_day.date(), tuple(self._controls))

    def _begin(self, record: Record) -> FileRefused | None:
        if self._files + self._groups + self._accounts >= PARTS_MAX:
            message = f"more than {PARTS_MAX} files, groups and accounts"
            return FileRefused("too_many_parts", message, record.number)
        if record.code == "01":
            return self._begin_file(record)
        return self._begin_group(record) if record.code == "02" else self._begin_account(record)

    def _begin_file(self, record: Record) -> FileRefused | None:
        version = [*record.cells(), *[""] * 8][7]
        if version != VERSION:
            return refuse(
                "record_wrong",
                record.number,
                printed=record.raw,
                expected=f"version {VERSION} of BAI",
            )
        self._files += 1
        if record.body in self._heads:  # The same sender, receiver, time and number: a copy.
            name = f"file_once {self._files}"
            self._controls.append(
                Control(name, "once", "again", holds=False, line_number=record.number)
            )
        self._heads.add(record.body)
        self._file = Level(FILE, "" if self._files == 1 else str(self._files), record.physical)
        return None

    def _begin_group(self, record: Record) -> FileRefused | None:
        _, _, status, as_of, _, currency = [*record.cells(), *[""] * 6][:6]
        if status not in STATUS_READ:
            expected = "group status 1 (update) or 3 (correction); 2 takes back, 4 is a test"
            return refuse("state_wrong", record.number, printed=record.raw, expected=expected)
        day = day_of(as_of)
        if day is None:
            return refuse(
                "time_wrong", record.number, printed=record.raw, expected="an as-of date yymmdd"
            )
        self._as_of, self._group_currency = day, currency
        self._last_day = max(self._last_day, day)
        self._groups += 1
        self._group = Level(GROUP, str(self._groups), record.physical)
        return None

    def _begin_account(self, record: Record) -> FileRefused | None:
        self._accounts += 1
        name, currency, *summaries = [*record.cells(), ""]
        currency = currency or self._group_currency or DEFAULT_CURRENCY
        if not _is_key(name) or not name:
            return refuse(
                "key_wrong", record.number, printed=record.raw, expected="an account's number"
            )
        if exponent_of(currency) is None:
            return refuse(
                "currency_unknown",
                record.number,
                printed=record.raw,
                expected="a currency of ISO 4217",
            )
        amounts = summary_amounts(summaries)
        if amounts is None:
            expected = "type, amount, count and funds type of each summary"
            return refuse("record_wrong", record.number, printed=record.raw, expected=expected)
        self._part = f"{self._groups}/{self._group.inner + 1}"
        self._name, self._currency, self._details = name, currency, 0
        self._account = Level(ACCOUNT, f"{self._part} {name}", record.physical, sum(amounts))
        self._names.add(name)
        self._key = blake2b(
            f"{self._as_of.date()}\n{currency}\n{record.body}\n".encode(), digest_size=16
        )
        return None

    def _end(self, level: Level, record: Record, outer: Level | None) -> FileRefused | None:
        controls = level.controls(record)
        if isinstance(controls, FileRefused):
            return controls
        self._controls += controls
        if outer is not None:
            outer.add(level)
        return None


def _fault_of_detail(detail: Detail | None, record: Record) -> FileRefused | None:
    """What is wrong with a detail; None if nothing is."""
    if detail is None:
        expected = "a funds type 0, 1, 2, Z, S, V, D or none, and what follows it"
        return refuse("record_wrong", record.number, printed=record.raw, expected=expected)
    if direction_of(detail.type_code) is None:
        return refuse(
            "state_wrong", record.number, printed=record.raw, expected="a type code of three digits"
        )
    if detail_amount_of(detail.amount) is None:
        return refuse(
            "amount_wrong",
            record.number,
            printed=record.raw,
            expected="an unsigned amount without point",
        )
    if detail.value_date and day_of(detail.value_date) is None:
        return refuse(
            "time_wrong", record.number, printed=record.raw, expected="a value date yymmdd"
        )
    if not (_is_key(detail.ours) and _is_key(detail.theirs)):
        expected = f"printable references of at most {KEY_CHARACTERS_MAX} characters"
        return refuse("key_wrong", record.number, printed=record.raw, expected=expected)
    return None


def _is_key(text: str) -> bool:
    return len(text) <= KEY_CHARACTERS_MAX and text.isprintable()
