"""Columns that many read models have, spelled once.

Units: amounts are bigint minor units of the row's currency; times are the writer's, in UTC.
"""

from typing import LiteralString

from projections.relations import Column

TEXT: LiteralString = "text NOT NULL"
AMOUNT: LiteralString = "bigint NOT NULL"
TIME: LiteralString = "timestamp with time zone NOT NULL"
TIME_OR_NONE: LiteralString = "timestamp with time zone"

BOOK = Column("book", TEXT, "Name of the book.")
CURRENCY = Column("currency", TEXT, "ISO 4217 code.")
LAST_SEQUENCE = Column("book_sequence", AMOUNT, "Place of the event that changed this row last.")
UPDATED_AT = Column("updated_at", TIME, "When this row changed last.")
PROVIDER = Column("provider", TEXT, "The payment provider, such as wechat.")
MERCHANT = Column("merchant_account", TEXT, "Our account at the provider.")
CODE = Column("code", TEXT, "Why, as a stable word; empty where there is no reason.")
