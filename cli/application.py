"""The application that commands are registered with: typer's, which shows flags as flags.

Shape: Application(…) as typer.Typer(…); its help says `--json`, not `--json <bool>`.
Rules: whoever reads our output may go before its end (`| head -1`). That is no refusal, which is
what typer would make of it: it ends with CLOSED_PIPE.
"""

import os
import sys
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

CLOSED_PIPE = 141  # As a shell says it of SIGPIPE.


class Command(TyperCommand):
    """A command whose flags want no value."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - typer keeps its types to itself.
        return _plain(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands whose flags want no value."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - the same.
        return _plain(super().get_params(ctx))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the same.
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            _write_to_nobody()
            raise typer.Exit(CLOSED_PIPE) from error


class Application(typer.Typer):
    """Makes such commands and groups."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - typer's own.
        super().__init__(cls=Group, no_args_is_help=True, **options)

    def command(self, name: str | None = None, **options: Any) -> Any:  # noqa: ANN401 - the same.
        return super().command(name, cls=Command, **options)


def _plain(parameters: Any) -> Any:  # noqa: ANN401 - the same.
    for each in parameters:
        if isinstance(each, TyperOption) and each.is_flag:
            each.metavar = ""
    return parameters


def _write_to_nobody() -> None:
    """What is left in a buffer is written as Python ends, and would fail once more."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nobody, sys.stdout.fileno())
    os.close(nobody)
