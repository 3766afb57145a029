"""One transaction (`STMTTRN`) to one settlement line.

Units: TRNAMT is printed in major units, signed, with a point or a comma; more decimals than the
currency has are rounded once a line, the residue kept. Three digits after a mark may be thousands,
so `1,234` and `1.234` are refused.
Keys: FITID, with day and amount, names the transaction in its account: banks give one FITID to two
transactions. A FITID of zeros is none. A cheque's number, else REFNUM, is ours.
Balances: a row with no FITID that only says the balance of a day is no movement.
Time: DTPOSTED with `[-5:EST]`; without it the zone is left empty and UTC stands in.
Source: docs/formats/ofx.md.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from providers.amounts import Rounded, exponent_of, rounding_parser, scale
from providers.ofx.head import decoded
from providers.settlement_file import (
    NO_RESIDUE,
    TEXT_CHARACTERS_MAX,
    UNKNOWN,
    FileRefused,
    SettlementLine,
    shown,
)
from providers.times import moment, zone_of

PROVIDER = "ofx"
DECIMALS_MAX = 6
SCALED_CENT = 10 ** (DECIMALS_MAX - 2)
RATE_DECIMALS_MAX = 10
SIGNED = f"a signed decimal of at most {DECIMALS_MAX} digits behind its mark"
DOUBTFUL = "a signed decimal without three digits behind its mark: they may be thousands"
KEY_CHARACTERS_MAX = 255  # Of the standard.
RAW_CHARACTERS_MAX = 16_384
DIGEST_CHARACTERS = 32
HOURS_MAX = 14
CENTS, GROUP = 2, 3  # Digits of most currencies' minor unit, and of a group of thousands.
TYPES = (
    "CREDIT", "DEBIT", "INT", "DIV", "FEE", "SRVCHG", "DEP", "ATM", "POS", "XFER", "CHECK",
    "PAYMENT", "CASH", "DIRECTDEP", "DIRECTDEBIT", "REPEATPMT", "HOLD", "OTHER",
)  # fmt: skip
FIELDS = (
    "TRNTYPE", "DTPOSTED", "DTAVAIL", "TRNAMT", "FITID", "CHECKNUM", "REFNUM", "SRVRTID", "NAME",
    "MEMO", "CURSYM", "CURRATE",
)  # fmt: skip
_AMOUNT = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?", re.ASCII)
_CENTS = re.compile(r"-?\d{1,13}\.\d\d", re.ASCII)  # As nearly all are; within any bound.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_TIME = re.compile(
    r"(\d{8})(?:(\d\d)(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?\s*(?:\[([^\[\]]{1,40})\])?", re.ASCII
)
_ZONE = re.compile(r"([+-]?)(\d{1,2})(?:\.(\d{1,2}))?(?::.*)?", re.ASCII)
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
KEYS = ("FITID", "SRVRTID", "REFNUM", "CHECKNUM")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d\d|(?:,\d{3})+\.\d\d)", re.ASCII)
# What banks of Brazil call the balance before the first row, and after the last row of a day.
_BALANCES = re.compile(r"\s*(?:saldo|s a l d o)(?:\s+(?:anterior|(?:do )?dia))?\s*", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}


class Owner(NamedTuple):
    """Whose transaction it is."""

    batch_id: str
    account: str
    part: str
    currency: str
    encoding: str


class Transaction(NamedTuple):
    """What stands in one STMTTRN, undecoded."""

    fields: dict[str, str]
    foreign: str  # CURRENCY or ORIGCURRENCY if one of them stands in it.
    raw: str
    line_number: int
    ordinal: int  # In its statement, from 1.


def plain_text(text: str) -> str:
    """Character references undone; a raw `&` is let be."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name is not None:
        return _NAMED[name]
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    real = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000  # noqa: PLR2004 - of Unicode.
    return chr(code) if real else found.group()


