"""Runs the project's own tests from a checkout.

Shape: run_suite(pytest arguments) -> pytest's exit code; 2 where there is no checkout. Without
arguments the whole suite runs, shared by two processes; with arguments just what they ask for.
Errors: none of its own; what pytest prints is the answer, its summary line last.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

ROOT = Path(__file__).parents[1]
# A file's tests share its servers, so a file is never split over the two.
WHOLE_SUITE = ("-n", "2", "--dist", "loadfile")
USAGE = 2


def run_suite(arguments: Sequence[str]) -> int:
    if not (ROOT / "tests").is_dir():
        typer.echo("tally test: the tests are not installed; run it from a checkout", err=True)
        return USAGE
    # In a process of its own: the tests start with nothing of ours imported.
    command = [sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
