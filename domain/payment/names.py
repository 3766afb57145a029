"""What a payment calls the things that it begins elsewhere. Nothing else spells these names.

Clients' ids match [A-Za-z0-9][A-Za-z0-9._-]{0,63}, so a name with ':', '/' or '@' is ours alone.
Movements are named once in a book, whatever kind they are: ours end in `:<word>`, an item's in
`/<item>`, so that an item called "seller" or "share" meets none of ours.
A collection is `<payment>.<item>`; an item's id holds no '.', so that the last one parts the two.

Late refunds: a charge that succeeds after its payment ended is given back under the number
`late@<our number of the charge>`. It goes to the channel as our refund number and comes back in
its settlement file, so it must be one that channels take: WeChat Pay allows 64 of letters, digits
and _-|*@ (neither ':' nor '/'). '@' keeps it apart from every refund number of a client.
"""

LATE = "late@"
REFUND_NUMBER_MAX = 64  # Characters of our refund number: WeChat Pay and Alipay take no more.
REFERENCE_MAX = REFUND_NUMBER_MAX - len(LATE)  # 59; WeChat Pay takes 32 in a charge's number.


def owner(payment_id: str) -> str:
    """Who owns the holds of a payment."""
    return f"payment:{payment_id}"


def hold(payment_id: str, *, item_id: str) -> str:
    return f"payment:{payment_id}/{item_id}"


def share(payment_id: str) -> str:
    """The movement that brings the seller's share, pending."""
    return f"payment:{payment_id}:share"


def release(payment_id: str) -> str:
    """The movement that makes the seller's share available."""
    return f"payment:{payment_id}:release"


def collection(payment_id: str, *, item_id: str) -> str:
    return f"{payment_id}.{item_id}"


def charge(reference: str) -> str:
    """Our number at a channel, named once in a book: a second charge needs another number."""
    return f"charge:{reference}"


def refund(refund_id: str) -> str:
    """Our refund number, named once in a book: it is a key at the channel too."""
    return f"refund:{refund_id}"


def reclaim(refund_id: str) -> str:
    """The movement that takes a refund back from the seller."""
    return f"refund:{refund_id}:seller"


def give_back(refund_id: str, *, item_id: str) -> str:
    """The movement that brings an item's part of a refund."""
    return f"refund:{refund_id}/{item_id}"


def late_refund(reference: str) -> str:
    return LATE + reference
