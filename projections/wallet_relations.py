"""The tables and views of wallets.

Shape: `wallet_profiles` holds a row a wallet, changed seldom; `wallet_movements` a row an event
that moved money, with what the event itself says was there afterwards, only ever added to. People
read them as `wallets` and `wallet_transactions`.
Units: minor units of the wallet's one currency.
"""

from typing import LiteralString, NamedTuple

from projections.halving import HALVING
from projections.relations import BY_INDEX, Column, Function, Relations, Table, View


class Kind(NamedTuple):
    """`sign`: how the balance changes. `status`: what becomes of the money."""

    name: LiteralString
    sign: LiteralString
    status: LiteralString


# A movement's kind is its place here, from 1: new ones at the end only.
KINDS = (
    Kind("deposit", "1", "posted"),
    Kind("withdrawal", "-1", "posted"),
    Kind("transfer_in", "1", "posted"),
    Kind("transfer_out", "-1", "posted"),
    Kind("payment", "-1", "posted"),
    Kind("sale", "1", "posted"),
    Kind("sale", "1", "pending"),
    Kind("sale_released", "0", "posted"),
    Kind("refund_received", "1", "posted"),
    Kind("refund_paid", "-1", "posted"),
    Kind("hold", "0", "held"),
    Kind("hold_released", "0", "released"),
    Kind("debt_repaid", "-1", "posted"),
    Kind("credit", "1", "posted"),
    Kind("debit", "-1", "posted"),
    Kind("credit", "1", "pending"),
)
PROFILES = Table(
    name="wallet_profiles",
    comment="What changes seldom of a wallet, one row each; read it as wallets.",
    columns=(
        Column(
            "wallet_number",
            "bigint GENERATED ALWAYS AS IDENTITY",
            "Stands for the wallet in wallet_movements; another build gives other numbers.",
        ),
        Column("wallet_id", "text NOT NULL", "The client's id of the wallet."),
        Column("book", "text NOT NULL", "Name of the book."),
        Column("owner_id", "text NOT NULL", "The client's opaque id of its owner."),
        Column("type", "text NOT NULL", "buyer, seller, platform or promotion."),
        Column("currency", "text NOT NULL", "ISO 4217 code; a wallet has one."),
        Column("overdraft_limit", "bigint NOT NULL", "How far below zero available may go."),
        Column("status", "text NOT NULL", "open, frozen or closed."),
        Column("debt", "bigint NOT NULL", "What the owner owes us, repaid out of later income."),
        Column("opened_at", "timestamp with time zone NOT NULL", "When it was opened."),
        Column("changed_at", "timestamp with time zone NOT NULL", "When this row changed last."),
        Column("book_sequence", "bigint NOT NULL", "Place of the event that changed it last."),
    ),
    key=("wallet_id", "book"),
    indexes=("(owner_id)",),
    constraints=("UNIQUE (wallet_number)",),
)
MOVEMENTS = Table(
    name="wallet_movements",
    comment="One row an event that moved money of a wallet; read it as wallet_transactions.",
    columns=(
        Column("wallet_number", "bigint NOT NULL", "The wallet's number in wallet_profiles."),
        Column("book_sequence", "bigint NOT NULL", "Place of the event in the book."),
        Column("amount", "bigint NOT NULL", "What moved, above zero, in minor units."),
        Column("balance_after", "bigint NOT NULL", "Balance after it, as the event says."),
        Column("reserved_after", "bigint NOT NULL", "What of that was reserved then."),
        Column("recorded_at", "timestamp with time zone NOT NULL", "When it was recorded."),
        Column("kind", "smallint NOT NULL", "Which kind of movement, as a number."),
        Column("movement_id", "text NOT NULL", "The movement's, transfer's or hold's id."),
        Column("counter_account", "text NOT NULL", "The ledger account on the other side."),
    ),
    key=("wallet_number", "book_sequence"),
)
MONEY: LiteralString = (
    """(ARRAY['{names}'])[m.kind], (ARRAY['{statuses}'])[m.kind], m.amount,
  m.amount * (ARRAY[{signs}])[m.kind], p.currency, m.balance_after, m.reserved_after,
  m.balance_after - m.reserved_after, m.counter_account, m.movement_id, m.recorded_at""".replace(
        "{names}", "', '".join(kind.name for kind in KINDS)
    )
    .replace("{statuses}", "', '".join(kind.status for kind in KINDS))
    .replace("{signs}", ", ".join(kind.sign for kind in KINDS))
)
WALLETS = View(
    name="wallets",
    comment="The wallets and what is in them, by their own events.",
    columns={
        "book": "Name of the book.",
        "book_sequence": "Place of the event that changed the wallet last.",
        "wallet_id": "The client's id of the wallet.",
        "owner_id": "The client's opaque id of its owner.",
        "type": "buyer, seller, platform or promotion.",
        "currency": "ISO 4217 code.",
        "status": "open; frozen: no money leaves; or closed.",
        "balance": "What is in it, reserved money included, in minor units.",
        "reserved_balance": "What of that is held, or pending as a seller's undelivered share.",
        "available_balance": "balance - reserved_balance; not below -overdraft_limit.",
        "overdraft_limit": "How far below zero available_balance may go.",
        "debt": "What the owner owes us, repaid out of later income.",
        "opened_at": "When it was opened.",
        "updated_at": "When it changed last.",
    },
    query="""SELECT p.book, greatest(p.book_sequence, m.book_sequence), p.wallet_id, p.owner_id,
  p.type, p.currency, p.status, coalesce(m.balance_after, 0), coalesce(m.reserved_after, 0),
  coalesce(m.balance_after - m.reserved_after, 0), p.overdraft_limit, p.debt, p.opened_at,
  greatest(p.changed_at, m.recorded_at)
FROM wallet_profiles AS p LEFT JOIN LATERAL (
  SELECT * FROM wallet_movements AS m WHERE m.wallet_number = p.wallet_number
  ORDER BY m.book_sequence DESC LIMIT 1
) AS m ON true""",
)
TRANSACTION = {
    "transaction_type": "deposit, withdrawal, transfer_in, transfer_out, payment, sale, "
    "sale_released, refund_received, refund_paid, hold, hold_released, debt_repaid, credit, debit.",
    "status": "posted; pending: it counts as reserved yet; held: set aside; released from that.",
    "amount": "What moved, above zero, in minor units.",
    "balance_change": "How the balance changed by it: 0 where money was only reserved or released.",
    "currency": "ISO 4217 code.",
    "balance_after": "Balance after it, reserved money included.",
    "reserved_balance_after": "What of that was reserved then.",
    "available_balance_after": "What of that was available then.",
    "counterparty_account": "The ledger account on the other side.",
    "movement_id": "The movement's, transfer's or hold's id.",
    "recorded_at": "When it was recorded; never decreases in a book.",
}
TRANSACTIONS = View(
    name="wallet_transactions",
    comment="Every movement of money in every wallet, with what was there afterwards.",
    columns={
        "book": "Name of the book.",
        "book_sequence": "Place of the event in the book.",
        "wallet_id": "The client's id of the wallet.",
    }
    | TRANSACTION,
    query="""SELECT p.book, m.book_sequence, p.wallet_id, {money}
FROM wallet_movements AS m JOIN wallet_profiles AS p USING (wallet_number)""".replace(
        "{money}", MONEY
    ),
)
HISTORY = Function(
    name="wallet_history",
    comment="The last transactions of a wallet before a place in the book, the newest first.",
    declaration="""(of_book text, of_wallet text, rows bigint DEFAULT 50,
before bigint DEFAULT 9223372036854775807) RETURNS TABLE
(book_sequence bigint, transaction_type text, status text, amount bigint, balance_change bigint,
currency text, balance_after bigint, reserved_balance_after bigint, available_balance_after bigint,
counterparty_account text, movement_id text, recorded_at timestamp with time zone)""",
    query="""SELECT m.book_sequence, {money} FROM wallet_profiles AS p CROSS JOIN LATERAL (
  SELECT * FROM wallet_movements AS m
  WHERE m.wallet_number = p.wallet_number AND m.book_sequence < before
  ORDER BY m.book_sequence DESC LIMIT rows
) AS m WHERE p.book = of_book AND p.wallet_id = of_wallet
ORDER BY m.book_sequence DESC""".replace("{money}", MONEY),
    settings=BY_INDEX,
)
THIS: LiteralString = """e.wallet_number = (SELECT p.wallet_number FROM wallet_profiles AS p
WHERE p.book = of_book AND p.wallet_id = of_wallet)"""
THEN: LiteralString = """SELECT e.balance_after, e.reserved_after,
  e.balance_after - e.reserved_after, e.book_sequence, e.recorded_at
FROM wallet_movements AS e
WHERE e.book_sequence = (SELECT max(search.low) FROM search) AND {of}"""
WALLET_AT = Function(
    name="wallet_at",
    comment="What was in a wallet at a moment; no row before money first moved in it.",
    declaration="""(of_book text, of_wallet text, moment timestamp with time zone) RETURNS TABLE
(balance bigint, reserved_balance bigint, available_balance bigint, book_sequence bigint,
recorded_at timestamp with time zone)""",
    query=HALVING.replace("{rows}", "wallet_movements")
    .replace("{answer}", THEN)
    .replace("{of}", THIS),
)
RELATIONS = Relations(
    tables=(PROFILES, MOVEMENTS),
    views=(WALLETS, TRANSACTIONS),
    functions=(HISTORY, WALLET_AT),
    compared=("wallets", "wallet_transactions"),
)
