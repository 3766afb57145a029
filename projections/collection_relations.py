"""The tables of collections: charges at channels, and refunds there.

Units: amounts in minor units; days are the channel's business days.
"""

from projections.columns import (
    AMOUNT,
    BOOK,
    CODE,
    CURRENCY,
    LAST_SEQUENCE,
    MERCHANT,
    PROVIDER,
    TEXT,
    TIME,
    TIME_OR_NONE,
    UPDATED_AT,
)
from projections.relations import Column, Table

COLLECTION_ID = Column("collection_id", TEXT, "Our name of the charge.")
PAYMENT_ID = Column("payment_id", TEXT, "The payment that it is for.")
ITEM_ID = Column("item_id", TEXT, "The item of the payment that it is for.")
STATUS = Column(
    "status", TEXT, "started, succeeded, refused, or unknown: no answer came, it will be asked."
)
PROVIDER_REFERENCE = Column("provider_reference", TEXT, "The channel's own number, else empty.")
OCCURRED_ON = Column("occurred_on", "date", "The channel's business day, once it succeeded.")
CONTRADICTION = Column(
    "contradiction",
    TEXT,
    "What the channel said against what was recorded, for a person to see to; else empty.",
)
SUCCEEDED_AT = Column("succeeded_at", TIME_OR_NONE, "When we heard that it had succeeded.")

COLLECTIONS = Table(
    name="collections",
    comment="One row a charge at a channel.",
    columns=(
        COLLECTION_ID,
        BOOK,
        PAYMENT_ID,
        ITEM_ID,
        PROVIDER,
        MERCHANT,
        Column("reference", TEXT, "Our number of the charge at the provider."),
        Column("amount", AMOUNT, "What is charged, in minor units."),
        CURRENCY,
        STATUS,
        CODE,
        PROVIDER_REFERENCE,
        OCCURRED_ON,
        Column("refunded", AMOUNT, "What the channel has given back of it, in minor units."),
        CONTRADICTION,
        Column("started_at", TIME, "When it might be sent."),
        SUCCEEDED_AT,
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("collection_id", "book"),
    indexes=(
        "(payment_id)",
        "(reference)",
        "(status, started_at) WHERE status IN ('started', 'unknown')",
    ),
)
REFUNDS = Table(
    name="collection_refunds",
    comment="One row a refund at a channel.",
    columns=(
        COLLECTION_ID,
        Column("refund_id", TEXT, "The refund's id, which is our number of it at the provider."),
        BOOK,
        PAYMENT_ID,
        ITEM_ID,
        PROVIDER,
        MERCHANT,
        Column("reference", TEXT, "Our number of the charge at the provider."),
        Column("amount", AMOUNT, "What goes back, in minor units."),
        CURRENCY,
        STATUS,
        CODE,
        PROVIDER_REFERENCE,
        OCCURRED_ON,
        CONTRADICTION,
        Column("started_at", TIME, "When it might be sent."),
        SUCCEEDED_AT,
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("collection_id", "refund_id", "book"),
    indexes=(
        "(refund_id)",
        "(status, started_at) WHERE status IN ('started', 'unknown')",
    ),
)
