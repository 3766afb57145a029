"""The rules of a new payment: its items, its wallets, its sums. The order's own come after.

Units: integer minor units.
Source: the codes and their precedence stand in decide.py.
"""

import re
from collections.abc import Sequence

from domain.decision import ALREADY_EXISTS, Refused, Stream
from domain.payment.commands import CreatePayment, PaymentItem
from domain.payment.events import PaymentCreated
from domain.payment.names import REFERENCE_MAX, charge
from domain.payment.state import BALANCE, CHANNEL, ITEMS_MAX, Payment
from domain.wallet import Wallet, checks

ITEM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")  # Without '.': names.py says why.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
REFERENCE = re.compile(rf"[!-~]{{1,{REFERENCE_MAX}}}")  # Printable, no blanks.


def reads(command: CreatePayment) -> tuple[Stream, ...]:
    """The payment, the seller's wallet, then every other wallet once."""
    paying = (item.wallet_id for item in command.items if item.tool == BALANCE)
    wallets = dict.fromkeys((command.seller_wallet_id, *paying))
    return (("payment", command.payment_id), *(("wallet", each) for each in wallets))


def begins(command: CreatePayment) -> str:
    """Our number at the channel; the payment itself is version 1 of its stream."""
    channels = (item for item in command.items if item.tool == CHANNEL and item.reference)
    return next((charge(item.reference) for item in channels), "")


def create(
    command: CreatePayment, found: Sequence[Payment | Wallet | None]
) -> tuple[PaymentCreated] | Refused:
    if found[0] is not None:
        return Refused(ALREADY_EXISTS, f"payment {command.payment_id} exists")
    refused = _items(command.items) or _wallets(command, found) or _amounts(command)
    return refused or (
        PaymentCreated(
            command.payment_id,
            command.order_id,
            command.seller_wallet_id,
            command.amount_minor,
            command.commission_minor,
            command.currency,
            command.items,
        ),
    )


def _items(items: tuple[PaymentItem, ...]) -> Refused | None:
    if not items:
        return Refused("no_items", "nothing says how it is paid")
    if len(items) > ITEMS_MAX:
        return Refused("too_many_items", f"a payment has at most {ITEMS_MAX} items")
    for item in items:
        if refused := _item(item):
            return refused
    if len({item.item_id for item in items}) < len(items):
        return Refused("item_ids_not_unique", "two items have one id")
    if sum(item.tool == CHANNEL for item in items) > 1:
        return Refused("too_many_channels", "a payment charges one channel at most")
    return None


def _item(item: PaymentItem) -> Refused | None:
    """Its id, its tool, and what that tool needs; nothing of the other tool's."""
    named = f"item {item.item_id}"
    if ITEM_ID.fullmatch(item.item_id) is None:
        return Refused("item_malformed", f"{named}: an id of letters, digits, '_' and '-'")
    at_channel = (item.provider, item.merchant_account, item.reference)
    match item.tool:
        case "balance" if not item.wallet_id or any(at_channel):
            return Refused("item_malformed", f"{named}: a balance names a wallet, nothing else")
        case "channel" if item.wallet_id or not _names_a_charge(item):
            return Refused(
                "item_malformed",
                f"{named}: a channel names provider, merchant account and our number there, "
                f"at most {REFERENCE_MAX} characters",
            )
        case "balance" | "channel":
            return None
        case _:
            return Refused("tool_unknown", f"{named}: no tool {item.tool}")


def _names_a_charge(item: PaymentItem) -> bool:
    return (
        NAME.fullmatch(item.provider) is not None
        and NAME.fullmatch(item.merchant_account) is not None
        and REFERENCE.fullmatch(item.reference) is not None
    )


def _wallets(command: CreatePayment, found: Sequence[Payment | Wallet | None]) -> Refused | None:
    """All exist, then all are open, then all are in the currency; the seller's comes first."""
    named = reads(command)[1:]
    wallets: list[Wallet] = []
    for (_, wallet_id), wallet in zip(named, found[1:], strict=True):
        if wallet is None:
            return checks.unknown(wallet_id)
        assert isinstance(wallet, Wallet), "a payment reads wallets"
        wallets.append(wallet)
    closed = (checks.closed(wallet) for wallet in wallets)
    other = (checks.currency(wallet, command.currency) for wallet in wallets)
    return next((refused for refused in (*closed, *other) if refused), None)


def _amounts(command: CreatePayment) -> Refused | None:
    for amount_minor in (command.amount_minor, *(item.amount_minor for item in command.items)):
        if refused := checks.amount(amount_minor):
            return refused
    items_minor = sum(item.amount_minor for item in command.items)
    if items_minor != command.amount_minor:
        detail = f"the items sum to {items_minor}, not to {command.amount_minor}"
        return Refused("items_do_not_sum", detail)
    if command.commission_minor < 0:
        return Refused("commission_negative", "a commission is zero or more")
    if command.commission_minor > command.amount_minor:
        return Refused("commission_too_large", f"it is a part of {command.amount_minor}")
    return None
