"""Large camt.053 messages for measurements, made up and the same every time.

Shape: write_statement(out, count) writes one statement of `count` entries whose balances and
summary are true. Memory stays flat: the amounts are made twice, to sum and to print.
"""

from collections.abc import Iterator
from typing import BinaryIO

ENTRIES_AT_ONCE = 1_000
OPENING_MINOR = 1_000_000
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-31T22:00:00+02:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><ElctrncSeqNb>90</ElctrncSeqNb>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
"""
_TAIL = "</Stmt></BkToCstmrStmt></Document>\n"
_CODE = "<Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly>"


def _amounts(count: int) -> Iterator[int]:
    """Signed minor units, one in five of them paid out."""
    for number in range(count):
        minor = 100 + number * 7_919 % 99_900
        yield -minor if number % 5 == 0 else minor


def _amount(minor: int) -> str:
    whole, cents = divmod(abs(minor), 100)
    sign = "DBIT" if minor < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{whole}.{cents:02d}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _balance(code: str, minor: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor)}"
        "<Dt><Dt>2026-03-31</Dt></Dt></Bal>\n"
    )


def _entry(number: int, *, minor: int) -> str:
    return (
        f"<Ntry>{_amount(minor)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt>"
        f"<ValDt><Dt>2026-04-01</Dt></ValDt><AcctSvcrRef>BK{number:012d}</AcctSvcrRef>"
        f"<BkTxCd><Domn>{_CODE}</Domn></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>order-{number}</EndToEndId></Refs>"
        f"<RmtInf><Ustrd>payout {number} of the day</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>\n"
    )


def write_statement(out: BinaryIO, count: int) -> None:
    """Write a statement of so many entries."""
    closing = OPENING_MINOR + sum(_amounts(count))
    head = _HEAD + _balance("OPBD", OPENING_MINOR) + _balance("CLBD", closing)
    out.write(head.encode())
    total = f"<TtlNtries><NbOfNtries>{count}</NbOfNtries></TtlNtries>"
    out.write(f"<TxsSummry>{total}</TxsSummry>\n".encode())
    waiting: list[str] = []
    for number, minor in enumerate(_amounts(count)):
        waiting.append(_entry(number, minor=minor))
        if len(waiting) == ENTRIES_AT_ONCE:
            out.write("".join(waiting).encode())
            waiting.clear()
    out.write(("".join(waiting) + _TAIL).encode())
