"""Which commands and events exist, who may publish them, and which rules answer.

Shape: COMMANDS by command class, EVENTS by event class; `type_name` is the schema's full name.
Source: the aggregates of domain/; a test checks that nothing of them is missing here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from types import ModuleType
from typing import Any, cast, get_args

from domain import collection, order, payment, settlement, transfer, wallet
from domain.decision import FollowOn, Refused, Stream

AGGREGATES: tuple[ModuleType, ...] = (wallet, transfer, order, payment, collection, settlement)
# The first field of an event names its stream, so the field's name says which aggregate it is.
STREAM_OF_FIELD = {
    "wallet_id": "wallet",
    "transfer_id": "transfer",
    "incoming_id": "incoming_transfer",
    "order_id": "order",
    "payment_id": "payment",
    "collection_id": "collection",
    "batch_id": "settlement_batch",
    "settlement_id": "settlement_reference",
}
CLIENT_COMMANDS: frozenset[type] = frozenset(
    {
        wallet.OpenWallet,
        wallet.CreditWallet,
        wallet.DebitWallet,
        wallet.HoldFunds,
        wallet.CaptureHold,
        wallet.ReleaseHold,
        wallet.FreezeWallet,
        wallet.UnfreezeWallet,
        wallet.CloseWallet,
        transfer.TransferFunds,
        order.PlaceOrder,
        order.CancelOrder,
        order.DeliverOrder,
        payment.CreatePayment,
        payment.ConfirmPayment,
        payment.CancelPayment,
        payment.RefundPayment,
        settlement.ResolveBreak,
    }
)


@dataclass(frozen=True, slots=True)
class CommandRule:
    """How one type of command is answered."""

    type_name: str
    from_clients: bool
    reads: Callable[[object], tuple[Stream, ...]]
    decide: Callable[[object, object, int], tuple[object, ...] | Refused]
    begins: Callable[[object], str]


@dataclass(frozen=True, slots=True)
class EventRule:
    """Where one type of event belongs and what follows from it."""

    type_name: str
    aggregate: str
    id_of: Callable[[object], str]
    evolve: Callable[[object, object], object]
    react: Callable[[object, str], tuple[FollowOn, ...]]


def type_name(cls: type) -> str:
    """The full name of a command's or event's schema: `tally.wallet.v1.FundsHeld`."""
    return f"tally.{cls.__module__.split('.')[1]}.v1.{cls.__name__}"


def _command_rules() -> dict[type, CommandRule]:
    return {
        cls: CommandRule(
            type_name(cls), cls in CLIENT_COMMANDS, module.reads, module.decide, module.begins
        )
        for module in AGGREGATES
        for cls in cast("tuple[type, ...]", get_args(module.Command))
    }


def _event_rule(module: ModuleType, cls: Any) -> EventRule:  # noqa: ANN401 - __match_args__ is dynamic.
    first = cast("str", cls.__match_args__[0])
    return EventRule(
        type_name(cls), STREAM_OF_FIELD[first], attrgetter(first), module.evolve, module.react
    )


COMMANDS = _command_rules()
EVENTS: dict[type, EventRule] = {
    cls: _event_rule(module, cls) for module in AGGREGATES for cls in get_args(module.Event)
}
EVENTS_BY_NAME: dict[str, type] = {rule.type_name: cls for cls, rule in EVENTS.items()}
