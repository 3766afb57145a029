"""A transfer inside one book: two events of two wallets at once, or a refusal.

Units: integer minor units.
Source: the refusals and their precedence stand in decide.py.
Speed: this is most of what a book does, some ten thousand times a second. So the checks stand in
line, each once, and those that wallets share are asked only for the words of a refusal; the
events are built by place (keywords cost a tenth of the whole).
"""

from domain.accounting.accounts import wallet
from domain.decision import Refused
from domain.money import AMOUNT_MAX, BALANCE_MAX
from domain.transfer.commands import TransferFunds
from domain.wallet import FundsCredited, FundsDebited, Wallet, checks
from domain.wallet.state import CLOSED, OPEN

NOT_PENDING = False
Wallets = tuple[Wallet | None, Wallet | None]  # Source, destination.


def move(command: TransferFunds, wallets: Wallets) -> tuple[FundsDebited, FundsCredited] | Refused:
    source, destination = wallets
    amount_minor, currency = command.amount_minor, command.currency
    if command.source_wallet_id == command.destination_wallet_id:
        return Refused("same_wallet", "a transfer goes from one wallet to another")
    if source is None:
        return checks.unknown(command.source_wallet_id)
    if destination is None:
        return checks.unknown(command.destination_wallet_id)
    if source.status != OPEN or destination.status == CLOSED:
        return _said(checks.standing(source) or checks.closed(destination))
    if source.account.currency != currency or destination.account.currency != currency:
        return _said(checks.currency(source, currency) or checks.currency(destination, currency))
    if not 0 < amount_minor <= AMOUNT_MAX:
        return _said(checks.amount(amount_minor))
    reserved = source.reserved
    available_minor = source.balance_minor - reserved.held_minor - reserved.pending_minor
    if available_minor - amount_minor < -source.account.overdraft_limit_minor:
        return _said(checks.funds(source, amount_minor))
    if destination.balance_minor + amount_minor > BALANCE_MAX:
        return _said(checks.room(destination, amount_minor))
    return _moved(command, source=source, destination=destination)


def _moved(
    command: TransferFunds, *, source: Wallet, destination: Wallet
) -> tuple[FundsDebited, FundsCredited]:
    source_id, destination_id = command.source_wallet_id, command.destination_wallet_id
    amount_minor, kept, grown = command.amount_minor, source.reserved, destination.reserved
    return (
        FundsDebited(
            source_id,
            command.transfer_id,
            amount_minor,
            command.currency,
            wallet(destination_id),
            NOT_PENDING,
            source.balance_minor - amount_minor,
            kept.held_minor + kept.pending_minor,
        ),
        FundsCredited(
            destination_id,
            command.transfer_id,
            amount_minor,
            command.currency,
            wallet(source_id),
            NOT_PENDING,
            destination.balance_minor + amount_minor,
            grown.held_minor + grown.pending_minor,
        ),
    )


def _said(refused: Refused | None) -> Refused:
    """The words for a rule that has just said no in line."""
    assert refused is not None, "two spellings of one rule disagree"
    return refused
