"""The day of business, played on a running system from outside, as upstream services would.

Shape: Play(surroundings, …).all() publishes the commands, has the channel answered by the replay
provider, imports the bills and gives a Played: everything that the report needs.
Rules: waits are for facts that can be read (answers, positions of read models), each bounded.
Errors: Outage, Stopped; Unfinished, where a fact does not come true in time.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import psycopg

from cli.demo.business import SHOP, Business, Step
from cli.demo.progressing import Shown
from cli.demo.transfers import Crowd
from consumers.asking import Ask, Asker, Stopped
from consumers.intake.importing import import_file
from consumers.intake.reporting import ImportReport
from consumers.surroundings import FIRST_BOOK, Surroundings
from providers import formats
from providers.settlement_file import FileProof, FileRefused
from providers.wechat.bill import REAL_BILL, BillRow, read_rows, write_bill
from providers.wechat.plant import Planted, plant
from schemas.meta import CommandMeta

PATIENCE_S = 60.0
LOOK_S = 0.02
EXPECTED = "SELECT count(*) FROM read.settlement_references WHERE expected IS NOT NULL"
CAUGHT_UP = """SELECT bool_and(p.sequence >= CASE p.model
    WHEN 'commands' THEN h.last_answer ELSE h.last_sequence END) AND count(*) >= 7
FROM read.position p, book_main.head h WHERE p.book = 'main'"""


class Unfinished(Exception):  # noqa: N818 - what the demo is.
    """Something did not come true in time."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the crowd is, and by which chance it moves."""

    wallets: int
    transfers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Played:
    """What was done."""

    commands: int
    refused: int
    duration_s: float
    original: FileProof
    imported: ImportReport
    planted: tuple[Planted, ...]


class Play:
    """One day. `folder` takes the bills that are made for it."""

    def __init__(
        self, surroundings: Surroundings, folder: Path, scale: Scale, shown: Shown, stop: Event
    ) -> None:
        self._surroundings = surroundings
        self._folder = folder
        self._scale = scale
        self._shown = shown
        self._stop = stop
        self._commands = self._refused = 0
        self.rows = tuple(read_rows(REAL_BILL))
        self.business = Business(self.rows)

    def all(self) -> Played:
        """The day before, the crowd, the day, and its bill."""
        original = formats.prove(REAL_BILL)
        if isinstance(original, FileRefused):
            raise Unfinished(f"the shipped bill does not prove: {original.message}")
        crowd = Crowd(
            wallets=self._scale.wallets, transfers=self._scale.transfers, seed=self._scale.seed
        )
        with (
            Asker(self._surroundings, stop=self._stop) as asker,
            psycopg.connect(self._surroundings.settings.postgres, autocommit=True) as connection,
        ):
            self._connection = connection
            before = [*self.business.opening(), *self.business.day_before()]
            self._ask(asker, "commands of the day before", before, total=len(before))
            self._until("the day before is paid", self._expects(len(self.business.earlier)))
            self._import("earlier", tuple(self.business.earlier_bill()))
            began_at_s = time.monotonic()
            commands_before = self._commands
            self._ask(
                asker,
                "commands that open and fund wallets",
                crowd.opening(),
                total=2 * self._scale.wallets,
            )
            self._ask(asker, "transfers", crowd.transfers(), total=self._scale.transfers)
            day = [*self.business.day()]
            self._ask(asker, "commands of orders, payments, refunds", day, total=len(day))
            expected = len(self.business.earlier) + len(self.rows)
            self._until("the channel has answered", self._expects(expected))
            self._until("the read models are caught up", self._caught_up)
            duration_s = time.monotonic() - began_at_s
            changed, planted = plant(self.rows, self._scale.seed)
            imported = self._import("bill", changed)
            self._until("the read models are caught up", self._caught_up)
        commands = self._commands - commands_before
        return Played(commands, self._refused, duration_s, original, imported, planted)

    def _ask(self, asker: Asker, what: str, steps: Iterable[Step], *, total: int) -> None:
        """Publish steps ahead of their answers, and count what came of them."""
        for done, answer in enumerate(asker.ask_all(map(_ask, steps)), start=1):
            self._commands += 1
            self._refused += answer.status != "accepted"
            if done % 1_000 == 0 or done == total:
                self._shown.count(what, done, total=total)

    def _import(self, name: str, rows: tuple[BillRow, ...]) -> ImportReport:
        path = self._folder / f"{name}.csv"
        with path.open("wb") as out:
            write_bill(rows, out)
        report = import_file(self._surroundings, path, book=FIRST_BOOK)
        if isinstance(report, FileRefused):
            raise Unfinished(f"{path.name} was refused: {report.message}")
        if report.refused:
            raise Unfinished(f"{path.name}: lines were refused: {report.refusals}")
        self._shown.count(f"{path.name}: lines imported", len(rows), total=len(rows))
        return report

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not holds():
            if self._stop.wait(LOOK_S):
                raise Stopped
            if time.monotonic() > until_s:
                raise Unfinished(f"waited {PATIENCE_S:.0f} s and it is not so: {what}")

    def _expects(self, count: int) -> Callable[[], bool]:
        return lambda: self._connection.execute(EXPECTED).fetchone() == (count,)

    def _caught_up(self) -> bool:
        return self._connection.execute(CAUGHT_UP).fetchone() == (True,)


def _ask(step: Step) -> Ask:
    return Ask(FIRST_BOOK, CommandMeta(SHOP, step.key), step.command)
