"""`tally demo`: starts everything, plays the day, shows what came of it.

Rules: it leaves nothing behind, but in a folder that it was told to keep.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, INTERRUPTED, ending, misused, settings_of, speak_to_people
from cli.printing import document, progress

if TYPE_CHECKING:
    from cli.demo.findings import Findings
    from cli.demo.play import Play, Scale
    from consumers.supervisor.start import Up
    from consumers.surroundings import Surroundings
    from infra.settings import Settings
    from infra.stopping import Stop

READY_S = 60.0
Wallets = Annotated[int, typer.Option(min=2, help="How many wallets pay one another.")]
Transfers = Annotated[int, typer.Option(min=1, help="How many transfers they make.")]
Seed = Annotated[int, typer.Option(help="Another one moves and plants otherwise.")]
Keep = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Keep the data there, for `tally up --data DIR`.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]


def demo(
    *,
    wallets: Wallets = 3_000,
    transfers: Transfers = 100_000,
    seed: Seed = 20_190_219,
    keep: Keep = None,
    json: AsJson = False,
) -> None:
    """Play a day of business on real servers and reconcile it with a real provider's bill.

    Exit code 0 only if every invariant holds and exactly the planted discrepancies were found.

    Example: tally demo --transfers 20000
    """
    from cli.demo.play import Scale, Unfinished
    from cli.demo.report import show
    from commands.outage import Outage
    from consumers.asking import Stopped
    from infra.telemetry import masked

    speak_to_people()
    settings = _settings(keep)
    with ending():
        try:
            findings = _play(Scale(wallets, transfers, seed), settings, delete_data=keep is None)
        except (KeyboardInterrupt, Stopped):
            progress("demo", "stopped; nothing is left running")
            raise typer.Exit(INTERRUPTED) from None
        except (Outage, Unfinished) as error:
            progress("demo", masked(f"failed: {error}"))
            raise typer.Exit(BROKEN) from error
    if json:
        document(findings.document())
    else:
        show(findings, keep)
    if not findings.holds:
        raise typer.Exit(BROKEN)


def _settings(keep: Path | None) -> "Settings":
    """Of a system of the demo's own, in a folder that nothing else lies in."""
    if keep is not None and keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise misused(f"--keep: expected a folder that is new or empty, found {keep}")
    said = settings_of({"kafka": "", "postgres": "", "registry": "", "partitions": 1})
    folder = keep or Path(mkdtemp(prefix="tally-demo-"))
    return said.model_copy(update={"data": folder})


def _play(scale: "Scale", settings: "Settings", *, delete_data: bool) -> "Findings":
    import psycopg

    from cli.demo.findings import found
    from cli.demo.play import Play
    from cli.demo.progressing import Shown
    from consumers.supervisor.start import started
    from consumers.surroundings import Surroundings
    from consumers.verify import run as verify
    from infra.stopping import stopping

    with (
        Shown() as shown,
        started(settings, shown.step, delete_data=delete_data) as up,
        stopping() as stop,
        _running(up, stop),
    ):
        surroundings = Surroundings.reach(up.settings)
        bills = settings.data / "bills"
        bills.mkdir()
        play = Play(surroundings, bills, scale, shown, stop)
        with _channel(surroundings, play):
            played = play.all()
            report = verify(surroundings, lambda what: shown.step("verify", what))
        with psycopg.connect(up.settings.postgres) as connection:
            return found(connection, played, report)


@contextmanager
def _running(up: "Up", stop: "Stop") -> Generator[None]:
    """Our programs, under their supervisor, beside this thread."""
    ready = Event()
    ended = type(stop)()
    thread = Thread(target=up.run, args=(ended, ready.set), name="supervisor")
    thread.start()
    try:
        _wait_ready(ready, thread, stop)
        yield
    finally:
        ended.set()
        thread.join()


def _wait_ready(ready: Event, thread: Thread, stop: "Stop") -> None:
    from cli.demo.play import Unfinished
    from consumers.asking import Stopped

    look_s = 0.05
    for _ in range(int(READY_S / look_s)):
        if ready.wait(look_s):
            return
        if stop.is_set():
            raise Stopped
        if not thread.is_alive():
            break
    raise Unfinished("the programs do not come up; see the log above")


@contextmanager
def _channel(surroundings: "Surroundings", play: "Play") -> Generator[None]:
    """The provider that answers for the channel, as the bill says it did."""
    from consumers.provider import replay

    ended = Event()
    outcomes = play.business.outcomes()
    thread = Thread(target=replay.run, args=(surroundings, outcomes, ended), name="channel")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
