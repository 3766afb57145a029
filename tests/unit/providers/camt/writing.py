"""Writer of camt.053 messages: made-up statements whose balances and summary are true.

Units: amounts are integers of minor units with two decimals; printed in major units.
Shape: write(statements, out) streams; message(statements) gives bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<{p}Document xmlns{c}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{v:02d}">\n'
    "<{p}BkToCstmrStmt>\n"
    "<{p}GrpHdr><{p}MsgId>M1</{p}MsgId>"
    "<{p}CreDtTm>2026-03-31T22:00:00+01:00</{p}CreDtTm></{p}GrpHdr>\n"
)
TAIL = "</{p}BkToCstmrStmt>\n</{p}Document>\n"
WRAPPED_FROM = 8  # From this version on the status stands in an element of its own.


@dataclass(frozen=True)
class Booking:
    """One entry."""

    minor: int  # Signed.
    key: str = ""
    bank_key: str = ""
    words: str = ""
    state: str = "BOOK"
    day: str = "2026-03-31"
    reversal: bool = False


@dataclass(frozen=True)
class Account:
    """One statement."""

    bookings: tuple[Booking, ...]
    id: str = "S1"
    iban: str = "DE02120300000000202051"
    currency: str = "EUR"
    opening_minor: int = 0
    sequence: int = 1
    summary: bool = True
    extra: dict[str, str] = field(default_factory=dict[str, str])

    def closing_minor(self) -> int:
        return self.opening_minor + sum(b.minor for b in self.bookings if b.state == "BOOK")


def major(minor: int) -> str:
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def sign(minor: int) -> str:
    return "DBIT" if minor < 0 else "CRDT"


def message(accounts: Iterable[Account], *, version: int = 2, prefix: str = "") -> bytes:
    out = BytesIO()
    write(accounts, out, version=version, prefix=prefix)
    return out.getvalue()


def write(
    accounts: Iterable[Account], out: BinaryIO, *, version: int = 2, prefix: str = ""
) -> None:
    """Write as it comes; memory stays flat."""
    marks = {"p": f"{prefix}:" if prefix else "", "c": f":{prefix}" if prefix else "", "v": version}
    out.write(HEAD.format(**marks).encode())
    for account in accounts:
        for text in _statement(account, version):
            if prefix:
                text = text.replace("</", "\0").replace("<", f"<{prefix}:")  # noqa: PLW2901
                text = text.replace("\0", f"</{prefix}:")  # noqa: PLW2901
            out.write(text.encode())
    out.write(TAIL.format(**marks).encode())


def _statement(account: Account, version: int) -> Iterator[str]:
    yield (
        f"<Stmt><Id>{escape(account.id)}</Id><ElctrncSeqNb>{account.sequence}</ElctrncSeqNb>\n"
        f"<Acct><Id><IBAN>{account.iban}</IBAN></Id></Acct>\n"
    )
    for code, minor in (("OPBD", account.opening_minor), ("CLBD", account.closing_minor())):
        yield (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="{account.currency}">{major(minor)}</Amt>'
            f"<CdtDbtInd>{sign(minor)}</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>\n"
        )
    if account.summary:
        yield _summary(account.bookings)
    for booking in account.bookings:
        yield entry(booking, account.currency, version)
    yield "</Stmt>\n"


def _summary(bookings: tuple[Booking, ...]) -> str:
    paid_in = [b.minor for b in bookings if b.minor >= 0]
    paid_out = [-b.minor for b in bookings if b.minor < 0]
    texts = ["<TxsSummry>"]
    for name, minors in (
        ("TtlNtries", paid_in + paid_out), ("TtlCdtNtries", paid_in), ("TtlDbtNtries", paid_out)
    ):  # fmt: skip
        texts.append(
            f"<{name}><NbOfNtries>{len(minors)}</NbOfNtries><Sum>{major(sum(minors))}</Sum></{name}>"
        )
    return "".join((*texts, "</TxsSummry>\n"))


def entry(booking: Booking, currency: str = "EUR", version: int = 2) -> str:
    state = f"<Cd>{booking.state}</Cd>" if version >= WRAPPED_FROM else booking.state
    own = f"<AcctSvcrRef>{escape(booking.bank_key)}</AcctSvcrRef>" if booking.bank_key else ""
    reversal = "<RvslInd>true</RvslInd>" if booking.reversal else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{major(booking.minor)}</Amt>'
        f"<CdtDbtInd>{sign(booking.minor)}</CdtDbtInd>{reversal}<Sts>{state}</Sts>"
        f"<BookgDt><Dt>{booking.day}</Dt></BookgDt><ValDt><Dt>{booking.day}</Dt></ValDt>{own}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        "</BkTxCd><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{escape(booking.key or 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>{escape(booking.words)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )
