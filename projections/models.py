"""The read models, each made afresh for whoever builds them: they remember what they wrote.

Shape: event_models() are fed with a book's events and stand at places in it; commands() with its
answers. Dead letters have no order to stand in (dead_letters.py).
"""

from projections.answers import Commands
from projections.charges import Collections
from projections.dead_letters import DeadLetters
from projections.ledger import Ledger
from projections.model import Feed, Model
from projections.orders import Orders
from projections.payments import Payments
from projections.settlement import Settlement
from projections.wallets import Wallets

EVENT_MODELS: tuple[type[Model], ...] = (
    Wallets,
    Ledger,
    Orders,
    Payments,
    Collections,
    Settlement,
)
MODELS: tuple[type[Model], ...] = (*EVENT_MODELS, Commands, DeadLetters)
REBUILT = tuple(model.name for model in MODELS if model is not DeadLetters)


def event_models() -> list[Model]:
    """One of each that is fed with events."""
    return [model() for model in EVENT_MODELS]


def all_models() -> list[Model]:
    return [model() for model in MODELS]


def by_name(name: str) -> Model | None:
    """One of a name, fresh; none of that name, None."""
    return next((model() for model in MODELS if model.name == name), None)


def feed_of(name: str) -> Feed:
    """Which records a model is fed; of an older program's model, events."""
    found = by_name(name)
    return found.feed if found else "events"
