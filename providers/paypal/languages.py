"""The words of an activity export in German, English and Spanish: columns, and what a row is.

Shape: COLUMNS gives every field its printed names; language_of(names) tells whose they are.
kind_of(words, language, incoming) tells the kind of a row; words that nobody listed are unknown.
Names are compared without the blanks that some exports leave behind them.
Source: docs/formats/paypal.md.
"""

from collections.abc import Iterable
from functools import lru_cache

from providers.settlement_file import UNKNOWN

WORDS_CHARACTERS_MAX = 120  # A description; the longest seen has 49.
WORDS_REMEMBERED = 1024

# Field -> its names, German, English, Spanish; an older name behind the newer one.
COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("Datum", "Date", "Fecha"),
    "time": ("Uhrzeit", "Time", "Hora"),
    "zone": ("Zeitzone", "TimeZone", "Time Zone", "Time zone", "Zona horaria"),
    "type": ("Typ", "Type", "Tipo"),
    "about": ("Beschreibung", "Description", "Descripción"),
    "status": ("Status", "Estado"),
    "currency": ("Währung", "Currency", "Divisa"),
    "gross": ("Brutto", "Gross", "Bruto"),
    "fee": ("Entgelt", "Gebühr", "Fee", "Comisión", "Tarifa"),
    "net": ("Netto", "Net", "Neto"),
    "balance": ("Guthaben", "Balance", "Saldo"),
    "impact": ("Auswirkung auf Guthaben", "Balance Impact", "Repercusiones en el saldo"),
    "id": ("Transaktionscode", "Transaction ID", "Id. de transacción"),
    "related": (
        "Zugehöriger Transaktionscode", "Ref Transaktionscode", "Reference Txn ID",
        "Id. de referencia de trans.",
    ),
    "invoice": (
        "Rechnungsnummer", "Invoice Number", "Invoice ID", "Id. de factura", "Número de factura",
    ),
}  # fmt: skip
REQUIRED = ("date", "currency", "gross", "id")
MONEY = ("fee", "net")  # One of them is required too: it tells the other.
LANGUAGES = {"Datum": "german", "Date": "english", "Fecha": "spanish"}
DECIMAL_MARKS = {"german": ",", "english": ".", "spanish": ","}

# What was in the basket of a payment that has a row of its own: it moves nothing.
BASKET = ("shopping cart item", "warenkorbartikel", "artículo del carrito")
MEMO = {"memo", "nota"}  # The balance was not moved; debit and credit say that it was.
COMPLETED = {"abgeschlossen", "completed", "completado", "completada"}
# A payment that did not come about; what is pending may have left the balance already.
CAME_TO_NOTHING = {
    "abgelehnt", "verweigert", "storniert", "abgelaufen", "fehlgeschlagen", "denied", "canceled",
    "cancelled", "expired", "failed", "voided", "rechazado", "rechazada", "cancelado", "cancelada",
    "vencido", "fallido",
}  # fmt: skip

# The first word found in a description tells: the telling ones stand before the common ones.
RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "german": (
        ("einbehalt", "reserve"), ("freigabe", "reserve"), ("währungsumrechnung", "transfer"),
        ("autorisierung", "adjustment"), ("rechnung gesendet", "adjustment"),
        ("ach-abbuchung", "payout"),
        ("ach-gutschrift", "transfer"), ("entgelt", "fee"), ("gebühr", "fee"),
        ("rückbelastung", "chargeback"), ("rückbuchung", "chargeback"),
        ("stornierung", "chargeback"), ("korrektur", "adjustment"),
        ("rückzahlung", "refund"), ("rückerstattung", "refund"),
        ("gutschrift auf paypal-konto", "transfer"), ("abbuchung", "payout"),
        ("auszahlung", "payout"), ("einzahlung", "transfer"), ("überweisung", "transfer"),
        ("gutschrift auf kreditkarte", "transfer"), ("anforderung gesendet", "adjustment"),
        ("zahlung", "payment"),
    ),
    "english": (
        ("currency conversion", "transfer"), ("hold", "reserve"), ("release", "reserve"),
        ("reserve", "reserve"), ("authorization", "adjustment"), ("tax", "tax"),
        ("request sent", "adjustment"), ("invoice sent", "adjustment"),
        ("chargeback reversal", "chargeback_reversal"), ("fee", "fee"),
        ("chargeback", "chargeback"), ("payment reversal", "chargeback"), ("refund", "refund"),
        ("withdrawal", "payout"), ("deposit", "transfer"), ("adjustment", "adjustment"),
        ("correction", "adjustment"), ("payment", "payment"), ("transfer", "transfer"),
    ),
    "spanish": (
        ("conversión de divisas", "transfer"), ("retención", "reserve"), ("liberación", "reserve"),
        ("autorización", "adjustment"), ("comisión", "fee"), ("tarifa", "fee"),
        ("contracargo", "chargeback"), ("reembolso", "refund"),
        ("retirada", "payout"), ("retiro", "payout"), ("ingreso", "transfer"),
        ("depósito", "transfer"), ("pago", "payment"), ("transferencia", "transfer"),
    ),
}  # fmt: skip


def language_of(names: Iterable[str]) -> str:
    """Whose words the names of the columns are; empty if nobody's that is read."""
    return next((LANGUAGES[name] for name in names if name in LANGUAGES), "")


@lru_cache(maxsize=WORDS_REMEMBERED)
def kind_of(words: str, *, language: str, incoming: bool) -> str:
    """What a row is; empty if its words are too long or unprintable. A payment may be ours."""
    if not words or len(words) > WORDS_CHARACTERS_MAX or not words.isprintable():
        return ""
    small = words.lower()
    if small in BASKET:
        return "adjustment"
    kind = next((kind for word, kind in RULES[language] if word in small), "")
    if kind == "payment":
        return "charge" if incoming else "transfer"
    return kind or f"{UNKNOWN}{words}"
