"""Writer of NACHA files, from entries to the filling; every control is computed here anew.

Units: cents. A file is batches, a batch is entries, an entry may have addenda.
"""

from dataclasses import dataclass, field

BLOCK = 10
WIDTH = 94


@dataclass(frozen=True)
class Entry:
    """One record 6 and what follows it."""

    transaction: str
    cents: int
    routing: str = "23138010"
    trace: str = "121042880000001"
    name: str = "Jane Doe"
    identification: str = "A271"
    addenda: tuple[str, ...] = ()

    @property
    def credit(self) -> bool:
        return self.transaction[1] in "01234"


@dataclass(frozen=True)
class Batch:
    """Entries of one company and class."""

    entries: tuple[Entry, ...]
    entry_class: str = "PPD"
    description: str = "PAYROLL"
    company: str = "0231380104"
    name: str = "Your Company Inc"
    number: str = "0000001"
    bank: str = "12104288"
    effective: str = "190625"
    settlement: str = "   "


@dataclass(frozen=True)
class File:
    """Batches; `changes` puts other text into control records: (record, first column, text)."""

    batches: tuple[Batch, ...]
    created: str = "1906240830"
    modifier: str = "A"
    changes: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])


def returned(reason: str, original: str, kind: str = "99") -> str:
    return f"7{kind}{reason}{original}".ljust(79) + "091000017611242"


def remittance(text: str) -> str:
    return f"705{text:<80.80}00010000001"


def write(file: File, *, line_end: str = "\n", filled: bool = True) -> bytes:
    records = [_header(file)]
    for batch in file.batches:
        records += _batch(batch)
    records.append(_file_control(file, records))
    if filled:
        records += ["9" * WIDTH] * (-len(records) % BLOCK)
    assert all(len(record) == WIDTH for record in records)
    for start, (column, text) in file.changes.items():
        at = next(i for i, record in enumerate(records) if record.startswith(start))
        record = records[at]
        records[at] = record[: column - 1] + text + record[column - 1 + len(text) :]
    return (line_end.join(records) + line_end).encode("latin-1")


def _header(file: File) -> str:
    start = f"101 231380104 121042882{file.created}{file.modifier}094101"
    return f"{start}{'Federal Reserve Bank':<23}{'My Bank Name':<23}        "


def _batch(batch: Batch) -> list[str]:
    advice = batch.entry_class == "ADV"
    header = (
        f"5200{batch.name:<16.16}{'':20}{batch.company:<10}{batch.entry_class}"
        f"{batch.description:<10.10}{'':6}{batch.effective}{batch.settlement}1{batch.bank}"
        f"{batch.number}"
    )
    records = [header]
    for entry in batch.entries:
        records += [_advice(entry) if advice else _entry(entry), *entry.addenda]
    debit, credit = _sides(batch)
    width = 20 if advice else 12
    start = f"8200{len(records) - 1:06}{_hashed(batch):010}{debit:0{width}}{credit:0{width}}"
    records.append(f"{start:<79}{batch.bank}{batch.number}")
    return records


def _entry(entry: Entry) -> str:
    start = f"6{entry.transaction}{entry.routing}4{'744-5678-99':<17}{entry.cents:010}"
    has = "1" if entry.addenda else "0"
    return f"{start}{entry.identification:<15.15}{entry.name:<22.22}  {has}{entry.trace}"


def _advice(entry: Entry) -> str:
    start = f"6{entry.transaction}{entry.routing}4{'744-5678-99':<15}{entry.cents:012}"
    return f"{start}121042882 0000A{entry.name:<22.22}  0{entry.trace}".ljust(WIDTH)


def _sides(batch: Batch) -> tuple[int, int]:
    advice = batch.entry_class == "ADV"
    credited = [
        entry.cents
        for entry in batch.entries
        if (entry.transaction[1] in "1357" if advice else entry.credit)
    ]
    return sum(entry.cents for entry in batch.entries) - sum(credited), sum(credited)


def _hashed(batch: Batch) -> int:
    return sum(int(entry.routing) for entry in batch.entries) % 10**10


def _file_control(file: File, before: list[str]) -> str:
    count = sum(record[0] in "67" for record in before)
    sides = [_sides(batch) for batch in file.batches]
    hashed = sum(_hashed(batch) for batch in file.batches) % 10**10
    blocks = -(-(len(before) + 1) // BLOCK)
    width = 20 if any(batch.entry_class == "ADV" for batch in file.batches) else 12
    debit, credit = (sum(side[i] for side in sides) for i in (0, 1))
    start = f"9{len(file.batches):06}{blocks:06}{count:08}{hashed:010}"
    return f"{start}{debit:0{width}}{credit:0{width}}".ljust(WIDTH)
