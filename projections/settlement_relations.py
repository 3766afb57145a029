"""The tables of settlement: providers' files, their lines, what we expect, and where they disagree.

Units: amounts are signed minor units, above zero is money towards us; gross - fee = net.
"""

from typing import LiteralString

from projections.columns import (
    AMOUNT,
    BOOK,
    CURRENCY,
    LAST_SEQUENCE,
    MERCHANT,
    PROVIDER,
    TEXT,
    TIME,
    TIME_OR_NONE,
    UPDATED_AT,
)
from projections.relations import Column, Table, View

NUMBER: LiteralString = "bigint NOT NULL"
BATCH_ID = Column("batch_id", TEXT, "Our name of the file.")
LINE_NUMBER = Column("line_number", NUMBER, "Place of the line in the file, from 1.")
SETTLEMENT_ID = Column(
    "settlement_id", TEXT, "provider/merchant account/kind/reference: one thing at a provider."
)
KIND = Column("kind", TEXT, "charge, refund, and so on, as the file says.")
REFERENCE = Column(
    "reference", TEXT, "Our number at the provider; ~ and more where many lines share one."
)
GROSS = Column("gross", AMOUNT, "What was charged or given back.")
FEE = Column("fee", AMOUNT, "What the provider keeps of it.")
NET = Column("net", AMOUNT, "gross - fee.")

