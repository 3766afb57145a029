"""Reader of NACHA files (ACH): entries, returns, notifications of change, reversals, advices.

Units: cents, US dollars. Signs: the originator's side, see providers.nacha.codes.
Shape: 1 file header, then batches (5 header, 6 entry, 7 addenda, 8 control), 9 file control, and
records of nines up to a multiple of ten. One line for every entry; its number is that of its 6.
Time: booked when the file was made, which has no zone; value on the batch's settlement day.
Errors: the first record that is not where or what it has to be refuses the file. A control that
does not hold does not stop the reading.
Source: docs/formats/nacha.md.
"""

import re
from collections.abc import Iterator

from providers.nacha import record as columns
from providers.nacha.batch import PROVIDER, Batch, FileHeader
from providers.nacha.record import fit, unbroken, words, wrong
from providers.nacha.totals import PROVES, Sums, batch_controls, file_controls
from providers.reader import Format, Reading, Variant
from providers.settlement_file import Control, Ending, FileRefused, SettlementLine, shown
from providers.source import Source
from providers.times import moment

# Priority 01, two identifications of ten, six digits of a day, a time, a modifier, then sizes that
# are the same in every file: nothing else begins so.
HEADER = re.compile(rb"(?:\xef\xbb\xbf)?101[ -~]{20}\d{6}(?:\d{4}| {4})[A-Z0-9 ]094101")
BATCHES_MAX = 20_000  # Five controls each are remembered: 40 MB.
BATCH_HEADER, ENTRY, ADDENDA, BATCH_CONTROL, FILE_CONTROL = "56789"
INNER = frozenset((BATCH_HEADER, ENTRY, ADDENDA, BATCH_CONTROL))
FILLER = "9"


def recognises(head: bytes) -> bool:
    """Whether the first record is a file header."""
    return HEADER.match(head) is not None and not recognises_unbroken(head)


def recognises_unbroken(head: bytes) -> bool:
    """Whether the next record follows the file header without a line end, or with CR only."""
    found = HEADER.match(head)
    follows = head.removeprefix(columns.BOM)[columns.WIDTH :][:2]
    return found is not None and follows.removeprefix(b"\r")[:1] in (b"5", b"9")


def read(source: Source, batch_id: str) -> Reading:
    """Yield every entry as a line; end with the controls of batches and file."""
    return _read(source.numbered("latin-1"), batch_id)


def read_unbroken(source: Source, batch_id: str) -> Reading:
    """The same where no line ends part the records; their numbers are those of records."""
    return _read(unbroken(source), batch_id)


def _read(lines: Iterator[tuple[int, str]], batch_id: str) -> Reading:
    header = _file_header(*next(lines, (1, "")))
    if isinstance(header, FileRefused):
        return header
    file = _File(header, batch_id)
    for number, raw in lines:
        if raw[:1] == ADDENDA and file.entry_open and file.batch is not None:
            refused = file.batch.more(raw, number)
        else:
            if file.entry_open:
                yield file.end_entry()
            refused = file.take(raw, number)
        if refused is not None:
            return refused
    return file.ending()


