"""Which class has which name on the wire.

Shape: `tally.<aggregate>.v1.<Class>` is the record's full name, its subject at the registry and
what the name begins with that it is stored under (schemas/editions.py). TYPES maps it to the class,
FULL_NAMES back.
Source: the unions `Command` and `Event` of every aggregate.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from domain.collection import commands as collection_commands
from domain.collection import events as collection_events
from domain.order import commands as order_commands
from domain.order import events as order_events
from domain.payment import commands as payment_commands
from domain.payment import events as payment_events
from domain.settlement import commands as settlement_commands
from domain.settlement import events as settlement_events
from domain.transfer import commands as transfer_commands
from domain.transfer import events as transfer_events
from domain.wallet import commands as wallet_commands
from domain.wallet import events as wallet_events

Command = (
    collection_commands.Command
    | order_commands.Command
    | payment_commands.Command
    | settlement_commands.Command
    | transfer_commands.Command
    | wallet_commands.Command
)
Event = (
    collection_events.Event
    | order_events.Event
    | payment_events.Event
    | settlement_events.Event
    | transfer_events.Event
    | wallet_events.Event
)


def folder_of(cls: type) -> str:
    """The aggregate's folder, of a class in `domain.<folder>.commands` or `.events`."""
    _, folder, _ = cls.__module__.split(".")
    return folder


def _by_name(classes: tuple[type, ...]) -> Mapping[str, type]:
    named = {f"tally.{folder_of(cls)}.v1.{cls.__name__}": cls for cls in classes}
    assert len(named) == len(classes), "two classes have one name"
    return MappingProxyType(named)


COMMANDS: Mapping[str, type[Command]] = _by_name(get_args(Command))
EVENTS: Mapping[str, type[Event]] = _by_name(get_args(Event))
TYPES: Mapping[str, type[Command | Event]] = MappingProxyType({**COMMANDS, **EVENTS})
FULL_NAMES: Mapping[type, str] = MappingProxyType({cls: name for name, cls in TYPES.items()})
