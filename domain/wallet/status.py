"""The rules of a wallet's life: open, freeze, unfreeze, close.

Units: integer minor units.
Source: docs of the codes and their precedence: decide.py.
"""

from domain.decision import ALREADY_EXISTS, Refused
from domain.money import AMOUNT_MAX
from domain.wallet import checks
from domain.wallet.commands import CloseWallet, FreezeWallet, OpenWallet, UnfreezeWallet
from domain.wallet.events import WalletClosed, WalletFrozen, WalletOpened, WalletUnfrozen
from domain.wallet.state import FROZEN, Wallet

TYPES = ("buyer", "seller", "platform", "promotion")


def open_wallet(command: OpenWallet, wallet: Wallet | None) -> tuple[WalletOpened] | Refused:
    if wallet is not None:
        return Refused(ALREADY_EXISTS, f"wallet {command.wallet_id} exists")
    if command.type not in TYPES:
        return Refused("type_unknown", f"a wallet is one of {', '.join(TYPES)}")
    if not 0 <= command.overdraft_limit_minor <= AMOUNT_MAX:
        return Refused("overdraft_limit_out_of_range", f"it is from 0 to {AMOUNT_MAX}")
    return (
        WalletOpened(
            command.wallet_id,
            command.owner_id,
            command.type,
            command.currency,
            command.overdraft_limit_minor,
        ),
    )


def freeze(command: FreezeWallet, wallet: Wallet) -> tuple[WalletFrozen] | Refused:
    if refused := checks.closed(wallet):
        return refused
    if wallet.status == FROZEN:
        return Refused("already_frozen", f"wallet {wallet.wallet_id} is frozen")
    return (WalletFrozen(wallet.wallet_id, command.reason),)


def unfreeze(command: UnfreezeWallet, wallet: Wallet) -> tuple[WalletUnfrozen] | Refused:
    if refused := checks.closed(wallet):
        return refused
    if wallet.status != FROZEN:
        return Refused("not_frozen", f"wallet {wallet.wallet_id} is not frozen")
    return (WalletUnfrozen(wallet.wallet_id, command.reason),)


def close(command: CloseWallet, wallet: Wallet) -> tuple[WalletClosed] | Refused:
    """A frozen wallet may close too: nothing is in it, so nothing leaves."""
    if refused := checks.closed(wallet):
        return refused
    if wallet.balance_minor != 0:
        return Refused("balance_not_zero", f"the balance is {wallet.balance_minor}")
    if wallet.reserved_minor != 0:
        return Refused("funds_reserved", f"{wallet.reserved_minor} is reserved")
    if wallet.debt_minor != 0:
        return Refused("debt_open", f"the owner owes {wallet.debt_minor}")
    return (WalletClosed(wallet.wallet_id, command.reason),)
