"""What a collection answers to a command.

Units: integer minor units; days are YYYY-MM-DD.
Errors: Refused, a value. AssertionError where a payment gives back what was not charged.

An outcome is an outside fact: recorded once, a repeat is (). After an end, unknown says nothing.
A refusal may be followed by a success, which counts. What speaks against a success is recorded
once a kind and moves no money: a refusal, or a success under another number of the channel, which
may be a second charge.

Refusals, the first that applies is answered:
1. existence  already_exists, collection_unknown, refund_unknown
2. form       outcome_unknown_word, day_malformed (of a success: its day enters the books)
"""

from datetime import date

from domain.collection.commands import (
    Command,
    RecordChargeOutcome,
    RecordRefundOutcome,
    StartCollection,
    StartRefund,
)
from domain.collection.events import (
    CollectionRefundRefused,
    CollectionRefundStarted,
    CollectionRefundSucceeded,
    CollectionRefundUnknown,
    CollectionRefused,
    CollectionStarted,
    CollectionSucceeded,
    CollectionUnknown,
    Event,
    OutcomeContradicted,
)
from domain.collection.state import (
    REFUSED,
    SUCCEEDED,
    UNKNOWN,
    ChannelRefund,
    Charge,
    Collection,
    RefusedCollection,
    StartedCollection,
    SucceededCollection,
    UnknownCollection,
)
from domain.decision import ALREADY_EXISTS, Refused, Stream

OUTCOMES = (SUCCEEDED, REFUSED, UNKNOWN)
Outcome = RecordChargeOutcome | RecordRefundOutcome


def reads(command: Command) -> tuple[Stream, ...]:
    return (("collection", command.collection_id),)


def begins(command: Command) -> str:
    """Nothing: the payment has named charge and refund once in the book (payment/names.py)."""
    del command
    return ""


def decide(command: Command, state: Collection | None, at_us: int) -> tuple[Event, ...] | Refused:
    del at_us  # No rule of a collection asks what time it is.
    match command:
        case StartCollection():
            return _start(command, state)
        case _ if state is None:
            return Refused("collection_unknown", f"no collection {command.collection_id}")
        case StartRefund():
            return _start_refund(command, state)
        case RecordChargeOutcome():
            return _malformed(command) or _charge_outcome(command, state)
        case RecordRefundOutcome():
            return _refund_outcome(command, state)


def _start(
    command: StartCollection, state: Collection | None
) -> tuple[CollectionStarted] | Refused:
    if state is not None:
        return Refused(ALREADY_EXISTS, f"collection {command.collection_id} exists")
    return (
        CollectionStarted(
            command.collection_id,
            command.payment_id,
            command.item_id,
            command.provider,
            command.merchant_account,
            command.reference,
            command.amount_minor,
            command.currency,
        ),
    )


def _charge_outcome(command: RecordChargeOutcome, state: Collection) -> tuple[Event, ...]:
    charge = state.charge
    named = (charge.collection_id, charge.payment_id, charge.item_id)
    match state, command.outcome:
        case ((StartedCollection() | UnknownCollection() | RefusedCollection()), "succeeded"):
            return (_succeeded(command, charge),)
        case ((StartedCollection() | UnknownCollection()), "refused"):
            return (CollectionRefused(*named, command.code),)
        case StartedCollection(), "unknown":
            return (CollectionUnknown(*named, command.code),)
        case SucceededCollection(), _:
            return _contradicted(command, state.provider_reference, state.contradicted)
        case _:
            return ()


def _succeeded(command: RecordChargeOutcome, charge: Charge) -> CollectionSucceeded:
    return CollectionSucceeded(
        charge.collection_id,
        charge.payment_id,
        charge.item_id,
        charge.provider,
        charge.merchant_account,
        charge.reference,
        charge.amount_minor,
        charge.currency,
        command.provider_reference,
        command.occurred_on,
    )


def _start_refund(
    command: StartRefund, state: Collection
) -> tuple[CollectionRefundStarted] | Refused:
    assert isinstance(state, SucceededCollection), "what was not charged is given back"
    if command.refund_id in state.refunds:
        return Refused(ALREADY_EXISTS, f"refund {command.refund_id} exists")
    charge = state.charge
    assert command.currency == charge.currency, "a refund in another currency"
    assert command.amount_minor > 0, "a refund of nothing"
    left_minor = charge.amount_minor - state.refunded_minor
    assert command.amount_minor <= left_minor, "more is given back than was charged"
    return (
        CollectionRefundStarted(
            charge.collection_id,
            charge.payment_id,
            charge.item_id,
            command.refund_id,
            charge.provider,
            charge.merchant_account,
            charge.reference,
            command.amount_minor,
            charge.currency,
        ),
    )


def _refund_outcome(command: RecordRefundOutcome, state: Collection) -> tuple[Event, ...] | Refused:
    succeeded = isinstance(state, SucceededCollection)
    found = state.refunds.get(command.refund_id) if succeeded else None
    if found is None:
        return Refused("refund_unknown", f"no refund {command.refund_id} at this collection")
    if refused := _malformed(command):
        return refused
    charge = state.charge
    named = (charge.collection_id, charge.payment_id, charge.item_id, command.refund_id)
    match found.outcome, command.outcome:
        case (("started" | "unknown" | "refused"), "succeeded"):
            return (_refund_succeeded(command, charge, found),)
        case (("started" | "unknown"), "refused"):
            return (CollectionRefundRefused(*named, command.code),)
        case "started", "unknown":
            return (CollectionRefundUnknown(*named, command.code),)
        case "succeeded", _:
            return _contradicted(command, found.provider_reference, found.contradicted)
        case _:
            return ()


def _refund_succeeded(
    command: RecordRefundOutcome, charge: Charge, found: ChannelRefund
) -> CollectionRefundSucceeded:
    return CollectionRefundSucceeded(
        charge.collection_id,
        charge.payment_id,
        charge.item_id,
        command.refund_id,
        charge.provider,
        charge.merchant_account,
        found.amount_minor,
        charge.currency,
        command.provider_reference,
        command.occurred_on,
    )


def _contradicted(
    command: Outcome, provider_reference: str, contradicted: tuple[str, ...]
) -> tuple[OutcomeContradicted] | tuple[()]:
    """What is told against a success. Two empty or equal numbers of the channel are one thing."""
    again = command.provider_reference in ("", provider_reference) or not provider_reference
    if command.outcome == UNKNOWN or (command.outcome == SUCCEEDED and again):
        return ()
    if command.outcome in contradicted:
        return ()
    refund_id = command.refund_id if isinstance(command, RecordRefundOutcome) else ""
    recorded, reported = SUCCEEDED, command.outcome
    if command.outcome == SUCCEEDED:
        recorded = f"{SUCCEEDED}:{provider_reference}"
        reported = f"{SUCCEEDED}:{command.provider_reference}"
    return (OutcomeContradicted(command.collection_id, refund_id, recorded, reported),)


def _malformed(command: Outcome) -> Refused | None:
    if command.outcome not in OUTCOMES:
        return Refused("outcome_unknown_word", f"no outcome {command.outcome}")
    if command.outcome == SUCCEEDED and not _is_day(command.occurred_on):
        return Refused("day_malformed", f"{command.occurred_on} is no YYYY-MM-DD")
    return None


def _is_day(text: str) -> bool:
    """Whether it is a day in that form alone; the reader of ISO 8601 takes others too."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
