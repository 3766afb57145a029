"""Bounded memory of what was loaded: the aggregates that a writer holds between batches.

Shape: two generations. What is used moves to the young one; when that is full, the old one is
dropped whole. So at most 2 * `limit` entries live, and no use costs more than two look-ups.
"""

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

    def update(self, entries: dict[K, V]) -> None:
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
        self._old.pop(key, None)
        self._young[key] = value
