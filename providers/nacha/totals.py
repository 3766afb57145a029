"""What a batch and a file come to, beside what their control records print.

Units: cents. The hash adds the first eight digits of every routing number, modulo 10^10.
Shape: Sums counts; batch_controls / file_controls compare. Names are `count 1/0000001` for the
first batch of the file, numbered 0000001, and `file_count` for the whole file.
Source: docs/formats/nacha.md.
"""

from providers.nacha.codes import ADVICE
from providers.nacha.record import BATCH_KEY, ENTRY_CLASS, is_digits
from providers.settlement_file import Control, shown

HASH_MODULO = 10**10
RECORDS_A_BLOCK = 10
BATCH_FIGURES = {
    "count": slice(4, 10),
    "hash": slice(10, 20),
    "debit": slice(20, 32),
    "credit": slice(32, 44),
}
ADVICE_BATCH_FIGURES = BATCH_FIGURES | {"debit": slice(20, 40), "credit": slice(40, 60)}
FILE_FIGURES = {
    "batches": slice(1, 7),
    "blocks": slice(7, 13),
    "count": slice(13, 21),
    "hash": slice(21, 31),
    "debit": slice(31, 43),
    "credit": slice(43, 55),
}
ADVICE_FILE_FIGURES = FILE_FIGURES | {"debit": slice(31, 51), "credit": slice(51, 71)}
BATCH_NUMBER_CONTROL = "batch_number"
PROVES = (*BATCH_FIGURES, BATCH_NUMBER_CONTROL, *(f"file_{name}" for name in FILE_FIGURES))


class Sums:
    """Running figures of a batch, or of the file."""

    __slots__ = ("count", "credit", "debit", "routing")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.count = self.routing = self.debit = self.credit = 0

    def add(self, other: "Sums") -> None:
        """Add a batch to the file."""
        self.count += other.count
        self.routing += other.routing
        self.debit += other.debit
        self.credit += other.credit

    def figures(self) -> dict[str, int]:
        """By the names of BATCH_FIGURES."""
        hashed = self.routing % HASH_MODULO
        return {"count": self.count, "hash": hashed, "debit": self.debit, "credit": self.credit}


def batch_controls(
    record: str, number: int, sums: Sums, *, part: str, header: str
) -> tuple[Control, ...]:
    """Compare a batch control with its entries, and with the header that began the batch."""
    places = ADVICE_BATCH_FIGURES if header[ENTRY_CLASS] == ADVICE else BATCH_FIGURES
    computed = sums.figures()
    printed, begun = record[BATCH_KEY], header[BATCH_KEY]
    key = f"{BATCH_NUMBER_CONTROL} {part}"
    return (
        *(
            _control(
                f"{name} {part}", printed=record[place], computed=computed[name], number=number
            )
            for name, place in places.items()
        ),
        Control(key, shown(printed), shown(begun), printed == begun, number),
    )


def file_controls(
    record: str,
    number: int,
    figures: dict[str, int],
    *,
    records: tuple[int, int],
    advice: bool,
) -> tuple[Control, ...]:
    """Compare the file control with everything; `records` are those that count, and filling."""
    places = ADVICE_FILE_FIGURES if advice else FILE_FIGURES
    figures = figures | {"blocks": _blocks(record[places["blocks"]], records)}
    return tuple(
        _control(f"file_{name}", printed=record[place], computed=figures[name], number=number)
        for name, place in places.items()
    )


def _blocks(printed: str, records: tuple[int, int]) -> int:
    """Blocks of ten with the filling if that is what is printed, else of the records alone.

    Some fill up a block that is full; the filling may also have been cut off on the way.
    """
    alone, whole = (-(-count // RECORDS_A_BLOCK) for count in (records[0], sum(records)))
    return whole if is_digits(printed) and int(printed) == whole else alone


def _control(name: str, *, printed: str, computed: int, number: int) -> Control:
    filled = printed.lstrip(" ")  # With blanks, where zeros should stand.
    holds = is_digits(filled) and int(filled) == computed
    return Control(name, shown(printed), str(computed), holds, number)
