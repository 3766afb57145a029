"""What a batch knows while it is decided: what it has done itself, over memory and store.

Shape: `known[stream]` is the stream's aggregate as the batch has left it so far; `facts` are the
things that have begun, by their keys; `touched` the aggregates that the batch has changed.
Errors: Missing, where a stream must be loaded first.
"""

from commands.memory import Memory
from commands.ports import Loaded
from domain.decision import Stream


class Missing(Exception):  # noqa: N818 - a request, not an error.
    """These streams are not in memory yet."""

    def __init__(self, streams: tuple[Stream, ...]) -> None:
        super().__init__(str(streams))
        self.streams = streams


class Known(dict[Stream, Loaded]):
    """Aggregates by stream. A dictionary, since every command asks it several times."""

    def __init__(
        self, memory: Memory[Stream, Loaded], before: dict[Stream, Loaded], facts: set[bytes]
    ) -> None:
        super().__init__(before)
        self.facts = facts
        self.touched: dict[Stream, Loaded] = {}
        self._memory = memory

    def __missing__(self, stream: Stream) -> Loaded:
        found = self._memory.get(stream)
        if found is None:
            raise Missing((stream,))
        self[stream] = found
        return found

    def lacks(self, stream: Stream) -> bool:
        """Whether it must be loaded."""
        return stream not in self and self._memory.get(stream) is None

    def keep(self, changed: dict[Stream, Loaded], begun: set[bytes]) -> None:
        """A command was accepted."""
        self.update(changed)
        self.touched.update(changed)
        self.facts |= begun
