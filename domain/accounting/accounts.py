"""The chart of accounts: every name that a ledger line may carry.

Shape: `<type>:<what>[:<id>]`, where type is asset, liability, income, expense, external,
suspense or due. Only this module spells account names.
"""

WALLET = "liability:wallet:"
HELD = ":held"
COMMISSION = "income:commission"
ROUNDING = "expense:rounding"
WRITEOFF = "expense:writeoff"


def wallet(wallet_id: str) -> str:
    """What is available in a wallet."""
    return WALLET + wallet_id


def wallet_held(wallet_id: str) -> str:
    """What is reserved in a wallet: holds and pending money."""
    return WALLET + wallet_id + HELD


def external(source: str) -> str:
    """The world outside: where deposits come from and withdrawals go to."""
    return "external:" + source


def order(payment_id: str) -> str:
    """Paid by the buyer, not yet the seller's: zero at rest."""
    return "liability:order:" + payment_id


def refund(refund_id: str) -> str:
    """Taken back from the seller, not yet the buyer's."""
    return "liability:refund:" + refund_id


def receivable(provider: str) -> str:
    """What a channel owes us for charges less refunds."""
    return "asset:receivable:" + provider


def seller_debt(wallet_id: str) -> str:
    """What a seller owes us."""
    return "asset:receivable:seller:" + wallet_id


def settling(batch_id: str) -> str:
    """Settled by the provider's file, not yet seen at the bank."""
    return "asset:settling:" + batch_id


def provider_fee(provider: str) -> str:
    """What a channel costs."""
    return "expense:fee:" + provider


def suspense(break_id: str) -> str:
    """A difference that somebody must explain: zero once resolved."""
    return "suspense:break:" + break_id


def due(book: str) -> str:
    """Between this book and another; the two nets are zero."""
    return "due:" + book
