"""Synthetic MT940 and MT942 files: any movements, written as a bank does, with balances that hold.

Units: minor units of a currency of two decimals.
Shape: write_statement(statement) -> text of one message; files() and movements() are
strategies for hypothesis.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}


@dataclass(frozen=True)
class Moved:
    """One movement."""

    mark: str
    minor: int
    value: date
    entry: date | None = None
    letter: str = ""
    code: str = "NTRF"
    ours: str = "NONREF"
    theirs: str = ""
    details: str = ""
    text: tuple[str, ...] = ()

    @property
    def net_minor(self) -> int:
        return self.minor * SIGNS[self.mark]


@dataclass(frozen=True)
class Written:
    """One statement, or one interim report where `interim` is set."""

    account: str
    number: str
    opening_minor: int
    day: date
    currency: str = "EUR"
    interim: bool = False
    envelope: bool = False
    moved: tuple[Moved, ...] = field(default=())

    @property
    def closing_minor(self) -> int:
        return self.opening_minor + sum(each.net_minor for each in self.moved)


def amount(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"


def write_movement(moved: Moved) -> list[str]:
    entry = f"{moved.entry:%m%d}" if moved.entry is not None else ""
    theirs = f"//{moved.theirs}" if moved.theirs else ""
    head = f":61:{moved.value:%y%m%d}{entry}{moved.mark}{moved.letter}{amount(moved.minor)}"
    lines = [f"{head}{moved.code}{moved.ours}{theirs}"]
    if moved.details:
        lines.append(moved.details)
    if moved.text:
        lines += [f":86:{moved.text[0]}", *moved.text[1:]]
    return lines


def write_statement(written: Written) -> list[str]:
    """The lines of one message."""
    lines = ["{1:F01BANKDEFFXXXX0000000000}{2:O940BANKDEFFXXXXN}{4:"] if written.envelope else []
    lines += [":20:REF", f":25:{written.account}", f":28C:{written.number}"]
    if written.interim:
        lines += [f":34F:{written.currency}0,", f":13D:{written.day:%y%m%d}1200+0100"]
    else:
        lines.append(f":60F:{balance(written, written.opening_minor)}")
    for moved in written.moved:
        lines += write_movement(moved)
    if written.interim:
        for tag, sign in (("90D", -1), ("90C", 1)):
            side = [each.minor for each in written.moved if SIGNS[each.mark] == sign]
            lines.append(f":{tag}:{len(side)}{written.currency}{amount(sum(side))}")
    else:
        lines.append(f":62F:{balance(written, written.closing_minor)}")
    return [*lines, "-}" if written.envelope else "-"]


def balance(written: Written, minor: int) -> str:
    mark = "D" if minor < 0 else "C"
    return f"{mark}{written.day:%y%m%d}{written.currency}{amount(abs(minor))}"


def write_file(
    statements: list[Written], *, line_end: str = "\r\n", encoding: str = "utf-8"
) -> bytes:
    lines = [line for each in statements for line in write_statement(each)]
    return (line_end.join(lines) + line_end).encode(encoding)


WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x17F, blacklist_categories=("Cc",)),
    min_size=1, max_size=65,
).filter(lambda text: text[0] not in ":-{ " and text == text.strip())  # fmt: skip
KEYS = st.text("ABCxyz0189 .+-?", min_size=1, max_size=16).map(str.strip).filter(bool)
DAYS = st.dates(date(2000, 1, 1), date(2079, 6, 30))


@st.composite
def movements(draw: st.DrawFn) -> Moved:
    """Any movement: near days around a new year too, all marks, with and without each part."""
    value = draw(DAYS | st.sampled_from([date(2025, 12, 31), date(2026, 1, 1)]))
    days_apart = draw(st.none() | st.integers(-150, 150))
    entry = None if days_apart is None else value + timedelta(days=days_apart)
    has_text = draw(st.booleans())
    return Moved(
        draw(st.sampled_from(sorted(SIGNS))), draw(st.integers(0, 10**11)), value, entry,
        draw(st.sampled_from(["", "R"])), draw(st.sampled_from(["NTRF", "NMSC", "FCHG", "N051"])),
        draw(KEYS | st.just("NONREF")), draw(KEYS | st.just("")), draw(WORDS | st.just("")),
        tuple(draw(st.lists(WORDS, min_size=1, max_size=6))) if has_text else (),
    )  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> list[Written]:
    """Statements of some accounts; each opens with what the one before it closed with."""
    closings: dict[str, int] = {}
    written: list[Written] = []
    for number in range(draw(st.integers(1, 4))):
        account = draw(st.sampled_from(["50880050/1", "DE89370400440532013000"]))
        drawn = draw(st.integers(-(10**10), 10**10))
        opening = closings.get(account, drawn)
        moved = tuple(draw(st.lists(movements(), max_size=5)))
        each = Written(
            account, f"{number + 1:05d}/00001", opening, draw(DAYS),
            envelope=draw(st.booleans()), moved=moved,
        )  # fmt: skip
        closings[account] = each.closing_minor
        written.append(each)
    return written
