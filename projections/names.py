"""What is remembered of names: in rows a number stands for a name, and the name is told once.

Shape: Names.scope(scope) -> the dictionary of one scope (such as a book), to look names up in;
promote(scope, name) asks the older generation. Bounded: two generations, of which the older is
dropped when the younger is half of the bound. That happens in `begin`, between batches only, so
that within a batch all users of a name hold one entry.
Bound: NAMES_MAX entries and those of one batch; 150 to 300 bytes each.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

NAMES_MAX = 200_000
Scope = TypeVar("Scope", bound=Hashable)
Entry = TypeVar("Entry")


class Names(Generic[Scope, Entry]):
    """Dictionaries that forget what was not asked for in a long time."""

    def __init__(self, names_max: int = NAMES_MAX) -> None:
        self.half = max(1, names_max // 2)
        self.young: dict[Scope, dict[str, Entry]] = {}
        self.old: dict[Scope, dict[str, Entry]] = {}

    def begin(self) -> None:
        """Before a batch: make room."""
        if sum(map(len, self.young.values())) >= self.half:
            self.old, self.young = self.young, {}

    def scope(self, scope: Scope) -> dict[str, Entry]:
        found = self.young.get(scope)
        if found is None:
            found = self.young[scope] = {}
        return found

    def promote(self, scope: Scope, name: str) -> Entry | None:
        """What the older generation knows, kept from now on in the younger."""
        names = self.old.get(scope)
        found = names.get(name) if names else None
        if found is not None:
            self.scope(scope)[name] = found
        return found

    def forget(self) -> None:
        self.young, self.old = {}, {}
