"""Runs the project's own tests from a checkout.

Shape: run_suite(pytest arguments) never returns: pytest takes this process over, so that signals,
the exit code and the last line are its own. Without arguments the whole suite runs, shared by two
processes; with arguments just what they ask for.
Errors: typer.Exit(2) where there is no checkout.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from infra.called import CALLED_AS

ROOT = Path(__file__).parents[1]
# A file's tests share its servers, so a file is never split over the two.
WHOLE_SUITE = ("-n", "2", "--dist", "loadfile")
USAGE = 2


def run_suite(arguments: Sequence[str]) -> NoReturn:
    if not (ROOT / "tests").is_dir():
        typer.echo("tally test: the tests are not installed; run it from a checkout", err=True)
        raise typer.Exit(USAGE)
    os.chdir(ROOT)
    os.environ.pop(CALLED_AS, None)  # The tests call it by its own name.
    command = [sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)]
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter, no shell.
