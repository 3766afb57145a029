"""How long to wait before the next try: longer each time, up to a bound.

Shape: Backoff().pause_s(ran_s=…) after each failure; a try that ran well for HEALTHY_S seconds
counts as a recovery, and the pauses begin anew.
Units: seconds. Pauses: 0.5, 1, 2, 4, 8, 16, 30, 30, …: a dead program costs two starts a minute.
Who waits for a server goes to AWAY_MAX_S only: a look costs little, and what is back is used soon.
"""

from dataclasses import dataclass

FIRST_S = 0.5
FACTOR = 2.0
MAX_S = 30.0
AWAY_MAX_S = 5.0
HEALTHY_S = 60.0


@dataclass(slots=True)
class Backoff:
    """The pauses of one thing that is tried again and again."""

    max_s: float = MAX_S
    _next_s: float = 0.0

    def pause_s(self, *, ran_s: float) -> float:
        """The pause after a try that lasted so long."""
        if self._next_s == 0.0 or ran_s >= HEALTHY_S:
            self._next_s = FIRST_S
        pause_s = self._next_s
        self._next_s = min(self.max_s, pause_s * FACTOR)
        return pause_s
