"""Readers of Alipay: trade detail bill, fund bill, and the export of a private wallet.

Encoding: GBK as delivered, read as GB18030, which holds it; UTF-8 where somebody converted a file.
Each layout is one variant per encoding, for a reader must know it before the first line.
Source: docs/formats/alipay.md; the modules beside this one for units, signs and keys.
"""

from functools import partial

from providers.alipay import web
from providers.alipay.bill import PROVIDER, Layout, read_bill
from providers.alipay.fund import FUND
from providers.alipay.trade import TRADE
from providers.alipay.wallet import BEGINNINGS, PROVES, TITLE_WORDS, WALLET
from providers.reader import Format, Variant
from providers.source import first_line
from providers.wallet import read_wallet

ENCODINGS = {"": "gb18030", "_utf8": "utf-8"}
HEADING_BYTES = 4_096  # The heading of the wallet's export has 1,500.
ZIP_MAGIC, ZIP_NAME_BYTES = b"PK\x03\x04", 512
ZIP_NAMES = ("业务明细", "账务明细", "支付宝")
LOOK_ALIKES = {
    "#支付宝业务汇总查询": "the summary of an Alipay bill; the file with the details is read",
    "#支付宝账务汇总查询": "the summary of an Alipay bill; the file with the details is read",
}


def _begins_with(head: bytes, *, title: str, encoding: str) -> bool:
    return first_line(head, encoding).rstrip(", \t") == title


def _is_wallet(head: bytes, *, encoding: str) -> bool:
    text = head[:HEADING_BYTES].decode(encoding, errors="replace").removeprefix("\ufeff")
    return text.startswith(BEGINNINGS) and all(word in text for word in TITLE_WORDS)


def resembles(head: bytes) -> str:
    """What else of Alipay's this is, in words; empty if it is nothing known."""
    for encoding in ENCODINGS.values():
        if head.startswith(ZIP_MAGIC):
            if any(name.encode(encoding) in head[:ZIP_NAME_BYTES] for name in ZIP_NAMES):
                return "a zip of Alipay; unpack it and take the file with the details (明细)"
            continue
        title = first_line(head, encoding)
        for mark, what in LOOK_ALIKES.items():
            if title.startswith(mark):
                return what
    return ""


def _bills(layout: Layout, *, name: str, about: str) -> tuple[Variant, ...]:
    return tuple(
        Variant(
            f"{name}{suffix}",
            about,
            layout.proves,
            partial(_begins_with, title=layout.title, encoding=encoding),
            partial(read_bill, layout=layout, encoding=encoding),
        )
        for suffix, encoding in ENCODINGS.items()
    )


FORMAT = Format(
    name="alipay",
    provider=PROVIDER,
    about="Alipay, GBK or UTF-8, unpacked",
    variants=(
        *_bills(TRADE, name="trade_bill", about="trade detail bill of a merchant (业务明细)"),
        *_bills(FUND, name="fund_bill", about="fund bill of a merchant (账务明细)"),
        *(
            Variant(
                f"wallet_statement{suffix}",
                "export of a private wallet",
                PROVES,
                partial(_is_wallet, encoding=encoding),
                partial(read_wallet, wallet=WALLET, encoding=encoding),
            )
            for suffix, encoding in ENCODINGS.items()
        ),
        *(
            Variant(
                f"wallet_web{suffix}",
                "older export of a private wallet",
                web.PROVES,
                partial(_begins_with, title=web.TITLE, encoding=encoding),
                partial(web.read, encoding=encoding),
            )
            for suffix, encoding in ENCODINGS.items()
        ),
    ),
    resembles=resembles,
)
