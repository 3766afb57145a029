"""What a proof says: invariants by stable names, each held or with its first offenders.

Shape: Findings collects offences by invariant; `report()` gives every invariant, held or not.
Bound: OFFENDERS_MAX offences are kept of each invariant, all are counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

OFFENDERS_MAX = 5
Name = Literal[
    "log_sequences_gapless",
    "log_chain_unbroken",
    "streams_gapless",
    "answers_gapless",
    "outcomes_unique",
    "bus_holds_the_log",
    "read_models_caught_up",
    "wallets_equal_streams",
    "wallets_equal_ledger",
    "ledger_equals_log",
    "trial_balance_zero",
    "orders_zero_at_rest",
    "refunds_under_way",
    "receivables_equal_open_items",
    "seller_debts_equal_wallets",
    "suspense_equals_open_breaks",
    "settling_equals_batches",
    "due_pairs_zero",
]
INVARIANTS: tuple[Name, ...] = get_args(Name)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must hold. `detail` is empty where it does."""

    name: Name
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was proven, over how many events."""

    events: int
    invariants: tuple[Invariant, ...]

    @property
    def holds(self) -> bool:
        return all(each.holds for each in self.invariants)


class Findings:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self._counts: dict[Name, int] = dict.fromkeys(INVARIANTS, 0)
        self._first: dict[Name, list[str]] = {name: [] for name in INVARIANTS}
        self.events = 0

    def wrong(self, invariant: Name, what: str) -> None:
        self._counts[invariant] += 1
        if len(self._first[invariant]) < OFFENDERS_MAX:
            self._first[invariant].append(what)

    def compare(self, invariant: Name, what: str, *, found: object, expected: object) -> None:
        if found != expected:
            said = ["nothing" if each is None else str(each) for each in (found, expected)]
            self.wrong(invariant, "{}: found {}, expected {}".format(what, *said))

    def report(self) -> Report:
        return Report(self.events, tuple(self._invariant(name) for name in INVARIANTS))

    def _invariant(self, name: Name) -> Invariant:
        count, first = self._counts[name], self._first[name]
        more = f" and {count - len(first)} more" if count > len(first) else ""
        return Invariant(name, not count, "; ".join(first) + more)
