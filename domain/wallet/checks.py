"""The checks that several rules of a wallet share, each of them None or the refusal.

Units: integer minor units.
Source: the precedence of refusals stands in decide.py; rules call these in that order.
"""

from domain.decision import Refused
from domain.money import AMOUNT_MAX, BALANCE_MAX
from domain.wallet.state import CLOSED, FROZEN, Wallet


def unknown(wallet_id: str) -> Refused:
    return Refused("wallet_unknown", f"no wallet {wallet_id} in this book")


def closed(wallet: Wallet) -> Refused | None:
    """Whether its end keeps anything from happening to it."""
    if wallet.status == CLOSED:
        return Refused("wallet_closed", f"wallet {wallet.wallet_id} is closed")
    return None


def standing(wallet: Wallet) -> Refused | None:
    """Whether its status keeps money from leaving."""
    if wallet.status == FROZEN:
        return Refused("wallet_frozen", f"wallet {wallet.wallet_id} is frozen")
    return closed(wallet)


def currency(wallet: Wallet, asked: str) -> Refused | None:
    if asked != wallet.currency:
        detail = f"wallet {wallet.wallet_id} is in {wallet.currency}, not in {asked}"
        return Refused("currency_mismatch", detail)
    return None


def amount(amount_minor: int) -> Refused | None:
    if amount_minor <= 0:
        return Refused("amount_not_positive", f"an amount is above zero, not {amount_minor}")
    if amount_minor > AMOUNT_MAX:
        return Refused("amount_too_large", f"one amount is at most {AMOUNT_MAX}")
    return None


def room(wallet: Wallet, amount_minor: int) -> Refused | None:
    """Whether the balance may rise by this much."""
    if wallet.balance_minor + amount_minor > BALANCE_MAX:
        detail = f"the balance of {wallet.wallet_id} would pass {BALANCE_MAX}"
        return Refused("balance_limit_exceeded", detail)
    return None


def funds(wallet: Wallet, amount_minor: int) -> Refused | None:
    """Whether this much is available, the overdraft limit included."""
    if wallet.available_minor - amount_minor < -wallet.overdraft_limit_minor:
        detail = f"{wallet.available_minor} available, overdraft {wallet.overdraft_limit_minor}"
        return Refused("insufficient_funds", f"{detail}, {amount_minor} asked")
    return None
