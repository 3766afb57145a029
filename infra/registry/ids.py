"""Which schema has which id: ours, registered at the start, and those that others wrote by.

Units: seconds. Shape: register_all(registry) -> our ids by full name. SchemaIds(registry, ours):
`ours` by the names that their records are stored under; `of(id)` -> Known, None for an id that the
registry does not have, or was not asked for: `why_unknown(id)` says which.
Errors: Outage of the registry; Malformed(code="schema_not_accepted") for a schema that is no record
we would read by, each time it is asked for; a schema of ours that the registry refuses is
Outage(retry=False): this release does not fit what is registered.
Bounds: KNOWN_MAX schemas (about 10 KB each) and UNKNOWN_MAX ids are remembered, the oldest goes.
MISSES_MAX questions in vain within UNKNOWN_FOR_S: whoever floods a topic with ids of nothing costs
a partition a twentieth of its time. Until it is over, ids never met before are not asked for; ours
are known from the start.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from commands.outage import Outage
from infra.registry.client import COMPATIBILITY, CONNECTIONS_MAX, Registry, Rejected
from schemas import editions, files
from schemas.codec import reading_of, unlike_ours
from schemas.malformed import Malformed
from schemas.writers import Writer, writer

KNOWN_MAX = 2_000
UNKNOWN_MAX = 10_000
MISSES_MAX = 50  # At 5 ms each, 250 ms in 5 s.
UNKNOWN_FOR_S = 5.0  # A record may overtake its schema on a registry of several nodes.
UNKNOWN_SCHEMA, SCHEMA_NOT_ASKED = "unknown_schema", "schema_not_asked"

Value = TypeVar("Value")


class Known(NamedTuple):
    """A schema. `written` is None where its records have our bytes."""

    full_name: str
    written: Writer | None


def register_all(registry: Registry, texts: Mapping[str, str] | None = None) -> dict[str, int]:
    """Register every schema under its full name; its id by that name."""
    left = dict(files.texts() if texts is None else texts)
    ids: dict[str, int] = {}
    if left:  # One alone: a registry that is not there is met once, not by every thread.
        first = next(iter(left))
        ids[first] = _register(registry, full_name=first, text=left.pop(first))
    with ThreadPoolExecutor(CONNECTIONS_MAX) as pool:
        waiting = {
            name: pool.submit(_register, registry, full_name=name, text=text)
            for name, text in left.items()
        }
        try:
            return ids | {name: future.result() for name, future in waiting.items()}
        except Outage:
            pool.shutdown(cancel_futures=True)
            raise


def register_earlier(registry: Registry) -> dict[str, int]:
    """Register what our schemas were before; ids by the name that their records are stored under.

    Before those in force, so that these are the latest versions on a new registry too.
    """
    return {
        name: _register(registry, full_name=editions.parted(name)[0], text=text)
        for name, text in editions.earlier().items()
    }


def _register(registry: Registry, *, full_name: str, text: str) -> int:
    """Two questions when nothing is new: the rule may be missing though the schema is there."""
    found = registry.id_of(subject=full_name, text=text)
    if found is not None and registry.compatibility(full_name) == COMPATIBILITY:
        return found
    registry.set_compatibility(full_name)
    registered = registry.register(subject=full_name, text=text)
    if isinstance(registered, Rejected):
        said = f"the registry refuses the schema of {full_name}: {registered.detail}"
        raise Outage(said, retry=False)
    return registered


class SchemaIds:
    def __init__(
        self,
        registry: Registry,
        ours: Mapping[str, int] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry, self._clock = registry, clock
        self._ours = {
            schema_id: Known(*reading_of(name)) for name, schema_id in (ours or {}).items()
        }
        self._known: dict[int, Known | Malformed] = {}
        self._unknown: dict[int, float] = {}
        self._missed_at_s = deque[float](maxlen=MISSES_MAX)

    def of(self, schema_id: int) -> Known | None:
        """The schema of an id; asks the registry once for it, and never for one of ours."""
        own = self._ours.get(schema_id)
        if own is not None:
            return own
        known = self._known.get(schema_id)
        if known is None:
            known = self._fetched(schema_id)
        if isinstance(known, Malformed):
            raise Malformed(known.detail, code=known.code)
        return known

    def _fetched(self, schema_id: int) -> Known | Malformed | None:
        if self._is_unknown(schema_id) or self._flooded():
            return None
        text = self._registry.schema_by_id(schema_id)
        if text is None:
            now_s = self._clock()
            self._missed_at_s.append(now_s)
            _remember(self._unknown, schema_id, now_s + UNKNOWN_FOR_S, at_most=UNKNOWN_MAX)
            return None
        known = _known(text)
        _remember(self._known, schema_id, known, at_most=KNOWN_MAX)
        return known

    def why_unknown(self, schema_id: int) -> Malformed:
        """What a record is told whose schema is None."""
        if self._is_unknown(schema_id):
            return Malformed(f"the registry has no schema {schema_id}", code=UNKNOWN_SCHEMA)
        said = f"schema {schema_id} was not asked for: too many unknown ids just then; redrive it"
        return Malformed(said, code=SCHEMA_NOT_ASKED)

    def _is_unknown(self, schema_id: int) -> bool:
        return self._clock() < self._unknown.get(schema_id, 0.0)

    def _flooded(self) -> bool:
        missed = self._missed_at_s
        return len(missed) == MISSES_MAX and self._clock() - missed[0] < UNKNOWN_FOR_S


def _known(text: str) -> Known | Malformed:
    try:
        written = writer(text)
    except Malformed as malformed:
        return malformed
    return Known(written.full_name, unlike_ours(written))


def _remember(kept: dict[int, Value], key: int, value: Value, *, at_most: int) -> None:
    kept.pop(key, None)
    if len(kept) >= at_most:
        del kept[next(iter(kept))]
    kept[key] = value
