"""The ledger: what events mean in accounts, line by line, with balances after each.

Shape: Ledger.apply posts a batch (domain.accounting says what an event means), gives accounts
their numbers and writes a row a line. Pure: post, entries and category.
Rules: money. It stops at an event, or a kind of it, that accounting does not know, or that takes a
balance beyond 64 bits. It never looks at what wallets say of themselves: `tally verify` compares
the two.
Bound: 2^63 - 1 = 9.2 * 10^18 minor units a balance. A wallet holds 10^18 at most, so the account of
a bank reaches it when nine wallets at their bound were paid in from there, in one currency.
Units: minor units; balance = debit - credit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import Cursor

from domain.accounting import accounts
from domain.accounting.line import LedgerLine
from domain.accounting.posting import UnaccountedEventError, lines
from projections.batches import Batch
from projections.copying import DAY, EPOCH_DAYS, EPOCH_US, NUMBER, SMALL, TEXT, TIME, copy
from projections.ledger_relations import NOW, RELATIONS
from projections.model import Model, UnknownEvent
from projections.names import NAMES_MAX, Names
from projections.recorded import Recorded

COPY: Final = """COPY ledger_entries (book_sequence, amount, recorded_at, debit_balance,
credit_balance, debit_number, credit_number, effective_on, line, book) FROM STDIN (FORMAT BINARY)"""
TYPES: Final = (
    NUMBER,
    NUMBER,
    TIME,
    NUMBER,
    NUMBER,
    NUMBER,
    NUMBER,
    DAY,
    SMALL,
    TEXT,
)
FIND = """SELECT wanted.place, a.account_number, coalesce(last.balance, 0)
FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS wanted (account, currency, place)
CROSS JOIN LATERAL (
  SELECT account_number FROM ledger_accounts AS found WHERE found.account = wanted.account
  AND found.currency = wanted.currency AND found.book = %s LIMIT 1
) AS a LEFT JOIN {last} ON true""".replace("{last}", NOW)
BEGIN = """INSERT INTO ledger_accounts (account, currency, book, category)
SELECT account, currency, %s, category FROM unnest(%b::text[], %b::text[], %b::text[])
  AS fresh (account, currency, category)
