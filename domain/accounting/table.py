"""The accounting table: what every event of every aggregate means in the ledger.

Shape: TABLE by chapters, ROWS all of it. Every row whose conditions hold posts; an event without
such a row is not accounted for, and posting.lines says so. An event that posts nothing says that
in a row of its own. docs/ledger.md shows the same rows, checked by a test.
"""

from domain.accounting.rules import Row
from domain.accounting.table_payments import COLLECTIONS, ORDERS, PAYMENTS
from domain.accounting.table_settlement import SETTLEMENT
from domain.accounting.table_wallets import TRANSFERS, WALLETS

TABLE: dict[str, tuple[Row, ...]] = {
    "Wallets": WALLETS,
    "Transfers": TRANSFERS,
    "Orders": ORDERS,
    "Payments": PAYMENTS,
    "Collections": COLLECTIONS,
    "Settlement": SETTLEMENT,
}
ROWS: tuple[Row, ...] = tuple(row for chapter in TABLE.values() for row in chapter)
