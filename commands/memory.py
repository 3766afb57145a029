"""Bounded memory of what was loaded: the aggregates that a writer holds between batches.

Shape: two generations. What is used is in the young one; when that is full, it becomes the old
one, and what was old is dropped whole. So at most 2 * `limit` entries live, and no use costs more
than two look-ups. What lies in both is read from the young one, which is newer.
"""

from collections.abc import Iterable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """A mapping that forgets what was not used for long."""

    def __init__(self, limit: int) -> None:
        assert limit > 0, "a memory of nothing"
        self.limit = limit
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is not None:
                self._put(key, found)
        return found

    def of(self, keys: Iterable[K]) -> tuple[dict[K, V], list[K]]:
        """What it has of these, and which it has not."""
        found: dict[K, V] = {}
        lacking: list[K] = []
        for key in keys:
            value = self._young.get(key) or self.get(key)
            if value is None:
                lacking.append(key)
            else:
                found[key] = value
        return found, lacking

    def update(self, entries: dict[K, V]) -> None:
        if len(self._young) + len(entries) <= self.limit:
            self._young.update(entries)  # At once, which takes a fifth of the time.
            return
        for key, value in entries.items():
            self._put(key, value)

    def clear(self) -> None:
        self._young = {}
        self._old = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _put(self, key: K, value: V) -> None:
        if len(self._young) >= self.limit and key not in self._young:
            self._old = self._young
            self._young = {}
        self._young[key] = value
