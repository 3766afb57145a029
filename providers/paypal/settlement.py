"""PayPal's files: settlement and transaction detail reports, and the activity export.

Source: docs/formats/paypal.md.
"""

from providers.paypal import activity
from providers.paypal.activity_row import PROVIDER
from providers.reader import Format, Variant

FORMAT = Format(
    name="paypal",
    provider=PROVIDER,
    about="PayPal",
    variants=(
        Variant(
            "activity",
            "activity or statement export in German, English or Spanish",
            ("running_balance", "closing_balance"),
            activity.recognises,
            activity.read,
        ),
    ),
)
