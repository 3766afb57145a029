"""What commands have in common: options that say where things are, and how they end.

Shape: `@with_call` gives a command a Call as its first argument, and the command line the options
--data, --kafka, --postgres, --registry and --json. What is expected to go wrong ends with one line
on stderr and exit code 1 (2 for a setting that cannot be), never with a traceback.
Rules: options win over TALLY_* in the environment, that over tally.toml, that over what a running
`tally up` on the same folder has said.
"""

import inspect
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec

import typer

if TYPE_CHECKING:
    from consumers.surroundings import Surroundings
    from infra.settings import Settings

BROKEN, USAGE = 1, 2
INTERRUPTED = 130  # As a shell says it of SIGINT.
P = ParamSpec("P")

Data = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of the data and of a running `tally up`. (.tally)"),
]
Kafka = Annotated[str | None, typer.Option(metavar="HOST:PORT", help="An existing Kafka.")]
Postgres = Annotated[str | None, typer.Option(metavar="DSN", help="An existing PostgreSQL.")]
RegistryUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="An existing registry's Confluent API.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
COMMON: dict[str, tuple[Any, object]] = {
    "data": (Data, None),
    "kafka": (Kafka, None),
    "postgres": (Postgres, None),
    "registry": (RegistryUrl, None),
    "json": (AsJson, False),
}


@dataclass(frozen=True, slots=True)
class Call:
    """What the common options said."""

    said: dict[str, object]
    json: bool

    def own_settings(self) -> "Settings":
        """As they were said, without what a running `tally up` knows."""
        return settings_of(self.said)

    def settings(self, *needed: str) -> "Settings":
        """With what a running `tally up` knows; `needed` addresses are there."""
        from infra import addresses

        return addresses.complete(self.own_settings(), *needed)

    def surroundings(self, timeout_s: float = 60.0) -> "Surroundings":
        """Everything that programs stand on, prepared; a passing outage is tried again."""
        import stamina

        from cli.observing.servers import TIMEOUT_S, require_kafka
        from commands.outage import Outage
        from consumers.surroundings import Surroundings

        settings = self.settings("kafka", "postgres", "registry")
        require_kafka(settings.kafka_address, min(timeout_s, TIMEOUT_S))
        for attempt in stamina.retry_context(
            on=lambda error: isinstance(error, Outage) and error.retry, attempts=5, timeout=None
        ):
            with attempt:
                return Surroundings.reach(settings)
        raise AssertionError("an attempt neither reached nor failed")


def settings_of(said: Mapping[str, object]) -> "Settings":
    """What was said, the environment and tally.toml; what cannot be ends the command with 2."""
    from tomllib import TOMLDecodeError

    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from infra.settings import FILE, Settings

    try:
        return Settings(**said)  # pyright: ignore[reportArgumentType]
    except SettingsError as error:
        raise misused(str(error)) from error
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = ".".join(str(step) for step in each["loc"])
            unknown = each["type"] == "extra_forbidden"
            complain(f"{FILE}: no setting {name}" if unknown else f"setting {name}: {each['msg']}")
        raise typer.Exit(USAGE) from error
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise misused(f"{FILE}: {error}") from error


def with_call(command: Callable[Concatenate[Call, P], None]) -> Callable[P, None]:
    """A command with the common options."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        given = {name: kwargs.pop(name) for name in COMMON}
        as_json = bool(given.pop("json"))
        said = {name: value for name, value in given.items() if value is not None}
        speak_to_people()
        with ending():
            command(Call(said, as_json), *args, **kwargs)

    signature = inspect.signature(command, eval_str=True)
    own = list(signature.parameters.values())[1:]
    only = inspect.Parameter.KEYWORD_ONLY
    common = [
        inspect.Parameter(name, only, annotation=annotation, default=default)
        for name, (annotation, default) in COMMON.items()
    ]
    shown = [each.replace(kind=only) for each in own] + common
    run.__signature__ = signature.replace(parameters=shown)  # pyright: ignore[reportAttributeAccessIssue]
    run.__annotations__ = {each.name: each.annotation for each in shown}
    return run


def speak_to_people() -> None:
    """Logs are for programs: of a retry people hear how it ended."""
    from stamina import instrumentation

    from infra import telemetry

    telemetry.configure(level=logging.WARNING)
    instrumentation.set_on_retry_hooks(())


@contextmanager
def ending() -> Generator[None]:
    """What is expected to go wrong becomes a line and an exit code."""
    import psycopg
    from confluent_kafka import KafkaException

    from commands.outage import Outage
    from infra.called import hint
    from infra.kafka import clients
    from infra.telemetry import masked

    try:
        yield
    except Outage as outage:
        complain(masked(str(outage)))
        raise typer.Exit(BROKEN) from outage
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        complain(
            f"this database is not prepared: `{hint('init')}` makes the books, the projector"
            f" ({hint('up')}, or {hint('run', 'projector')}) makes the read models"
        )
        raise typer.Exit(BROKEN) from error
    except psycopg.Error as error:
        complain(f"PostgreSQL: {masked(str(error).strip())}")
        raise typer.Exit(BROKEN) from error
    except KafkaException as error:
        complain(str(clients.outage(error)))
        raise typer.Exit(BROKEN) from error
    except BrokenPipeError:
        raise  # Whoever read our output has gone: the end of a pipe, not of a disk.
    except OSError as error:
        complain(f"{error.filename or 'a file'}: {error.strerror or error}")
        raise typer.Exit(BROKEN) from error


def complain(what: str) -> None:
    """One line on stderr."""
    typer.echo(f"tally: {what}", err=True)


def refuse(what: str, status: int = BROKEN) -> typer.Exit:
    """A complaint, and the exit to raise."""
    complain(what)
    return typer.Exit(status)


def misused(what: str) -> typer.Exit:
    complain(what)
    return typer.Exit(USAGE)
