"""PayPal's files: settlement and transaction detail reports, and the activity export.

Units, signs, keys and errors: providers.paypal.body (reports) and providers.paypal.activity.
Source: docs/formats/paypal.md.
"""

from providers.paypal import activity, report
from providers.paypal.activity_row import PROVIDER
from providers.reader import Format, Variant, look_alike

REPORT_PROVES = (
    "gross_credits", "gross_debits", "fee_credits", "fee_debits", "closing_balance", "count",
    "report_count", "file_count",
)  # fmt: skip
LOOK_ALIKES = {
    'RS","': "an older PayPal report with RS records; it is not read",
    "FINANCIAL_DETAIL": "a PayPal financial detail report; it is not read",
}
LOOKED_AT_BYTES = 4_096  # The line CH is the fourth.
COLUMNS_ALIKE = {
    "Case filing date": "a PayPal dispute report (DDR); it is not read",
    "Subscription Action Type": "a PayPal subscription report (SAR); it is not read",
}


def resembles(head: bytes) -> str:
    """What else of PayPal's this is, in words; empty if it is nothing known."""
    text = head[:512].decode("utf-8", errors="replace").removeprefix("\ufeff").lstrip('"')
    known = next((what for mark, what in LOOK_ALIKES.items() if text.startswith(mark)), "")
    return known or look_alike(head[:LOOKED_AT_BYTES], COLUMNS_ALIKE)


FORMAT = Format(
    name="paypal",
    provider=PROVIDER,
    about="PayPal",
    variants=(
        Variant(
            "transaction_detail_report",
            "transaction detail report (TRR)",
            REPORT_PROVES,
            report.recognises_detail,
            report.read,
        ),
        Variant(
            "settlement_report",
            "settlement report (STL)",
            REPORT_PROVES,
            report.recognises,
            report.read,
        ),
        Variant(
            "activity",
            "activity or statement export in German, English or Spanish",
            ("running_balance", "closing_balance"),
            activity.recognises,
            activity.read,
        ),
    ),
    resembles=resembles,
)