class _File:
    """Where in the file the reading is, and what it has come to."""

    def __init__(self, header: FileHeader, batch_id: str) -> None:
        self._header, self._batch_id = header, batch_id
        self.batch: Batch | None = None
        self.entry_open = False
        self._sums = Sums()
        self._batches = 0
        self._records = 1
        self._accounts: set[str] = set()  # Two at most: one or several is all that counts.
        self._controls: list[Control] = []
        self._advice = False
        self._control: tuple[str, int] | None = None  # The last record that counts, and its number.
        self._filling = 0

    def end_entry(self) -> SettlementLine:
        assert self.batch is not None, "an entry outside of a batch"
        self.entry_open = False
        return self.batch.end()

    def take(self, raw: str, number: int) -> FileRefused | None:
        """Take a record that is no addenda of an open entry."""
        if raw[:1] not in INNER and self._says_nothing(raw):
            return None
        kind, record = raw[:1], fit(raw)
        if record is None:
            what = f"has more than {columns.WIDTH} columns"
            return FileRefused("record_wrong", f"line {number} {what}", number, "", shown(raw))
        inside, batch = self.batch is not None, self.batch
        if batch is not None and kind == ENTRY:
            self.entry_open = True
            return batch.begin(record, number, raw=raw)
        if batch is not None and kind == BATCH_CONTROL:
            return self._close_batch(batch, record, number)
        if self._control is not None or inside or kind not in (BATCH_HEADER, FILE_CONTROL):
            return self._misplaced(raw, number)
        return (
            self._begin_batch(record, number)
            if kind == BATCH_HEADER
            else self._close(record, number)
        )

    def _says_nothing(self, raw: str) -> bool:
        """Whether it is blank, the mark of an old end of file, or filling."""
        filling = self._control is not None and not raw.rstrip(" ").strip(FILLER)
        blank = not raw.strip(" \x1a")
        self._filling += filling and not blank
        return blank or filling

    def _close(self, record: str, number: int) -> None:
        self._control = record, number
        self._records += 1

    def _misplaced(self, raw: str, number: int) -> FileRefused:
        closed = self._control is not None
        after = "the file control" if closed else "a batch" if self.batch else "the header"
        message = f"line {number}: this record may not stand here, after or inside {after}"
        return FileRefused("record_order", message, number, "", shown(raw), "")

    def _begin_batch(self, record: str, number: int) -> FileRefused | None:
        self._batches += 1
        if self._batches > BATCHES_MAX:
            message = f"line {number}: more than {BATCHES_MAX} batches"
            return FileRefused("too_many_parts", message, number)
        part = f"{self._batches}/{shown(words(record[columns.BATCH_NUMBER]).strip())}"
        self.batch = Batch(record, self._header, part=part, batch_id=self._batch_id)
        if len(self._accounts) <= 1:
            self._accounts.add(self.batch.account)
        self._advice = self._advice or self.batch.is_advice
        return None

    def _close_batch(self, batch: Batch, record: str, number: int) -> FileRefused | None:
        header, part = batch.header, batch.part
        self._controls += batch_controls(record, number, batch.sums, part=part, header=header)
        self._records += 2 + batch.sums.count
        self._sums.add(batch.sums)
        self.batch = None
        return None

    def ending(self) -> Ending | FileRefused:
        if self._control is None:
            return FileRefused("record_missing", "the file ends without its control: it is cut off")
        record, number = self._control
        figures = self._sums.figures() | {"batches": self._batches}
        self._controls += file_controls(
            record, number, figures, records=(self._records, self._filling), advice=self._advice
        )
        account = self._accounts.pop() if len(self._accounts) == 1 else self._header.origin
        day = self._header.created_at.date()
        return Ending(account, day, tuple(self._controls))


def _file_header(number: int, line: str) -> FileHeader | FileRefused:
    raw = line.removeprefix(columns.BOM.decode("latin-1"))
    record = fit(raw)
    if record is None or not HEADER.match(record.encode("latin-1", errors="replace")):
        message = f"line {number} is no file header of record type 1"
        return FileRefused("record_missing", message, number, "", shown(line))
    created = record[columns.CREATED].rstrip(" ")
    pattern = "%y%m%d%H%M" if len(created) > len("YYMMDD") else "%y%m%d"
    created_at = moment(created, pattern=pattern)
    if created_at is None:
        expected = "YYMMDD and HHMM"
        return wrong("time_wrong", number, field="creation", printed=created, expected=expected)
    key = record[columns.CREATED_DAY] + record[columns.MODIFIER]
    return FileHeader(record[columns.ORIGIN].strip(), created_at, key)


FORMAT = Format(
    name="nacha",
    provider=PROVIDER,
    about="NACHA (ACH): entries, returns, changes, reversals, advices",
    variants=(
        Variant("ach", "file of 94 columns, all entry classes", PROVES, recognises, read),
        Variant(
            "ach_unbroken", "the same without line ends", PROVES, recognises_unbroken, read_unbroken
        ),
    ),
)
