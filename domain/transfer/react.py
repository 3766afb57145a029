"""What must happen after a transfer's event: try there, then confirm or fail here.

Shape: started -> hold here (its refusal refuses the transfer), offer it to the other book ->
received there: confirm here -> completed: capture; refused there: fail here -> release.
FailTransfer is sent with an empty `code`: whoever carries a refusal back sets the field `code` of
an on_refusal command, where it has one, to the refusal's code.
"""

from domain.accounting.accounts import due
from domain.decision import Do, FollowOn, Try
from domain.transfer.commands import ConfirmTransfer, FailTransfer, ReceiveTransfer
from domain.transfer.events import (
    Event,
    TransferCompleted,
    TransferFailed,
    TransferReceived,
    TransferStarted,
)
from domain.wallet import CaptureForOwner, HoldForOwner, ReleaseForOwner


def react(event: Event, book: str) -> tuple[FollowOn, ...]:
    match event:
        case TransferStarted():
            return _offer(event, book)
        case TransferReceived():
            confirm = ConfirmTransfer(event.transfer_id)
            return (Try("confirm", confirm, book=event.source_book),)
        case TransferCompleted():
            name = hold_name(event.transfer_id)
            account = due(event.destination_book)
            return (Do("capture", CaptureForOwner(event.source_wallet_id, name, name, account)),)
        case TransferFailed():
            name = hold_name(event.transfer_id)
            release = ReleaseForOwner(event.source_wallet_id, name, name, event.code)
            return (Do("release", release),)


def hold_name(transfer_id: str) -> str:
    """A transfer's hold and its owner; no client's hold can be named so."""
    return f"transfer:{transfer_id}"


def _offer(event: TransferStarted, book: str) -> tuple[FollowOn, ...]:
    name = hold_name(event.transfer_id)
    hold = HoldForOwner(event.source_wallet_id, name, name, event.amount_minor, event.currency)
    receive = ReceiveTransfer(
        f"{book}/{event.transfer_id}",
        event.transfer_id,
        book,
        event.source_wallet_id,
        event.destination_wallet_id,
        event.amount_minor,
        event.currency,
    )
    refused = FailTransfer(event.transfer_id, code="")
    return (
        Do("hold", hold),
        Try("receive", receive, book=event.destination_book, on_refusal=refused),
    )