RETURNING account, currency, account_number"""
# Accounts that are about one thing of many: their names without it.
ABOUT_ONE: Final = tuple(
    of("")
    for of in (
        accounts.order,
        accounts.refund,
        accounts.seller_debt,
        accounts.settling,
        accounts.suspense,
    )
)
BALANCE_MAX, BALANCE_MIN, TOO_LARGE = 2**63 - 1, -(2**63), "balance_too_large"
Scope = tuple[str, str]  # Book and currency: an account has a balance in each.


@dataclass(slots=True)
class Account:
    """An account as this program holds it; its balance moves with the lines of a batch."""

    number: int
    balance_minor: int


Posted = tuple[Recorded, int, LedgerLine, Account, Account]  # Place of the line; debit, credit.
Fresh = dict[tuple[str, str], Account]  # By account and currency.


class Ledger(Model):
    name = "ledger"
    version = 1
    relations = RELATIONS

    def __init__(self, names_max: int = NAMES_MAX) -> None:
        super().__init__()
        self.accounts: Names[Scope, Account] = Names(names_max)

    def apply(self, cursor: Cursor, batch: Batch) -> UnknownEvent | None:
        self.accounts.begin()
        fresh: Fresh = {}
        posted, unknown = post(batch, self.accounts, fresh)
        if fresh:
            introduce(cursor, batch.book, fresh)
        if posted:
            rows, beyond = entries(batch.book, posted)
            copy(cursor, COPY, TYPES, rows)
            if beyond is not None:
                at, kind = beyond.sequence, beyond.type_name
                return UnknownEvent(self.name, batch.book, at, kind, TOO_LARGE)
        return unknown

    def forget(self) -> None:
        super().forget()
        self.accounts.forget()


def post(
    batch: Batch, accounts: Names[Scope, Account], fresh: Fresh
) -> tuple[list[Posted], UnknownEvent | None]:
    """The lines of a batch, up to an event that accounting does not know."""
    book, currency, posted = batch.book, "", list[Posted]()
    known: dict[str, Account] = {}
    for recorded in batch.events:
        try:
            found = lines(recorded.event, book)
        except UnaccountedEventError:
            place = recorded.sequence
            return posted, UnknownEvent(Ledger.name, book, place, recorded.type_name)
        for place, line in enumerate(found, start=1):
            if line.currency != currency:
                currency = line.currency
                known = accounts.scope((book, currency))
            debit = known.get(line.debit_account)
            if debit is None:
                debit = meet(line.debit_account, (book, currency), accounts, fresh)
            credit = known.get(line.credit_account)
            if credit is None:
                credit = meet(line.credit_account, (book, currency), accounts, fresh)
            posted.append((recorded, place, line, debit, credit))
    return posted, None


def meet(name: str, scope: Scope, accounts: Names[Scope, Account], fresh: Fresh) -> Account:
    """An account that was not asked for lately; a fresh one is told its number later."""
    account = accounts.promote(scope, name)
    if account is None:
        account = accounts.scope(scope)[name] = fresh[name, scope[1]] = Account(0, 0)
    return account


def introduce(cursor: Cursor, book: str, fresh: Fresh) -> None:
    """Tell accounts their number and balance: from the tables, or new ones."""
    keys = sorted(fresh)
    names, currencies = [key[0] for key in keys], [key[1] for key in keys]
    for place, number, balance_minor in cursor.execute(FIND, (names, currencies, book)).fetchall():
        account = fresh[keys[place - 1]]
        account.number, account.balance_minor = number, balance_minor
    new = [key for key in keys if not fresh[key].number]
    if new:
        columns = [key[0] for key in new], [key[1] for key in new]
        categories = [category(key[0]) for key in new]
        given = cursor.execute(BEGIN, (book, *columns, categories)).fetchall()
        for name, currency, number in given:
            fresh[name, currency].number = number


def entries(
    book: str, posted: Sequence[Posted]
) -> tuple[list[tuple[object, ...]], Recorded | None]:
    """A row a line, in order: each account's balance moves as its lines are written.

    Up to an event after which a balance would not fit: of it, no line is written.
    """
    rows: list[tuple[object, ...]] = []
    most, least = BALANCE_MAX, BALANCE_MIN
    for recorded, place, line, debit, credit in posted:
        amount_minor = line.amount_minor
        debit_minor = debit.balance_minor = debit.balance_minor + amount_minor
        credit_minor = credit.balance_minor = credit.balance_minor - amount_minor
        if debit_minor > most or credit_minor < least:
            written = len(rows) - (place - 1)  # The lines of the events before.
            take_back(posted[written : len(rows) + 1])
            return rows[:written], recorded
        rows.append(
            (
                recorded.sequence,
                amount_minor,
                recorded.recorded_at_us - EPOCH_US,
                debit_minor,
                credit_minor,
                debit.number,
                credit.number,
                recorded.effective_on - EPOCH_DAYS,
                place,
                book,
            )
        )
    return rows, None


def take_back(posted: Sequence[Posted]) -> None:
    """Balances as if these lines had not been."""
    for _, _, line, debit, credit in posted:
        debit.balance_minor -= line.amount_minor
        credit.balance_minor += line.amount_minor


def category(account: str) -> str:
    """The name of an account without the one thing that it is about, so that there are few."""
    if account.startswith(accounts.WALLET):
        held = accounts.HELD if account.endswith(accounts.HELD) else ""
        return accounts.WALLET.removesuffix(":") + held
    for prefix in ABOUT_ONE:
        if account.startswith(prefix):
            return prefix.removesuffix(":")
    return account