def is_balance(fields: dict[str, str]) -> bool:
    """Whether it is a balance among the transactions: named as one, and with no FITID."""
    if fields.get("FITID", "").strip().strip("0"):
        return False
    words = [text for name in ("NAME", "MEMO") if (text := fields.get(name)) is not None]
    return bool(words) and all(_BALANCES.fullmatch(text) for text in words)


class _Read(NamedTuple):
    texts: dict[str, str]
    money: Rounded
    currency: str
    booked: tuple[datetime, str]
    said: Transaction


def line_of(said: Transaction, owner: Owner) -> SettlementLine | FileRefused:
    """Make a line, or say which field it fails by."""
    texts = _texts(said, owner.encoding)
    if isinstance(texts, FileRefused):
        return texts
    read = _read(texts, said, owner)
    if isinstance(read, FileRefused):
        return read
    raw = decoded(said.raw, encoding=owner.encoding)
    if raw is None:
        return _refused(
            "encoding_wrong", said, field="STMTTRN", printed=said.raw, expected=owner.encoding
        )
    return _line(read, owner, raw.rstrip())


def _texts(said: Transaction, encoding: str) -> dict[str, str] | FileRefused:
    plain = said.raw.isascii() and "&" not in said.raw  # Nothing to decode.
    texts: dict[str, str] = {}
    for name, printed in said.fields.items():
        text = printed if plain else decoded(printed, encoding=encoding)
        if text is None:
            return _refused("encoding_wrong", said, field=name, printed=printed, expected=encoding)
        texts[name] = text.strip() if plain else plain_text(text.strip())
    for name in KEYS:
        text = texts.get(name)
        if text is not None and (len(text) > KEY_CHARACTERS_MAX or not text.isprintable()):
            return _refused(
                "key_wrong", said, field=name, printed=text, expected="a short printable key"
            )
    return texts


def _read(texts: dict[str, str], said: Transaction, owner: Owner) -> _Read | FileRefused:
    foreign = said.foreign == "CURRENCY"
    currency = texts.get("CURSYM", "").upper() if foreign else owner.currency
    if exponent_of(currency) is None:
        return _refused(
            "currency_unknown",
            said,
            field="CURDEF",
            printed=currency,
            expected="a currency of ISO 4217",
        )
    printed = texts.get("TRNAMT", "")
    money = amount(printed, currency=currency)
    if money is None:
        expected = DOUBTFUL if _THOUSANDS.fullmatch(printed) else SIGNED
        return _refused("amount_wrong", said, field="TRNAMT", printed=printed, expected=expected)
    printed = texts.get("DTPOSTED", "")
    booked = time_of(printed)
    if booked is None:
        return _refused(
            "time_wrong",
            said,
            field="DTPOSTED",
            printed=printed,
            expected="YYYYMMDD or YYYYMMDDhhmmss",
        )
    rate = texts.get("CURRATE", "")
    if rate and scale(rate.replace(",", "."), RATE_DECIMALS_MAX) is None:
        return _refused("amount_wrong", said, field="CURRATE", printed=rate, expected="a decimal")
    return _Read(texts, money, currency, booked, said)


