"""The ledger of a book against its aggregates: every account is what somebody answers for.

Shape: pass_over_accounts(folded, findings), all of it from the log; due_pairs over several books.
Source: docs/ledger.md, "The chart of accounts", column "at zero".
"""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from consumers.verify.log_pass import Folded
from consumers.verify.report import Findings, Name
from domain import collection, settlement, transfer, wallet
from domain.accounting import accounts, trial
from domain.collection.state import SUCCEEDED, Charge
from domain.settlement.naming import settlement_id
from domain.settlement.state import Break, breaks_of

REFERENCE, TRANSFER, INCOMING = "settlement_reference", "transfer", "incoming_transfer"
MISSING_IN_FILE = "missing_in_file"
Amounts = Counter[tuple[str, str]]  # By account and currency.


def pass_over_accounts(folded: Folded, findings: Findings) -> None:
    """Compare account by account."""
    expected = _expected(folded)
    looks: tuple[tuple[Name, str], ...] = (
        ("wallets_equal_ledger", accounts.WALLET),
        ("orders_zero_at_rest", accounts.order("")),
        ("refunds_under_way", accounts.refund("")),
        ("receivables_equal_open_items", accounts.receivable("")),
        ("suspense_equals_open_breaks", accounts.suspense("")),
        ("settling_equals_batches", accounts.settling("")),
    )
    for invariant, prefix in looks:
        ours = {key: minor for key, minor in expected.items() if key[0].startswith(prefix)}
        debts = accounts.seller_debt("")
        ledger = trial.standing(folded.balances, prefix)
        for key in sorted(ours.keys() | ledger.keys()):
            name: Name = "seller_debts_equal_wallets" if key[0].startswith(debts) else invariant
            place = f"{folded.book} {key[0]} {key[1]}"
            findings.compare(name, place, found=ledger.get(key, 0), expected=ours.get(key, 0))


def due_pairs(books: Sequence[Folded], findings: Findings) -> None:
    """What one book is owed by another is what that one owes, and what is under way between."""
    found: Amounts = Counter()
    for folded in books:
        for (account, currency), minor in trial.standing(folded.balances, accounts.due("")).items():
            found[_pair(folded.book, account.removeprefix(accounts.due(""))), currency] += minor
    expected = _under_way(books)
    for key in sorted(found.keys() | expected.keys()):
        place = f"{key[0]} {key[1]}"
        findings.compare("due_pairs_zero", place, found=found[key], expected=expected[key])


def _under_way(books: Sequence[Folded]) -> Amounts:
    """Credited in the other book, and not captured yet where the money comes from."""
    streams = {folded.book: folded.streams for folded in books}
    amounts: Amounts = Counter()
    for folded in books:
        for (aggregate, name), received in folded.streams.items():
            state = received.state
            if aggregate != INCOMING or not isinstance(state, transfer.IncomingTransfer):
                continue
            source, _, transfer_id = name.partition("/")
            sent = streams.get(source, {}).get((TRANSFER, transfer_id))
            if sent is not None and isinstance(sent.state, transfer.TransferUnderWay):
                amounts[_pair(folded.book, source), state.currency] += state.amount_minor
    return amounts


def _pair(*books: str) -> str:
    return " and ".join(sorted(books))


def _expected(folded: Folded) -> Amounts:
    """What the aggregates say each account is, debit above zero."""
    found: Amounts = Counter()
    for (aggregate, aggregate_id), stream in folded.streams.items():
        match state := stream.state:
            case wallet.Wallet():
                _wallet(state, found)
            case collection.SucceededCollection():
                _collection(state, folded, found)
            case settlement.ArrivingBatch():
                _batch(aggregate_id, state.counted, found)
            case settlement.SealedBatch():
                _batch(aggregate_id, state.file.totals, found)
            case _ if aggregate == REFERENCE:
                _breaks(breaks_of(cast("settlement.Reference", state)), found)
            case _:
                continue
    return found


def _wallet(state: wallet.Wallet, found: Amounts) -> None:
    found[accounts.wallet(state.wallet_id), state.currency] -= state.available_minor
    found[accounts.wallet_held(state.wallet_id), state.currency] -= state.reserved_minor
    found[accounts.seller_debt(state.wallet_id), state.currency] += state.debt_minor


def _collection(state: collection.SucceededCollection, folded: Folded, found: Amounts) -> None:
    """A charge or refund is an open item until a line or a person has cleared it."""
    charge = state.charge
    receivable = (accounts.receivable(charge.provider), charge.currency)
    if _is_open(folded, charge, kind="charge", reference=charge.reference):
        found[receivable] += charge.amount_minor
    for refund_id, refund in state.refunds.items():
        if refund.outcome != SUCCEEDED:
            found[accounts.refund(refund_id), charge.currency] -= refund.amount_minor
        elif _is_open(folded, charge, kind="refund", reference=refund_id):
            found[receivable] -= refund.amount_minor


def _is_open(folded: Folded, charge: Charge, *, kind: str, reference: str) -> bool:
    name = settlement_id(
        provider=charge.provider,
        merchant_account=charge.merchant_account,
        kind=kind,
        reference=reference,
    )
    known = folded.streams.get((REFERENCE, name))
    state = None if known is None else known.state
    return not isinstance(state, settlement.Settled | settlement.WrittenOff)


def _batch(batch_id: str, totals: Sequence[settlement.CurrencyTotal], found: Amounts) -> None:
    for total in totals:
        found[accounts.settling(batch_id), total.currency] += total.net_minor


def _breaks(breaks: Sequence[Break], found: Amounts) -> None:
    """What is in question and not resolved; what is missing in a file stays in the receivable."""
    for each in breaks:
        if not each.resolved and each.kind != MISSING_IN_FILE:
            found[accounts.suspense(each.break_id), each.currency] -= each.amount_minor
