"""The application that commands are registered with: typer's, which shows flags as flags.

Shape: Application(…) as typer.Typer(…); its help says `--json`, not `--json <bool>`.
"""

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption


class Command(TyperCommand):
    """A command whose flags want no value."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - typer keeps its types to itself.
        return _plain(super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands whose flags want no value."""

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401 - the same.
        return _plain(super().get_params(ctx))


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
