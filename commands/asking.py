"""What the commands of a batch ask for, all together, before the first of them is decided.

Shape: asked_by(incoming) -> Wanted; None, where it is refused whatever it wants, or where asking
made us fail: it is asked again in its turn, and costs one command there as any other bug does.
`facts_of` are the keys of all that begins.
"""

from collections.abc import Iterable

from commands.catalogue import COMMANDS
from commands.execution import Wanted, wanted
from commands.incoming import Incoming, Origin


def asked_by(incoming: Incoming) -> Wanted | None:
    """What a command reads and begins, as far as that counts."""
    if incoming.refused is not None or not allowed(incoming):
        return None
    try:
        return wanted(incoming.command)
    except Exception:  # noqa: BLE001 - it fails again in its turn, and is told there.
        return None


def allowed(incoming: Incoming) -> bool:
    """Whether its type is accepted from where it came."""
    return incoming.origin is not Origin.COMMANDS or COMMANDS[type(incoming.command)].from_clients


def facts_of(asked: Iterable[Wanted | None]) -> set[bytes]:
    """The keys of all that is begun."""
    return {wants.fact_key for wants in asked if wants is not None and wants.fact_key is not None}
