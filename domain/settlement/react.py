"""What must happen next: whatever is expected is looked at again when its promise is over.

Shape: react(event, book) -> follow-ons. A sealed batch does not know what it leaves open; whoever
seals it asks after that, with CheckSettlement, from the read model of open references.
"""

from domain.decision import At, FollowOn
from domain.settlement.commands import CheckSettlement
from domain.settlement.events import Event, SettlementExpected


def react(event: Event, book: str) -> tuple[FollowOn, ...]:  # noqa: ARG001  (The deciders' shape.)
    if isinstance(event, SettlementExpected):
        return (At("check", event.due_us, CheckSettlement(event.settlement_id)),)
    return ()
