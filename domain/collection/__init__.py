"""The collection: one charge at one channel, and its refunds there.

Shape: commands, events, a class for each state; reads, begins, decide, evolve and react are its
rules.
"""

from domain.collection.commands import (
    Command,
    RecordChargeOutcome,
    RecordRefundOutcome,
    StartCollection,
    StartRefund,
)
from domain.collection.decide import begins, decide, reads
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
from domain.collection.evolve import evolve
from domain.collection.react import react
from domain.collection.state import (
    STATES,
    ChannelRefund,
    Charge,
    Collection,
    RefusedCollection,
    StartedCollection,
    SucceededCollection,
    UnknownCollection,
)

__all__ = [
    "STATES",
    "ChannelRefund",
    "Charge",
    "Collection",
    "CollectionRefundRefused",
    "CollectionRefundStarted",
    "CollectionRefundSucceeded",
    "CollectionRefundUnknown",
    "CollectionRefused",
    "CollectionStarted",
    "CollectionSucceeded",
    "CollectionUnknown",
    "Command",
    "Event",
    "OutcomeContradicted",
    "RecordChargeOutcome",
    "RecordRefundOutcome",
    "RefusedCollection",
    "StartCollection",
    "StartRefund",
    "StartedCollection",
    "SucceededCollection",
    "UnknownCollection",
    "begins",
    "decide",
    "evolve",
    "react",
    "reads",
]