FILES = Table(
    name="settlement_files",
    comment="One row a provider's settlement file.",
    columns=(
        BATCH_ID,
        BOOK,
        PROVIDER,
        MERCHANT,
        Column("format", TEXT, "Format of the file, such as wechat-trade-bill."),
        Column("file_name", TEXT, "Its name as it came."),
        Column("sha256", TEXT, "Checksum of its bytes, in hexadecimal digits."),
        Column("business_day", "date", "The day that it is about."),
        Column("status", TEXT, "arriving, or sealed: count and totals are those of the file."),
        Column("lines", NUMBER, "How many lines it says that it has."),
        Column("accepted_because", TEXT, "Why, though its controls do not hold; empty: they do."),
        Column("lines_reported", NUMBER, "How many have arrived in the book."),
        Column("imported_at", TIME, "When it began to arrive."),
        Column("sealed_at", TIME_OR_NONE, "When it was complete."),
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("batch_id", "book"),
    indexes=("(provider, merchant_account, business_day)",),
)
TOTALS = Table(
    name="settlement_totals",
    comment="One row a file and currency: the totals that the file itself states.",
    columns=(BATCH_ID, CURRENCY, BOOK, GROSS, FEE, NET, LAST_SEQUENCE),
    key=("batch_id", "currency", "book"),
)
LINES = Table(
    name="settlement_lines",
    comment="One row a line of a settlement file, and what it meant for us.",
    columns=(
        BATCH_ID,
        LINE_NUMBER,
        BOOK,
        SETTLEMENT_ID,
        KIND,
        REFERENCE,
        Column("provider_reference", TEXT, "The provider's own number; need not be unique."),
        GROSS,
        FEE,
        NET,
        CURRENCY,
        Column("booked_on", "date", "The provider's day of the line."),
        Column(
            "status",
            TEXT,
            "reported; matched: it answers what we expected; in_question: not so, see its break.",
        ),
        Column("cleared", "bigint", "Our amount that a matched line clears, in minor units."),
        Column("break_id", TEXT, "The last break that is about this line, else empty."),
        LAST_SEQUENCE,
    ),
    key=("batch_id", "line_number", "book"),
    indexes=("(settlement_id)",),
)
REFERENCES = Table(
    name="settlement_references",
    comment="One row a thing at a provider: what our books expect of it, and what was settled.",
    columns=(
        SETTLEMENT_ID,
        BOOK,
        PROVIDER,
        MERCHANT,
        KIND,
        REFERENCE,
        Column(
            "status",
            TEXT,
            "expected, matched, unexpected: lines but nothing of ours, or written_off.",
        ),
        Column("expected", "bigint", "Our amount; none where nothing of ours is known."),
        Column("currency", "text", "ISO 4217 code of our amount."),
        Column("expected_on", "date", "The business day of our charge or refund."),
        Column("due_at", TIME_OR_NONE, "When the provider's promised days are over."),
        Column("settled", "bigint", "Gross of the line that answered."),
        Column("batch_id", TEXT, "The file of the line that answered, else empty."),
        Column("line_number", NUMBER, "Its place in the file, else 0."),
        Column("breaks_open", NUMBER, "How many breaks about it are not resolved."),
        Column("matched_at", TIME_OR_NONE, "When a line answered."),
        UPDATED_AT,
        LAST_SEQUENCE,
    ),
    key=("settlement_id", "book"),
    indexes=("(provider, merchant_account, expected_on) WHERE status = 'expected'",),
)
BREAKS = Table(
    name="breaks",
    comment="One row a disagreement between our books and a provider's file.",
    columns=(
        Column("break_id", TEXT, "Our name of the case: the settlement_id and a number."),
        BOOK,
        SETTLEMENT_ID,
        Column(
            "kind",
            TEXT,
            "amount_differs, missing_in_events, missing_in_file, duplicate_line, currency_differs.",
        ),
        PROVIDER,
        MERCHANT,
        REFERENCE,
        Column("batch_id", TEXT, "The file of the line that it is about, else empty."),
        Column("line_number", NUMBER, "Its place in the file, else 0."),
        Column("amount", AMOUNT, "What the file says less what we say, in minor units."),
        CURRENCY,
        Column("gross", AMOUNT, "Of a line that is wholly in question, else 0."),
        Column("fee", AMOUNT, "Of a line that is wholly in question, else 0."),
        Column("net", AMOUNT, "Of a line that is wholly in question, else 0."),
        Column("status", TEXT, "open or resolved."),
        Column("how", TEXT, "Resolved: arrived, expected_later, or decided by a person."),
        Column("account", TEXT, "Resolved: the account that the difference went to, else empty."),
        Column("note", TEXT, "Resolved by a person: why, in their words; else empty."),
        Column("opened_at", TIME, "When it was found."),
        Column("resolved_at", TIME_OR_NONE, "When it was explained."),
        LAST_SEQUENCE,
    ),
    key=("break_id", "book"),
    indexes=("(provider, merchant_account, opened_at) WHERE status = 'open'", "(batch_id)"),
)
COMPARISON = View(
    name="settlement_comparison",
    comment="Each file and currency: what it states, what its lines sum to, and what was matched.",
    columns={
        "book": "Name of the book.",
        "book_sequence": "Place of the last event about the file's lines.",
        "batch_id": "Our name of the file.",
        "provider": "The payment provider.",
        "merchant_account": "Our account at the provider.",
        "business_day": "The day that the file is about.",
        "currency": "ISO 4217 code.",
        "stated_gross": "Total that the file states.",
        "stated_fee": "Total that the file states.",
        "stated_net": "Total that the file states.",
        "lines": "How many lines arrived.",
        "gross": "Sum of the lines.",
        "fee": "Sum of the lines.",
        "net": "Sum of the lines.",
        "matched": "How many lines answer what we expected.",
        "in_question": "How many lines have a break.",
    },
    query="""SELECT t.book, max(greatest(t.book_sequence, l.book_sequence)), t.batch_id, f.provider,
  f.merchant_account, f.business_day, t.currency, t.gross, t.fee, t.net, count(l.line_number),
  coalesce(sum(l.gross), 0)::bigint, coalesce(sum(l.fee), 0)::bigint,
  coalesce(sum(l.net), 0)::bigint, count(*) FILTER (WHERE l.status = 'matched'),
  count(*) FILTER (WHERE l.break_id <> '')
FROM settlement_totals AS t JOIN settlement_files AS f USING (batch_id, book)
LEFT JOIN settlement_lines AS l USING (batch_id, currency, book)
GROUP BY t.book, t.batch_id, f.provider, f.merchant_account, f.business_day, t.currency, t.gross,
  t.fee, t.net""",
)
