"""Made-up statements of one account for measurements and tests: plausible, not random.

Units: minor units of EUR.
Shape: write_statements(out, count): a statement for every MOVEMENTS_EACH movements, each opening
with what the one before closed with; the same for the same count.
"""

from typing import BinaryIO

CURRENCY = "EUR"
ACCOUNT = "50880050/0194774600888"
MOVEMENTS_EACH = 50
OPENING_MINOR = 1_000_000
DAY = "260331"
FACTOR, MODULUS = 7_919, 99_991  # Primes: amounts that look unlike one another.


def write_statements(out: BinaryIO, count: int) -> None:
    """Write them with CRLF, as banks do."""
    opening = OPENING_MINOR
    for number, first in enumerate(range(0, count, MOVEMENTS_EACH), 1):
        lines = [
            f":20:REF{number}", f":25:{ACCOUNT}", f":28C:{number:05d}/00001",
            f":60F:{_balance(opening)}",
        ]  # fmt: skip
        for place in range(first, min(first + MOVEMENTS_EACH, count)):
            minor = 100 + place * FACTOR % MODULUS
            is_debit = place % 3 > 0
            opening += -minor if is_debit else minor
            lines += _movement(place, _amount(minor), mark="D" if is_debit else "C")
        lines += [f":62F:{_balance(opening)}", "-", ""]
        out.write("\r\n".join(lines).encode("ascii"))


def _movement(place: int, amount: str, *, mark: str) -> list[str]:
    head = f":61:{DAY}{DAY[2:]}{mark}{CURRENCY[2]}{amount}"
    return [
        f"{head}NTRFPAY{place:09d}//BANK{place:010d}",
        f":86:166?00GUTSCHRIFT?100599?20EREF+ORDER-{place:09d}?21SVWZ+Rechnung",
        f"?22Nummer {place}?30BANKDEFFXXX?32Kundin Nummer {place}",
    ]


def _balance(minor: int) -> str:
    return f"{'D' if minor < 0 else 'C'}{DAY}{CURRENCY}{_amount(abs(minor))}"


def _amount(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"
