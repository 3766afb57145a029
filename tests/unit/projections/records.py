"""Events as the read side is fed with them: numbered, timed, and counted in their streams.

Shape: record(events) -> Recorded, one an event. Three events in a row share their moment, as those
of one command do.
Units: microseconds since 1970, days since 1970.
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from commands.catalogue import type_name
from projections.recorded import Recorded
from tests.unit.domain.memory_book import START_US, stream_of

DAY_US = 86_400_000_000
SECOND_US = 1_000_000


def at_us(sequence: int) -> int:
    return START_US + sequence // 3 * SECOND_US


def record(events: Iterable[object]) -> list[Recorded]:
    versions = Counter[tuple[str, str]]()
    records: list[Recorded] = []
    for sequence, event in enumerate(events, start=1):
        stream = stream_of(event)
        versions[stream] += 1
        records.append(
            Recorded(
                sequence,
                at_us(sequence),
                at_us(sequence) // DAY_US,
                *stream,
                versions[stream],
                type_name(type(event)),
                event,
                sha256(str(sequence).encode()).digest()[:16],
                f"affair-{sequence % 7}",
            )
        )
    return records


def unknown(recorded: Recorded, event: object) -> Recorded:
    """The same place in the log, with something there that nobody knows."""
    return recorded._replace(event=event, type_name="tally.wallet.v1.FundsBlessed")
