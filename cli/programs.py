"""`tally up` and `tally run`: the programs under a supervisor, or one of them by itself."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.calls import BROKEN, Call, refuse, with_call
from cli.printing import document, progress, say

if TYPE_CHECKING:
    from infra.settings import Settings


SERVERS = ("kafka", "postgres", "registry")


class ProgramName(StrEnum):
    WRITER = "writer"
    RELAY = "relay"
    PROJECTOR = "projector"
    INTAKE = "intake"


@with_call
def run(
    call: Call,
    program: Annotated[
        ProgramName, typer.Argument(metavar="PROGRAM", help="writer, relay, projector or intake.")
    ],
) -> None:
    """Run one program in the foreground, until SIGINT or SIGTERM.

    Exits with 3 where neither waiting nor a new start helps: somebody has to see to it.

    Example: tally run writer --kafka localhost:9092 --postgres postgresql://… --registry http://…
    """
    import structlog
    from stamina import instrumentation

    from consumers.supervisor.hosting import GaveUp, host
    from infra import telemetry
    from infra.heartbeat import Heartbeat
    from infra.stopping import stopping

    settings = call.settings("kafka", "postgres", "registry")
    instrumentation.set_on_retry_hooks(None)  # A program logs its retries.
    with stopping() as stop, Heartbeat(settings.data, program.value, stop) as heartbeat:
        telemetry.configure(as_json=_as_json(settings), on_waiting=heartbeat.waiting)
        try:
            with telemetry.bound(program=program.value):
                host(program.value, settings, stop, heartbeat)
        except GaveUp as error:
            why = telemetry.masked(str(error))
            heartbeat.failed(why)
            raise refuse(f"{program.value}: {why}", error.status) from error
        except Exception as error:
            heartbeat.failed(f"{type(error).__name__}, a fault of this release: see its log")
            structlog.get_logger().critical("fault", exc_info=error)
            raise typer.Exit(BROKEN) from error


@with_call
def up(call: Call) -> None:
    """Run everything until SIGINT or SIGTERM: servers that are not given, and all programs.

    Example: tally up --data .tally
    """
    import signal

    from consumers.supervisor.start import started
    from infra import telemetry
    from infra.stopping import stopping

    settings = call.own_settings()
    telemetry.configure(as_json=_as_json(settings))
    # Until all servers run, a signal interrupts the start, which then takes them away again.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = _given(call, settings)
    for name, by in given.items():
        progress(name, f"given by {by}, not started here")
    try:
        with started(settings, progress) as everything, stopping() as stop:
            _say_who_is_silent(everything.settings, given)
            everything.run(stop, lambda: _ready(everything.settings, as_json=call.json))
    except KeyboardInterrupt:
        progress("tally", "stopped")


def _given(call: Call, settings: "Settings") -> dict[str, str]:
    """The servers that somebody has named, and by what: an old variable of a shell is one too."""
    from infra.settings import FILE
    from infra.telemetry import masked

    found: dict[str, str] = {}
    for name in SERVERS:
        if address := getattr(settings, name):
            variable = f"TALLY_{name.upper()}"
            unsaid = variable if os.environ.get(variable) else FILE
            by = f"--{name}" if name in call.said else unsaid
            found[name] = f"{by} ({masked(address)})"
    return found


def _say_who_is_silent(settings: "Settings", given: Mapping[str, str]) -> None:
    """Of those that are given: everything waits for them, and nobody here can start them."""
    if not given:
        return
    from cli.observing.servers import probe

    for each in probe(settings):
        if each.name in given and not each.answers:
            progress(each.name, f"waited for, given by {given[each.name]}: {each.why}")


def _as_json(settings: "Settings") -> bool | None:
    """As it was said, else by what stderr is."""
    return settings.log_json if "log_json" in settings.model_fields_set else None


def _ready(settings: "Settings", *, as_json: bool) -> None:
    from infra.called import hint
    from infra.telemetry import masked

    if as_json:
        document(
            {
                "data": str(settings.data),
                "kafka": settings.kafka,
                "postgres": masked(settings.postgres),
                "registry": settings.registry,
            }
        )
        return
    dsn = hint("dsn", data=settings.data)
    say(f"""\
Everything runs. Ctrl-C stops it; the data stays in {settings.data}.
  Kafka       {settings.kafka}
  PostgreSQL  {masked(settings.postgres)}   (with its password: {dsn})
  registry    {settings.registry}
Next, in another terminal:
  {hint("publish", "FILE.jsonl", "--wait", data=settings.data)}
  {hint("status", data=settings.data)}""")