def _line(read: _Read, owner: Owner, raw: str) -> SettlementLine:
    texts, money, said = read.texts, read.money, read.said
    code, fitid = shown(texts.get("TRNTYPE", "")), texts.get("FITID", "")
    if fitid.strip("0"):
        day = read.booked[0].date().isoformat()
        identity = f"{owner.account}|{fitid}|{day}|{money.minor}"
    else:
        fitid = ""
        words = "\0".join((owner.account, owner.part, str(said.ordinal), raw))
        identity = sha256(words.encode()).hexdigest()[:DIGEST_CHARACTERS]
    cheque = texts.get("CHECKNUM", "") if code == "CHECK" else ""
    reference = cheque if cheque.strip("0") else texts.get("REFNUM", "")
    available = time_of(texts.get("DTAVAIL", ""))
    names = dict.fromkeys(text for name in ("NAME", "MEMO") if (text := texts.get(name)))
    original = said.foreign == "ORIGCURRENCY"
    return SettlementLine(
        provider=PROVIDER,
        batch_id=owner.batch_id,
        line_number=said.line_number,
        kind="bank_entry" if code.upper() in TYPES else UNKNOWN + (code or "none"),
        reference=reference or identity,
        provider_reference=fitid or texts.get("SRVRTID", ""),
        line_identity=identity,
        gross_minor=money.minor,
        fee_minor=0,
        net_minor=money.minor,
        currency=read.currency,
        booked_at=read.booked[0],
        raw=raw[:RAW_CHARACTERS_MAX],
        residue_minor=-money.residue_minor if money.residue_minor else NO_RESIDUE,
        code=code,
        zone=read.booked[1],
        value_at=None if available is None else available[0],
        account=owner.account,
        part=owner.part,
        original_currency=shown(texts.get("CURSYM", "")) if original else "",
        exchange_rate=Decimal(texts["CURRATE"].replace(",", ".")) if texts.get("CURRATE") else None,
        text=" | ".join(names)[:TEXT_CHARACTERS_MAX],
    )


def amount(text: str, *, currency: str) -> Rounded | None:
    """A signed amount with a point or a comma; None if it is none, or could be thousands."""
    exponent = exponent_of(currency)
    if exponent == CENTS and _CENTS.fullmatch(text):
        minor = int(text[:-3] + text[-2:])
        return Rounded(minor, NO_RESIDUE, minor * SCALED_CENT)
    if exponent == CENTS and _GROUPED.fullmatch(text):  # `1.234,56` and `1,234.56` say it all.
        text = text[:-3].replace(".", "").replace(",", "") + "." + text[-2:]
    found = _AMOUNT.fullmatch(text)
    if exponent is None or found is None:
        return None
    sign, whole, fraction = found.groups()
    if (not whole and not fraction) or (exponent != GROUP and _THOUSANDS.fullmatch(text)):
        return None
    plain = f"{'-' if sign == '-' else ''}{whole or '0'}{'.' + fraction if fraction else ''}"
    return rounding_parser(exponent, decimals_max=max(DECIMALS_MAX, exponent))(plain)


@lru_cache(maxsize=4096)  # A statement has few moments, most of them days.
def time_of(text: str) -> tuple[datetime, str] | None:
    """`20090401122017.000[-5:EST]` and its shorter forms; with the zone as printed."""
    found = _TIME.fullmatch(text.replace("\u2212", "-"))
    if found is None:
        return None
    day, hour, minute, second, fraction, name = found.groups()
    zone = UTC if name is None else _zone(name.strip())
    if zone is None:
        return None
    whole = f"{day}{hour or '00'}{minute or '00'}{second or '00'}.{fraction or '0'}"
    at = moment(whole, pattern="%Y%m%d%H%M%S.%f", zone=zone)
    return None if at is None else (at, name or "")


def _zone(name: str) -> tzinfo | None:
    """`-5:EST`, `+5.30:IST`, `0:GMT`: hours, then minutes or a part of an hour."""
    found = _ZONE.fullmatch(name)
    if found is None:
        return zone_of(name)
    sign, hours, part = found.groups()
    minutes = 0
    if part is not None:
        halves = {"0": 0, "5": 30, "50": 30, "25": 15, "75": 45}
        minutes = halves.get(part, int(part) if len(part) > 1 else -1)
    sixty = 60
    if int(hours) > HOURS_MAX or not 0 <= minutes < sixty:
        return None
    offset = timedelta(hours=int(hours), minutes=minutes)
    return timezone(-offset if sign == "-" else offset)


def _refused(
    code: str, said: Transaction, *, field: str, printed: str, expected: str
) -> FileRefused:
    line, words = said.line_number, shown(printed)
    message = f"line {line}, {field}: printed {words!r}, expected {expected}"
    return FileRefused(code, message, line, field, words, expected)
