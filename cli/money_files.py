"""What a money file says and proves, printed: its totals, its controls, its lines.

Shape: document_of(file or refusal) for programs; show_file(…), show_line(…), show_formats(…) for
people. A file whose controls do not hold is shown whole, and then refused.
Units: JSON has minor units; people see the currency's own digits.
"""

import re
import stat
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.printing import NUMBER, counted, document, line, money, say, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from providers.reader import Format
    from providers.settlement_file import (
        Control,
        CurrencyTotals,
        FileProof,
        FileRefused,
        SettlementLine,
    )

# Of providers.formats, which takes a moment to load: help is there at once. A test compares.
NAMES = (
    "adyen",
    "alipay",
    "amazon",
    "bai2",
    "camt",
    "mollie",
    "mt940",
    "nacha",
    "ofx",
    "payoneer",
    "paypal",
    "razorpay",
    "stripe",
    "trustly",
    "wechat",
)
KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
NOTHING_PROVES = "nothing in the file proves it complete"
PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
UNPROVEN = "this file prints nothing that proves it complete"


def document_of(proof: "FileProof | None", refused: "FileRefused | None") -> dict[str, Any]:
    """The whole file, and why it does not count where it does not."""
    found: dict[str, Any] = asdict(proof) if proof is not None else {}
    if refused is None:
        return found
    why = asdict(refused)
    del why["proof"]
    return found | {"refused": why}


def kind_of(mode: int) -> str:
    """What something is that is no regular file; empty: it is one."""
    if stat.S_ISREG(mode):
        return ""
    return next((name for is_one, name in KINDS if is_one(mode)), "something else")


def show_file(proof: "FileProof") -> None:
    """Whose it is, what it comes to, and what proves it."""
    whose = proof.merchant_account or "no account named"
    say(f"{proof.format} ({proof.variant}), {whose}, {proof.business_day}")
    _show_sums(counted(proof.lines, "line"), proof.currencies)
    if proof.moved is not None:
        left = f"{proof.lines - proof.moved.lines:,} pending left out, as a book does"
        _show_sums(f"{counted(proof.moved.lines, 'line')}, {left}", proof.moved.currencies)
    table("Kinds", ["kind", ("lines", NUMBER)], list(proof.kinds.items()))
    if proof.unknown:
        say(f"Unknown, kept with their money: {', '.join(proof.unknown)}")
    if proof.controls:
        table("Controls, as the file prints them", *controls(proof.controls))
    else:
        say(UNPROVEN)
    say(f"file {proof.batch_id}, SHA-256 {proof.sha256}")


def _show_sums(title: str, currencies: "Mapping[str, CurrencyTotals]") -> None:
    rows = [
        (code, *(money(each, code) for each in (sums.gross_minor, sums.fee_minor, sums.net_minor)))
        for code, sums in currencies.items()
    ]
    table(title, ["currency", ("gross", NUMBER), ("fee", NUMBER), ("net", NUMBER)], rows)


def controls(found: "Sequence[Control]") -> tuple[list[Any], list[tuple[str, ...]]]:
    """Columns and rows of a table of them; a difference where one is broken."""
    names = ("printed", "lines come to", "difference")
    columns = ["control", *((name, NUMBER) for name in names), "verdict"]
    rows = [
        (
            each.name,
            each.printed,
            each.computed,
            difference(each),
            "holds" if each.holds else "BROKEN",
        )
        for each in found
    ]
    if all(each.holds for each in found):
        return [*columns[:3], columns[4]], [(*row[:3], row[4]) for row in rows]
    return columns, rows


def difference(control: "Control") -> str:
    """What a broken one's lines come to, less what is printed, in its unit; empty: no numbers."""
    if control.holds or not (
        PLAIN.fullmatch(control.printed) and PLAIN.fullmatch(control.computed)
    ):
        return ""
    return f"{Decimal(control.computed) - Decimal(control.printed):f}"


def show_line(each: "SettlementLine", *, as_json: bool) -> None:
    """One line of the file, on one line."""
    if as_json:
        line(asdict(each))
        return
    amounts = (("gross", each.gross_minor), ("fee", each.fee_minor), ("net", each.net_minor))
    named = (("code", each.code), ("account", each.account))
    parts = [
        f"{each.line_number:>8}",
        each.booked_at.isoformat(sep=" "),
        each.kind,
        each.reference,
        *(f"{name} {money(amount, each.currency)}" for name, amount in amounts),
        *(f"{name} {said}" for name, said in named if said),
        *(["pending"] if each.pending else []),
    ]
    say("  ".join(parts))


def show_formats(formats: "Iterable[Format]", *, as_json: bool) -> None:
    """Every layout, and what its files can prove."""
    found: list[dict[str, Any]] = [
        {
            "format": each.name,
            "provider": each.provider,
            "about": each.about,
            "variants": [
                {"name": one.name, "about": one.about, "proves": one.proves}
                for one in each.variants
            ],
        }
        for each in sorted(formats, key=lambda each: each.name)
    ]
    if as_json:
        document(found)
        return
    for each in found:
        say(f"{each['format']}: {each['about']}")
        for one in each["variants"]:
            say(f"  {one['name']}: {one['about']}")
            proves = f"proves {', '.join(one['proves'])}" if one["proves"] else NOTHING_PROVES
            say(f"    {proves}")
